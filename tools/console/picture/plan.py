"""What is fixed of a site, in the words of the firmware's core: settings, numbers, zone, schedules."""
import time
from functools import cached_property

from firmware.core import schedule
from firmware.core.calendar import Zone
from tools.site.compiler import pieces
from tools.site.compiler.layout import readers_of
from tools.site.compiler.numbers import Numbers, by_name_order
from tools.site.model import Site
from tools.site.rules.inside import around
from tools.site.values import zones


class Plan:
    """`numbers`: of the site's ledger; without one, those of a simulation."""

    def __init__(self, site: Site, numbers: Numbers | None = None):
        self.site, self.numbers = site, numbers or by_name_order(site)
        self.areas = {name: pieces.area(site, self.numbers, name) for name in sorted(site.areas)}
        self.readers = {name: pieces.reader(site, self.numbers, name) for name in sorted(site.readers)}
        self.reader_numbers = pieces.reader_numbers(site, self.numbers, list(self.areas))
        self._people = self.numbers.by_name["people"]

    @cached_property
    def zone(self) -> Zone:
        return Zone(zones.for_part(self.site.timezone, int(time.time())))

    @cached_property
    def schedules(self) -> dict:
        return schedule.named(pieces.schedules(self.site), self.zone)

    @cached_property
    def user_of(self) -> dict[int, str]:
        """{number: id}, of those who have left, too."""
        return {no: user for user, no in self._people.items()}

    def no_of(self, user: str) -> int | None:
        return self._people.get(user)

    def people_count(self) -> int:
        return max(self._people.values(), default=-1) + 1

    def groups_of(self, no: int) -> list[str]:
        user = self.site.users.get(self.user_of.get(no, ""))
        return list(user.groups) if user else []

    def label(self, section: str, name: str) -> str:
        """What people call a thing; its id where it has no label."""
        entry = getattr(self.site, section).get(name)
        return (entry.label if entry else None) or name

    def family(self, area: str) -> list[str]:
        """An area and all that are around it, inside it, or inside one around it: they are judged and moved together."""
        outermost = ([area, *around(self.site, area)])[-1]
        return sorted(name for name in self.areas if outermost in (name, *around(self.site, name)))

    def doors_of(self, area: str) -> list[str]:
        return sorted({self.site.readers[reader].door for reader in readers_of(self.site, [area])})
