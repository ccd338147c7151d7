"""What those hear who only look: doors, outputs and areas as they are now. Told when it changes, at most once a second.

Layout: a state is (topic, {"t": "door", "output" or "area", …}); the topic is its kind and name.
An area is told by the first of its controllers, by name, that is online. What time alone changes is seen at the next look.
"""

from binascii import crc32

from firmware.const import const
from firmware.core.beside import REPORTED, SPECIAL, STANDS

_PAUSE_MS = const(1000)
_PATIENCE_MS = const(100)  # until what made it so is in the flash, and tells it at once
_NAMED_MAX = const(32)  # people in violation; of more only how many


class States:
    """`due_ms`: when to look next, or None."""

    def __init__(self, controller):
        self._controller = controller
        self._told = {}  # topic -> checksum
        self._seen = None  # the changes of others and of rules that `led` stands for
        self.free_ms = 0  # from when on the next look may be
        self.led = []  # areas that are told from here
        self.due_ms = None

    def note(self, now_ms: int) -> None:
        """Something may have changed."""
        if self.due_ms is None and self._controller.desk.judge.has_link:
            self.due_ms = max(now_ms + _PATIENCE_MS, self.free_ms)

    def age(self, now_ms: int) -> None:
        """Time has passed: what it ends is seen where it is told, and by whom else it has to be told now."""
        if self.led or self._seen != self._changes():
            self.note(now_ms)

    def link(self, is_up: bool, now_ms: int) -> None:
        """A broker that has just come may know nothing: all is told anew."""
        self._told = {}
        self.due_ms = now_ms if is_up else None

    def look(self, now_ms: int) -> list:
        """Return the states that have changed since they were told."""
        self.due_ms = None
        self._see_who_is_there()
        controller, found = self._controller, []
        for name in sorted(controller.doors):
            found.append(("door/" + name, controller.doors[name].state()))
        for name in sorted(controller.settings["outputs"]):
            found.append(("output/" + name, {"t": "output", "active": controller.desk.outputs.is_active(name)}))
        found += [("area/" + area, self._area(area)) for area in self.led]
        new = [entry for entry in found if self._is_new(entry[0], str(entry[1]))]
        if new:
            self.free_ms = now_ms + _PAUSE_MS
        return new

    def _is_new(self, topic: str, state: str) -> bool:
        was, self._told[topic] = self._told.get(topic), crc32(state.encode())
        return was != self._told[topic]

    def _changes(self) -> tuple:
        controller = self._controller
        return (controller.peers.changes, controller.presence.changes, controller.site.retired.changes)

    def _see_who_is_there(self) -> None:
        seen = self._changes()
        if seen != self._seen:
            before, self._seen, self.led = self.led, seen, self._controller.areas_led()
            for area in self.led:
                if area not in before:
                    self._told.pop("area/" + area, None)  # another has told it meanwhile

    def _area(self, area: str) -> dict:
        controller = self._controller
        presence, at_ms = controller.presence, controller.site.at_ms()
        count, named = self._in_violation(area)
        return {
            "t": "area",
            "occupancy": presence.inside(area, at_ms),
            "violations": count,
            "users": [controller.people.id_of(no) for no in named],
            "isolated": bool(controller.peers.silent(presence.watchers(area))),
        }

    def _in_violation(self, area: str) -> tuple:
        """Return (how many people are in violation, the numbers of the first of them). Of many those are counted who are
        reported: soon that is everybody.
        """
        controller = self._controller
        presence, at_ms, count, named = controller.presence, controller.site.at_ms(), 0, []
        beside = presence.beside
        is_few = beside.count <= _NAMED_MAX
        for other, no in beside.places(SPECIAL if is_few else REPORTED):
            if other != area or not beside.marks(area, no) & STANDS:
                continue
            if is_few:
                standing = presence.standing(area, no)
                ends_ms = standing.violation_ends_ms(presence.rules[area])
                if not controller.reports.is_sure(area, no, standing.violation) or ends_ms is not None and ends_ms <= at_ms:
                    continue
            count += 1
            if count <= _NAMED_MAX:
                named.append(no)
        return (count, named)
