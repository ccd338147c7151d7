"""What keeps a deployment from being made."""


class Problem(Exception):
    """In words for the person at the terminal: what is wrong, and what to do about it."""


class Raised(Problem):
    """What ran on the board ended in an error there; the board goes on."""
