"""What a controller writes: numbers, times and stamps, with and without a clock."""

from firmware.core import stamp
from firmware.core.recorder import Recorder, is_settled
from firmware.core.wall import Wall

NOON_MS = 1767614400000
S = 1000


def recorder(is_trusted=True):
    wall = Wall(0)
    if is_trusted:
        wall.set(NOON_MS, 0)
    return Recorder("c1", 7, wall, lambda no: "person-%d" % no)


def test_an_event_names_its_origin_place_and_time():
    made = recorder().write("access.granted", {"no": 3, "door": "d"}, 5 * S, NOON_MS + 4 * S)
    assert made == {
        "type": "access.granted",
        "controller": "c1",
        "inc": 7,
        "stream": "facts",
        "seq": 1,
        "at_ms": NOON_MS + 4 * S,
        "stamp": stamp.at(NOON_MS + 5 * S),
        "err_ms": 100,
        "no": 3,
        "user": "person-3",
        "door": "d",
    }


def test_each_log_counts_for_itself():
    made = recorder()
    kinds = ("door.opened", "access.granted", "apb.violation", "door.closed", "lockdown.started")
    written = [made.write(kind, {}, 0) for kind in kinds]
    assert [(each["stream"], each["seq"]) for each in written] == [
        ("notes", 1), ("facts", 1), ("facts", 2), ("notes", 2), ("site", 1),
    ]
    stamps = [each["stamp"] for each in written]
    assert stamps == sorted(set(stamps))
    assert made.next_name("facts") == ("c1", 7, 3) and "user" not in written[0]


def test_nobody_has_no_name():
    made = recorder().write("access.denied", {"no": None, "user": None}, 0)
    assert made["user"] is None
    assert recorder().write("access.denied", {"no": 0}, 0)["user"] == "person-0"


def changed(event, **fields):
    made = dict(event)
    made.update(fields)
    return made


class Found:
    """A log as it is found at a start."""

    inc, ceiling = 7, 0

    def __init__(self, unsettled=(), highest=0, newest_stamp=0):
        self._unsettled, self._highest, self.newest_stamp = list(unsettled), highest, newest_stamp

    def unsettled(self):
        return self._unsettled

    def highest(self, controller, inc, stream):
        return self._highest if (controller, inc, stream) == ("c1", 7, "facts") else 0


def test_after_a_restart_numbers_and_stamps_go_on():
    made = recorder()
    made.resume(Found(highest=41, newest_stamp=stamp.at(NOON_MS + 90 * S)), 3)
    event = made.write("access.granted", {}, 0)
    assert event["seq"] == 42 and event["stamp"] > stamp.at(NOON_MS + 90 * S) and made.boot == 4


def test_a_promise_is_kept_across_a_restart():
    made, found = recorder(), Found(newest_stamp=stamp.at(NOON_MS))
    found.ceiling = stamp.at(NOON_MS + 5 * S)
    made.resume(found, 0)
    assert made.write("access.granted", {}, 0)["stamp"] > stamp.at(NOON_MS + 5 * S)


def test_what_is_written_with_a_clock_is_settled():
    made = recorder()
    assert is_settled(made.write("door.opened", {}, 0)) and made.settle(0) == []


def without_clock(estimate_ms):
    """A recorder that only knows that it is this late at least, 10 s after its start."""
    made = recorder(is_trusted=False)
    made.stamps.hear(stamp.at(estimate_ms))
    made.wall.estimate(estimate_ms + 1, 10 * S)
    return made


def set_clock(made, at_s=50):
    """Set the clock, that many seconds after the start and after noon; returns what was settled."""
    made.wall.set(NOON_MS + at_s * S, at_s * S)
    return [event for event, _ in made.settle(at_s * S)]


def test_without_a_clock_events_are_dated_when_it_is_set():
    made = without_clock(NOON_MS - 3600 * S)
    events = [made.write("access.granted", {}, at_s * S) for at_s in (20, 30, 30)]
    assert not any(is_settled(event) for event in events) and events[0]["err_ms"] >= 60000
    assert set_clock(made) == events and all(is_settled(event) for event in events)
    assert [event["at_ms"] - NOON_MS for event in events] == [20 * S, 30 * S, 30 * S]
    assert [event["stamp"] for event in events] == [
        stamp.at(NOON_MS + 20 * S), stamp.at(NOON_MS + 30 * S), stamp.at(NOON_MS + 30 * S) + 1,
    ]
    assert [event["err_ms"] for event in events] == [103, 102, 102] and set_clock(made, 60) == []
    assert made.write("access.granted", {}, 61 * S)["stamp"] == stamp.at(NOON_MS + 61 * S)


def test_a_presentation_before_its_verdict_keeps_its_time():
    made = without_clock(NOON_MS - 3600 * S)
    event = made.write("access.granted", {}, 30 * S, made.wall.at_ms(28 * S))
    set_clock(made)
    assert event["at_ms"] == NOON_MS + 28 * S


def test_what_was_heard_later_does_not_push_earlier_events_back():
    made = without_clock(NOON_MS - 3600 * S)
    before = made.write("access.granted", {}, 20 * S)
    made.stamps.hear(stamp.at(NOON_MS + 40 * S))
    after = made.write("access.granted", {}, 45 * S)
    set_clock(made)
    assert before["stamp"] == stamp.at(NOON_MS + 20 * S) < stamp.at(NOON_MS + 40 * S) < after["stamp"]
    assert after["stamp"] == stamp.at(NOON_MS + 45 * S)


def test_a_cause_comes_before_its_effect_even_by_a_clock_that_lags():
    made = without_clock(NOON_MS - 3600 * S)
    made.stamps.hear(stamp.at(NOON_MS + 40 * S))
    effect = made.write("access.granted", {}, 20 * S)
    set_clock(made)
    assert effect["at_ms"] == NOON_MS + 20 * S and effect["stamp"] == stamp.at(NOON_MS + 40 * S) + 1


def test_stamps_never_fall_where_the_estimate_was_too_late():
    made = without_clock(NOON_MS + 3600 * S)
    events = [made.write("access.granted", {}, at_s * S) for at_s in (20, 30)]
    set_clock(made)
    assert stamp.at(NOON_MS + 3600 * S) < events[0]["stamp"] < events[1]["stamp"]
    assert made.write("access.granted", {}, 51 * S)["stamp"] > events[1]["stamp"]


def test_what_an_earlier_boot_wrote_is_dated_as_late_as_it_can_have_been():
    made = without_clock(NOON_MS - 3600 * S)
    old = made.write("controller.started", {}, 10 * S)
    badge = made.write("access.granted", {}, 40 * S)
    again = without_clock(NOON_MS - 3600 * S)
    again.resume(Found([changed(old), changed(badge)]), 0)
    assert again.boot == 2 and again.next_name("facts") == ("c1", 7, 2)
    new = again.write("access.granted", {}, 20 * S)
    settled = set_clock(again)
    assert [event["seq"] for event in settled] == [1, 1, 2]
    assert [event["at_ms"] - NOON_MS for event in settled] == [-30 * S, 0, 20 * S]
    assert settled[2] is new and new["err_ms"] == 103
    assert settled[1]["err_ms"] > 3500 * S, "nobody knows how long it was off"
    stamps = [event["stamp"] for event in settled]
    assert stamps == sorted(stamps)


def test_what_is_written_again_twice_names_both_that_it_was():
    made = recorder()
    first = made.write("access.granted", {"no": 3}, 0)
    made.open_incarnation(8)
    second = made.write_again(first, 20000, 0)
    made.open_incarnation(9)
    third = made.write_again(second, 20000, 0)
    assert second["was"] == [7, 1] and third["was"] == [8, 1, 7, 1]
    for inc in range(10, 40):
        made.open_incarnation(inc)
        third = made.write_again(third, 0, 0)
    assert len(third["was"]) == 16 and third["was"][:2] == [38, 1]
