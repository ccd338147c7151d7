"""The OSDP readers of a board: which keys it keeps when, what it tells, what readers are shown."""

from firmware.hal.keyring import Keyring
from firmware.hal.nor import PowerCut
from firmware.hal.ram_files import RamFiles
from firmware.wire.osdp_nonces import Nonces
from firmware.wire.osdp_readers import OsdpReaders
from tests.core.parts import reader
from tests.wire.osdp_pd import CARD, Pd
from tests.wire.osdp_world import KEY, OTHER_KEY

ADA = {"operator": "ada", "reason": "because", "nonce": "n1"}


def osdp(bus="one", address=0, **more):
    made = {"protocol": "osdp", "bus": bus, "address": address, "baud": 115200, "allow_plain": False}
    made.update(more)
    return reader(0, "front", {}, **made)


class Line:
    """Readers `in` and what hangs on their buses. `pds`: {reader: Pd}; `told`, `frames`: what came of it."""

    def __init__(self, pds, keys=(), files=None, entropy=b"boot", settings=None, **more):
        self.pds, self.now_ms, self.boots = pds, 0, 0
        self.files = files or RamFiles()
        ring = Keyring(self.files)
        for name in keys:
            ring.put(name, keys[name])
        self.settings = {"readers": settings or {name: osdp(address=pds[name].address, **more) for name in pds}}
        self.told, self.frames, self.coming = [], [], []
        self.entropy = entropy
        self.boot()

    def boot(self):
        self.boots += 1
        self.coming = []
        entropy = self.entropy and self.entropy + bytes([self.boots])
        self.osdp = OsdpReaders(self.settings, Keyring(self.files), entropy, self.now_ms)

    def run(self, span_ms):
        end_ms, turns = self.now_ms + span_ms, 0
        while True:
            due_ms = min([self.osdp.next_deadline_ms()] + [one[0] for one in self.coming])
            if due_ms > end_ms:
                self.now_ms = end_ms
                return self
            turns = turns + 1 if due_ms <= self.now_ms else 0
            assert turns < 100, "time stands still"
            self.now_ms = max(self.now_ms, due_ms)
            if self.coming and self.coming[0][0] <= self.now_ms:
                _, bus, data = self.coming.pop(0)
                self.take(self.osdp.take(bus, data, self.now_ms))
            else:
                self.take(self.osdp.tick(self.now_ms))

    def take(self, results):
        for result in results:
            if result[0] == "told":
                self.told.append((result[1],) + tuple([result[2].get(key) for key in ("reader", "why") if key in result[2]]))
                self.last = result[2]
            elif result[0] == "frame":
                self.frames.append(result[1:])
            else:
                self.say(result[1], result[2])

    def say(self, bus, data):
        for name in self.pds:
            if self.settings["readers"][name]["bus"] == bus:
                reply = self.pds[name].hear(data)
                del self.pds[name].said[:-20]
                if reply:
                    self.coming.append((self.now_ms + 8, bus, reply))

    def kept(self, name="in"):
        return Keyring(self.files).get(name)

    def forget(self):
        self.told, self.frames = [], []
        return self


def online(**more):
    line = Line({"in": Pd(0, KEY)}, {"in": KEY}, **more).run(1000)
    assert line.told == [("reader.online", "in")]
    return line.forget()


def test_a_card_is_read_by_the_formats_of_its_reader():
    line = online()
    line.pds["in"].news += [CARD, (0x53, b"\0\2" + b"7\x0d"), (0x50, b"\0\1\x04\0\xf0")]
    line.run(1000)
    card = ("card", "H10301:118:1603")
    assert line.frames == [("in", [card]), ("in", [("keys", "7#")]), ("in", [("fault", "length")])]


def test_who_is_there_is_told_once_and_who_is_not_after_eight_seconds():
    line = Line({"in": Pd(0, KEY), "out": Pd(1, KEY), "new": Pd(2)}, {"in": KEY, "out": KEY})
    line.pds["out"].mute = True
    line.run(7900)
    assert line.told == [("reader.offline", "new", "no_key"), ("reader.online", "in")]
    line.run(200)
    assert line.told[2:] == [("reader.offline", "out", "silence")]
    line.pds["out"].mute = False
    line.run(60_000)
    assert line.told[3:] == [("reader.online", "out")]


def test_its_cover_is_asked_for_when_it_comes_online():
    line = Line({"in": Pd(0, KEY)}, {"in": KEY})
    line.pds["in"].is_open = True
    line.run(1000)
    assert line.told == [("reader.online", "in"), ("reader.tamper", "in", "cover")]
    line.pds["in"].is_open = False
    line.pds["in"].news.append((0x48, b"\0\0"))
    line.run(1000)
    assert line.told[2:] == [("reader.online", "in")]


def test_another_reader_is_tampered_with_and_a_bad_line_is_only_offline():
    line = Line({"in": Pd(0, OTHER_KEY)}, {"in": KEY}).run(1000)
    assert line.told == [("reader.tamper", "in", "cryptogram")]
    line = online()
    line.pds["in"].pdid = b"\x01" + line.pds["in"].pdid[1:]
    line.pds["in"].drop()
    line.run(1000)
    assert line.told == [("reader.tamper", "in", "identity")]
    line = online()
    line.pds["in"].refuses = {0x62: 9}  # it stumbles in the midst of each start
    line.pds["in"].drop()
    line.run(20_000)
    assert line.told[0][0] == "reader.offline" and not [told for told in line.told if told[0] == "reader.tamper"]


def test_outcomes_are_shown_by_the_reader():
    line = online()
    line.pds["in"].said = []
    line.osdp.signal("in", "denied_apb")
    line.osdp.signal("nobody", "denied_apb")
    line.run(500)
    assert [code for code, _ in line.pds["in"].said if code in (0x69, 0x6A)] == [0x69, 0x6A]


def test_a_new_reader_gets_a_key_which_is_kept_before_it_is_told():
    line = Line({"in": Pd(0)})
    line.run(100)
    seen = []
    pd = line.pds["in"]
    say = pd.say

    def watched(code, data):
        if code == 0x75:
            seen.append(line.kept()[0] == data[2:])
        return say(code, data)

    pd.say = watched
    assert line.osdp.pair("in", ADA, line.now_ms) is None
    line.run(2000)
    assert seen == [True] and line.kept()[0] == pd.key and line.kept()[1] is None and line.kept()[2]
    assert line.told[1:] == [("reader.paired", "in"), ("reader.online", "in")]
    line.boot()
    line.forget().run(2000)
    assert line.told == [("reader.online", "in")]


def test_who_asked_is_in_what_is_told():
    line = Line({"in": Pd(0)}).run(100)
    line.osdp.pair("in", ADA, line.now_ms)
    paired = []
    tell = line.osdp._tell
    line.osdp._tell = lambda name, what, fields: (paired.append((what, fields)), tell(name, what, fields))[1]
    line.run(1000)
    assert paired[0] == ("paired", ADA)


def test_a_window_without_a_reader_leaves_everything_as_it_was():
    line = online()
    before = line.kept()
    line.pds["in"].takes_default = False
    assert line.osdp.pair("in", ADA, line.now_ms) is None
    assert line.osdp.pair("in", ADA, line.now_ms) == "the key of reader 'in' is being changed"
    line.run(63_000)
    assert line.told == [("reader.offline", "in", "pairing"), ("command.refused", "in"), ("reader.online", "in")]
    assert line.kept() == before


def test_a_cover_that_is_open_stays_so_through_a_rotation():
    line = online()
    line.pds["in"].is_open = True
    line.pds["in"].news.append((0x48, b"\1\0"))
    line.run(500)
    line.osdp.rotate("in", ADA, line.now_ms)
    line.run(1000)
    assert [told[0] for told in line.told] == ["reader.tamper", "reader.paired", "reader.tamper"]


def test_a_rotation_ends_with_one_key_whatever_reply_is_lost():
    for lost in range(1, 30):
        line = online()
        assert line.osdp.rotate("in", ADA, line.now_ms) is None
        hear, count = line.pds["in"].hear, [0]

        def deaf(data, hear=hear, count=count, lost=lost):
            count[0] += 1
            reply = hear(data)
            return b"" if count[0] == lost else reply

        line.pds["in"].hear = deaf
        line.run(5000)
        assert line.told == [("reader.paired", "in")], (lost, line.told)
        key, other, _ = line.kept()
        assert key == line.pds["in"].key != KEY and other is None


def test_power_may_go_in_any_operation_and_the_reader_is_found_again():
    for verb in ("rotate", "pair"):
        for cut in range(1, 9):
            for torn in (0, 1000):
                line = online()
                if verb == "pair":
                    line.pds["in"].key, line.pds["in"].takes_default = None, True
                    line.pds["in"].restart()
                line.files.cut_at, line.files.torn = line.files.operations + cut, torn
                try:
                    assert getattr(line.osdp, verb)("in", ADA, line.now_ms) is None
                    line.run(3000)
                except PowerCut:
                    pass
                line.files.restore()
                line.boot()
                line.forget().run(5000)
                is_paired = line.pds["in"].key is not None
                told = [told[0] for told in line.told if told[0] != "reader.paired"]  # it may have been proved, and not told yet
                assert told == ["reader.online" if is_paired else "reader.tamper"], (verb, cut, torn)
                if is_paired:
                    assert line.kept()[0] == line.pds["in"].key and line.kept()[1] is None


def test_what_cannot_be_done_is_said():
    line = Line({"in": Pd(0, KEY)}, {"in": KEY}).run(1000)
    assert line.osdp.pair("lobby", ADA, line.now_ms) == "reader 'lobby' is no OSDP reader"
    line.pds["in"].mute = True
    line.run(9000)
    assert line.osdp.rotate("in", ADA, line.now_ms) == "reader 'in' is not online in Secure Channel"
    assert line.kept()[:2] == (KEY, None)
    line.files.bytes_max = 10
    assert line.osdp.pair("in", ADA, line.now_ms) == "no room to keep a key"


def test_without_entropy_no_reader_with_a_key_is_spoken_to():
    for allow_plain in (False, True):
        line = Line({"in": Pd(0, KEY)}, {"in": KEY}, entropy=b"", allow_plain=allow_plain).run(10_000)
        assert line.pds["in"].said == [] and line.told == [("reader.offline", "in", "no_key")]
    assert line.osdp.pair("in", ADA, line.now_ms) == "no random numbers"


def test_each_bus_goes_its_own_way():
    settings = {"in": osdp("one", 0), "out": osdp("two", 0, baud=9600)}
    line = Line({"in": Pd(0, KEY), "out": Pd(0, OTHER_KEY)}, {"in": KEY, "out": OTHER_KEY}, settings=settings)
    line.pds["in"].mute = True
    line.run(1000)
    assert line.told == [("reader.online", "out")]
    assert line.osdp.take("three", b"x", line.now_ms) == [] and line.osdp.faults == {"bus": 1}


def test_a_plain_reader_says_so_and_is_secure_once_it_is_paired():
    line = Line({"in": Pd(0)}, allow_plain=True).run(1000)
    assert line.told == [("reader.online", "in", "plain")]
    line.osdp.pair("in", ADA, line.now_ms)
    line.run(2000)
    line.boot()
    line.pds["in"].key = None  # it lost its key, and plain is over for it
    line.pds["in"].takes_default = True
    line.forget().run(20_000)
    assert line.told == [("reader.tamper", "in", "cryptogram")]


def test_numbers_never_come_again():
    drawn = set()
    for boot in range(20):
        nonces = Nonces(b"boot %d" % boot)
        for _ in range(50):
            drawn.add(nonces(8))
            drawn.add(nonces.key()[:8])
    assert len(drawn) == 2000
