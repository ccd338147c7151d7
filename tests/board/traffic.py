"""People badge without end at two readers while everything that a controller does besides stops its interpreter.

The real App decides when to write, erase and collect, over the real log on a fake flash; frames come at 200 µs a bit, the
fastest that is legal. Reader `in` takes 26 bits with parity, reader `out` any frame, in which nothing but the capture can
find that a bit is wrong.
What stops the interpreter:
    ours      a program for each card, an erase for each sector, collections, handshakes of new connections: all announced,
              and gated: they wait for a moment in which no reader is in a frame
    others'   now and then, of what nobody announces: collections in the middle of work, crypto of the network thread, the
              flash written by the system underneath
"""

from firmware.app import App
from firmware.hal import partition
from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import small_draw
from firmware.wire.inputs import Inputs
from firmware.wire.wiegand_texts import encode_card
from tests.app.fakes import Link
from tests.board.readers import LINES, Desk

PERIOD_US = 200
PAUSE_MS, PAUSE_MORE_MS = 40, 60  # from the end of a frame to the next of its reader
CALM_MS = 5000
WORK_US = 150  # of a turn
COLLECT_US = 2000  # without PSRAM
RECONNECT_US = 1_500_000
STEPS = 5  # of a handshake
LATE_US = 500_000
FORMATS = {"in": ["H10301"], "out": ["RAW"]}


class Decoder:
    """A node that only decodes: `read(reader, text or None, at_ms)` hears of each card, and of each bad read."""

    name = "c1"
    left = None

    def __init__(self, log, formats, read):
        readers = {}
        for name in formats:
            readers[name] = {"protocol": "wiegand", "formats": formats[name], "parity": True, "keypad": None}
        self._inputs = Inputs({"readers": readers, "doors": {}, "inputs": {}}, {})
        self._read = read
        self.log = log

    def drive_locks(self, lock):
        pass

    def start(self, now_ms, cause):
        return []

    def handle(self, event, now_ms):
        if event[0] not in ("bit", "spoil"):
            return []
        verb = self._inputs.bit if event[0] == "bit" else self._inputs.spoil
        return self._heard(verb(event[1], event[2], now_ms), now_ms)

    def tick(self, now_ms):
        return self._heard(self._inputs.tick(now_ms), now_ms)

    def next_deadline_ms(self):
        return self._inputs.next_deadline_ms()

    def is_sweeping(self):
        return False

    def has_chores(self):
        return self.log.wants_erase()

    def chore(self, now_ms):
        self.log.erase_one()
        return []

    def _heard(self, results, now_ms):
        actions = []
        for _, reader, heard in results:
            for what in heard:
                is_card = what[0] == "card"
                self._read(reader, what[1] if is_card else None, now_ms)
                if is_card:
                    actions.append(("append", {"controller": "c2", "text": what[1]}))
        return actions


class Log:
    """Texts in a FlashLog, the oldest of which go."""

    def __init__(self, device):
        self._log = FlashLog(device)
        self.stored = self.erases = 0
        while self._log.erase_ahead():
            pass

    def store(self, event):
        record = (event["text"] + " " * 200).encode()[:200]
        if self._log.room(1) < len(record):
            if self._log.count(1) > 3:
                self._log.drop(self._log.oldest(1))
            if self._log.open(1) is None:
                return False
        self._log.append(1, record)
        self.stored += 1
        return True

    def wants_erase(self):
        return self._log.wants_erase() > 0

    def erase_one(self):
        self.erases += self._log.erase_ahead()


class Pins:
    """What App wants of pins. `is_gated`: it is told when a reader is in a frame."""

    def __init__(self, readers, is_gated):
        self._readers, self._is_gated = readers, is_gated

    def take(self, now_ms):
        for at_ms, _, event in sorted(self._readers.take(now_ms)):
            yield at_ms, event

    def next_ms(self):
        return self._readers.next_ms()

    def is_reading(self, now_ms):
        return self._is_gated and self._readers.is_reading(now_ms)


class Believing:
    """Readers as others write them: what the handlers hear is what was sent."""

    def __init__(self, desk):
        self._desk, self._heard = desk, []
        for name in sorted(LINES):
            for bit in (0, 1):
                pin = desk.machine.Pin(LINES[name][bit])
                pin.irq(handler=self._listener(name, bit), trigger=pin.IRQ_FALLING)
        desk.chip.is_strict = False

    def _listener(self, name, bit):
        return lambda pin: self._heard.append((self._desk.now_ms(), len(self._heard), ("bit", name, bit)))

    def take(self, now_ms):
        found, self._heard = self._heard, []
        return found

    def next_ms(self):
        return None

    def is_reading(self, now_ms):
        return bool(self._heard)


class Traffic:
    """`counts`: frames sent, cards read right, wrong ones, and bad reads, of which one frame may make two, or two one.

    `is_gated`: ours waits for the end of a frame; `others_us`: so often, on average, somebody stops it unannounced, or None.
    `more_ms`: so much longer, at most, pauses are than the shortest.
    `believes_all`: nobody asks whether a frame was captured well.
    """

    def __init__(self, seed, is_gated=True, others_us=None, witnessed=("in", "out"), believes_all=False, formats=FORMATS, more_ms=PAUSE_MORE_MS):
        self.desk = Desk(witnessed=witnessed)
        if believes_all:
            self.desk.readers = Believing(self.desk)
        self.counts = {"sent": 0, "right": 0, "wrong": 0, "bad": 0}
        self.stops = {"reconnects": 0, "collections": 0, "others": 0}
        self._draw = small_draw(seed)
        self._is_gated, self._others_us, self._formats, self._more_ms = is_gated, others_us, formats, more_ms
        self._sent = {name: [] for name in LINES}  # (end_us, text) of frames without an answer yet
        self._most = 0
        chip = self.desk.chip
        pins = Pins(self.desk.readers, is_gated)
        self.log = Log(partition.find(self.desk.esp32, self.desk.busy))
        self.app = App(Decoder(self.log, formats, self._take), Link(), self.desk, pins)
        self.app.collect = self._collect
        chip.plan(chip.now_us + RECONNECT_US, self._reconnect)
        if others_us:
            chip.plan(chip.now_us + others_us, self._disturb)

    def run(self, frames):
        """Let so many frames come; return the counts."""
        chip, self._most = self.desk.chip, frames
        for name in sorted(LINES):
            self._present(name)
        while self.counts["sent"] < frames or any(self._sent.values()):
            self.app.turn()
            chip.run(max(self.app.rest_ms() * 1000, WORK_US))
            self._miss()
        return self.counts

    # -- what happens ----------------------------------------------------------------------------

    def _present(self, name):
        if self.counts["sent"] >= self._most:
            return
        self.counts["sent"] += 1
        text = self._card(name)
        chip = self.desk.chip
        start_us = chip.now_us + (PAUSE_MS + self._draw(self._more_ms)) * 1000 + self._draw(1000)
        end_us = chip.frame(LINES[name], encode_card(text), start_us, PERIOD_US)
        self._sent[name].append((end_us, text))
        chip.plan(end_us, self._present, name)

    def _card(self, name):
        if self._formats[name] != ["RAW"]:
            return "H10301:%d:%d" % (self._draw(256), self._draw(65536))
        return "RAW:26:%07x" % (self._draw(1 << 13) << 13 | self._draw(1 << 13))

    def _collect(self):
        self.stops["collections"] += 1
        with self.desk.busy:
            self.desk.chip.stop(COLLECT_US)

    def _reconnect(self):
        chip = self.desk.chip
        if self._is_gated and self.desk.readers.is_reading(self.desk.now_ms()):
            chip.plan(chip.now_us + 1000, self._reconnect)
            return
        self.stops["reconnects"] += 1
        self._shake_hands(STEPS)
        chip.plan(chip.now_us + RECONNECT_US + self._draw(RECONNECT_US), self._reconnect)

    def _shake_hands(self, steps):
        """A step of a handshake; the next one follows when the other side has answered."""
        chip = self.desk.chip
        with self.desk.busy:
            chip.stop(2000 + self._draw(30_000))
        if steps > 1:
            chip.plan(chip.now_us + 20_000 + self._draw(20_000), self._shake_hands, steps - 1)

    def _disturb(self):
        chip = self.desk.chip
        self.stops["others"] += 1
        chip.stop(100 + self._draw((400, 2000, 10_000, 45_000)[self._draw(4)]), is_deaf=self._draw(2) == 0)
        chip.plan(chip.now_us + 1000 + self._draw(2 * self._others_us), self._disturb)

    # -- what is made of it ----------------------------------------------------------------------

    def _take(self, name, text, now_ms):
        """Compare what was read with the frames that are over; answers come in their order. A bad read may be of any of them."""
        sent = self._sent[name]
        if text is None:
            self.counts["bad"] += 1
            return
        over = [card for end_us, card in sent if end_us <= self.desk.chip.now_us]
        if text not in over:
            self.counts["wrong"] += 1
            return
        self.counts["right"] += 1
        del sent[: over.index(text) + 1]

    def _miss(self):
        """Forget frames that nobody will read any more."""
        for name in LINES:
            while self._sent[name] and self._sent[name][0][0] < self.desk.chip.now_us - LATE_US:
                self._sent[name].pop(0)
