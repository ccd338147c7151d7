"""A release or a configuration for which there is no room beside the doors: they pause for it, if whoever signed it allows that.

It waits for a moment in which nobody would notice; then the board starts anew for that one thing, in minimal mode. Doors pause for
an order once: what comes of that is seen at the next start, and nobody has them pause by repeating an old one. Whoever ordered it
has to say so again and again while it waits: doors do not pause for somebody who has left, nor for what a broker has kept.
What is imported here inside is let go while it waits.
"""

from firmware.config import manifest
from firmware.const import const
from firmware.update import PAUSED

_UPDATE = const(b'{"t":"update"')
_NEVER_MS = const(1 << 60)
_LOOK_MS = const(500)  # from one look whether it is calm to the next
_DESERTED_MS = const(30_000)


class Pausing:
    """As a node has it: its verbs return the node's actions. `opener`: whose it is; the rest is the node's."""

    def __init__(self, opener, controller, exchange, post, act, carry, count):
        self._releases, self._lack = opener.releases, opener.missing
        if self._releases.is_short:
            self._lack = "not enough memory: what was free has not been enough"
        self._controller, self._exchange, self._post = controller, exchange, post
        self._act, self._count = act, count
        self._order, self.due_ms = None, _NEVER_MS
        self._may_look = False

    def is_busy(self) -> bool:
        return self._order is not None

    def has_work(self) -> bool:
        return self._may_look

    def durable(self, now_ms: int, stream: str, seq: int) -> list:
        return []

    def link(self, now_ms: int) -> None:
        """It looks whether there is one."""

    def take(self, now_ms: int, payload: bytes, is_retained: bool) -> list:
        """Take a manifest. Raises: MemoryError, of what no doors pause for."""
        is_update = payload.startswith(_UPDATE)
        fault, _, new = _opened(payload, self._controller.settings, self._post.keys)
        if fault:
            if self._order is None:
                raise MemoryError
            return []
        self._releases.is_short = False
        if is_retained and self.is_busy() or self._runs(new, is_update):
            return []
        reason = self._find_fault(new, is_update) or (None if new.order and not is_retained else self._lack)
        if reason:
            return self._refuse(is_update, [new.version, reason])
        self._heard_ms = now_ms
        if self._order == new.order:
            return []
        self._order, self._is_update, self._version, self._since_ms = new.order, is_update, new.version, now_ms
        self._fields = new.told() if is_update else {"version": new.version}
        self._releases.status["pause"] = new.order
        self.due_ms = now_ms + _LOOK_MS  # time to say so
        return self._tell()

    def _runs(self, new, is_update: bool) -> bool:
        """Say whether it is in force, or proves itself."""
        aboard = self._releases.aboard
        if is_update:
            return new.name == aboard["tree"] or aboard["is_trial"]
        return new.version == self._controller.settings["version"]

    def _find_fault(self, new, is_update: bool) -> str | None:
        """Return why doors do not pause for it: what a board with room for it says, as far as that is known here."""
        from firmware.update import records

        releases, in_force = self._releases, self._controller.settings["version"]
        if is_update:
            if new.version <= records.newest(releases.make_files()):
                return "this board has tried it, or one that was signed later"
            fault = new.find_unfit(releases.aboard)
        else:
            fault = "version %d is older than %d, which is in force" % (new.version, in_force) if new.version < in_force else None
        if fault or not new.order:
            return fault
        if new.order <= records.told(releases.tree, PAUSED).get(_kind(is_update), 0):
            return "doors have paused for it, or for one that was signed later, and it did not get through"
        return None

    def tick(self, now_ms: int) -> list:
        """See whether this is the moment."""
        from firmware.config.calm import is_calm

        self.due_ms = now_ms + _LOOK_MS
        if now_ms - self._heard_ms > _DESERTED_MS:
            return self._end()
        self._may_look = self._exchange.has_link and is_calm(self._controller, now_ms - self._since_ms)
        return []

    def work(self, now_ms: int) -> list:
        """It is. Write down that doors pause for it, and begin."""
        from firmware.update import records

        desk, kind = self._controller.desk, _kind(self._is_update)
        paused = records.told(self._releases.tree, PAUSED)
        paused.update({kind: self._order, "for": kind})
        if not records.replace(self._releases.tree, PAUSED, paused):
            self._end()
            return self._refuse(self._is_update, [self._version, "no room in the flash"])
        desk.begin(now_ms)
        desk.write("update.paused", self._fields)
        actions = self._act(desk.end(), now_ms)
        self._releases.wants_pause, self._may_look, self.due_ms = True, False, _NEVER_MS
        return actions + [("reboot",)]

    def _end(self) -> list:
        """Doors do not pause."""
        self._order, self._may_look, self.due_ms = None, False, _NEVER_MS
        self._releases.status.pop("pause", None)
        return self._tell()

    def _refuse(self, is_update: bool, refusal: list) -> list:
        """Say so: [version, reason]. What is waited for is waited for all the same."""
        self._count("config.memory")
        if is_update:
            self._releases.status["refused_update"] = refusal
        else:
            self._post.refused = refusal
        return self._tell()

    def _tell(self) -> list:
        return [self._post.status(self._exchange.inc)] if self._exchange.has_link else []


def _opened(payload: bytes, settings: dict, keys) -> tuple:
    """Return (None, None, manifest), or (kind of fault, reason, manifest of what was sealed rightly or None)."""
    if payload.startswith(_UPDATE):
        from firmware.update import manifest as of_release

        return of_release.opened(payload, settings, keys)
    return manifest.opened(payload, settings, keys)


def _kind(is_update: bool) -> str:
    """Return under which name orders of a kind are written down."""
    return "version" if is_update else "config"
