"""People at a door who may pass only together (`minimum`)."""

from firmware.const import const
from firmware.core.attempt import moves, suits_minimum
from firmware.core.standing import IN

COMPANION_MS = 10000
_PEOPLE_MAX = const(16)


class WaitingRoom:
    """Attempts that lack a companion, each for 10 s at most."""

    def __init__(self):
        self._waiting = []  # [(until_ms, attempt)]

    def holds(self, reader: str, no: int) -> bool:
        """Say whether this person waits at this reader."""
        for _, attempt in self._waiting:
            if attempt.reader == reader and attempt.person.no == no:
                return True
        return False

    def add(self, attempt, now_ms: int) -> bool:
        """Let somebody wait. False where too many do."""
        if len(self._waiting) >= _PEOPLE_MAX:
            return False
        self._waiting.append((now_ms + COMPANION_MS, attempt))
        return True

    def company(self, attempt) -> list:
        """Return who waits at the same door in the same directions."""
        return [
            other
            for _, other in self._waiting
            if other.door == attempt.door and other.person.no != attempt.person.no and _same_way(other, attempt)
        ]

    def remove(self, attempts: list) -> None:
        """Take people out: they pass."""
        self._waiting = [entry for entry in self._waiting if entry[1] not in attempts]

    def everybody(self) -> list:
        """Return everybody who waits."""
        return [attempt for _, attempt in self._waiting]

    def take_all(self) -> list:
        """Take out and return everybody."""
        everybody = [attempt for _, attempt in self._waiting]
        self._waiting = []
        return everybody

    def take_due(self, now_ms: int):
        """Take out and return the first who has waited long enough, or None."""
        if self._waiting and self._waiting[0][0] <= now_ms:
            return self._waiting.pop(0)[1]
        return None

    def next_deadline_ms(self) -> int | None:
        return self._waiting[0][0] if self._waiting else None


def _same_way(one, other) -> bool:
    return {area: how[0] for area, how in one.judge.items()} == {area: how[0] for area, how in other.judge.items()}


def may_pass_together(group: list, verdicts: list, books: list, inside) -> bool:
    """Say whether a group satisfies every area that lacks a companion. One entry each per person."""
    areas = {area for verdict in verdicts for area in verdict.areas()}
    return all(verdict.only_lacks_companion() for verdict in verdicts if verdict.denials) and all(
        _suits(area, group, books, inside(area)) for area in sorted(areas)
    )


def _suits(area: str, group: list, books: list, inside: int) -> bool:
    rules, enters = books[0].rules(area), group[0].judge[area][0] == IN
    people = sum(moves(attempt, book, area) for attempt, book in zip(group, books))
    capacity = rules["capacity"]
    if enters and capacity is not None and inside + people > capacity:
        return False
    return suits_minimum(rules, enters, inside, people)
