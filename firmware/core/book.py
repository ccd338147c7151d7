"""One person's standings in every area a controller holds, as a fold or a judgement reads them."""

from firmware.core.standing import Standing, Violation
from firmware.core.apb import contradicted


class Book:
    """Standings by area, each settled at `at_ms` when it is looked at."""

    def __init__(self, rules: dict, standings: dict, at_ms: int = 0):
        self._rules = rules
        self._standings = standings
        self.at_ms = at_ms
        self._settled = self._settled_ms = None  # the area looked at last, and as of when: a second look changes nothing

    def __getitem__(self, area: str) -> Standing:
        standing, rules = self._standings[area], self._rules[area]
        if not (rules.is_lasting or (area == self._settled and self.at_ms == self._settled_ms)):
            standing.settle(rules, self.at_ms)
            self._settled, self._settled_ms = area, self.at_ms
        return standing

    def look(self, area: str) -> Standing:
        """Return a standing to be read only: what concerns another area leaves no trace in this one.

        Controllers that hold this area need not know of the other one, and all must store the same.
        """
        standing = self._standings[area].copy()
        standing.settle(self._rules[area], self.at_ms)
        return standing

    def entering(self, reader: str) -> list:
        """Return the areas that a grant at a reader leads into or out of and nobody has used yet, sorted."""
        return [area for area in self.areas() if reader in self._standings[area].entering]

    def areas(self) -> list:
        """Return the names of all areas held, sorted."""
        return sorted(self._standings)

    def rules(self, area: str):
        """Return the rules in force for one area."""
        return self._rules[area]

    def nested(self, area: str) -> list:
        """Return the areas inside this one, at any depth."""
        return [name for name in self.areas() if self._is_inside(name, area)]

    def set_rules(self, area: str, rules) -> None:
        """Put new settings in force from here on; they may end the violation."""
        standing = self[area]
        if self._rules[area].forgives(rules.settings):
            standing.end_violation("settings", self.at_ms)
        self._rules[area] = rules
        self._settled = None

    def accuse(self, badge: dict, area: str, kind: str) -> None:
        """Create the violation that a badge commits."""
        mode = badge["judge"][area][1]
        self[area].violation = Violation(kind, mode, badge, contradicted(self, area, kind), area)

    def copy(self, at_ms: int):
        """Return a book that can be changed without changing this one."""
        standings = {area: standing.copy() for area, standing in self._standings.items()}
        return Book(dict(self._rules), standings, at_ms)

    def _is_inside(self, name: str, area: str) -> bool:
        parent = self._rules[name]["parent"]
        while parent is not None and parent != area:
            parent = self._rules[parent]["parent"]
        return parent == area
