"""The building as it really is: zones, and the ways through doors that lead from one to another.

Each area has a zone of its own: what lies in it and in none of its nested areas. Outside is a zone, too.
"""

from dataclasses import dataclass

OUTSIDE = ""


@dataclass(frozen=True)
class Way:
    """What a badge at one reader is for: through its door, from one zone to another."""

    reader: str
    door: str
    controller: str
    source: str
    target: str


class Layout:
    """Parents of the areas, and the ways."""

    def __init__(self, parents: dict[str, str], doors: dict[str, tuple[str, str, str]]):
        self.parents = parents
        self.doors = doors  # name -> (zone on the "in" reader's side, zone behind, controller)
        self.ways: dict[str, Way] = {}
        for door, (front, back, controller) in doors.items():
            self.ways[door + "_in"] = Way(door + "_in", door, controller, front, back)
            self.ways[door + "_out"] = Way(door + "_out", door, controller, back, front)

    def around(self, zone: str) -> list[str]:
        """Return the areas that somebody in a zone is in, the innermost first."""
        areas = []
        while zone != OUTSIDE:
            areas.append(zone)
            zone = self.parents[zone]
        return areas

    def leaves(self, way: Way) -> list[str]:
        """Return the areas that a way leaves, the innermost first."""
        return [area for area in self.around(way.source) if area not in self.around(way.target)]

    def enters(self, way: Way) -> list[str]:
        return [area for area in self.around(way.target) if area not in self.around(way.source)]

    def from_zone(self, zone: str) -> list[Way]:
        return [way for way in self.ways.values() if way.source == zone]

    def readers_towards(self, area: str, direction: str) -> list[str]:
        """Return the readers at which a badge enters or leaves an area."""
        side = self.enters if direction == "in" else self.leaves
        return [reader for reader, way in self.ways.items() if area in side(way)]
