"""The line of a story: a panel with four readers, in a time of its own, and what a story does to it. Runs on every interpreter.

r0 has a key; r1 has none and may be spoken to in plain; r2 has none, and a window for it stands open; r3 has another key,
and its reader is strict and clings to its session.
"""

from firmware.hal import aes
from firmware.wire import osdp_commands as commands
from firmware.wire.osdp_bus import OsdpBus
from firmware.wire.osdp_cp import OsdpReader
from firmware.wire.osdp_frame import closed
from tests.fuzz.osdp import pieces as kinds
from tests.fuzz.osdp.peers import IDENTITY, Peer
from tests.fuzz.osdp.watch import Watch
from tests.wire.osdp_world import KEY, OTHER_KEY, World

READERS = ("r0", "r1", "r2", "r3")
WINDOW_MS = 3000
ASKED_MS_MAX = 1200  # whoever is silent is asked once a second
ANSWERS_MAX = 300  # of one story: then everybody is mute
STORY_MS_MAX = 120_000
CALM_MS_MAX = 100_000  # a reader that spoiled eight MACs is left alone for a minute, and any other for half of it
_ONLINE_MS = 600
_FRAME_DATA_MAX = 1400
_TIMES_MAX = 16
_PAUSES_MS = (0, 30, 60, 1)
_COMMANDS = (
    commands.led(None, (1, 0, 2, 2, 30)), commands.led((1, 0, 1, 0)), commands.buzzer(2, 2, 3), commands.output(0, 5, 300),
    commands.LOCAL_STATUS, commands.INPUT_STATUS, commands.OUTPUT_STATUS, commands.READER_STATUS, commands.comset(9, 9600),
    commands.manufacturer(b"\1\2\3", b"\4"), (0x7B, b"\0\1"),
)  # fmt: skip


class _Bus(OsdpBus):
    """Tells what it hears."""

    def feed(self, data: bytes, now_ms: int) -> list:
        self.hears(data)
        return super().feed(data, now_ms)


class Line(World):
    """`watch` sees all that is asked, heard and told, and does not let pass what may not be. `wire`: all that came."""

    def __init__(self, beginning: int):
        super().__init__([Peer(0, KEY, resends=True), Peer(1), Peer(2), Peer(3, OTHER_KEY, strict=True, clings=True)])
        self.baud = 9600 if beginning & kinds.SLOW else 230_400
        plain = OsdpReader(1, None, aes, self.dice, allow_plain=True)
        known = OsdpReader(0, KEY, aes, self.dice, identity=IDENTITY)
        self.bus = _Bus({
            "r0": known, "r1": plain, "r2": OsdpReader(2, None, aes, self.dice), "r3": OsdpReader(3, OTHER_KEY, aes, self.dice)}, self.baud)  # fmt: skip
        self.bus.hears = self._heard
        self.watch = Watch(self.bus, self.pds)
        self.wire = bytearray()
        self._spoil_of = None  # (address, question and reply -> what comes instead)
        self._answers_left = ANSWERS_MAX
        self._tag = self._comes_count = 0
        self._pair(2, WINDOW_MS)
        if beginning & kinds.ONLINE:
            self.run(_ONLINE_MS)

    def live(self, kind: int, payload: bytes) -> None:
        """Let one piece of a story happen."""
        if kind == kinds.WAIT:
            low, high = kinds.numbers(payload, 2)
            self.run(min(low | high << 8, max(STORY_MS_MAX - self.now_ms, 0)))
        elif kind == kinds.NOISE:
            self.take(self.bus.feed(payload, self.now_ms))
        elif kind == kinds.SAY:
            who, code = kinds.numbers(payload, 2)
            self.pds[who & 3].words.append((code, payload[2:]))
        elif kind == kinds.DO:
            self._want(*kinds.numbers(payload, 3))
        elif kind == kinds.BE:
            who, what, number = kinds.numbers(payload, 3)
            self.pds[who & 3].be(what & 15, number)
        else:
            self._spoil_next(kind, payload)

    def calm(self) -> None:
        """Everybody but r0 falls silent, and r0 answers as it should: it has to come back."""
        self._spoil_of, self._answers_left = None, ANSWERS_MAX
        for pd in self.pds:
            pd.mute = True
        self.pds[0].calm()
        end_ms = self.now_ms + CALM_MS_MAX
        self.run(500)
        while not self.reader().is_online:
            assert self.now_ms < end_ms, "it never comes back"
            self.run(200)

    def sent(self, data: bytes) -> None:
        self.watch.asked(data, self.now_ms)
        self.line.append((self.now_ms, None, data))
        self._answers_left -= 1
        reply, pause_ms = self.pds[data[2]].hear(data) if self._answers_left > 0 else b"", 0
        if self._spoil_of and self._spoil_of[0] == data[2]:
            make, self._spoil_of = self._spoil_of[1], None
            reply, pause_ms = make(data, reply)
        self._comes(reply, self.now_ms + self._wire_ms(len(data)), pause_ms)

    def take(self, actions: list) -> None:
        for action in actions:
            if action[0] == "reader":
                self.watch.told(action[1], action[2])
        super().take(actions)
        self.watch.bounds()

    def _comes(self, reply: bytes, at_ms: int, pause_ms: int) -> None:
        size = 1 if pause_ms == 1 else len(reply) // 2 + 1 if pause_ms else len(reply) or 1
        for start in range(0, len(reply), size):
            part = reply[start : start + size]
            at_ms += self._wire_ms(len(part)) + (pause_ms if start else 0)
            self._comes_count += 1
            self.coming.append((at_ms, part, self._comes_count))
        self.coming.sort(key=lambda one: (one[0], one[2]))  # MicroPython's sort leaves nothing in its order

    def _heard(self, data: bytes) -> None:
        self.wire += data
        self.watch.heard(data)

    def _wire_ms(self, count: int) -> int:
        return count * 10_000 // self.baud + 1

    def _spoil_next(self, kind: int, payload: bytes) -> None:
        """Spoil the next answer of a reader, once it is asked."""
        who = payload[0] if payload else 0
        make = {kinds.INSTEAD: _instead, kinds.FRAME: self._frame, kinds.ANSWER: _changed}[kind]
        self._spoil_of = who & 3, lambda question, reply: (make(question, reply, who, payload[1:]), _PAUSES_MS[who >> 6])
        end_ms = self.now_ms + ASKED_MS_MAX
        while self._spoil_of and self.now_ms < end_ms:
            self.run(20)
        self._spoil_of = None

    def _frame(self, question: bytes, reply: bytes, who: int, payload: bytes) -> bytes:
        how, code, more = kinds.numbers(payload, 3)
        data = (payload[3:] + bytes(8 * more))[:_FRAME_DATA_MAX]
        return _beside(self.pds[who & 3].forge(question, who, how, code, data), reply, who)

    def _want(self, who: int, what: int, number: int) -> None:
        what &= 15
        if what < len(_COMMANDS):
            self._command(who, _COMMANDS[what])
        elif what == 11:
            self._command(who, commands.text("x" * number, number & 1))
        elif what < 14:
            self._pair(who & 3, 32 * number)
        elif self.bus.rotate(READERS[who & 3], self.dice(16)):
            self.watch.rotating(READERS[who & 3])

    def _command(self, who: int, command: tuple) -> None:
        self._tag += 1
        if self.bus.readers[READERS[who & 3]].command(self._tag, command):
            self.watch.accepted(READERS[who & 3], self._tag)

    def _pair(self, at: int, span_ms: int) -> None:
        if self.bus.pair(READERS[at], self.now_ms + span_ms, self.dice(16), self.now_ms):
            self.watch.pairing(READERS[at], self.now_ms + span_ms)


def _instead(question: bytes, reply: bytes, who: int, payload: bytes) -> bytes:
    times = (payload[0] if payload else 0) % _TIMES_MAX + 1
    return _beside(payload[1:] * times, reply, who)


def _beside(data: bytes, reply: bytes, who: int) -> bytes:
    return (reply if who & 0x20 else b"") + data + (reply if who & 0x10 else b"")


def _changed(question: bytes, reply: bytes, who: int, changes: bytes) -> bytes:
    if not reply or who & 0x20:
        return b""
    made = bytearray(reply)
    for at in range(0, len(changes) - 1, 2):
        made[changes[at] % len(made)] ^= changes[at + 1]
    if who & 8 and len(made) > 7 and made[4] & 4:
        made = bytearray(closed(bytes(made[:-2]))[1:])
    if who & 0x10:
        made = made[: len(made) // 2]
    return bytes(made) * (2 if who & 4 else 1)
