"""How far a configuration has come: plain values, frozen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One controller. `in_force`: the version that it says it works with, None where it has not said; `refused`: why it does not
    take the newest, or ""."""

    controller: str
    is_online: bool
    in_force: int | None
    refused: str


@dataclass(frozen=True)
class State:
    """`version`: the last that was compiled here, None before; `rows`: of every controller.

    `is_sent`: the site file says what that version does. `strays`: areas for which it says something else than is in force.
    `trouble`: why this console cannot send one, in words.
    """

    version: int | None
    rows: tuple[Row, ...]
    is_sent: bool
    strays: tuple[str, ...]
    trouble: str | None

    @property
    def is_everywhere(self) -> bool:
        return all(row.in_force == self.version for row in self.rows)
