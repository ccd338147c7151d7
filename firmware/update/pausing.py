"""A release for which there is no room beside the doors: they pause for it, if whoever signed it allows that.

It waits for a moment in which nobody would notice; then the board starts anew for that one release, in minimal mode. Doors pause for
a manifest once: what comes of that is seen at the next start, and nobody has them pause by repeating an old one. Whoever ordered it
has to say so again and again while it waits: doors do not pause for somebody who has left.
"""

from firmware.config.calm import is_calm
from firmware.const import const
from firmware.update import PAUSED, manifest, records

_NEVER_MS = const(1 << 60)
_LOOK_MS = const(500)  # from one look whether it is calm to the next
_DESERTED_MS = const(30_000)


class Pausing:
    """As a node has it: its verbs return the node's actions. `releases`: a Releases; the rest is the node's."""

    def __init__(self, releases, controller, exchange, post, act, carry, count):
        self._releases, self._controller, self._exchange, self._post = releases, controller, exchange, post
        self._act, self._count = act, count
        self._version, self.due_ms = None, _NEVER_MS
        self._may_look = False

    def is_busy(self) -> bool:
        return self._version is not None

    def has_work(self) -> bool:
        return self._may_look

    def durable(self, now_ms: int, stream: str, seq: int) -> list:
        return []

    def link(self, now_ms: int) -> None:
        """It looks whether there is one."""

    def take(self, now_ms: int, payload: bytes, is_retained: bool) -> list:
        """Take a manifest. Raises: MemoryError, of what no doors pause for."""
        fault, _, new = manifest.opened(payload, self._controller.settings, self._post.keys)
        if fault:
            if self._version is None:
                raise MemoryError
            return []
        aboard = self._releases.aboard
        if new.name == aboard["tree"] or aboard["is_trial"]:
            return []
        reason = self._find_fault(new)
        if reason:
            return self._end([new.version, reason])
        self._heard_ms = now_ms
        if self._version == new.version:
            return []
        self._version, self._fields, self._since_ms = new.version, new.told(), now_ms
        self._releases.status["pause"] = new.version
        self.due_ms = now_ms + _LOOK_MS  # time to say so
        return self._tell()

    def _find_fault(self, new) -> str | None:
        """Return why doors do not pause for a release: what a board with room for it says, as far as that is known here."""
        releases = self._releases
        if new.version <= records.newest(releases.make_files()):
            return "this board has tried it, or one that was signed later"
        fault = new.find_unfit(releases.aboard)
        if fault or not new.may_pause:
            return fault or "not enough memory"
        if new.version <= records.told(releases.tree, PAUSED).get("version", 0):
            return "doors have paused for it, or for one that was signed later, and it did not get through"
        return None

    def tick(self, now_ms: int) -> list:
        """See whether this is the moment."""
        self.due_ms = now_ms + _LOOK_MS
        if now_ms - self._heard_ms > _DESERTED_MS:
            return self._end(None)
        self._may_look = self._exchange.has_link and is_calm(self._controller, now_ms - self._since_ms)
        return []

    def work(self, now_ms: int) -> list:
        """It is. Write down that doors pause for it, and begin."""
        desk = self._controller.desk
        if not records.replace(self._releases.tree, PAUSED, {"version": self._version}):
            return self._end([self._version, "no room in the flash"])
        self._releases.wants_pause, self._may_look, self.due_ms = True, False, _NEVER_MS
        desk.begin(now_ms)
        desk.write("update.paused", self._fields)
        return self._act(desk.end(), now_ms) + [("reboot",)]

    def _end(self, refusal) -> list:
        """Doors do not pause. `refusal`: [version, reason] to be told, or None."""
        self._version, self._may_look, self.due_ms = None, False, _NEVER_MS
        self._releases.status.pop("pause", None)
        if refusal:
            self._count("config.memory")
            self._releases.status["refused_update"] = refusal
        return self._tell()

    def _tell(self) -> list:
        return [self._post.status(self._exchange.inc)] if self._exchange.has_link else []
