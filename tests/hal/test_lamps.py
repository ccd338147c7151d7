"""Lights and buzzers follow a pattern in time."""

from firmware.hal.lamps import Lamps
from firmware.wire.feedback import PATTERNS, levels


class Output:
    def __init__(self):
        self.is_on, self.switched = False, 0

    def switch(self, is_on):
        self.is_on = is_on
        self.switched += 1


def lamps():
    made, light, buzzer = Lamps(levels), Output(), Output()
    made.add("in", light, buzzer)
    return made, light, buzzer


def test_a_pattern_is_shown_at_every_moment_and_ends_dark():
    for pattern in sorted(PATTERNS):
        made, light, buzzer = lamps()
        made.show("in", pattern, 1000)
        now_ms = 1000
        while made.next_ms() is not None:
            now_ms = made.next_ms()
            made.tick(now_ms)
            assert (light.is_on, buzzer.is_on) == levels(pattern, now_ms - 1000)[:2], (pattern, now_ms)
        assert not light.is_on and not buzzer.is_on and now_ms - 1000 <= 60_000


def test_a_new_pattern_takes_the_place_of_the_old_one():
    made, light, buzzer = lamps()
    made.show("in", "granted", 0)
    assert light.is_on and buzzer.is_on
    made.show("in", "denied", 100)
    assert not light.is_on and buzzer.is_on
    made.dark()
    assert not buzzer.is_on and made.next_ms() is None


def test_wires_are_switched_only_when_something_changes_and_may_be_missing():
    made, light, buzzer = lamps()
    made.add("out", None, None)
    made.show("in", "granted", 0)
    made.show("out", "granted", 0)
    made.show("nobody", "granted", 0)
    for now_ms in range(0, 4000, 5):
        made.tick(now_ms)
    assert (light.switched, buzzer.switched) == (2, 2) and made.next_ms() is None
