"""A site as the page shows it: people, areas, troubles, doors, lights, controllers. Read only."""

from collections.abc import Callable
from dataclasses import dataclass, field

from host_sim.bench.plan.spaces import OUTSIDE, depth


@dataclass(frozen=True)
class Trouble:
    """A violation or suspicion of one person in one area. Times in seconds since the start."""

    area: str
    user: str
    kind: str
    is_suspicion: bool
    since: float | None
    expires: float | None


@dataclass
class Standing:
    """Where one person is. `place`: the innermost area, "" outside; `is_known` false: never badged."""

    place: str = OUTSIDE
    is_known: bool = False
    is_disputed: bool = False
    areas: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class BoardView:
    """One controller. `ails`: why nobody answers at its readers, as the end of a sentence; empty: somebody does."""

    has_power: bool
    state: str
    ails: str = ""
    is_warned: bool = False
    """It works, and something is not as it should be."""
    kind: str = ""
    last_words: str = ""
    is_told: bool = True
    """What happens at its doors is told at once; else later, if at all."""
    can_start: bool = False
    """It has failed, and somebody may start it again."""


@dataclass
class View:
    """All the page needs for one look."""

    people: dict[str, Standing]
    troubles: list[Trouble]
    holders: dict[str, list[str]]
    doors: dict[str, dict]
    signals: dict[str, tuple]
    outputs: dict[str, bool]
    boards: dict[str, BoardView]
    now_ms: int
    remarks: dict[tuple[str, str], str] = field(default_factory=dict)
    """("doors" or "areas", name) -> what those who look are told beyond what is shown here."""

    def inside(self, area: str) -> list[str]:
        """List who is in an area, by name."""
        return sorted(user for user, s in self.people.items() if area in s.areas)

    def in_trouble(self, user: str) -> bool:
        """Tell whether somebody has a violation (a suspicion is none)."""
        return any(t.user == user and not t.is_suspicion for t in self.troubles)


def look(site: dict, world, holders: dict[str, list[str]], rows_of: Callable[[str, str], list[dict]], boards: dict[str, BoardView],
         remarks: dict[tuple[str, str], str]) -> View:  # fmt: skip
    """Look at a site. `world` has door, signal, output and now_ms; `rows_of(area, user)` are what those who hold the area say."""
    people, troubles = {}, []
    for user in site["users"]:
        rows = {area: rows_of(area, user) for area in holders}
        people[user] = standing_of(site["areas"], rows)
        troubles += troubles_of(user, rows)
    return View(
        people, troubles, holders,
        {door: world.door(door) for door in site["doors"]},
        {reader: tuple(world.signal(reader) or ("none", 0)) for reader in site["readers"]},
        {output: world.output(output) for output in site["outputs"]},
        boards, world.now_ms, remarks,
    )  # fmt: skip


def standing_of(areas: dict, rows: dict[str, list[dict]]) -> Standing:
    """Conclude where somebody is. `rows`: of each area, as host_sim.standings has them, from everybody who holds it."""
    said = {a: {row["presence"] for row in rows[a]} for a in rows}
    inside = [a for a in said if "in" in said[a]]
    place = min(inside, key=lambda a: (-depth(areas, a), a), default=OUTSIDE)
    known = any(word in ("in", "out") for words in said.values() for word in words)
    return Standing(place, known, any(len(words) > 1 for words in said.values()), inside)


def troubles_of(user: str, rows: dict[str, list[dict]]) -> list[Trouble]:
    """List somebody's violations and suspicions, from the same rows."""
    return [trouble for area in rows for trouble in _troubles(area, user, rows[area])]


def _troubles(area: str, user: str, rows: list[dict]) -> list[Trouble]:
    """Show a violation if any controller knows it, else a suspicion if any has one."""
    for key in ("violation", "suspected"):
        row = next((r for r in rows if r.get(key)), None)
        if row:
            return [Trouble(area, user, row[key], key == "suspected", row.get("violation_at"), row.get("expires"))]
    return []


class Lookout:
    """Shares one look among all pages, seldom enough that looking stays cheap."""

    AGE_S_MIN = 0.08
    SHARE = 10  # at most a tenth of the time is spent looking

    def __init__(self, look: Callable[[], View], clock) -> None:
        self._look, self._clock = look, clock
        self._view, self._next_s = None, 0.0

    def view(self) -> View:
        """Give a view that is fresh enough."""
        started = self._clock()
        if self._view is None or started >= self._next_s:
            self._view = self._look()
            took = self._clock() - started
            self._next_s = started + max(self.AGE_S_MIN, took * self.SHARE)
        return self._view

    def refresh(self) -> None:
        """Make the next view a new one."""
        self._next_s = 0.0
