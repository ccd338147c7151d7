"""Pins over a socket: what a line becomes, and when."""

import json

from host_sim.station.pins import Pins
from tests.app.fakes import Clock


class Writer:
    def __init__(self):
        self.lines = []

    def write(self, data):
        self.lines.append(json.loads(data))


def pins(*lines):
    found = Pins(None, Writer(), Clock())
    found._lines = [(0, list(line)) for line in lines]
    return found


def test_a_frame_is_pulses_at_their_moments():
    found = pins(("bits", "in", "011", 10, 2))
    assert list(found.take(9)) == []
    assert found.next_ms() == 10
    assert found.is_reading(9)
    assert list(found.take(12)) == [(10, ("bit", "in", 0)), (12, ("bit", "in", 1))]
    assert list(found.take(500)) == [(14, ("bit", "in", 1))]
    assert found.next_ms() is None
    assert found.is_reading(43)
    assert not found.is_reading(44)


def test_a_second_frame_waits_for_the_end_of_the_first_at_the_same_reader_only():
    found = pins(("bits", "in", "00", 0, 2), ("bits", "in", "1", 0, 2), ("bits", "out", "1", 0, 2))
    taken = list(found.take(1000))
    assert taken == [(0, ("bit", "in", 0)), (0, ("bit", "out", 1)), (2, ("bit", "in", 0)), (64, ("bit", "in", 1))]


def test_contacts_and_the_time_are_events_as_they_are():
    found = pins(("leaf", "lobby", True), ("rex", "lobby", True), ("input", "fire", False), ("clock", 1700000000000))
    assert [event for _, event in found.take(0)] == [
        ("leaf", "lobby", True), ("rex", "lobby", True), ("input", "fire", False), ("clock", 1700000000000),
    ]  # fmt: skip


def test_what_came_before_a_question_has_been_done_when_it_is_answered():
    found, done = pins(("leaf", "lobby", True), ("ask", 1, "here")), []
    found.others = lambda line: done.append(line) or []
    for at_ms, event in found.take(0):
        assert not done
        done.append(event)
    assert done == [("leaf", "lobby", True), ["ask", 1, "here"]]


def test_outputs_are_lines():
    found = pins()
    found.lock("lobby", False)
    found.output("strobe", True)
    found.signal("in", "granted")
    found.safe()
    found.synchronise()
    assert found._writer.lines == [
        ["lock", "lobby", False], ["output", "strobe", True], ["signal", "in", "granted"], ["safe"], ["synchronise"],
    ]  # fmt: skip
