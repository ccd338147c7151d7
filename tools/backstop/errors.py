"""How a command ends when it is not done. 0 is done; each kind here has the number that a script can tell it by."""

import click


class Refused(click.ClickException):
    """A controller has refused; it says why."""

    exit_code = 1


class Unusable(click.ClickException):
    """A file or an option cannot be used."""

    exit_code = 2


class Unreachable(click.ClickException):
    """Nobody is there, or nobody answers."""

    exit_code = 3
