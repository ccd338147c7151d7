"""What a controller writes: numbers, times and stamps, with and without a clock."""

from firmware.core import stamp
from firmware.core.recorder import Recorder
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


def test_after_a_restart_numbers_and_stamps_go_on():
    made = recorder()
    old = {"controller": "c1", "inc": 7, "stream": "facts", "seq": 41, "stamp": stamp.at(NOON_MS + 60 * S)}
    made.resume(old)
    made.resume(changed(old, seq=40))
    made.resume(changed(old, controller="c2", seq=99, stamp=stamp.at(NOON_MS + 90 * S)))
    made.resume(changed(old, inc=6, seq=99))
    event = made.write("access.granted", {}, 0)
    assert event["seq"] == 42 and event["stamp"] > stamp.at(NOON_MS + 90 * S)


def test_what_is_written_with_a_clock_is_settled():
    made = recorder()
    assert made.is_settled(made.write("door.opened", {}, 0)) and made.settle(5, 0) == []


def without_clock(estimate_ms):
    """A recorder that only knows that it is this late at least, 10 s after its start."""
    made = recorder(is_trusted=False)
    made.stamps.hear(stamp.at(estimate_ms))
    made.wall.estimate(estimate_ms + 1, 10 * S)
    return made


def test_without_a_clock_events_are_stamped_when_it_is_set():
    made = without_clock(NOON_MS - 3600 * S)
    events = [made.write("access.granted", {}, at_s * S) for at_s in (20, 30, 30)]
    assert not any(made.is_settled(event) for event in events) and events[0]["err_ms"] >= 60000
    moved_ms = NOON_MS + 50 * S - made.wall.at_ms(50 * S)
    made.wall.set(NOON_MS + 50 * S, 50 * S)
    assert made.settle(moved_ms, 50 * S) == events and all(made.is_settled(event) for event in events)
    assert [event["at_ms"] - NOON_MS for event in events] == [20 * S, 30 * S, 30 * S]
    assert [event["stamp"] for event in events] == [
        stamp.at(NOON_MS + 20 * S), stamp.at(NOON_MS + 30 * S), stamp.at(NOON_MS + 30 * S) + 1,
    ]
    assert [event["err_ms"] for event in events] == [100] * 3
    assert made.write("access.granted", {}, 51 * S)["stamp"] == stamp.at(NOON_MS + 51 * S)


def test_what_was_heard_later_does_not_push_earlier_events_back():
    made = without_clock(NOON_MS - 3600 * S)
    before = made.write("access.granted", {}, 20 * S)
    made.stamps.hear(stamp.at(NOON_MS + 40 * S))
    after = made.write("access.granted", {}, 45 * S)
    moved_ms = NOON_MS + 50 * S - made.wall.at_ms(50 * S)
    made.wall.set(NOON_MS + 50 * S, 50 * S)
    made.settle(moved_ms, 50 * S)
    assert before["stamp"] == stamp.at(NOON_MS + 20 * S) < stamp.at(NOON_MS + 40 * S) < after["stamp"]
    assert after["stamp"] == stamp.at(NOON_MS + 45 * S)


def test_a_cause_comes_before_its_effect_even_by_a_clock_that_lags():
    made = without_clock(NOON_MS - 3600 * S)
    made.stamps.hear(stamp.at(NOON_MS + 40 * S))
    effect = made.write("access.granted", {}, 20 * S)
    moved_ms = NOON_MS + 50 * S - made.wall.at_ms(50 * S)
    made.wall.set(NOON_MS + 50 * S, 50 * S)
    made.settle(moved_ms, 50 * S)
    assert effect["at_ms"] == NOON_MS + 20 * S and effect["stamp"] == stamp.at(NOON_MS + 40 * S) + 1


def test_stamps_never_fall_where_the_estimate_was_too_late():
    made = without_clock(NOON_MS + 3600 * S)
    events = [made.write("access.granted", {}, at_s * S) for at_s in (20, 30)]
    moved_ms = NOON_MS + 50 * S - made.wall.at_ms(50 * S)
    made.wall.set(NOON_MS + 50 * S, 50 * S)
    made.settle(moved_ms, 50 * S)
    assert stamp.at(NOON_MS + 3600 * S) < events[0]["stamp"] < events[1]["stamp"]
    assert made.write("access.granted", {}, 51 * S)["stamp"] > events[1]["stamp"]
