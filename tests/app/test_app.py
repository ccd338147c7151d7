"""The shell: doors first, then the network, then the flash, which waits for the end of a frame."""

import asyncio

from firmware.app import PENDING_MAX, App, supervise
from tests.app.fakes import Clock, Link, Node, Pins

GRANTED = {"controller": "c1", "stream": "facts", "seq": 7, "inc": 1, "type": "access.granted"}
FOREIGN = {"controller": "c2", "stream": "facts", "seq": 3, "inc": 1, "type": "access.granted"}
BIT = ("bit", "in", 1)
MAKING_MS = 3000
DURABLE = ("durable", "facts", 7, 1)


def app(plan=None, room=100):
    return App(Node(plan, room), Link(), Clock(), Pins())


def test_it_starts_with_what_is_known_of_the_time():
    shell = app({"start": [("lock", "lobby", True)]})
    shell.start("power_on", 1700000000000)
    assert shell.node.calls == [(("clock", 1700000000000), 0), ("start", "power_on", 0)]
    assert shell.pins.done == [("lock", "lobby", True)]


def test_a_pulse_is_handed_on_with_its_own_moment_also_when_the_shell_is_late():
    shell = app()
    shell.clock.ms = 200
    shell.pins.inputs = [(100, BIT), (102, BIT)]
    shell.turn()
    assert shell.node.calls == [(BIT, 100), (BIT, 102)]


def test_a_deadline_between_two_pulses_comes_between_them():
    shell = app()
    shell.node.due_ms = 101
    shell.clock.ms = 200
    shell.pins.inputs = [(100, BIT), (102, BIT)]
    shell.turn()
    assert shell.node.calls == [(BIT, 100), ("tick", 102), (BIT, 102)]


def test_the_time_of_the_node_never_goes_back():
    shell = app()
    shell.clock.ms = 50
    shell.pins.inputs = [(40, BIT)]
    shell.handle(("leaf", "lobby", True), 50)
    shell.turn()
    assert shell.node.calls[-1] == (BIT, 50)


def test_the_lock_moves_before_the_event_is_in_the_flash_and_others_hear_of_it_after():
    shell = app({BIT: [("lock", "lobby", False), ("append", GRANTED)], DURABLE: [("send", "log/c1", b"{}", False)]})
    order = []
    shell.pins.lock = lambda door, is_locked: order.append("lock")
    shell.node.log.store = lambda what: order.append("flash") or True
    shell.link.put = lambda topic, payload, is_retained: order.append("send")
    shell.pins.inputs = [(0, BIT)]
    shell.turn()
    assert order == ["lock", "flash", "send"]


def test_nothing_is_written_while_a_reader_is_in_a_frame():
    shell = app({BIT: [("append", GRANTED)]})
    shell.pins.inputs, shell.pins.reads_until_ms = [(0, BIT)], 100
    shell.turn()
    assert not shell.node.log.stored
    shell.clock.ms = 100
    shell.turn()
    assert shell.node.log.stored == [GRANTED]
    assert shell.node.calls[-1] == (DURABLE, 100)


def test_a_reader_that_never_stops_sending_does_not_keep_events_from_the_flash():
    shell = app({BIT: [("append", GRANTED)]})
    shell.pins.inputs, shell.pins.reads_until_ms = [(0, BIT)], 1 << 40
    for shell.clock.ms in (0, 500, 501):
        assert not shell.node.log.stored
        shell.turn()
    assert shell.node.log.stored == [GRANTED]
    assert shell.counts["late_writes"] == 1


def test_readers_that_stop_for_moments_only_do_not_keep_events_from_the_flash():
    shell = app({BIT: [("append", GRANTED)] * 20})
    shell.pins.inputs = [(0, BIT)]
    for shell.clock.ms in range(0, 610, 10):
        # Whenever it is looked at somebody is reading, but for one moment in ten, which is good for eight writes.
        shell.pins.reads_until_ms = shell.clock.ms + (shell.clock.ms % 100 != 50)
        shell.turn()
    assert len(shell.node.log.stored) == 20


def test_no_more_is_heard_than_the_flash_can_take_and_nothing_is_lost():
    messages = [("message", "log/c2", b"%d" % number, False) for number in range(60)]
    shell = app({message: [("append", FOREIGN)] * 4 for message in messages}, room=1000)
    shell.link.inbox = list(messages)
    shell.pins.reads_until_ms = 100
    for shell.clock.ms in range(0, 100, 10):
        shell.turn()
    assert [call[0] for call in shell.node.calls] == messages[:8] and not shell.node.log.stored
    assert 0 < shell.rest_ms() <= 5
    for shell.clock.ms in range(100, 1000, 10):
        shell.turn()
    assert [call[0] for call in shell.node.calls] == messages and len(shell.node.log.stored) == 240
    assert shell.counts["unheard"] == 0


def test_a_flash_that_takes_nothing_makes_nobody_deaf_to_an_emergency():
    log, heartbeat = ("message", "log/c2", b"1", False), ("message", "have/c2", b"fire", False)
    shell = app({log: [("append", FOREIGN)] * 40, heartbeat: [("lock", "lobby", False)]}, room=0)
    shell.node.chore = lambda now_ms: []
    shell.link.inbox = [log]
    shell.turn()
    shell.link.inbox = [log, heartbeat]
    shell.turn()
    assert shell.pins.done == [("lock", "lobby", False)] and shell.counts["unheard"] == 1
    shell.node.log.room, shell.clock.ms = 100, 1000
    for _ in range(5):
        shell.turn()
    assert len(shell.node.log.stored) == 40


def test_what_others_did_is_stored_and_nobody_is_told():
    shell = app({BIT: [("append", FOREIGN), ("ceiling", 9)]})
    shell.pins.inputs = [(0, BIT)]
    shell.turn()
    assert shell.node.log.stored == [FOREIGN, 9]
    assert shell.node.calls == [(BIT, 0), (("durable", "ceiling", 9), 0)]


def test_where_no_sector_is_left_a_chore_makes_room():
    shell = app({BIT: [("append", GRANTED)]}, room=0)
    shell.pins.inputs = [(0, BIT)]
    shell.turn()
    assert shell.node.log.stored == [GRANTED]
    assert ("chore", 0) in shell.node.calls


def test_a_full_flash_is_tried_again_a_second_later():
    shell = app({BIT: [("append", GRANTED)]}, room=0)
    shell.node.chore = lambda now_ms: []
    shell.pins.inputs = [(0, BIT)]
    shell.turn()
    shell.node.log.room = 1
    shell.clock.ms = 999
    shell.turn()
    assert not shell.node.log.stored
    shell.clock.ms = 1000
    shell.turn()
    assert shell.node.log.stored == [GRANTED]


def test_a_turn_writes_and_hears_only_so_much_and_the_next_comes_at_once():
    messages = [("message", "log/c2", b"%d" % number, False) for number in range(40)]
    shell = app({messages[0]: [("append", FOREIGN)] * 20})
    shell.link.inbox = list(messages)
    shell.turn()
    assert [call[0] for call in shell.node.calls] == messages[:16]
    assert len(shell.node.log.stored) == 8
    assert shell.rest_ms() == 0
    shell.turn()
    shell.turn()
    assert [call[0] for call in shell.node.calls] == messages
    assert len(shell.node.log.stored) == 20


def test_between_two_events_of_one_message_come_doors_and_before_the_next_message_all_of_them():
    message = ("message", "log/c2", b"1", False)
    shell = app()
    assert shell.node.events_at_once == 1
    shell.node.left, shell.link.inbox = 2, [message]
    for _ in range(3):
        shell.pins.inputs = [(0, BIT)]
        shell.turn()
        assert shell.rest_ms() == 0 or not shell.node.left
    assert [call[0] for call in shell.node.calls] == [BIT, "go on", BIT, "go on", BIT, message]


def test_no_event_is_taken_while_those_before_it_wait_for_the_flash():
    shell = app({BIT: [("append", FOREIGN)] * 60}, room=0)
    shell.node.left, shell.pins.inputs = 1, [(0, BIT)]
    shell.turn()
    assert shell.node.left == 1 and ("go on", 0) not in shell.node.calls


def test_a_flood_of_events_that_find_no_place_is_a_bug():
    shell = app({BIT: [("append", FOREIGN)] * (PENDING_MAX + 1)})
    shell.pins.inputs = [(0, BIT)]
    try:
        shell.turn()
    except AssertionError:
        return
    raise ValueError("it was taken")


def test_chores_are_done_one_at_a_time_and_not_in_a_frame():
    shell = app()
    shell.node.chores, shell.pins.reads_until_ms = 2, 10
    for shell.clock.ms in (0, 10, 20, 30):
        shell.turn()
    assert shell.node.calls == [("chore", 10), ("chore", 30)]


def cleaning(messages=0):
    """An app that cleans up after ten rounds; and when it did, by its turns, with so many messages in each."""
    shell, cleaned = app(), []
    shell.collect, shell.collect_rounds = lambda: cleaned.append(shell.clock.ms), 10
    shell.link.take = lambda: [("message", "log/c2", b"1", False)] * messages
    return shell, cleaned


def test_the_heap_is_cleaned_up_now_and_then_and_not_in_a_frame_unless_it_is_late():
    shell, cleaned = cleaning()
    shell.pins.reads_until_ms = 12
    for shell.clock.ms in range(1, 23):
        shell.turn()
    assert cleaned == [12, 22]
    shell.pins.reads_until_ms = 1000
    for shell.clock.ms in range(23, 100):
        shell.turn()
    assert cleaned[2:] == [42, 62, 82], "readers that never stop"


def test_messages_leave_garbage_too():
    shell, cleaned = cleaning(2)
    for shell.clock.ms in range(1, 10):
        shell.turn()
    assert cleaned == [2, 3, 4, 6, 7, 8], "a message is as much as four turns"


class Announced:
    """Hears of work."""

    def __init__(self):
        self.depth = self.times = 0

    def __enter__(self):
        self.depth += 1
        self.times += 1

    def __exit__(self, *error):
        self.depth -= 1


def test_decisions_about_cards_and_writes_are_announced_and_what_is_due_otherwise_is_not():
    shell = app({BIT: [("append", GRANTED)]})
    work, depths = Announced(), []
    shell.announced, shell.quiet = work, Announced()
    shell.node.tick = lambda now_ms: depths.append(("tick", now_ms, work.depth)) or []
    shell.node.log.store = lambda what: depths.append(("store", shell.clock.ms, work.depth)) or True
    shell.node.due_ms = 0
    shell.turn()
    shell.node.due_ms, shell.pins.inputs = None, [(0, BIT)]
    shell.turn()
    for shell.clock.ms in (99, 100):
        shell.node.due_ms = shell.clock.ms
        shell.turn()
    assert depths == [("tick", 0, 0), ("store", 0, 1), ("tick", 99, 1), ("tick", 100, 0)]
    assert (work.times, shell.quiet.times) == (2, 2)
    shell.node.due_ms, shell.link.inbox = None, [("message", "log/c2", b"1", False)]
    shell.turn()
    assert (work.times, shell.quiet.times) == (2, 3)


def test_it_sleeps_until_the_next_deadline_but_looks_after_the_link():
    shell = app()
    assert shell.rest_ms() == 5
    shell.node.due_ms = 4
    assert shell.rest_ms() == 4
    shell.clock.ms = 9
    assert shell.rest_ms() == 0


def test_a_link_that_comes_up_asks_for_the_time():
    shell = app()
    shell.link.inbox = [("link", True)]
    shell.turn()
    shell.link.inbox = [("link", False)]
    shell.turn()
    assert shell.pins.done == [("synchronise",)]
    assert shell.node.calls == [(("link", True), 0), (("link", False), 0)]


def test_a_link_whose_thread_has_died_is_started_again_but_not_at_once():
    shell = app()
    shell.turn()
    assert shell.link.starts == 1
    shell.link.is_running = False
    for shell.clock.ms in (1, 999, 1000):
        shell.turn()
    assert shell.link.starts == 2


def test_after_a_bug_all_outputs_are_safe_before_the_restart():
    shell = app({BIT: ValueError("a bug")})
    shell.pins.inputs = [(0, BIT)]
    asyncio.run(supervise(lambda cause: shell, shell.pins, lambda error: shell.pins.done.append(str(error)), "crash"))
    assert shell.node.calls[0] == ("start", "crash", 0)
    assert shell.pins.done == [("safe",), "a bug"]


def test_a_controller_that_cannot_even_be_made_leaves_all_outputs_safe():
    pins = Pins()
    asyncio.run(supervise(lambda cause: [][0], pins, lambda error: pins.done.append("restart"), "config"))
    assert pins.done == [("safe",), "restart"]


def test_a_node_that_begins_anew_leaves_the_outputs_alone_and_the_time_goes_on():
    first = app({BIT: [("append", GRANTED), ("restart",)], "start": [("lock", "lobby", False)]})
    first.pins.inputs, first.pins.reads_until_ms = [(0, BIT)], MAKING_MS + 40
    first.node.controller = Knowing(1700000000000)
    second = App(Node({"start": [("lock", "lobby", False)], BIT: ValueError("the end")}), Link(), first.clock, first.pins)
    causes = []

    async def wait(ms):
        first.clock.ms += 10
        if causes == ["power_on", "config"]:
            first.pins.inputs = [(first.clock.ms, BIT)]

    def make(cause):
        causes.append(cause)
        first.clock.ms += MAKING_MS
        return (first, second)[len(causes) - 1]

    first.pins.wait = wait
    asyncio.run(supervise(make, first.pins, lambda error: None, "power_on"))
    assert causes == ["power_on", "config"]
    assert first.node.log.stored == [GRANTED], "what was written is in the flash before"
    assert not first.link.is_running
    clock, start = second.node.calls[:2]
    assert clock[0] == ("clock", 1700000000000 + clock[1], clock[1] // 10) and start == ("start", "config", clock[1])
    assert clock[1] >= 2 * MAKING_MS + 40, "it goes on while the next one is made"
    assert first.pins.done == [("lock", "lobby", False), ("lock", "lobby", False), ("safe",)]


class Knowing:
    """A controller that knows the time, and how wrong it may be: the longer it lives, the more."""

    def __init__(self, at_ms):
        self.site = self.wall = self
        self._at_ms = at_ms

    def trusted_at_ms(self, now_ms):
        return self._at_ms + now_ms

    def err_ms(self, now_ms):
        return now_ms // 10
