"""What can be read inside a board that has power: its clock, its stamps, its logs, its table."""

from firmware.core import stamp


def wall_ms(board) -> int:
    """Return what time a board believes it is."""
    return board.node.controller.site.wall.at_ms(board.local_ms())


def err_ms(board) -> int:
    return board.node.controller.site.wall.err_ms(board.local_ms())


def is_trusted(board) -> bool:
    return board.node.controller.site.is_clock_trusted()


def stamp_ms(event: dict) -> int:
    return stamp.at_ms(event["stamp"])


def knows(board, entry) -> bool:
    """Say whether a board has an event, of its own or another's."""
    return entry.event["controller"] == board.name or board.name in entry.heard


def row(board, area: str, user: str) -> tuple:
    """Return (standing, is its violation sure) of one person, as a board has it now."""
    core = board.node.controller
    no = core.people.number_of(user)
    standing = core.presence.view(no, wall_ms(board))[area]
    is_sure = standing.violation is not None and core.reports.is_sure(area, no, standing.violation)
    return standing, is_sure
