"""What one controller knows of its site right now: emergency, lockdowns, schedules, modes, the others."""

from firmware.core import access, schedule
from firmware.core.calendar import Zone
from firmware.core.peers import Peers
from firmware.core.presence import Presence
from firmware.core.site_state import Emergency, Switches
from firmware.core.wall import Wall


class Site:
    """State shared by the parts of a controller. `now_ms` is the time of the verb being handled."""

    def __init__(self, settings: dict, people, doors: dict, story, now_ms: int, swap=None):
        self.settings = settings
        self.people = people
        self.doors = doors
        self.now_ms = now_ms
        self.wall = Wall(now_ms)
        zone = Zone(settings["zone"])
        self.schedules = schedule.named(settings["schedules"], zone)
        self.emergency = Emergency()
        self.lockdowns = Switches()
        self.retired = Switches()
        others = [name for name in settings["controllers"] if name != settings["controller"]]
        self.peers = Peers(settings["controller"], others, self.retired, now_ms)
        self.presence = Presence(settings["areas"], zone, settings["reader_numbers"], story, len(people.people), swap)
        self.last_grants = {}  # own door -> at_ms of the newest granted badge
        self._grants = {}

    def forget(self) -> None:
        """Forget what events have told, to be told again."""
        self.emergency.forget()
        self.lockdowns.forget()
        self.retired.forget()
        self.presence.forget()

    def keep(self) -> dict:
        """Return what events have told, beside the rows of the table, as plain values."""
        return {
            "emergency": self.emergency.keep(),
            "lockdowns": self.lockdowns.keep(),
            "retired": self.retired.keep(),
            "areas": self.presence.keep_changes(),
            "last_grants": [[door, self.last_grants[door]] for door in sorted(self.last_grants)],
            "grants": [[no, self._grants[no]] for no in sorted(self._grants)],
        }

    def restore(self, kept: dict) -> None:
        """Take up what `keep` gave."""
        self.emergency.restore(kept["emergency"])
        self.lockdowns.restore(kept["lockdowns"])
        self.retired.restore(kept["retired"])
        self.presence.restore_changes(kept["areas"])
        self.last_grants = dict(kept["last_grants"])
        self._grants = dict(kept["grants"])

    def at_ms(self) -> int:
        """Return the wall-clock time of the verb being handled."""
        return self.now_ms + self.wall.offset_ms

    def is_clock_trusted(self) -> bool:
        return self.wall.is_trusted

    def is_locked_down(self, door: str) -> bool:
        """Say whether a door is locked down. Emergency beats lockdown."""
        is_on = self.lockdowns.is_on(door) and self.doors[door].can_lock_down()
        return is_on and not self.emergency.is_active()

    def is_interlocked(self, door: str) -> bool:
        """Say whether another door must shut first."""
        others = self.doors[door].interlock
        if not others or self.emergency.is_active():
            return False
        return any([self.doors[other].is_busy() for other in others])

    def bars(self, door: str, person) -> str | None:
        """Return why a door lets this person not pass any more, whatever anti-passback says."""
        if self.is_locked_down(door) and not access.passes_lockdown(person.groups, self.settings["groups"]):
            return "lockdown"
        return "interlock" if self.is_interlocked(door) else None

    def judged_as(self, reader: str, person) -> tuple:
        """Return {area: [direction, mode]} for a badge of this person now, and whether he is exempt."""
        place = self.settings["readers"][reader]
        nobody = self.emergency.is_active() or self.doors[place["door"]].stands_unlocked()
        judge, is_exempt = {}, False
        for area, direction in place["areas"].items():
            rules = self.presence.rules[area]
            is_free = access.share(person.groups, rules.settings["exempt_groups"])
            is_exempt = is_exempt or is_free
            is_judged = not (nobody or is_free) and self._is_judging(rules.settings["schedule"])
            judge[area] = [direction, rules.mode(direction) if is_judged else "off"]
        return judge, is_exempt

    def _is_judging(self, name: str) -> bool:
        """Say whether an area's schedule runs; one that this board does not know always does."""
        known = self.schedules.get(name)
        return known is None or known.is_active(self.at_ms())

    def count_grant(self, event: dict) -> None:
        """Count a grant of somebody who has only so many."""
        person = self.people.person(event["no"])
        if person is not None and person.uses is not None:
            self._grants[person.no] = self._grants.get(person.no, 0) + 1

    def grants_of(self, person) -> int:
        """Return how many grants of somebody were counted: of who has only so many."""
        return 0 if person.uses is None else self._grants.get(person.no, 0)
