"""A second, naive implementation of the rules, written from the specification alone. Slow, and meant to be obviously right."""
