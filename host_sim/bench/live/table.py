"""Who is where, as a console concludes it from what it heard: the firmware's own fold, over all areas of the site."""

from firmware.core.chronicle import Chronicle
from firmware.core.credentials import People
from firmware.core.reports import Reports
from firmware.core.site import Site
from firmware.wire.part import Part

from host_sim import standings
from host_sim.follower import Follower


class Table:
    """To host_sim.standings it looks like a controller. A violation is sure when a controller has reported it.

    It must be given each event before the follower has the next one: a fold reads the log.
    """

    def __init__(self, parts: dict[str, Part], follower: Follower, start_ms: int):
        part = next(iter(parts.values()))
        settings = {**part.settings, **_merged(parts, "areas"), **_merged(parts, "reader_numbers")}
        self.people = People(part.tables, bytes.fromhex(settings["salt"]), settings["group_sets"])
        self.site = Site(settings, self.people, {}, follower.log.story, 0)
        self.site.wall.set(start_ms, 0)
        self.presence = self.site.presence
        self.reports = Reports(self.presence, self.site.peers)
        self._log, self._start_ms = follower.log, start_ms
        self._chronicle = Chronicle(follower.name, self.site, self.reports, follower.log)

    def take(self, event: dict) -> None:
        """Learn from an event."""
        if ("was" in event or "instead" in event) and self._log.replace(event):
            self._relearn()
        elif not self._log.is_replaced(event):
            self._chronicle.learn(event)

    def row(self, area: str, user: str, now_ms: int) -> dict:
        """Return where a person stands with an area."""
        return standings.row(self, area, user, now_ms, self._start_ms)

    def _relearn(self) -> None:
        """Fold everything again: an event stands for another that was folded."""
        self.site.forget()
        for _, event in self._log.learned(0):
            self._chronicle.fold(event)


def _merged(parts: dict[str, Part], key: str) -> dict:
    return {key: {name: value for part in parts.values() for name, value in part.settings[key].items()}}
