"""A link that comes up beside readers: a frame that overlaps a handshake's work is a bad read, one that overlaps its waits is read."""

from firmware.hal.mqtt_thread import MqttLink
from firmware.wire.inputs import Inputs
from firmware.wire.wiegand_texts import encode_card
from tests.board.readers import LINES, Desk
from tests.hal.fake_mqtt import CONNACK, SETTINGS, FakeSocket, Libraries, suback

TLS = dict(SETTINGS, tls={"psk_identity": "a", "psk_key": "00"})
STEPS = 4
WORK_US, WAIT_US = 60_000, 700_000
READER = {"protocol": "wiegand", "formats": ["RAW"], "parity": True, "keypad": None}


class Far(FakeSocket):
    """A broker far away: a connection takes three seconds, and each answer its time."""

    def __init__(self, libraries):
        super().__init__(CONNACK + suback(1) + suback(2))
        self._libraries, self._steps = libraries, STEPS

    def connect(self, address):
        self._libraries.sleep_ms(3000)

    def send(self, data):
        """A step of the handshake; the last one sends."""
        if self.timeout != 0:
            return super().send(data)
        self._libraries.desk.chip.stop(WORK_US)
        self._steps -= 1
        return None if self._steps else super().send(data)


class World(Libraries):
    """Libraries on a chip: while the thread of the network waits, the door loop turns."""

    def __init__(self, desk):
        super().__init__([Far(self)])
        self.desk, self.read = desk, []
        self._inputs = Inputs({"readers": {"in": READER, "out": READER}, "doors": {}, "inputs": {}}, {})
        self._poll = self.select.poll
        self.select = self

    def poll(self):
        made = self._poll()
        asked = made.poll
        made.poll = lambda ms: asked(ms) if ms == 0 else self.sleep_ms(WAIT_US // 1000)
        return made

    def now_ms(self):
        return self.desk.now_ms()

    def sleep_ms(self, ms):
        for _ in range(0, ms, 5):
            self.desk.chip.run(5000)
            self.turn()

    def turn(self):
        for at_ms, event in self.desk.turn():
            verb = self._inputs.bit if event[0] == "bit" else self._inputs.spoil
            self._heard(verb(event[1], event[2], at_ms))
        self._heard(self._inputs.tick(self.desk.now_ms()))

    def _heard(self, results):
        for _, _, heard in results:
            self.read += [what[1] if what[0] == "card" else "bad" for what in heard]


class Cards:
    """People who show another card as soon as the last one is over. `shown`: (when it ended in µs, its text)."""

    def __init__(self, desk, gap_us, period_us):
        self.shown = []
        self._desk, self._gap_us, self._period_us = desk, gap_us, period_us
        self._show()

    def _show(self):
        chip = self._desk.chip
        text = "RAW:26:%07x" % (0x1555555 ^ len(self.shown) * 77)
        end_us = chip.frame(LINES["in"], encode_card(text), chip.now_us + self._gap_us, self._period_us)
        self.shown.append((end_us, text))
        chip.plan(end_us, self._show)

    def over(self, until_us):
        """Those that were over by then."""
        return [text for end_us, text in self.shown if end_us < until_us]


def connect(settings, is_gated=False, gap_us=60_000, period_us=200):
    """Let a link connect while cards come without an end at one reader. Returns (cards shown, what was read of them)."""
    desk = Desk()
    if is_gated:
        desk.busy.is_reading = desk.readers.is_in_frame
    world, cards = World(desk), Cards(desk, gap_us, period_us)
    link = MqttLink(settings, "lobby", "r", ["log/+"], None, 1, world, desk.busy)
    link.turn()
    until_us = desk.chip.now_us
    world.sleep_ms(40)
    assert link.take() == [("link", True)]
    return cards.over(until_us), world.read


def test_a_connection_that_takes_seconds_spoils_no_frame():
    shown, read = connect(SETTINGS)
    assert len(shown) > 40 and read[: len(shown)] == shown


def test_frames_that_overlap_the_work_of_a_handshake_are_bad_reads_and_no_others_are():
    shown, read = connect(TLS)
    cards = [text for text in read if text != "bad"]
    assert cards == [text for text in shown if text in cards], "a wrong number"
    assert STEPS <= read.count("bad") <= 2 * STEPS and len(cards) >= len(shown) - 2 * STEPS
    assert read[:40] == shown[:40], "while it waited for the connection"


def test_a_step_waits_for_the_end_of_a_frame():
    _, read = connect(TLS, False, 150_000, 2000)
    assert read.count("bad") >= 2
    shown, read = connect(TLS, True, 150_000, 2000)
    assert len(shown) > 20 and read[: len(shown)] == shown
