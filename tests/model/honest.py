"""A person who badges properly: goes where there is a door, never out of where they are not, never in twice."""

from tests.model import settings as S


class Honest:
    """`inside` are the areas the person is in; true, not believed."""

    def __init__(self, site: dict, user: str = "kim"):
        self.site, self.user, self.inside = site, user, set()

    def choices(self) -> list:
        """The readers at which a badge is proper now."""
        return [reader for reader in sorted(self.site["readers"]) if S.areas_of(self.site, reader) and self.is_proper(reader)]

    def is_proper(self, reader: str) -> bool:
        roles = S.areas_of(self.site, reader)
        after = self.after(reader)
        steps_in = all(area not in self.inside for area, way in roles.items() if way == "in")
        steps_out = all(area in self.inside for area, way in roles.items() if way == "out")
        return steps_in and steps_out and all(set(S.around(self.site, area)) <= after for area in after)

    def after(self, reader: str) -> set:
        """Where the person is once through: who leaves an area leaves all in it."""
        roles = S.areas_of(self.site, reader)
        left = {area for area, way in roles.items() if way == "out"}
        entered = {area for area, way in roles.items() if way == "in"}
        stays = {area for area in self.inside - left if not set(S.around(self.site, area)) & left}
        return stays | entered

    def passes(self, reader: str) -> None:
        self.inside = self.after(reader)
