"""A reader that is well: its start, what it says, what it is told, what it will not do, and how its session grows old."""

from firmware.wire import osdp_cp
from firmware.wire import osdp_commands as commands
from tests.wire import osdp_codes as codes
from tests.wire.osdp_pd import CAPS, CARD, CARD_BITS, PDID, Pd
from tests.wire.osdp_world import KEY, World, online

QUEUE_LEN_MAX = 8
START = [
    (codes.ID, False, False),
    (codes.CAP, False, False),
    (codes.CHLNG, False, False),
    (codes.SCRYPT, False, False),
    (codes.ID, True, False),
    (codes.CAP, True, False),
    (codes.POLL, True, False),
]
RED = commands.led((1, 0, 1, 0))


def test_a_start_asks_in_this_order_and_only_then_is_the_reader_online():
    for strict in (False, True):
        for key in (KEY, bytearray(KEY)):
            world = World([Pd(0, KEY, strict)], key=key)
            world.run(30)
            assert world.say() == []
            world.run(500)
            assert world.questions()[:7] == START and set(world.questions()[7:]) == {(codes.POLL, True, False)}
            assert world.say() == [("identity", PDID[:4] + PDID[5:9] + PDID[:8]), ("online", True)]
            assert world.reader().faults == {}


def test_what_a_reader_says_of_itself_can_be_asked_for_also_of_one_that_is_refused():
    for key, is_online in ((KEY, True), (None, False)):
        world = World([Pd(0, key)])
        assert world.reader().says() == (b"", b"")
        world.run(500)
        assert world.reader().is_online == is_online
        assert world.reader().says() == (PDID, CAPS)


def test_a_start_takes_half_a_second_at_9600_baud():
    world = World([Pd(0, KEY)], baud=9600)
    world.run(3000)
    assert world.events[-1][2] == ("online", True) and world.events[-1][0] < 500


def test_a_reader_without_a_key_speaks_in_plain_where_it_may():
    world = World([Pd(0)], key=None, allow_plain=True)
    world.run(500)
    assert [code for code, _, _ in world.questions()][:3] == [codes.ID, codes.CAP, codes.POLL]
    assert world.say() == [("identity", PDID[:4] + PDID[5:9]), ("online", False)]
    world.pds[0].news.append(CARD)
    world.run(200)
    assert world.say("card") == [("card", CARD_BITS, 0)]


def test_what_a_reader_says_is_delivered_once_and_in_order():
    world = online()
    world.pds[0].news += [
        CARD,
        (0x53, b"\x00\x0212"),
        (0x53, b"\x00\x01\x0d"),
        (0x49, b"\x00\x01"),
        (0x4A, b"\x01"),
        (0x4B, b"\x02"),
        (0x90, b"\x01\x02\x03abc"),
        CARD,
    ]
    world.run(1000)
    assert world.say() == [
        ("card", CARD_BITS, 0),
        ("keys", "12", 0),
        ("keys", "#", 0),
        ("inputs", b"\0\1"),
        ("outputs", b"\1"),
        ("readers", b"\2"),
        ("mfg", b"\1\2\3", b"abc"),
        ("card", CARD_BITS, 0),
    ]


def test_tamper_and_power_are_told_when_they_change():
    world = online()
    for state in (b"\0\0", b"\0\0", b"\1\0", b"\1\0", b"\1\1", b"\0\0"):
        world.pds[0].news.append((0x48, state))
    world.run(1000)
    assert world.say() == [
        ("tamper", False),
        ("power", False),
        ("tamper", True),
        ("power", True),
        ("tamper", False),
        ("power", False),
    ]


def test_tamper_is_told_again_by_a_reader_that_was_offline():
    world = online()
    world.pds[0].news.append((0x48, b"\1\0"))
    world.run(200)
    world.pds[0].mute = True
    world.run(9000)
    world.pds[0].mute = False
    world.pds[0].news.append((0x48, b"\1\0"))
    world.run(2000)
    assert world.say("tamper", "online") == [("tamper", True), ("online", True), ("tamper", True)]


def test_replies_that_are_none_are_counted_and_cost_nothing():
    world = online()
    bad = [(0x50, b""), (0x50, b"\0\0\x09\0\xff"), (0x53, b"\0\x02" + b"1"), (0x48, b""), (0x99, b"x"), (0x45, b"x"), (0x46, b"xx")]
    world.pds[0].news += bad
    world.run(1000)
    assert world.say() == [] and world.reader().faults == {"malformed": len(bad)}


def test_commands_are_said_in_order_between_polls_and_their_end_is_told():
    world = online()
    said = [
        ("led", RED, ("ack",)),
        ("buzzer", commands.buzzer(2), ("ack",)),
        ("text", commands.text("hello"), ("ack",)),
        ("output", commands.output(0, 5, 30), ("ack",)),
        ("mfg", commands.manufacturer(b"\1\2\3", b"x"), ("ack",)),
        ("local", (codes.LSTAT, b""), ("local", False, False)),
        ("input", (codes.ISTAT, b""), ("inputs", b"\1\0")),
        ("outputs", (codes.OSTAT, b""), ("outputs", b"\0")),
    ]
    for tag, command, _ in said:
        assert world.reader().command(tag, command)
    world.run(500)
    assert world.say("done", "failed") == [("done", tag, reply) for tag, _, reply in said]
    heard = [told for told in world.pds[0].said if told[0] not in (codes.POLL, codes.ID, codes.CAP)]
    assert heard == [command for _, command, _ in said]
    assert world.reader().command("heads", (codes.RSTAT, b""))
    world.run(100)
    assert world.say("done")[-1] == ("done", "heads", ("readers", b"\0"))


def test_a_nak_of_any_kind_fails_the_command_and_not_the_reader():
    for key in (KEY, None):
        for reason in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255):
            world = World([Pd(0, key)], key=key, allow_plain=key is None)
            world.run(1000)
            world.forget()
            world.pds[0].refuses = {codes.LED: reason}
            assert world.reader().command("led", RED)
            world.run(200)
            world.pds[0].news.append(CARD)
            world.run(1500)
            assert ("card", CARD_BITS, 0) in world.say() and world.say("offline", "refused") == [], (key, reason)
            if reason == 1 and key is None:  # it says that it was damaged: it is said again, and in the next session once more
                assert world.say("failed") == [("failed", "led", "lost")]
            else:
                assert world.say("failed") == [("failed", "led", reason)]


def test_a_nak_to_a_poll_costs_at_most_a_new_start():
    for reason in (0, 1, 2, 3, 4, 5, 6, 9, 255):
        world = online()
        world.pds[0].news += [(0x41, bytes([reason])), CARD]
        world.run(1500)
        assert world.say() == [("card", CARD_BITS, 0)], reason
        starts = len([asked for asked in world.questions() if asked[0] == codes.CHLNG])
        assert starts == (1 if reason in (4, 5, 6) else 0), reason


def test_a_command_whose_reply_is_lost_is_said_again_in_the_next_session_but_not_twice():
    world = online()
    lost = set()

    def spoil(question, reply):
        if question[5] & 8 and question[8] == codes.LED:
            lost.add(question)
            return b""
        return reply

    world.spoil = spoil
    assert world.reader().command("led", RED) and world.reader().command("buzzer", commands.buzzer(1))
    world.run(6000)
    assert world.say("done", "failed") == [("failed", "led", "lost"), ("done", "buzzer", ("ack",))]
    assert world.reader().is_online and len(lost) == 2


def test_the_queue_is_bounded_and_empty_while_the_reader_is_offline():
    world = online()
    world.pds[0].mute = True
    taken = [world.reader().command(no, RED) for no in range(12)]
    assert taken == [True] * QUEUE_LEN_MAX + [False] * 4 and world.reader().faults["dropped"] == 4
    world.run(9000)
    assert sorted(world.say("failed")) == [("failed", no, "offline") for no in range(QUEUE_LEN_MAX)]
    assert world.say()[0] == ("offline", "silence") and not world.reader().command("late", RED)


def test_a_command_longer_than_the_reader_takes_is_not_said():
    world = online()
    long = commands.manufacturer(b"\1\2\3", bytes(220))
    assert world.reader().command("fits", long) and not world.reader().command("long", commands.manufacturer(b"\1\2\3", bytes(230)))
    pd = Pd(0, KEY)
    pd.caps = CAPS[:9]  # it does not say: 128
    world = online(pd)
    assert not world.reader().command("long", long) and world.reader().command("fits", commands.text("x" * 32))
    world.run(200)
    assert world.say() == [("done", "fits", ("ack",))]
    assert max([len(data) for _, who, data in world.line if who is None]) <= 129


def test_a_session_is_renewed_after_so_many_frames_and_so_much_time_and_nobody_notices():
    frames, ms = osdp_cp.SESSION_FRAMES_MAX, osdp_cp.SESSION_MS_MAX
    assert frames == 1 << 20 and ms == 24 * 60 * 60 * 1000
    try:
        for frames_max, ms_max in ((50, ms), (frames, 2500)):
            osdp_cp.SESSION_FRAMES_MAX, osdp_cp.SESSION_MS_MAX = frames_max, ms_max
            world = online()
            for _ in range(20):
                world.pds[0].news.append(CARD)
                world.run(500)
            challenges = [asked for asked in world.questions() if asked[0] == codes.CHLNG]
            assert 3 <= len(challenges) <= 5
            assert world.say() == [("card", CARD_BITS, 0)] * 20
    finally:
        osdp_cp.SESSION_FRAMES_MAX, osdp_cp.SESSION_MS_MAX = frames, ms


def test_a_reader_that_is_not_there_is_asked_once_a_second():
    world = World([Pd(0, KEY)])
    world.pds[0].mute = True
    world.run(20_000)
    assert world.say() == [] and 15 <= len(world.line) <= 20
    assert {data for _, _, data in world.line} == {b"\xff\x53\x00\x09\x00\x04\x61\x00\xc0\x66"}


def test_commands_that_set_keys_are_not_for_everybody():
    world = online()
    for code in (codes.KEYSET, codes.CHLNG, codes.SCRYPT):
        try:
            world.reader().command("key", (code, bytes(18)))
        except AssertionError:
            continue
        assert False
