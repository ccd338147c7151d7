"""A reader gets its key once, in a window that an operator opened, and another one in its session; whatever is lost meanwhile."""

from firmware.wire.osdp_keys import Keys
from tests.wire import osdp_codes as codes
from tests.wire.osdp_pd import CARD, CARD_BITS, PDID, Pd, framed
from tests.wire.osdp_world import KEY, NEW_KEY, OTHER_KEY, Once, World, online

WINDOW_MS = 60_000
WHO = PDID[:4] + PDID[5:9] + PDID[:8]
DEFAULT, OWN = 0, 1
WEAK = bytes(range(16))


def unpaired(pd=None, **more):
    world = World([pd or Pd(0)], key=None, **more)
    world.run(1000)
    world.forget()
    return world


def paired(world, span_ms=3000):
    assert world.bus.pair("r0", world.now_ms + WINDOW_MS, NEW_KEY, world.now_ms)
    world.run(span_ms)
    return world.say()


def told(world):
    """How many different KEYSETs went out: a retry is the same."""
    return len({data for _, who, data in world.line if who is None and data[5] & 8 and data[7] == 0x17 and data[8] == codes.KEYSET})


def test_a_new_reader_is_paired_and_proves_its_key():
    for keyset_ends in (False, True):
        for resends in (False, True):
            for strict in (False, True):
                world = unpaired(Pd(0, None, strict, resends, keyset_ends=keyset_ends))
                assert paired(world) == [("paired",), ("identity", WHO), ("online", True)]
                assert world.pds[0].key == NEW_KEY and told(world) == 1
                world.pds[0].news.append(CARD)
                world.run(100)
                assert world.say("card") == [("card", CARD_BITS, 0)]


def test_no_key_is_on_the_line_in_plain():
    world = unpaired()
    paired(world)
    assert not [data for _, _, data in world.line if NEW_KEY in data or NEW_KEY[:8] in data]


def test_a_window_is_closed_after_one_reader():
    world = unpaired()
    paired(world)
    world.run(WINDOW_MS)
    assert len(world.say()) == 3
    world.forget()
    world.pds[0].key, world.pds[0].takes_default = None, True  # it lost it, or is another one
    world.pds[0].restart()
    world.run(30_000)
    assert world.say() == [("refused", "cryptogram"), ("offline", "refused")]
    assert not [asked for asked in world.questions() if asked[2]] and told(world) == 0


def test_a_window_in_which_nobody_is_there_closes():
    world = unpaired()
    world.pds[0].mute = True
    paired(world, WINDOW_MS + 1000)
    assert world.say() == [("pairing_failed", "timeout")]
    world.pds[0].mute = False
    world.forget()
    world.run(30_000)
    assert world.line == []


def test_a_reader_that_does_not_take_the_default_key_is_refused_until_the_window_is_over():
    world = unpaired(Pd(0, OTHER_KEY))
    paired(world, WINDOW_MS + 1000)
    assert world.say() == [("refused", "challenge"), ("pairing_failed", "timeout"), ("refused", "no_key")] and told(world) == 0


def test_pairing_outlives_each_lost_reply_and_each_lost_question():
    for code in (codes.ID, codes.CAP, codes.CHLNG, codes.SCRYPT, codes.KEYSET, None):
        for resends in (False, True):
            for keyset_ends in (False, True):
                for attribute in ("spoil", "spoil_question"):
                    world = unpaired(Pd(0, None, resends=resends, keyset_ends=keyset_ends))
                    once = Once(lambda data: b"", code)
                    setattr(world, attribute, once)
                    events = paired(world, 5000)
                    assert events == [("paired",), ("identity", WHO), ("online", True)], (code, resends, keyset_ends, attribute)
                    assert once.is_done and told(world) == 1


def test_an_ack_in_plain_to_the_new_key_is_taken_for_what_the_next_session_proves():
    world = unpaired(Pd(0, resends=True))
    world.spoil = Once(lambda reply: framed(0x80, 4 | reply[4] & 3, 0x40), codes.KEYSET)
    assert paired(world) == [("paired",), ("identity", WHO), ("online", True)]


def test_a_reader_that_takes_a_key_and_does_not_prove_it_is_given_no_second_one():
    class Rogue(Pd):
        def secure(self, frame, kind):
            reply = Pd.secure(self, frame, kind)
            self.key, self.takes_default = None, True
            return reply

    world = unpaired(Rogue(0))
    events = paired(world, WINDOW_MS + 1000)
    assert events == [("refused", "cryptogram"), ("pairing_failed", "no_proof")] and told(world) == 1
    world.run(60_000)
    assert not world.reader().is_online and told(world) == 1


def test_a_reader_that_rejects_the_key_stays_what_it_was():
    for allow_plain in (False, True):
        pd = Pd(0)
        pd.refuses = {codes.KEYSET: 9}
        world = unpaired(pd, allow_plain=allow_plain)
        events = paired(world)
        assert events[0] == ("pairing_failed", 9) and told(world) == 1
        assert events[1:] == [], events
        assert world.reader().is_online == allow_plain


def test_a_plain_reader_that_is_paired_is_secure_from_then_on():
    world = unpaired(allow_plain=True)
    assert world.reader().is_online and not world.reader().is_secure
    assert paired(world) == [("paired",), ("identity", WHO), ("online", True)]
    world.forget()
    world.pds[0].key = None
    world.pds[0].restart()
    world.run(30_000)
    assert world.say() == [("refused", "cryptogram"), ("offline", "refused")]


def test_nothing_is_heard_from_a_reader_under_the_default_key():
    pd = Pd(0)
    pd.refuses = {}
    pd.news += [CARD] * 3
    world = unpaired(pd)
    world.spoil_question = lambda data: b"" if data[5] & 8 and data[8] == codes.KEYSET else data
    paired(world, 10_000)
    assert world.say("card", "online") == [] and len(pd.news) == 3


def test_a_reader_in_place_of_another_is_paired_by_an_operator():
    world = online()
    world.pds[0] = pd = Pd(0)
    pd.pdid = PDID[:5] + b"\x99" + PDID[6:]
    world.run(5000)
    assert world.say() == [("refused", "identity"), ("offline", "refused")]
    world.forget()
    assert paired(world) == [("paired",), ("identity", pd.pdid[:4] + pd.pdid[5:9] + PDID[:8]), ("online", True)]


def test_a_window_over_a_reader_that_is_well_changes_nothing():
    world = online()
    paired(world, WINDOW_MS + 31_000)
    assert world.say() == [
        ("refused", "challenge"),
        ("offline", "refused"),
        ("pairing_failed", "timeout"),
        ("online", True),
    ], world.say()
    assert world.pds[0].key == KEY


def test_a_key_that_is_anybodys_is_given_to_nobody():
    world = World([Pd(0, KEY), Pd(1, KEY)])
    world.run(1000)
    for key in (KEY, WEAK):
        assert not world.bus.pair("r0", WINDOW_MS, key, world.now_ms) and not world.bus.rotate("r1", key)
    assert world.bus.rotate("r1", NEW_KEY)
    assert not world.bus.pair("r0", WINDOW_MS, NEW_KEY, world.now_ms)


def test_a_key_is_rotated_and_the_reader_stays_online():
    for keyset_ends in (False, True):
        for resends in (False, True):
            world = online(Pd(0, KEY, resends=resends, keyset_ends=keyset_ends))
            assert world.bus.rotate("r0", NEW_KEY) and not world.bus.rotate("r0", OTHER_KEY)
            world.run(2000)
            assert world.say() == [("rotated",)] and world.pds[0].key == NEW_KEY
            assert not world.reader().keys.holds(KEY) and world.reader().keys.holds(NEW_KEY)
            world.pds[0].restart()
            world.pds[0].news.append(CARD)
            world.run(2000)
            assert world.say() == [("rotated",), ("card", CARD_BITS, 0)]


def test_rotation_outlives_a_lost_reply_and_a_lost_question():
    for resends in (False, True):
        for keyset_ends in (False, True):
            for attribute in ("spoil", "spoil_question"):
                world = online(Pd(0, KEY, resends=resends, keyset_ends=keyset_ends))
                setattr(world, attribute, Once(lambda data: b"", codes.KEYSET))
                assert world.reader().rotate(NEW_KEY)
                world.run(4000)
                assert world.say() == [("rotated",)] and world.pds[0].key == NEW_KEY, (resends, keyset_ends, attribute)


def test_a_reader_that_did_not_hear_its_new_key_comes_back_with_the_old_one():
    world = online()
    world.spoil_question = lambda data: b"" if data[5] & 8 and data[8] == codes.KEYSET else data
    assert world.reader().rotate(NEW_KEY)
    world.run(5000)
    assert world.say("rotation_failed", "online", "offline") == [("rotation_failed", "old_key")]  # and nobody noticed
    assert not world.reader().keys.holds(NEW_KEY)
    world.spoil_question = None
    world.forget()
    assert world.reader().rotate(NEW_KEY)
    world.run(2000)
    assert world.say() == [("rotated",)]


def test_a_reader_that_rejects_a_new_key_keeps_the_old_one():
    world = online()
    world.pds[0].refuses = {codes.KEYSET: 3}
    assert world.reader().rotate(NEW_KEY)
    world.run(2000)
    assert world.say() == [("rotation_failed", 3)] and world.reader().is_online
    assert world.reader().keys.holds(KEY) and not world.reader().keys.holds(NEW_KEY)


def test_only_a_reader_in_its_session_is_given_another_key():
    world = World([Pd(0)], key=None, allow_plain=True)
    world.run(1000)
    assert world.reader().is_online and not world.reader().rotate(NEW_KEY)
    world = World([Pd(0, KEY)])
    assert not world.reader().rotate(NEW_KEY)


def test_keys_that_are_over_are_overwritten():
    keys = Keys(KEY)
    old = keys._key
    assert keys.rotate(NEW_KEY) and keys.tell() == NEW_KEY and old == KEY
    assert keys.proved() == [("rotated",)] and old == bytearray(16)
    assert keys.pair(5, OTHER_KEY)
    new = keys._new
    assert keys.choice()[0] == DEFAULT and keys.tick(4) == [] and keys.tick(5) == [("pairing_failed", "timeout")]
    assert new == bytearray(16) and keys.choice() == (OWN, NEW_KEY)


def test_keys_that_were_said_in_vain_are_overwritten():
    keys = Keys(KEY)
    assert keys.rotate(NEW_KEY) and keys.tell() == NEW_KEY
    told = keys._key
    assert keys.rejected(9) == [("rotation_failed", 9)] and told == bytearray(16) and keys.choice() == (OWN, KEY)
    assert keys.rotate(NEW_KEY) and keys.tell() == NEW_KEY
    oldest = keys._old
    assert oldest == KEY and keys.pair(5, OTHER_KEY) and keys.tell() == OTHER_KEY
    assert oldest == bytearray(16) and keys.holds(NEW_KEY) and not keys.holds(KEY)


def test_a_window_makes_a_reader_that_was_refused_for_long_be_asked_at_once_and_often():
    world = World([Pd(0, OTHER_KEY)])
    world.run(120_000)
    assert world.say() == [("refused", "cryptogram")]
    world.forget()
    assert world.bus.pair("r0", world.now_ms + WINDOW_MS, NEW_KEY, world.now_ms)
    world.run(600)
    world.pds[0].key, world.pds[0].takes_default = None, True  # the installer resets it
    world.run(2500)
    assert world.say() == [("refused", "challenge"), ("paired",), ("identity", WHO), ("online", True)]
