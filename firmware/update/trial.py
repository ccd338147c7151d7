"""What a start makes of a release that was tried: the one on trial proves itself, of another is told what became of it. Pure.

The self-test: within 60 s of the start the configuration is loaded, the node works, an event of this life is in the log, the link to
the broker is up, as it was before the switch, and after all that it still works 15 s after the start. Else the board starts again,
with the release that counts.
Results of the verbs: ("news", type, fields, version of its manifest) to be written down and told, ("reboot",).
It takes little heap: a release has to prove itself also where there is no room to fetch one.
"""

from firmware.const import const
from firmware.update import FAILED, INSTALLED, TRIED
from firmware.update.records import replace, told

_STEADY_MS = const(15_000)
_PATIENCE_MS = const(60_000)
_NEVER_MS = const(1 << 60)
_REASON_BYTES = const(128)


class Trial:
    """`tree`, `aboard`: of a Releases; `is_linked()`: the link to the broker is up. `due_ms`: when `tick` has something to do."""

    def __init__(self, tree, aboard: dict, is_linked):
        self._tree, self._aboard, self._is_linked = tree, aboard, is_linked
        self.is_trial = aboard["is_trial"]
        self._version, self._name, self._firmware, self._reason = self._outcome() or (None, None, None, None)
        self.due_ms = _STEADY_MS if self.is_trial else _NEVER_MS
        self._seq = None  # of the note that is waited for, until it is in the flash
        self._is_written = self._may_look = False

    def _outcome(self) -> tuple | None:
        """Return (version of the manifest, release, its own version, reason) of what was tried.

        None as reason while it is on trial or if it counts now.
        """
        tried = told(self._tree, TRIED)
        version, name, firmware = tried.get("version"), tried.get("tree"), tried.get("firmware")
        if name is None:
            return None
        if self.is_trial or name == self._aboard["tree"]:
            return (version, name, firmware, None)
        reason = self._tree.read(FAILED, 0, _REASON_BYTES).decode()
        return (version, name, firmware, reason or "it ended before it had proved itself: a power cut, the watchdog or a crash of the chip")

    def begin(self, seq: int) -> list:
        """The controller has started: `seq` is that of the note which says so."""
        self._seq = seq
        if self.is_trial:
            return []
        if self._name is None:  # what main.py renamed cannot be read
            self._settle()
            return []
        return self._tell("update.rolled_back" if self._reason else "update.confirmed")

    def _settle(self) -> None:
        """What became of it is in the log."""
        self._seq = None
        self._tree.remove(TRIED)
        self._tree.remove(FAILED)

    def _tell(self, kind: str) -> list:
        fields = {"version": self._firmware, "release": self._name}
        if self._reason:
            fields["reason"] = self._reason
        return [("news", kind, fields, self._version)]

    def told(self, seq: int) -> None:
        """The note that was told has this number."""
        self._seq = seq

    def written(self, seq: int) -> None:
        """A note of ours is in the flash."""
        if self._seq is not None and seq >= self._seq:
            if self.is_trial:
                self._is_written = True
            else:
                self._settle()

    def is_busy(self) -> bool:
        return self._seq is not None

    def has_work(self) -> bool:
        return self._may_look

    def tick(self, now_ms: int) -> list:
        """See whether it has passed, or had its time."""
        if now_ms >= _PATIENCE_MS:
            self.due_ms = _NEVER_MS
            self._tree.write(FAILED, [self._missing().encode()])
            return [("reboot",)]
        self._may_look = self._is_written and self._is_linked()
        self.due_ms = now_ms + 500
        return []

    def _missing(self) -> str:
        if not self._is_written:
            return "self-test: nothing came into the log within 60 s"
        return "self-test: no link to the broker within 60 s" if not self._is_linked() else "self-test: no room in the flash"

    def work(self) -> list:
        """It has passed: from now on it counts, unless there is no room to write that down."""
        self._may_look, tried = False, told(self._tree, TRIED)
        if not replace(self._tree, INSTALLED, {key: tried[key] for key in ("tree", "own", "board")}):
            return []
        self.is_trial = self._aboard["is_trial"] = False
        self.due_ms = _NEVER_MS
        return self._tell("update.confirmed")


class Proving:
    """A Trial at work, as a node has it: its verbs return the node's actions. `releases`: a Releases; the rest is the node's.

    Whatever comes meanwhile for a configuration or release waits: it is told of again.
    """

    def __init__(self, releases, controller, exchange, post, act, carry, count):
        self._releases, self._controller, self._exchange, self._post = releases, controller, exchange, post
        self._act, self._count = act, count
        self._trial = Trial(releases.tree, releases.aboard, lambda: exchange.has_link)
        self.due_ms = self._trial.due_ms

    def is_busy(self) -> bool:
        return self._trial.is_busy()

    def has_work(self) -> bool:
        return self._trial.has_work()

    def start(self, now_ms: int) -> list:
        return self._follow(self._trial.begin(self._controller.recorder.seqs["notes"]), now_ms)

    def durable(self, _now_ms: int, stream: str, seq: int) -> list:
        if stream == "notes":
            self._trial.written(seq)
        return []

    def link(self, now_ms: int) -> None:
        """It looks whether there is one."""

    def take(self, _now_ms: int, payload: bytes, is_retained: bool) -> list:
        self._count("config.memory")
        return []

    def tick(self, now_ms: int) -> list:
        return self._follow(self._trial.tick(now_ms), now_ms) if self.due_ms <= now_ms else []

    def work(self, now_ms: int) -> list:
        return self._follow(self._trial.work(), now_ms)

    def _follow(self, results: list, now_ms: int) -> list:
        self.due_ms, actions = self._trial.due_ms, []
        for result in results:
            actions += self._tell(*result[1:], now_ms) if result[0] == "news" else [result]
        return actions

    def _tell(self, kind: str, fields: dict, version: int, now_ms: int) -> list:
        """Write down what became of a release, and tell it."""
        desk, status = self._controller.desk, self._releases.status
        desk.begin(now_ms)
        desk.write(kind, fields)
        actions = self._act(desk.end(), now_ms)
        self._trial.told(self._controller.recorder.seqs["notes"])
        status.pop("trial", None)
        if "reason" in fields:
            status["rolled_back"] = [version, fields["reason"]]
        return actions + ([self._post.status(self._exchange.inc)] if self._exchange.has_link else [])
