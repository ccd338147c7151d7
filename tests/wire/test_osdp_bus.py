"""Readers on one line: each gets its turn, whatever the others do, and nobody hears what was meant for another."""

from firmware.wire import osdp_commands as commands
from firmware.wire.osdp_bus import OsdpBus
from tests.wire.osdp_pd import CARD, CARD_BITS, Pd, framed
from tests.wire.osdp_world import KEY, World

READERS_MAX = 8
RED = commands.led((1, 0, 1, 0))


def readers(count):
    return [Pd(address, KEY) for address in range(count)]


def longest_wait_ms(world, address):
    """Between two questions to one reader."""
    asked = [ms for ms, who, data in world.line if who is None and data[2] == address]
    return max([asked[place + 1] - asked[place] for place in range(len(asked) - 1)])


def running(count, baud, **more):
    world = World(readers(count), baud=baud, **more)
    world.run(6000)
    assert all([world.reader(name).is_online for name in world.bus.readers])
    world.forget()
    return world


def test_poll_cycles_with_one_four_and_eight_readers():
    for baud, most in ((9600, {1: 60, 4: 200, 8: 400}), (115200, {1: 60, 4: 60, 8: 80})):
        for count in (1, 4, READERS_MAX):
            world = running(count, baud)
            world.run(5000)
            for address in range(count):
                assert longest_wait_ms(world, address) <= most[count], (baud, count)


def test_the_line_is_idle_for_two_characters_between_an_answer_and_the_next_question():
    world = running(4, 9600)
    world.run(1000)
    ended_ms, gaps = None, []
    for ms, who, data in world.line:
        if who is None:
            gaps.append(20 if ended_ms is None else ms - ended_ms)
        else:
            ended_ms = ms + len(data) * 10_000 // 9600 + 1
    assert len(gaps) > 20 and min(gaps) == 3
    assert {data[0] for _, who, data in world.line if who is None} == {0xFF}


def test_a_silent_reader_keeps_nobody_from_being_asked():
    for count in (2, READERS_MAX):
        world = running(count, 9600)
        world.pds[1].mute = True
        world.run(12_000)
        assert world.say() == [("offline", "silence")]
        for address in range(count):
            assert address == 1 or longest_wait_ms(world, address) <= 600
        world.pds[1].mute = False
        world.pds[1].drop()
        world.run(2000)
        assert world.say("online") == [("online", True)]


def test_a_lost_session_is_back_in_two_seconds_beside_seven_others_at_9600_baud():
    world = running(READERS_MAX, 9600)
    for pd in world.pds:
        world.forget()
        pd.drop()
        pd.news.append(CARD)
        since_ms = world.now_ms
        world.run(3000)
        assert world.say() == [("card", CARD_BITS, 0)] and world.events[0][0] - since_ms < 1300, world.events[0][0] - since_ms
    for pd in world.pds:  # all at once: the power of the whole line was off
        pd.restart()
    world.forget()
    since_ms = world.now_ms
    for pd in world.pds:
        pd.news.append(CARD)
    world.run(6000)
    assert world.say() == [("card", CARD_BITS, 0)] * 8 and world.events[-1][0] - since_ms < 5000


def test_a_reader_that_only_makes_noise_keeps_nobody_from_being_asked():
    world = running(4, 115200)
    world.spoil = lambda question, reply: b"\x53\x81\xa0\x05" * 300 if question[2] == 1 else reply
    world.run(12_000)
    assert world.say() == [("offline", "silence")]
    for address in (0, 2, 3):
        assert longest_wait_ms(world, address) <= 600


def test_a_reader_with_many_commands_takes_turns_too():
    world = running(4, 9600)
    for no in range(8):
        assert world.reader("r2").command(no, RED)
    world.run(3000)
    assert world.say() == [("done", no, ("ack",)) for no in range(8)]
    for address in range(4):
        assert longest_wait_ms(world, address) <= 300


def test_each_card_is_its_own_readers():
    world = running(READERS_MAX, 9600)
    for pd in world.pds:
        pd.news.append((0x50, b"\0\0\x08\0" + bytes([pd.address])))
    world.run(1000)
    assert sorted([(name, event[1]) for _, name, event in world.events]) == [
        ("r%d" % address, "00000" + "".join(["1" if address & bit else "0" for bit in (4, 2, 1)])) for address in range(8)
    ]


def test_an_answer_from_another_reader_is_nobodys():
    """Both have the same key, and neither can speak for the other."""
    world = running(2, 115200)
    world.spoil = lambda question, reply: framed(0x81, question[5] & 7, 0x50, CARD[1]) + reply if question[2] == 0 else reply
    world.run(2000)
    assert world.say() == [] and world.reader("r0").faults["other"] > 10


def test_what_comes_unasked_is_thrown_away():
    world = World([Pd(0)], key=None, allow_plain=True)
    world.run(1000)
    world.forget()
    before = dict(world.reader().faults)
    number = 0
    while world.bus._asked is not None:
        world.run(1)
    for _ in range(100):
        number = number % 3 + 1
        world.take(world.bus.feed(framed(0x80, 4 | number, CARD[0], CARD[1]), world.now_ms))
        if world.bus._asked is not None:
            break
    assert world.say("card") == [] and world.bus.unasked > 0 and world.reader().faults == before


def test_a_frame_behind_the_answer_is_not_the_next_answer():
    world = World([Pd(0)], key=None, allow_plain=True)
    world.run(1000)
    world.forget()
    forged = []

    def spoil(question, reply):
        forged.append(framed(0x80, 4 | question[5] % 4 % 3 + 1, CARD[0], CARD[1]))
        return reply + forged[-1]

    world.spoil = spoil
    world.run(2000)
    assert len(forged) > 20 and world.say("card") == []


def test_false_starts_of_frames_before_and_behind_an_answer_cost_little_time():
    for make, most_ms in ((lambda reply: reply + b"\x53\x80", 60), (lambda reply: b"\x53\x80\xa0\x05" + reply, 100)):
        world = running(1, 115200)
        world.spoil = lambda question, reply, make=make: make(reply)
        world.run(2000)
        assert longest_wait_ms(world, 0) <= most_ms and world.reader().faults == {}


def test_an_answer_to_what_was_asked_before_a_window_opened_is_none():
    world = World([Pd(0)], key=None, allow_plain=True)
    world.take(world.bus.tick(0))
    assert len(world.line) == 2 and world.bus.pair("r0", 60_000, KEY, 0)
    world.take(world.bus.feed(world.coming.pop()[1], 5))
    assert world.reader().faults == {"other": 1} and not world.reader().is_starting()
    world.run(2000)
    assert world.say("paired", "online") == [("paired",), ("online", True)]


def test_nothing_at_all_is_not_the_beginning_of_an_answer():
    world = running(1, 115200)
    while world.bus._asked is None:
        world.run(1)
    world.coming = []
    for _ in range(50):
        world.take(world.bus.feed(b"", world.now_ms))
        world.now_ms += 10
    assert world.reader().faults["no_answer"] >= 2


def test_a_late_answer_of_one_reader_is_not_heard_as_that_of_another():
    world = running(2, 115200)
    world.pds[0].news.append(CARD)
    late = []

    def spoil(question, reply):
        if len(reply) > 20 and question[2] == 0 and not late:
            late.append(reply)
            world.coming.append((world.now_ms + 230, reply))
            return b""
        return reply

    world.spoil = spoil
    world.run(3000)
    assert late and {name for _, name, event in world.events if event[0] == "card"} <= {"r0"}
    assert world.say("offline", "refused") == []


def test_a_bus_has_at_most_eight_readers():
    for count in (0, READERS_MAX + 1):
        try:
            World(readers(count))
        except AssertionError:
            continue
        assert False


def test_a_card_is_known_within_a_poll_at_115200_baud():
    world = running(4, 115200)
    for _ in range(20):
        world.run(137)
        world.forget()
        shown_ms = world.now_ms
        world.pds[3].news.append(CARD)
        world.run(100)
        assert world.say() == [("card", CARD_BITS, 0)] and world.events[0][0] - shown_ms <= 70


def over_a_network(delay_ms):
    """A world in which each answer comes 150 ms late, and its second half 150 ms later still."""
    world = World(readers(1))
    world.bus = OsdpBus(world.bus.readers, 115200, delay_ms)

    def spoil(question, reply):
        world.coming.append((world.now_ms + 150, reply[:8]))
        world.coming.append((world.now_ms + 300, reply[8:]))
        return b""

    world.spoil = spoil
    world.run(6000)
    return world


def test_a_network_may_hold_answers_back_where_it_is_known():
    world = over_a_network(160)
    assert world.reader().is_online and world.reader().faults == {} and world.bus.frames.faults == {}
    world = over_a_network(0)
    assert not world.reader().is_online and "cut" in world.bus.frames.faults


def test_a_reader_behind_a_network_that_is_silent_is_waited_for_a_little_longer():
    for delay_ms, most_ms in ((0, 210), (160, 370)):
        world = World(readers(1))
        world.bus = OsdpBus(world.bus.readers, 115200, delay_ms)
        world.take(world.bus.tick(0))
        assert most_ms - 10 <= world.bus.next_deadline_ms() <= most_ms
