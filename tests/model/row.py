"""One person in one area: what is concluded, and how time alone changes it."""

from dataclasses import dataclass, field, replace

from tests.model import local_time


@dataclass
class Violation:
    kind: str
    since_ms: int
    of: tuple  # (controller, inc, seq) of the badge
    badge: dict


@dataclass
class Row:
    """`log` tells what happened to the row, for reports: ("violation", kind, of) and ("cleared", by, of, at_ms)."""

    presence: str = "never"
    presence_at_ms: int = 0
    presence_by: tuple | None = None
    violation: Violation | None = None
    pardon: bool = False
    pardon_at_ms: int = 0
    entering: list = field(default_factory=list)  # grants that wait for the door: [badge id, reader, direction, pardoned]
    log: list = field(default_factory=list)

    def copy(self) -> "Row":
        return replace(self, entering=[list(grant) for grant in self.entering], log=list(self.log))

    def move(self, presence: str, at_ms: int, by: tuple | None = None) -> None:
        self.presence, self.presence_at_ms, self.presence_by = presence, at_ms, by

    def give_pardon(self, at_ms: int) -> None:
        self.pardon, self.pardon_at_ms = True, at_ms

    def drop_pardon(self) -> None:
        """Also those that grants not yet used took with them."""
        self.pardon = False
        for grant in self.entering:
            grant[3] = False

    def end_violation(self, by: str, at_ms: int) -> None:
        if self.violation:
            self.log.append(("cleared", by, self.violation.of, at_ms))
        self.violation = None

    def reset(self, at_ms: int, by: str = "reset") -> None:
        """Everyone is forgiven, nobody's presence is known any more."""
        self.end_violation(by, at_ms)
        self.drop_pardon()
        if self.presence != "never":
            self.move("unknown", at_ms)


def settle(row: Row, settings: dict, site: dict, now_ms: int) -> Row:
    """Let time pass: expiry, presence timeout and `reset_at`, the earliest first, until none is due."""
    while True:
        due = [(at_ms, what) for at_ms, what in (
            (expires_ms(row, settings), "expiry"),
            (forgotten_ms(row, settings), "forgotten"),
            (reset_ms(row, settings, site, now_ms), "reset"),
        ) if at_ms is not None and at_ms <= now_ms]
        if not due:
            return row
        act(row, *min(due))


def act(row: Row, at_ms: int, what: str) -> None:
    if what == "expiry":
        row.end_violation("expiry", at_ms)
        row.give_pardon(at_ms)
    elif what == "forgotten":
        row.move("unknown", at_ms)
    else:
        row.reset(at_ms)


def expires_ms(row: Row, settings: dict):
    """When the violation ends by itself, or None."""
    timeout_s = settings["violation_timeout_s"]
    return row.violation.since_ms + 1000 * timeout_s if row.violation and timeout_s else None


def forgotten_ms(row: Row, settings: dict):
    """When the presence becomes unknown by itself, or None."""
    timeout_s = settings["presence_timeout_s"]
    return row.presence_at_ms + 1000 * timeout_s if row.presence in ("in", "out") and timeout_s else None


def reset_ms(row: Row, settings: dict, site: dict, now_ms: int):
    """The first `reset_at` after what there is to forget, or None."""
    there = []
    if row.violation:
        there.append(row.violation.since_ms)
    if row.pardon:
        there.append(row.pardon_at_ms)
    if row.presence in ("in", "out"):
        there.append(row.presence_at_ms)
    times = settings["reset_at"]
    found = [local_time.first_moment(site, times, since_ms, now_ms) for since_ms in there]
    return min((m for m in found if m is not None), default=None)
