"""The world as the page shows it: people, areas, troubles, doors, lights. Read only."""

from dataclasses import dataclass, field

from host_sim.bench.driver import Driver
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


@dataclass
class View:
    """All the page needs for one look."""

    people: dict[str, Standing]
    troubles: list[Trouble]
    holders: dict[str, list[str]]
    doors: dict[str, dict]
    signals: dict[str, tuple]
    outputs: dict[str, bool]
    powered: dict[str, bool]
    now_ms: int

    def inside(self, area: str) -> list[str]:
        """List who is in an area, by name."""
        return sorted(user for user, s in self.people.items() if area in s.areas)

    def in_trouble(self, user: str) -> bool:
        """Tell whether somebody has a violation (a suspicion is none)."""
        return any(t.user == user and not t.is_suspicion for t in self.troubles)


def look(driver: Driver) -> View:
    """Look at the whole world once."""
    world, site = driver.world, driver.site
    holders = {a: sorted(world.holders(a)) for a in site["areas"]}
    people, troubles = {}, []
    for user in site["users"]:
        rows = {a: [world.row(c, a, user) for c in holders[a]] for a in holders}
        people[user] = _standing(site["areas"], rows)
        troubles += [t for a in holders for t in _troubles(a, user, rows[a])]
    return View(
        people, troubles, holders,
        {d: world.door(d) for d in site["doors"]},
        {r: tuple(world.signal(r) or ("none", 0)) for r in site["readers"]},
        {o: world.output(o) for o in site["outputs"]},
        {c: world.is_powered(c) for c in site["controllers"]},
        world.now_ms,
    )


def _standing(areas: dict, rows: dict[str, list[dict]]) -> Standing:
    said = {a: {row["presence"] for row in rows[a]} for a in rows}
    inside = [a for a in said if "in" in said[a]]
    place = min(inside, key=lambda a: (-depth(areas, a), a), default=OUTSIDE)
    known = any(word in ("in", "out") for words in said.values() for word in words)
    return Standing(place, known, any(len(words) > 1 for words in said.values()), inside)


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

    def __init__(self, driver: Driver, clock) -> None:
        self.driver, self._clock = driver, clock
        self._view, self._next_s = None, 0.0

    def view(self) -> View:
        """Give a view that is fresh enough."""
        started = self._clock()
        if self._view is None or started >= self._next_s:
            self._view = look(self.driver)
            took = self._clock() - started
            self._next_s = started + max(self.AGE_S_MIN, took * self.SHARE)
        return self._view

    def refresh(self) -> None:
        """Make the next view a new one."""
        self._next_s = 0.0
