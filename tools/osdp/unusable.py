"""What ends the program before it begins."""


class Unusable(Exception):
    """What is wrong with what was asked for, for people."""
