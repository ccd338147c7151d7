"""What a start makes of a release that was tried: the one on trial proves itself, of another is told what became of it. Pure.

The self-test: within 60 s of the start the configuration is loaded, the node works, an event of this life is in the log, the link to
the broker is up, as it was before the switch, and after all that it still works 15 s after the start. Else the board starts again,
with the release that counts.
Results of the verbs: ("news", type, fields, version of its manifest) to be written down and told, ("reboot",).
"""

from firmware.const import const

_STEADY_MS = const(15_000)
_PATIENCE_MS = const(60_000)
_NEVER_MS = const(1 << 60)


class Trial:
    """`store`: a ReleaseStore; `is_linked()`: the link to the broker is up. `due_ms`: when `tick` has something to do."""

    def __init__(self, store, is_linked):
        self._store, self._is_linked = store, is_linked
        self._version, self._name, self._firmware, self._reason = store.outcome() or (None, None, None, None)
        self.due_ms = _STEADY_MS if store.is_trial else _NEVER_MS
        self._seq = None  # of the note that is waited for, until it is in the flash
        self._is_written = self._may_look = False

    def start(self, seq: int) -> list:
        """The controller has started: `seq` is that of the note which says so."""
        self._seq = seq
        if self._store.is_trial:
            return []
        if self._name is None:  # what main.py renamed cannot be read
            self._store.settle()
            self._seq = None
            return []
        return self._tell("update.rolled_back" if self._reason else "update.confirmed")

    def _tell(self, kind: str) -> list:
        fields = {"version": self._firmware, "release": self._name}
        if self._reason:
            fields["reason"] = self._reason
        return [("news", kind, fields, self._version)]

    def told(self, seq: int) -> None:
        """The note that was told has this number."""
        self._seq = seq

    def durable(self, seq: int) -> None:
        """A note of ours is in the flash."""
        if self._seq is not None and seq >= self._seq:
            if self._store.is_trial:
                self._is_written = True
            else:
                self._seq = None
                self._store.settle()

    def is_busy(self) -> bool:
        return self._seq is not None

    def has_work(self) -> bool:
        return self._may_look

    def tick(self, now_ms: int) -> list:
        """See whether it has passed, or had its time."""
        if now_ms >= _PATIENCE_MS:
            self.due_ms = _NEVER_MS
            self._store.fail(self._missing())
            return [("reboot",)]
        self._may_look = self._is_written and self._is_linked()
        self.due_ms = now_ms + 500
        return []

    def _missing(self) -> str:
        if not self._is_written:
            return "self-test: nothing came into the log within 60 s"
        return "self-test: no link to the broker within 60 s" if not self._is_linked() else "self-test: no room in the flash"

    def work(self) -> list:
        """It has passed."""
        self._may_look = False
        if not self._store.confirm():
            return []
        self.due_ms = _NEVER_MS
        return self._tell("update.confirmed")
