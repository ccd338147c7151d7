"""The floor plan: which spaces a door joins, where everything lies, and its drawing."""
