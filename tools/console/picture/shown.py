"""What the picture shows: plain values, frozen. Times are Unix ms; None: not known."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Area:
    name: str
    label: str
    parent: str | None
    entrances: tuple[str, ...]
    exits: tuple[str, ...]
    settings: dict
    """In force now, as the core has them: modes by direction, seconds, minutes of the day."""
    occupancy: int
    violations: int
    isolated: dict[str, tuple[str, ...]]
    """{controller: those of whom it says that they do not answer}."""
    as_of_ms: dict[str, int | None]
    """{controller that the area rests on: up to when what it did is known}."""

    @property
    def capacity(self) -> int | None:
        return self.settings["capacity"]


@dataclass(frozen=True)
class Violation:
    user: str
    label: str
    area: str
    kind: str
    mode: str
    since_ms: int
    reader: str | None
    of: tuple[str, int, int]
    expires_ms: int | None
    """When time alone ends it."""
    against_ms: int | None
    """The badge that it contradicts: when,"""
    against_reader: str | None
    """and where."""
    is_sure: bool
    """The controllers say that it is one; else it is a suspicion, and denies nobody."""
    is_late: bool
    """Judged after the fact, as the report says; False without a report."""
    is_forgotten: bool
    """Every board of the area has been replaced since and lost the facts: its doors do not know of it any more."""


@dataclass(frozen=True)
class Person:
    user: str
    label: str
    since_ms: int
    reader: str | None


@dataclass(frozen=True)
class Inside:
    area: str
    label: str
    people: tuple[Person, ...]
    as_of_ms: dict[str, int | None]


@dataclass(frozen=True)
class Safe:
    user: str
    label: str
    at_ms: int
    reader: str


@dataclass(frozen=True)
class Muster:
    """`since_ms`: of the emergency, None where there is none. `areas`: who is still missed. `safe`: who has badged at a muster reader."""

    since_ms: int | None
    areas: tuple[Inside, ...]
    safe: tuple[Safe, ...]


@dataclass(frozen=True)
class Controller:
    name: str
    label: str
    is_online: bool
    inc: int | None
    hardware: str | None
    heard_ms: int | None
    newest_ms: int | None
    """Of its newest event that is here."""
    behind: int
    clock_error_ms: int | None
    err_ms: int | None
    is_clock_trusted: bool
    is_doubled: bool
    is_retired: bool
    isolated: tuple[str, ...]
    """Areas in which some do not answer it."""
    lost: int
    """Events of it that nobody has any more."""
    version: str | None
    incs: tuple[int, ...] = ()
    """Incarnations under its name that are not retired, the newest first: more than one where a board was replaced."""
    retired_incs: tuple[int, ...] = ()
    health: dict = field(default_factory=dict)

    @property
    def is_in_step(self) -> bool:
        return self.is_online and not self.behind


@dataclass(frozen=True)
class Door:
    name: str
    label: str
    controller: str
    is_locked: bool | None
    why: str | None
    is_open: bool | None
    alarm: str | None
    """forced or held."""
    since_ms: int | None
    """Of its newest event."""
    is_locked_down: bool
    as_of_ms: int | None


@dataclass(frozen=True)
class Reader:
    name: str
    label: str
    door: str
    trouble: str | None
    """offline, tamper or in plain."""
    since_ms: int | None


@dataclass(frozen=True)
class Output:
    name: str
    label: str
    controller: str
    is_on: bool | None
    since_ms: int | None


@dataclass(frozen=True)
class Emergency:
    """`sources`: ((controller, input, seq) or (operator, nonce), since when)."""

    is_active: bool
    sources: tuple[tuple[tuple, int], ...]
    since_ms: int | None
    lockdown: tuple[str, ...]
    """Doors that are locked down."""


@dataclass(frozen=True)
class Denied:
    """One person in a preview: what would have happened to him."""

    user: str
    label: str
    first_ms: int
    reader: str
    reason: str
    denials: int
    violations: int
    is_locked_out: bool
    """Still, at the end of it."""


@dataclass(frozen=True)
class Preview:
    """Who would have been denied by other settings, had every board heard the others. `badges`: how many were judged again."""

    area: str
    since_ms: int
    until_ms: int
    badges: int
    people: tuple[Denied, ...]
    is_whole: bool
    """False: there were more badges than are replayed, `since_ms` is the time of the first that was."""
