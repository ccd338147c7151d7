"""Minimal mode: every kind of lock and REX against every event, and the loop that serves it."""

import asyncio

from firmware.minimal import RUN_MS, Minimal, run

SETTINGS = {
    "doors": {
        "magnet": {"lock": "fail_safe", "rex": "unlock", "unlock_ms": 5000},
        "strike": {"lock": "fail_secure", "rex": "unlock", "unlock_ms": 3000},
        "bar": {"lock": "fail_secure", "rex": "shunt", "unlock_ms": 3000},
    },
    "inputs": {"panel": {"kind": "fire"}, "lid": {"kind": "tamper"}},
}
ALL_LOCKED = [("lock", "bar", True), ("lock", "magnet", True), ("lock", "strike", True)]


def begun(levels=()):
    minimal = Minimal(SETTINGS, dict(levels))
    minimal.tick(0)
    return minimal


def test_it_begins_with_everything_locked_and_says_so_once():
    minimal = Minimal(SETTINGS, {})
    assert minimal.tick(0) == ALL_LOCKED
    assert minimal.tick(1) == [] and minimal.next_deadline_ms() is None


def test_a_rex_that_unlocks_does_so_while_it_is_pressed_and_for_a_time_after():
    minimal = begun()
    assert minimal.handle(("rex", "strike", True), 100) == [("lock", "strike", False)]
    assert minimal.tick(60_000) == [] and minimal.next_deadline_ms() is None
    assert minimal.handle(("rex", "strike", False), 60_000) == []
    assert minimal.next_deadline_ms() == 63_000
    assert minimal.tick(62_999) == []
    assert minimal.tick(63_000) == [("lock", "strike", True)]
    assert minimal.next_deadline_ms() is None


def test_a_rex_of_another_kind_moves_nothing():
    assert begun().handle(("rex", "bar", True), 100) == []


def test_fire_frees_what_is_fail_safe_and_nothing_else():
    minimal = begun()
    assert minimal.handle(("input", "panel", True), 100) == [("lock", "magnet", False)]
    assert minimal.handle(("input", "panel", False), 200) == [("lock", "magnet", True)]


def test_fire_at_the_start_is_fire():
    assert ("lock", "magnet", False) in Minimal(SETTINGS, {"panel": True}).tick(0)
    assert Minimal(SETTINGS, {"lid": True}).tick(0) == ALL_LOCKED


def test_a_rex_ends_no_fire_and_a_fire_no_rex():
    minimal = begun()
    minimal.handle(("rex", "magnet", True), 0)
    assert minimal.handle(("input", "panel", True), 10) == []
    assert minimal.handle(("rex", "magnet", False), 20) == []
    assert minimal.tick(9000) == []
    assert minimal.handle(("input", "panel", False), 9000) == [("lock", "magnet", True)]


def test_cards_leaves_and_other_inputs_are_of_no_matter():
    minimal = begun()
    for event in (("bit", "in", 1), ("spoil", "in", "capture"), ("leaf", "strike", True), ("input", "lid", True), ("clock", 1),
                  ("message", "x", b"", False), ("bytes", "RS485", b"x")):  # fmt: skip
        assert minimal.handle(event, 100) == []


class Pins:
    """Time moves when the loop waits, and nothing wakes it. `events`: [(at_ms, event)]."""

    def __init__(self, events):
        self.ms, self.events, self.locks = 0, events, []

    def now_ms(self):
        return self.ms

    def take(self, now_ms):
        due = [event for event in self.events if event[0] <= now_ms]
        self.events = self.events[len(due) :]
        return due

    def lock(self, door, is_locked):
        self.locks.append((self.ms, door, is_locked))

    def next_ms(self):
        return self.events[0][0] if self.events else None

    async def wait(self, ms):
        self.ms += max(1, ms)


class Mail:
    """Nothing comes, until `over_ms`: a release is there."""

    def __init__(self, over_ms=1 << 30):
        self.is_over, self._over_ms = False, over_ms
        self.turns = []

    def turn(self, now_ms):
        self.turns.append(now_ms)
        self.is_over = now_ms >= self._over_ms
        return 5000


def test_it_is_calm_while_every_door_is_locked_and_nobody_wants_out():
    minimal = begun()
    assert minimal.is_calm()
    minimal.handle(("rex", "bar", True), 0)
    assert minimal.is_calm(), "it moves nothing"
    minimal.handle(("rex", "strike", True), 0)
    assert not minimal.is_calm()
    minimal.handle(("rex", "strike", False), 100)
    assert not minimal.is_calm()
    minimal.tick(3100)
    assert minimal.is_calm()
    minimal.handle(("input", "panel", True), 3200)
    assert not minimal.is_calm()


def test_doors_are_served_before_mail_and_a_new_release_ends_the_loop():
    pins, mail = Pins([(500, ("rex", "strike", True))]), Mail(500)
    pins.lock = lambda door, is_locked: seen.append((door, is_locked, len(mail.turns)))
    seen = []
    asyncio.run(run(Minimal(SETTINGS, {}), pins, pins.now_ms, lambda: None, mail))
    assert mail.turns == [0, 500] and seen[-1] == ("strike", False, 1) and pins.ms < 2000


def test_the_loop_serves_doors_feeds_the_watchdog_and_ends_in_time_to_try_again():
    pins, fed = Pins([(500, ("rex", "strike", True)), (700, ("rex", "strike", False))]), []
    asyncio.run(run(Minimal(SETTINGS, {}), pins, pins.now_ms, lambda: fed.append(pins.ms), Mail()))
    assert pins.locks[3:] == [(500, "strike", False), (3700, "strike", True)]
    assert RUN_MS <= pins.ms < RUN_MS + 1000
    assert max(later - before for before, later in zip(fed, fed[1:])) <= 1000
