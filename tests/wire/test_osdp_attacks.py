"""What was done to readers and panels in public, tried on ours. A panel that believes what it is told fails each of these.

Source: Bishop Fox, Badge of Shame (Black Hat 2023) and its tool mellon; what libosdp 3.2.9 was seen to accept.
"""

from firmware.hal import aes
from firmware.wire import osdp_commands as commands
from firmware.wire.osdp_cp import OsdpReader
from firmware.wire.osdp_frame import Frames
from tests.wire import osdp_codes as codes
from tests.wire.osdp_pd import CAPS, CAPS_NO_AES, CARD, CARD_BITS, DEFAULT_KEY, PDID, ZERO, Pd, chained, framed
from tests.wire.osdp_world import KEY, NEW_KEY, OTHER_KEY, Dice, World, online

BEFORE_A_SESSION = (codes.ID, codes.CAP, codes.CHLNG, codes.SCRYPT)


def stays_down(world, why, span_ms=60_000):
    """Nothing is said to the reader in plain but what opens a session, nothing is heard, and somebody is told."""
    world.run(span_ms)
    assert ("refused", why) in world.say(), (why, world.say(), world.reader().faults)
    assert not world.reader().is_online and world.say("online", "card", "keys", "tamper") == []
    for code, is_sealed, is_default in world.questions():
        assert (code in BEFORE_A_SESSION or is_sealed) and not is_default
    questions = [ms for ms, who, _ in world.line if who is None and ms > 31_000]
    assert questions and len(questions) < 20  # it is tried again, and not all the time


def frame_of(data):
    frames = Frames()
    frames.feed(data)
    return frames.next(True)


def rewrites(code, data):
    """Somebody on the wire puts other data into every plain reply of a code."""

    def spoil(question, reply):
        frame = frame_of(reply)
        return framed(reply[1], frame.control & 7, code, data) if frame.code == code and not frame.block else reply

    return spoil


def answers_challenges(make):
    """Somebody on the wire answers challenges as `make` does, from the frame that would have been the answer."""

    def spoil(question, reply):
        frame = frame_of(reply)
        return make(frame) if frame.code == codes.CCRYPT else reply

    return spoil


def test_1_a_reader_without_a_key_is_not_spoken_to_unless_somebody_allowed_it():
    world = World([Pd(0)], key=None)
    world.run(10_000)
    assert world.line == [] and world.say() == [("refused", "no_key")]
    world = World([Pd(0)], key=None, allow_plain=True)
    world.run(1000)
    world.pds[0].news.append(CARD)
    world.run(1000)
    assert world.say("online", "card") == [("online", False), ("card", CARD_BITS, 0)]
    assert not world.reader().is_secure


def test_1_a_reader_whose_key_is_lost_stays_down_even_where_plain_is_allowed():
    for allow_plain in (False, True):
        world = World([Pd(0, key=None)], allow_plain=allow_plain)
        world.pds[0].news.append(CARD)
        stays_down(world, "cryptogram")
        world = World([Pd(0, key=OTHER_KEY)], allow_plain=allow_plain)
        stays_down(world, "cryptogram")


def test_2_a_claim_that_it_cannot_encrypt_leads_to_nothing():
    for allow_plain in (False, True):
        for caps in (CAPS_NO_AES, CAPS[:6], b"\x09\x02\x01"):
            world = World([Pd(0, KEY)], allow_plain=allow_plain)
            world.spoil = rewrites(codes.PDCAP, caps)
            stays_down(world, "no_encryption")


def test_2_a_nak_to_the_challenge_leads_to_nothing():
    for allow_plain in (False, True):
        for reason in (0, 2, 3, 5, 6, 9, 255):
            pd = Pd(0, KEY)
            pd.refuses = {codes.CHLNG: reason}
            world = World([pd], allow_plain=allow_plain)
            stays_down(world, "no_encryption" if reason == 5 else "challenge")


def test_2_a_reader_that_was_online_is_not_talked_down():
    for spoil in (rewrites(codes.PDCAP, CAPS_NO_AES), answers_challenges(lambda frame: framed(0x80, frame.control & 7, 0x41, b"\5"))):
        world = online(allow_plain=True)
        world.spoil = spoil
        world.pds[0].drop()
        world.pds[0].news.append(CARD)
        stays_down(world, "no_encryption", 90_000)
        assert world.say("offline") == [("offline", "refused")]
        world.spoil = None
        world.run(31_000)
        assert world.say("online", "card") == [("online", True)] and world.reader().faults["stale"] == 1
        world.spoil = spoil  # and the next time is again short, if it is over soon
        world.pds[0].drop()
        world.run(300)
        world.spoil = None
        world.run(1500)
        assert len(world.say("online")) == 2


def test_2_one_such_claim_costs_no_two_seconds():
    for spoil, why in (
        (rewrites(codes.PDCAP, CAPS_NO_AES), "no_encryption"),
        (answers_challenges(lambda frame: framed(0x80, frame.control & 7, 0x41, b"\5")), "no_encryption"),
        (answers_challenges(lambda frame: framed(0x80, frame.control & 7, 0x76, frame.data[:-1] + b"\0", b"\x12\1")), "cryptogram"),
        (answers_challenges(lambda frame: framed(0x80, frame.control & 7, 0x76, frame.data, b"\x12\0")), "default_key"),
        (rewrites(codes.PDID, PDID[:11] + b"\x99"), "forged"),
    ):
        world = World([Pd(0, KEY)])
        world.spoil = spoil
        world.run(300)
        world.spoil = None
        world.run(1700)
        assert world.say("refused", "online") == [("refused", why), ("online", True)], world.say()


def test_3_no_key_goes_to_a_device_that_asks_for_the_default_one():
    pd = Pd(0, DEFAULT_KEY)
    world = World([pd])
    world.spoil = answers_challenges(lambda frame: framed(0x80, frame.control & 7, 0x76, frame.data, b"\x12\x00"))
    stays_down(world, "default_key")
    assert codes.KEYSET not in [code for code, _ in pd.said]
    # The same device, and the panel is told that it is right: only the byte was false.
    world = World([Pd(0, DEFAULT_KEY)], key=KEY)
    stays_down(world, "cryptogram")


def test_an_answer_to_a_challenge_says_that_it_is_one():
    for block in (b"", b"\x12", b"\x11\1", b"\x14\1", b"\x12\1\1"):
        world = World([Pd(0, KEY)])
        world.spoil = answers_challenges(lambda frame, block=block: framed(0x80, frame.control & 7, 0x76, frame.data, block))
        world.run(10_000)
        assert world.say("online", "card") == [] and len(world.say("refused")) == 1, block


def test_3_the_default_key_is_never_asked_for_outside_a_window():
    for key in (KEY, OTHER_KEY):
        world = World([Pd(0, KEY, takes_default=True)], key=key)
        world.run(30_000)
        assert not [asked for asked in world.questions() if asked[2]]


def test_4_weak_keys_are_not_used():
    for key in (DEFAULT_KEY, ZERO, b"\xff" * 16, bytes(range(16)), bytes(range(16, 0, -1)), b"\1\2\3\4\5\6\7\x08" * 2):
        for allow_plain in (False, True):
            world = World([Pd(0, key)], key=key, allow_plain=allow_plain)
            world.run(10_000)
            assert world.line == [] and world.say() == [("refused", "weak_key")]
        world = online()
        assert not world.reader().rotate(key) and not world.bus.pair("r0", 60_000, key, world.now_ms)
        world.run(1000)
        assert world.say() == []


def test_5_a_reader_in_place_of_another_is_told_from_it():
    known = PDID[:4] + PDID[5:9] + PDID[:8]
    world = World([Pd(0, KEY)], identity=known)
    world.run(1000)
    assert world.say() == [("online", True)]
    pd = Pd(0, key=None)
    pd.pdid = PDID[:5] + b"\x79" + PDID[6:]
    world = World([pd], identity=known, allow_plain=True)
    stays_down(world, "identity")
    pd = Pd(0, KEY)  # even with the key
    pd.cuid = b"\0" + pd.cuid[1:]
    world = World([pd], identity=known)
    stays_down(world, "identity")
    world = World([Pd(0, KEY)], identity=known[:8])  # from before it had a key
    world.run(1000)
    assert world.say() == [("identity", known), ("online", True)]
    pd = Pd(0, KEY)  # new firmware is the same reader
    pd.pdid = PDID[:9] + b"\2\0\0"
    world = World([pd], identity=known)
    world.run(1000)
    assert world.say() == [("online", True)]


def test_5_a_reader_is_remembered_from_its_first_session():
    world = World([Pd(0, KEY)])
    world.run(1000)
    assert world.say() == [("identity", PDID[:4] + PDID[5:9] + PDID[:8]), ("online", True)]
    world.forget()
    world.pds[0].pdid = PDID[:8] + b"\x99" + PDID[9:]
    world.pds[0].restart()
    stays_down(world, "identity")


class Recorder:
    """A device that says again what another one once said, question by question."""

    def __init__(self, replies):
        self.address, self.replies = 0, replies

    def hear(self, data):
        return self.replies.pop(0) if self.replies else b""


def recorded():
    world = World([Pd(0, KEY)])
    world.run(500)
    world.pds[0].news.append(CARD)
    world.run(500)
    assert world.say("card")
    return [data for _, who, data in world.line if who]


def test_a_recorded_session_is_refused_after_a_restart():
    world = World([Recorder(recorded())])
    world.dice.drawn = 1000
    world.run(10_000)
    assert world.say("online", "card") == [] and ("refused", "cryptogram") in world.say()
    # It is our number that does it: with the same one, the whole session would pass.
    world = World([Recorder(recorded())])
    world.run(1000)
    assert len(world.say("online", "card")) == 2


def test_a_number_of_ours_that_does_not_change_is_not_used():
    pd, numbers = Pd(0, KEY), []

    def stuck(count):
        return b"\x2a" * count

    class Noting(Pd):
        def challenge(self, frame):
            numbers.append(frame.data)
            return Pd.challenge(self, frame)

    pd = Noting(0, KEY)
    world = World([pd])
    world.reader()._start._random = stuck
    world.run(1000)
    assert ("online", True) in world.say()
    pd.restart()
    world.run(30_000)
    assert numbers == [b"\x2a" * 8] and world.say()[-1] == ("offline", "silence") and world.reader().faults["nonce"] > 5


def test_numbers_of_ours_never_repeat():
    numbers = set()

    class Noting(Pd):
        def challenge(self, frame):
            assert frame.data not in numbers
            numbers.add(frame.data)
            return Pd.challenge(self, frame)

    world = World([Noting(0, KEY)])
    for _ in range(50):
        world.run(500)
        world.pds[0].restart()
    assert len(numbers) == 50


def test_a_reader_that_mirrors_our_number_is_refused():
    pd = Pd(0, KEY)
    pd.nonce = lambda theirs: theirs
    stays_down(World([pd]), "cryptogram")


def test_a_reader_whose_number_repeats_is_no_attack():
    pd = Pd(0, KEY)
    pd.nonce = lambda theirs: b"\x61" * 8
    world = World([pd])
    world.run(1000)
    pd.restart()
    world.run(1000)
    assert world.say("online", "offline", "refused") == [("online", True)]


def test_an_rmac_with_status_ff_is_refused_though_the_rest_is_right():
    for status in (b"\xff", b"\x00", b"\x02", b""):
        pd = Pd(0, KEY)
        pd.status = status
        world = World([pd])
        stays_down(world, "rmac")
        assert not [asked for asked in world.questions() if asked[1]]


def test_an_rmac_that_is_wrong_missing_or_too_long_is_refused_at_once():
    for change in (lambda data: data[:-1] + bytes([data[-1] ^ 1]), lambda data: b"", lambda data: data + b"\0", lambda data: ZERO):

        def spoil(question, reply, change=change):
            frame = frame_of(reply)
            if frame.code != codes.RMAC_I:
                return reply
            return framed(0x80, frame.control & 7, codes.RMAC_I, change(frame.data), b"\x14\x01")

        world = World([Pd(0, KEY)])
        world.spoil = spoil
        stays_down(world, "rmac")
        assert not [asked for asked in world.questions() if asked[1]]


def test_what_a_reader_says_in_plain_has_to_be_what_it_says_in_its_session():
    for spoil in (rewrites(codes.PDID, PDID[:11] + b"\x99"), rewrites(codes.PDCAP, CAPS[:9] + b"\x0a\xff\xff")):
        world = World([Pd(0, KEY)])
        world.spoil = spoil
        stays_down(world, "forged")


def test_a_card_in_plain_is_never_delivered():
    """Whatever stands around it: no block, that of a MAC that is none, that of a handshake, and the right number."""
    for block in (b"", b"\x16", b"\x18", b"\x12\x01", b"\x14\x01", b"\x15", b"\x17"):
        for number in (0, 1, 2, 3):
            world = online()

            def forge(question, reply, block=block, number=number):
                mac = (lambda begun: bytes(4)) if block[:1] in (b"\x15", b"\x16", b"\x17", b"\x18") else None
                return framed(0x80, 4 | number, CARD[0], CARD[1], block, mac)

            world.spoil = forge
            world.run(3000)
            assert world.say("card") == []


def test_a_sealed_card_that_is_played_again_is_not_delivered_again():
    world = online()
    world.pds[0].news.append(CARD)
    world.run(100)
    assert len(world.say("card")) == 1
    sealed = [data for _, who, data in world.line if who and len(data) > 20][-1]
    world.spoil = lambda question, reply: sealed if question[5] == sealed[4] else reply  # its turn of the numbers
    world.run(5000)
    assert len(world.say("card")) == 1 and world.reader().faults["bad_mac"] >= 1


def test_a_card_that_is_proved_but_not_encrypted_is_not_delivered():
    pd = Pd(0, KEY)

    def open_reply(frame, code, told, cmac):
        def mac(begun):
            pd.rmac = chained(pd.keys, cmac, begun)
            return pd.rmac[:4]

        return framed(0x80, frame.control & 7, code, told, b"\x16", mac)

    world = online(pd)
    pd.sealed = open_reply
    pd.news += [CARD, (0x53, b"\0\x011"), (0x48, b"\1\0")]
    world.run(1000)
    assert world.say() == [("tamper", True), ("power", False)] and world.reader().faults == {"malformed": 2}


def test_addresses_and_speeds_are_not_changed_in_plain():
    world = World([Pd(0)], key=None, allow_plain=True)
    world.run(1000)
    assert not world.reader().command("move", commands.comset(3, 9600))
    world = online()
    assert world.reader().command("move", commands.comset(3, 115200))
    world.run(200)
    assert world.say() == [("done", "move", ("com", 3, 115200))]
    assert not [data for _, who, data in world.line if who is None and data[2] == 0x7F]


def test_keys_and_cards_are_in_no_fault():
    world = online()
    world.pds[0].news.append(CARD)
    world.run(200)
    for text in (repr(world.reader().faults), repr(world.reader()), repr(world.bus.frames.faults)):
        assert CARD_BITS not in text and repr(KEY) not in text


def test_a_reader_is_told_by_its_key_not_by_its_address():
    one, other = Pd(0, KEY), Pd(1, KEY)
    world = World([one, other])
    world.bus.readers["r1"] = OsdpReader(1, NEW_KEY, aes, Dice(500))
    world.run(3000)
    assert world.reader("r0").is_online and not world.reader("r1").is_online
