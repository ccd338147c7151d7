"""The console's pages. A page shows what the house's rooms say and asks the desk; it never talks to the broker itself."""
