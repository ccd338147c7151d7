"""A board at the end of a serial cable, for people: what it prints, its prompt, and the events in its flash."""
