"""Wiegand readers at pins: what their interrupts put down becomes events, with the moments of the pulses.

A frame is vouched for, or given up ("spoil"): never guessed. It is given up where
    a pulse was handled while somebody stopped interrupts, or somebody did so between its first pulse and its last one,
    the order of two pulses is not known, a pulse had no place in the ring,
    or a witness counted other pulses than were handled.
A wire without a witness is believed only while its pulses come steadily: one that is missing leaves a gap, and ones that
waited come all at once; and nobody may have stopped interrupts until its verdict. Pulses missing before the first or behind the
last are then left to the frame's length and parity.
The verdict is spoken in the silence behind the last pulse, before whoever decodes the frame takes it for complete. Only a
silence in which somebody looked divides two frames: a pulse may have waited for its handler, and look like the next one's.
"""

from firmware.const import const
from firmware.hal.moments import NOTHING, sooner
from firmware.hal.wiegand_wire import BIT, BUSY, UNSURE, Pulses, Wire

FRAME_GAP_MS = const(30)  # of firmware.wire.wiegand: such a silence ends a frame
_GAP_US = const(33_000)  # when it is over for whoever counts milliseconds, too
_VERDICT_US = const(24_000)  # of silence. Pulses are 20 ms apart at most, and may be some late
_VERDICT_MS = const(24)
_LATE_US = const(4000)  # no more than whatever may hold a handler up for no reason to doubt
_FAR_US = const(1 << 29)
_WHY = "capture"


class _Reader:
    """One reader's frame in progress."""

    def __init__(self, name: str, pulses: Pulses, wires: tuple, is_witnessed: bool, busy, ticks_diff):
        self.name = name
        self.spoils = 0
        self.last_ms = 0
        self.is_open = False  # a frame is in progress
        self.is_judged = True  # since its last pulse
        self._pulses, self._wires, self._busy, self._ticks_diff = pulses, wires, busy, ticks_diff
        self._is_witnessed = is_witnessed
        self._is_spoiled = False
        self._last_us = self._epoch = self._last_epoch = self._due_ms = 0
        self._seen, self._seen_us = None, 0  # by the witnesses, while they disagree
        self._shortest_us = self._longest_us = 0

    def distrust(self, ticks_us: int) -> None:
        """Spoil what comes before a silence."""
        self.is_open = self._is_spoiled = True
        self._last_us = ticks_us

    def is_idle(self) -> bool:
        """Say whether there is nothing to do."""
        return not self.is_open and self._pulses.is_empty()

    def is_reading(self, now_ms: int) -> bool:
        return not (self._pulses.is_empty() and self.is_judged) or (self.is_open and now_ms - self.last_ms < FRAME_GAP_MS)

    def next_ms(self, now_ms: int) -> int | None:
        if not self._pulses.is_empty():
            return now_ms
        return None if self.is_judged else self._due_ms

    def take(self, ticks_us: int, now_ms: int):
        """Yield (at_ms, event) of what came."""
        pulses = self._pulses
        is_lost, pulses.lost = pulses.lost, False
        while not pulses.is_empty():
            place = pulses.first
            flags, at_us, epoch = pulses.flags[place], pulses.at_us[place], pulses.epoch[place]
            pulses.drop()
            interval_us = self._ticks_diff(at_us, self._last_us)
            if self._is_cut(interval_us):
                yield self._spoil()
            self._begin_or_go_on(interval_us, epoch)
            self._last_us, self._last_epoch, self.is_judged = at_us, epoch, False
            self.last_ms = max(self.last_ms, now_ms - max(self._ticks_diff(ticks_us, at_us), 0) // 1000)
            self._due_ms, self._seen = self.last_ms + _VERDICT_MS + 1, None
            if self._is_spoiled or is_lost or flags & (UNSURE | BUSY):
                yield self._spoil()  # again and again, so that nobody takes the rest for a frame
            else:
                yield self.last_ms, ("bit", self.name, flags & BIT)
        if self.is_open:
            silence_us = self._ticks_diff(ticks_us, self._last_us)
            if silence_us >= _VERDICT_US and not self.is_judged:
                yield from self._judge(ticks_us, now_ms)
            self.is_open = not self.is_judged or silence_us < _GAP_US  # before ticks wrap

    def _judge(self, ticks_us: int, now_ms: int):
        """Yield the end of a frame for which nobody vouches."""
        if self._wires[0].agrees() and self._wires[1].agrees():
            self.is_judged = True
            if self._is_doubtful():
                yield self._spoil()
            return
        if not self._is_spoiled:
            yield self._spoil()
        self._await_silence(ticks_us, now_ms)

    def _await_silence(self, ticks_us: int, now_ms: int) -> None:
        """Wait until no witness sees anything any more: pulses that were not handled may be those of a frame that goes on."""
        seen = (self._wires[0].seen(), self._wires[1].seen())
        if seen != self._seen:
            self._seen, self._seen_us = seen, ticks_us
            self._due_ms = now_ms + _VERDICT_MS + 1
        elif self._ticks_diff(ticks_us, self._seen_us) >= _VERDICT_US:
            self.is_judged = True
            for wire in self._wires:
                wire.agree()

    def _is_cut(self, interval_us: int) -> bool:
        """Say whether there is a silence that may be one only because a pulse waited, or may be longer than it seems."""
        return self.is_open and interval_us >= _VERDICT_US and not self._is_next(interval_us)

    def _is_next(self, interval_us: int) -> bool:
        """Say whether a pulse is the first of another frame: after a silence that somebody saw."""
        return self.is_judged and interval_us >= _GAP_US

    def _begin_or_go_on(self, interval_us: int, epoch: int) -> None:
        if not self.is_open or self._is_next(interval_us):
            self.is_open, self._is_spoiled = True, False
            self._epoch = epoch
            self._shortest_us, self._longest_us = _FAR_US, 0
        else:
            self._shortest_us = min(self._shortest_us, interval_us)
            self._longest_us = max(self._longest_us, interval_us)

    def _is_doubtful(self) -> bool:
        epoch = self._last_epoch if self._is_witnessed else self._busy.epoch
        return not self._is_steady() or epoch != self._epoch

    def _is_steady(self) -> bool:
        """Say whether no silence was long beside the others: pulses that waited make two frames look like one."""
        if not self._is_witnessed:
            return self._longest_us * 4 <= self._shortest_us * 7
        return self._longest_us <= _LATE_US or self._longest_us <= self._shortest_us * 4

    def _spoil(self) -> tuple:
        self.spoils += not self._is_spoiled
        self._is_spoiled = True
        return self.last_ms, ("spoil", self.name, _WHY)


class WiegandPins:
    """All readers of a board. `busy`: a Busy. `ticks`: `time` of MicroPython.

    Limits: who calls `take` less often than each 7 ms may lose frames that follow each other; at least each eight minutes.
    """

    def __init__(self, ticks, busy):
        self._ticks, self._busy = ticks, busy
        self._readers = []
        self._now_ms = 0

    def add(self, name: str, pins: tuple, witnesses: tuple = (None, None)) -> None:
        """Listen to a reader: pins and witnesses of D0 and D1. Make the witnesses before: that may end a pin's interrupts."""
        pulses = Pulses()
        wires = [Wire(bit, witnesses[bit], pulses, self._busy, self._ticks.ticks_us) for bit in (0, 1)]
        wires[0].join(wires[1])
        is_witnessed = None not in witnesses
        self._readers.append(_Reader(name, pulses, wires, is_witnessed, self._busy, self._ticks.ticks_diff))
        for pin, wire in zip(pins, wires):
            pin.irq(handler=wire.handle, trigger=pin.IRQ_FALLING)

    def begin(self) -> None:
        """Trust nothing before a silence: it may be the rest of a frame that somebody else has begun to hear."""
        for reader in self._readers:
            reader.distrust(self._ticks.ticks_us())

    def take(self, now_ms: int):
        """Return (at_ms, number, event) of what came, in no order: firmware.node says what events are. Idle, it takes no heap."""
        self._now_ms, found = now_ms, NOTHING
        for reader in self._readers:
            if reader.is_idle():
                continue
            found = found or []
            for at_ms, event in reader.take(self._ticks.ticks_us(), now_ms):
                found.append((at_ms, len(found), event))
        return found

    def next_ms(self) -> int | None:
        """Return when a verdict is due."""
        first_ms = None
        for reader in self._readers:
            first_ms = sooner(first_ms, reader.next_ms(self._now_ms))
        return first_ms

    def is_reading(self, now_ms: int) -> bool:
        """Say whether a reader is in the middle of a frame."""
        for reader in self._readers:
            if reader.is_reading(now_ms):
                return True
        return False

    def is_in_frame(self) -> bool:
        """Say whether a reader was so when somebody took what came. For any thread."""
        return self.is_reading(self._now_ms)

    def spoils(self) -> dict:
        """Return how many frames of each reader were given up."""
        return {reader.name: reader.spoils for reader in self._readers}
