"""The control panel of one reader. Pure, and runs on MicroPython: bytes, lines of text and time come in.

Actions: ("send", bytes), ("show", object to print).
"""

from firmware.hal import aes
from firmware.wire.osdp_bus import OsdpBus
from firmware.wire.osdp_cp import OsdpReader
from tools.osdp import reports
from tools.osdp.desk import Desk

PAIRING_MS = 60_000
_NAME = "reader"
_SILENT_MS = 3000


class Panel:
    """`is_over`: there is nothing more to do; `has_failed`: something that was asked for was not done.

    keys: a ReaderKeys. delay_ms: of the network, as OsdpBus has it. formats: of the cards that have a `credential`.
    """

    def __init__(self, address: int, baud: int, delay_ms: int, keys, random, allow_plain: bool, formats: list):
        self.is_over = self.has_failed = False
        self._line = baud, delay_ms
        self._address, self._allow_plain, self._random = address, allow_plain, random
        self._keys, self._formats, self._desk = keys, formats, Desk()
        self._is_pairing = False
        self._said = None  # the line that the reader is being told
        self._shown = None  # what it said of itself
        self._look_ms = _SILENT_MS
        self._counts = {"questions": 0, "bytes_out": 0, "bytes_in": 0, "cards": 0}
        self._ask_anew()

    # What the line and the clock bring.

    def hear(self, data: bytes, now_ms: int) -> list:
        """Take bytes from the line."""
        self._counts["bytes_in"] += len(data)
        return self._do(self._bus.feed(data, now_ms), now_ms)

    def tick(self, now_ms: int) -> list:
        """Do what is due."""
        return self._do(self._bus.tick(now_ms), now_ms) + self._look(now_ms) + self._give_orders(now_ms)

    def next_deadline_ms(self) -> int:
        """Return when `tick` has something to do."""
        due = [self._bus.next_deadline_ms(), self._look_ms, self._desk.next_deadline_ms()]
        return min([ms for ms in due if ms is not None])

    def stats(self, now_ms: int) -> dict:
        """Return what there is to count."""
        made = {"type": "stats", "seconds": now_ms // 1000, "online": self._reader.is_online, "secure": self._reader.is_secure}
        made.update(self._counts)
        made.update({"reader": self._reader.faults, "line": self._bus.frames.faults, "unasked": self._bus.unasked})
        return made

    # What a person wants.

    def pair(self, now_ms: int) -> list:
        """Open the window for a reader without a key. Raises: OSError, where the new key cannot be kept."""
        self._is_pairing = self._bus.pair(_NAME, now_ms + PAIRING_MS, self._keys.fresh(), now_ms)
        assert self._is_pairing
        return [_shown("pairing", seconds=PAIRING_MS // 1000, key_file=self._keys.place)]

    def order(self, line: str, now_ms: int) -> list:
        """Take a command. `stats` waits for nobody."""
        line = line.strip()
        if line == "stats":
            return [("show", self.stats(now_ms))]
        why = self._desk.take(line, now_ms) if line else ""
        return [_shown("error", command=line, reason=why)] if why else []

    def stop(self) -> list:
        """End at once. A key that nobody can have is forgotten; one that was sent stays where it is kept."""
        self.is_over = True
        if not self._is_pairing:
            return []
        return self._not_paired("stopped" if self._reader.keys.wants_to_tell() else "no_proof")

    def _give_orders(self, now_ms: int) -> list:
        """Tell the reader what is next, and be done with what waited too long."""
        if self._is_pairing:
            self._desk.moved(now_ms)
        actions = []
        while not self.is_over:
            order = self._desk.next(self._said is None and not self._is_pairing, self._reader.is_online, now_ms)
            if not order:
                break
            actions += self._give(*order)
        return actions

    def _give(self, line: str, what: tuple, is_turn: bool) -> list:
        if what[0] == "quit":
            self.is_over = True
            return [] if is_turn else self._undone(self._said, "no_answer")
        if not is_turn:
            return self._undone(line, "no_answer" if self._reader.is_online else "offline")
        self._said = line
        if what[0] == "rotate":
            return self._rotate()
        return [] if self._reader.command(line, what[1]) else self._undone(line, "too_long")

    def _rotate(self) -> list:
        if not self._reader.is_secure:
            return self._undone(self._said, "plain")
        try:
            is_begun = self._bus.rotate(_NAME, self._keys.fresh())
        except OSError as error:
            return self._undone(self._said, "not_kept", error=str(error))
        assert is_begun
        return []

    def _undone(self, line: str, reason, **more) -> list:
        self._said = None if line == self._said else self._said
        self.has_failed = True
        return [("show", reports.because("failed", reason, command=line, **more))]

    # What the reader says.

    def _do(self, happened: list, now_ms: int) -> list:
        actions = []
        for one in happened:
            if self.is_over:
                break
            if one[0] == "send":
                self._counts["questions"] += 1
                self._counts["bytes_out"] += len(one[1])
                actions.append(one)
            else:
                self._desk.moved(now_ms)
                actions += self._event(one[2])
        return actions + self._keep()

    def _event(self, event: tuple) -> list:
        kind = event[0]
        if kind in ("paired", "rotated"):
            self._is_pairing, self._said = False, None
            return [_shown(kind, **self._keys.took())]
        if kind == "pairing_failed":
            return self._not_paired(event[1])
        if kind == "rotation_failed":
            self._keys.gave_back()
            return self._undone(self._said, event[1])
        if kind == "identity":
            self._keys.met(event[1])
            return []
        if kind == "done":
            line, self._said = self._said, None
            return [_shown(kind, command=line)]
        if kind == "failed":
            return self._undone(event[1], event[2])
        return self._news(kind, event)

    def _news(self, kind: str, event: tuple) -> list:
        if kind == "refused":
            return self._refused(event[1])
        if kind == "offline":
            return [("show", reports.because(kind, event[1]))]
        if kind == "online":
            self._keys.proved()
            return self._who() + [("show", reports.report(event, self._formats))]
        self._counts["cards"] += kind == "card"
        return [("show", reports.report(event, self._formats))]

    def _refused(self, reason: str) -> list:
        """Show it; a reader that may have one of two keys is asked for the other one first."""
        if reason == "cryptogram" and self._keys.try_other():
            self._ask_anew()
            return []
        if self._is_pairing and reason in ("cryptogram", "challenge"):
            reason = "keyed"
        return self._who() + [("show", reports.because("refused", reason))]

    def _not_paired(self, reason) -> list:
        self.is_over = self.has_failed = True
        self._is_pairing = False
        if reason == "no_proof":
            return [("show", reports.because("pairing_failed", reason, key_file=self._keys.place))]
        self._keys.gave_back()
        return [("show", reports.because("pairing_failed", reason))]

    def _who(self) -> list:
        """Show what the reader says of itself, where that is news."""
        said = self._reader.says(), self._reader.is_secure
        if said == self._shown or not said[0][0]:
            return []
        self._shown = said
        made = [("show", reports.who(said[0][0], said[1]))]
        return made + ([("show", reports.capabilities(said[0][1]))] if said[0][1] else [])

    def _look(self, now_ms: int) -> list:
        """Say once that there is nobody, or nobody who can be understood."""
        if self._look_ms is None or now_ms < self._look_ms:
            return []
        self._look_ms = None
        if self._reader.says()[0] or self._reader.refused:
            return []
        is_noise = self._bus.frames.faults or self._bus.unasked
        return [("show", reports.because("offline", "noise" if is_noise else "no_answer"))]

    def _keep(self) -> list:
        try:
            self._keys.keep()
        except OSError as error:
            return [_shown("error", reason="the key file cannot be written: %s" % error)]
        return []

    def _ask_anew(self) -> None:
        self._reader = OsdpReader(self._address, self._keys.key, aes, self._random, self._allow_plain, self._keys.identity)
        self._bus = OsdpBus({_NAME: self._reader}, *self._line)


def _shown(kind: str, **more) -> tuple:
    made = {"type": kind}
    made.update(more)
    return "show", made
