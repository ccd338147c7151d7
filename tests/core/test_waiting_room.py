"""People who wait for a companion: who, how long, with whom."""

from firmware.core.attempt import Attempt
from firmware.core.waiting_room import COMPANION_MS, WaitingRoom
from tests.core.judging import Person


def attempt(no, reader="in", door="d", **judge):
    return Attempt(reader, door, Person(no), 1, 0, judge or {"a": ["in", "hard"]})


def test_it_holds_a_person_at_a_reader():
    room = WaitingRoom()
    assert room.add(attempt(1), 0)
    assert room.holds("in", 1) and not room.holds("in", 2) and not room.holds("out", 1)


def test_company_is_another_person_at_the_same_door_in_the_same_directions():
    room = WaitingRoom()
    here = [attempt(1), attempt(2, reader="in2", a=["in", "soft"])]
    elsewhere = [attempt(3, door="e"), attempt(4, a=["out", "hard"]), attempt(5, a=["in", "hard"], b=["in", "hard"])]
    for each in here + elsewhere:
        room.add(each, 0)
    assert room.company(attempt(9)) == here and room.company(attempt(1)) == here[1:]
    room.remove(here[:1])
    assert room.company(attempt(9)) == here[1:]


def test_everybody_waits_ten_seconds_and_leaves_one_by_one():
    room, people = WaitingRoom(), [attempt(no) for no in range(3)]
    assert room.next_deadline_ms() is None and room.take_due(10**9) is None
    for now_ms, each in zip((0, 5, 5), people):
        room.add(each, now_ms)
    assert room.next_deadline_ms() == COMPANION_MS == 10000 and room.take_due(9999) is None
    assert room.take_due(10005) is people[0] and room.next_deadline_ms() == 10005
    assert [room.take_due(10005) for _ in range(3)] == [people[1], people[2], None]


def test_there_is_room_for_sixteen():
    room = WaitingRoom()
    assert [room.add(attempt(no), 0) for no in range(17)] == [True] * 16 + [False]
    assert len(room.take_all()) == 16 and room.next_deadline_ms() is None
