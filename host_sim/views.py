"""What can be seen of a simulated site: locks, lights, and where each controller thinks people are."""

from host_sim import standings
from host_sim.board import Board


class WorldError(Exception):
    """Something was asked of the world that is not in it."""


class Views:
    """The reading half of a world; it has `site` and `boards`, and changes nothing."""

    def door(self, name: str) -> dict:
        """Return the real state of a door's lock and leaf."""
        board = self._board_of_door(name)
        return {"locked": board.is_locked(name), "open": board.contacts[name]}

    def output(self, name: str) -> bool:
        """Say whether an AUX output is on."""
        return self.boards[self._named(self.site.outputs, name, "output").controller].is_on(name)

    def signal(self, reader: str) -> tuple[str, int] | None:
        """Return the last pattern that a reader showed and when, or None."""
        return self._board_of_reader(reader).signals.get(reader)

    def is_powered(self, controller: str) -> bool:
        return self._named(self.boards, controller, "controller").has_power

    def believed_ms(self, controller: str) -> tuple[int, int]:
        """Return the Unix time that a powered controller believes it is, and how wrong it says that may be."""
        board = self._named(self.boards, controller, "controller")
        wall, now_ms = board.node.controller.site.wall, board.local_ms()
        return wall.at_ms(now_ms), wall.err_ms(now_ms)

    def holders(self, area: str) -> list[str]:
        """Return the powered controllers that have a reader of an area."""
        self._named(self.site.areas, area, "area")
        return [name for name, board in self.boards.items() if board.has_power and self._has_reader(board, area)]

    def row(self, controller: str, area: str, user: str) -> dict:
        """Return where a person stands with an area, as one controller has it now."""
        board = self._named(self.boards, controller, "controller")
        row = standings.row(board.node.controller, area, user, board.local_ms(), self.start_ms)
        if row is None:
            raise WorldError(f"unknown user '{user}'")
        return row

    def occupancy(self, area: str, controller: str | None = None) -> int | None:
        """Return how many people are `in`, as one controller (or the first that holds the area) has it."""
        holders = [controller] if controller else self.holders(area)
        if not holders:
            return None
        board = self.boards[holders[0]]
        return standings.occupancy(board.node.controller, area, board.local_ms())

    def agree(self) -> list[str]:
        """Return where powered controllers differ about the areas they share."""
        differences = []
        for area in self.site.areas:
            differences += compared(area, {name: self._rows(name, area) for name in self.holders(area)})
        return differences

    def _rows(self, controller: str, area: str) -> dict:
        board = self.boards[controller]
        return standings.rows(board.node.controller, area, board.local_ms())

    def _has_reader(self, board: Board, area: str) -> bool:
        return any(area in reader["areas"] for reader in board.part.settings["readers"].values())

    def _board_of_door(self, door: str) -> Board:
        return self.boards[self._named(self.site.doors, door, "door").controller]

    def _board_of_reader(self, reader: str) -> Board:
        return self._board_of_door(self._named(self.site.readers, reader, "reader").door)

    def _named(self, section: dict, name, what: str):
        if name not in section:
            raise WorldError(f"unknown {what} '{name}'")
        return section[name]


def compared(area: str, rows: dict[str, dict]) -> list[str]:
    """Return where controllers differ about one area; `rows` of each controller."""
    names, differences = sorted(rows), []
    for other in names[1:]:
        differences += _compare(area, names[0], rows[names[0]], other, rows[other])
    return differences


def _compare(area: str, name: str, rows: dict, other: str, others: dict) -> list[str]:
    plain = ["unknown", None, False]
    return [
        f"{area}: {user} is {rows.get(user, plain)} at {name}, {others.get(user, plain)} at {other}"
        for user in sorted({*rows, *others})
        if rows.get(user, plain) != others.get(user, plain)
    ]
