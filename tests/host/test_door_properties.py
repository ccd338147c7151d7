"""Hard rules of a door, tried with random settings, inputs and times: whatever comes, they hold."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.core.doors import HELD_MS, UNLOCK_MS, VERBS, do, door, said

pytestmark = pytest.mark.slow

LONG_MS = 4 * HELD_MS

SETTINGS = st.fixed_dictionaries(
    {
        "lock": st.sampled_from(["fail_secure", "fail_safe"]),
        "relock_on": st.sampled_from(["open", "close", "timer"]),
        "rex": st.sampled_from(["none", "unlock", "shunt", "report"]),
        "sensor": st.sampled_from([True, True, True, False]),
        "unlock_after_first": st.booleans(),
        "held_open_ms": st.sampled_from([0, 3000, HELD_MS]),
        "is_open": st.booleans(),
    }
)
# Gaps that meet and just miss the door's own times, and arbitrary ones.
GAPS_MS = st.one_of(
    st.sampled_from([0, 1, 249, 250, 500, UNLOCK_MS - 1, UNLOCK_MS, 3 * UNLOCK_MS, HELD_MS - 5000, HELD_MS, LONG_MS]),
    st.integers(0, LONG_MS),
)
STEP = st.tuples(GAPS_MS, st.sampled_from(sorted(VERBS)))
STEPS = st.one_of(st.lists(STEP, max_size=40), st.lists(STEP, min_size=20, max_size=60))
END = [(LONG_MS, verb) for verb in ("release", "calm", "unschedule", "close", "tick")]

CASES = settings(max_examples=300, deadline=None)


def timed(steps):
    """[(gap, verb)] -> [(now_ms, verb, arguments)]; each grant is somebody else's."""
    now_ms, made = 0, []
    for number, (gap_ms, verb) in enumerate(steps):
        now_ms += gap_ms
        made.append((now_ms, verb, [str(number)] if verb in ("grant", "extended") else []))
    return made


def ticked(a_door, until_ms):
    """Tick at every deadline before `until_ms`; yields (now_ms, actions)."""
    last_ms = -1
    while a_door.next_deadline_ms() is not None and a_door.next_deadline_ms() <= until_ms:
        due_ms = a_door.next_deadline_ms()
        assert due_ms > last_ms, "a deadline that was met must not come again"
        last_ms = due_ms
        yield due_ms, do(a_door, due_ms, "tick")


def run(a_door, steps):
    """Play steps, with a tick at each deadline between them; yields (now_ms, verb, actions)."""
    for now_ms, verb, arguments in timed(steps):
        for due_ms, actions in ticked(a_door, now_ms):
            yield due_ms, "tick", actions
        yield now_ms, verb, do(a_door, now_ms, verb, *arguments)


def words(history):
    return [word for *_, actions in history for word in said(actions).split()]


class Inputs:
    """What the contacts and the site say now."""

    def __init__(self):
        self.is_pressed = self.in_emergency = self.in_lockdown = False

    def take(self, verb):
        self.is_pressed = {"press": True, "release": False}.get(verb, self.is_pressed)
        self.in_emergency = {"emergency": True, "calm": False}.get(verb, self.in_emergency)
        self.in_lockdown = {"lockdown": True, "lift": False}.get(verb, self.in_lockdown)


@given(SETTINGS, STEPS)
@CASES
def test_rex_and_emergency_always_find_the_lock_free(config, steps):
    a_door, inputs = door(**config), Inputs()
    for now_ms, verb, _ in run(a_door, steps):
        inputs.take(verb)
        if config["rex"] == "unlock" and inputs.is_pressed:
            assert not a_door.is_locked, (now_ms, verb)
        if config["lock"] == "fail_safe" and inputs.in_emergency:
            assert not a_door.is_locked, (now_ms, verb)


@given(SETTINGS, STEPS)
@CASES
def test_lockdown_stands_unlocked_for_nobody_but_what_came_after_it(config, steps):
    a_door, inputs = door(**config), Inputs()
    freed_by = ("grant", "extended", "unlock", "press", "release")
    is_shut = False
    for now_ms, verb, _ in run(a_door, steps):
        began = verb == "lockdown" and not inputs.in_lockdown
        inputs.take(verb)
        is_shut = inputs.in_lockdown and (began or is_shut) and verb not in freed_by
        if is_shut and config["rex"] != "unlock" and not inputs.in_emergency:
            assert a_door.is_locked, (now_ms, verb)


@given(SETTINGS, STEPS)
@CASES
def test_held_comes_at_most_once_in_an_opening(config, steps):
    held = 0
    for word in words(run(door(**config), steps)):
        held = 0 if word in ("opened", "closed") else held + (word == "held")
        assert held <= 1


@given(SETTINGS, STEPS)
@CASES
def test_restored_comes_once_and_only_after_forced_or_held(config, steps):
    is_wrong = False
    for word in words(run(door(**config), steps + END)):
        if word == "restored":
            assert is_wrong
        is_wrong = word != "restored" and (is_wrong or word in ("forced", "forced!", "held"))
    assert not is_wrong, "a closed door has no alarm left"


@given(SETTINGS, STEPS)
@CASES
def test_every_grant_ends_as_entered_or_not_used_and_only_once(config, steps):
    a_door = door(**config)
    found = words(run(a_door, steps + END))
    ended = sorted(word.split(":")[1] for word in found if ":" in word)
    granted = sorted(who for _, verb, arguments in timed(steps) for who in arguments)
    assert ended == (granted if config["sensor"] else [])
    assert a_door.pending == []


@given(SETTINGS, STEPS)
@CASES
def test_nobody_enters_without_an_open_leaf(config, steps):
    a_door = door(**config)
    for *_, actions in run(a_door, steps):
        if any(action[0] == "entered" for action in actions):
            assert a_door.is_open


@given(SETTINGS, STEPS)
@CASES
def test_told_lock_is_the_real_lock(config, steps):
    a_door = door(**config)
    is_locked = True
    for *_, actions in run(a_door, steps):
        for word in said(actions).split():
            if word[0] in "+-":
                assert is_locked == (word[0] == "+"), "unlocked and locked take turns"
                is_locked = not is_locked
        assert is_locked == a_door.is_locked


@given(SETTINGS, STEPS)
@CASES
def test_tick_is_idempotent(config, steps):
    a_door = door(**config)
    for now_ms, verb, arguments in timed(steps):
        do(a_door, now_ms, verb, *arguments)
        do(a_door, now_ms, "tick")
        due_ms = a_door.next_deadline_ms()
        assert do(a_door, now_ms, "tick") == []
        assert a_door.next_deadline_ms() == due_ms


@given(SETTINGS, STEPS, st.lists(st.integers(0, 10 * LONG_MS), max_size=20))
@example({"sensor": True, "held_open_ms": 3000, "is_open": False}, [(0, "open"), (0, "close")], [])
@CASES
def test_more_or_fewer_ticks_change_nothing(config, steps, moments_ms):
    """One door is ticked at every deadline and at any other moments, the other only called when something happens."""
    busy, lazy = door(**config), door(**config)
    told_busy, told_lazy, last_ms = [], [], 0
    for now_ms, verb, arguments in timed(steps + END):
        between = {at_ms for at_ms in moments_ms if last_ms <= at_ms < now_ms}
        for at_ms in sorted(between):
            told_busy += [(at_ms, actions) for at_ms, actions in ticked(busy, at_ms)]
            assert do(busy, at_ms, "tick") == [], "nothing falls due between deadlines"
        told_busy += [*ticked(busy, now_ms), (now_ms, do(busy, now_ms, verb, *arguments))]
        told_lazy += [(now_ms, do(lazy, now_ms, verb, *arguments))]
        last_ms = now_ms
    assert words(told_busy) == words(told_lazy)
    assert busy.is_locked == lazy.is_locked
    assert busy.next_deadline_ms() == lazy.next_deadline_ms()


# A second, naive reading of firmware/RULES.md, "Doors": nothing is remembered, the whole past is asked each time.


class Past:
    def __init__(self, config):
        self.config = config
        self.steps = []

    def begun_ms(self, begin, end):
        """Since when `begin` holds without an `end` after it; None: it does not."""
        since_ms = None
        for at_ms, verb in self.steps:
            since_ms = None if verb == end else at_ms if verb == begin and since_ms is None else since_ms
        return since_ms

    def reaches(self, verb, for_ms, now_ms):
        """An input whose time is not up, and that no lockdown cut."""
        times = [number for number, (at_ms, name) in enumerate(self.steps) if name == verb and now_ms < at_ms + for_ms]
        return any(not self._is_cut(number) for number in times)

    def _is_cut(self, number):
        """True if a lockdown begins after step `number`."""
        in_lockdown = False
        for later, (_, verb) in enumerate(self.steps):
            if verb == "lockdown" and not in_lockdown and later > number:
                return True
            in_lockdown = {"lockdown": True, "lift": False}.get(verb, in_lockdown)
        return False

    def stands_unlocked(self):
        begun = self._last_begin("schedule", "unschedule")
        if begun is None or self.begun_ms("lockdown", "lift") is not None:
            return False
        came = any(verb in ("grant", "extended") for _, verb in self.steps[begun:])
        return came or not self.config["unlock_after_first"]

    def _last_begin(self, begin, end):
        begun = None
        for number, (_, verb) in enumerate(self.steps):
            begun = None if verb == end else number if verb == begin and begun is None else begun
        return begun

    def is_leaving(self, now_ms):
        """The contact is pressed, or was released less than unlock_s ago."""
        released_ms, is_pressed = None, False
        for at_ms, verb in self.steps:
            if verb == "release" and is_pressed:
                released_ms = at_ms
            is_pressed = {"press": True, "release": False}.get(verb, is_pressed)
        return is_pressed or (released_ms is not None and now_ms < released_ms + UNLOCK_MS)

    def is_free(self, now_ms):
        """What a door that relocks by timer must be."""
        rex = self.config["rex"] == "unlock" and self.is_leaving(now_ms)
        emergency = self.config["lock"] == "fail_safe" and self.begun_ms("emergency", "calm") is not None
        granted = self.reaches("grant", UNLOCK_MS, now_ms) or self.reaches("extended", 3 * UNLOCK_MS, now_ms)
        return rex or emergency or granted or self.reaches("unlock", UNLOCK_MS, now_ms) or self.stands_unlocked()


@given(SETTINGS, STEPS)
@CASES
def test_timed_door_is_free_exactly_while_the_past_gives_a_reason(config, steps):
    config = dict(config, relock_on="timer")
    a_door, past = door(**config), Past(config)
    for now_ms, verb, _ in run(a_door, steps):
        past.steps.append((now_ms, verb))
        assert a_door.is_locked != past.is_free(now_ms), (now_ms, verb)
        assert a_door.stands_unlocked() == past.stands_unlocked()


@given(SETTINGS, STEPS)
@CASES
def test_opening_is_forced_exactly_when_the_past_lets_nobody(config, steps):
    config = dict(config, relock_on="timer", sensor=True)
    config["rex"] = "none" if config["rex"] in ("shunt", "report") else config["rex"]
    a_door, past = door(**config), Past(config)
    for now_ms, verb, actions in run(a_door, steps):
        is_let = past.is_free(now_ms) or past.begun_ms("emergency", "calm") is not None
        past.steps.append((now_ms, verb))
        if "opened" in said(actions).split():
            assert ("forced" in said(actions).split()) != is_let, (now_ms, verb)


@given(SETTINGS, STEPS, st.sampled_from(["shunt", "report"]))
@CASES
def test_rex_contact_of_hardware_excuses_or_names_every_opening(config, steps, rex):
    """`shunt` never says egress; `report` says it only of a leaf that moved while somebody was leaving."""
    config = dict(config, rex=rex, sensor=True)
    a_door, past = door(**config), Past(config)
    for now_ms, verb, actions in run(a_door, steps):
        past.steps.append((now_ms, verb))
        if "forced!" in said(actions).split():
            assert rex == "report" and past.is_leaving(now_ms)
        if "forced" in said(actions).split():
            assert verb == "tick", "without the contact's word the verdict waits"


@pytest.mark.parametrize("lock", ["fail_secure", "fail_safe"])
def test_tens_of_thousands_of_inputs_leave_no_trace(lock):
    """A door forgets: after a calm hour it is what it was when new, and has nothing left to do."""
    a_door = door(lock=lock)
    steps = [(137 * n % 7000, sorted(VERBS)[n * n % len(VERBS)]) for n in range(20000)]
    for _ in run(a_door, steps + END + [(LONG_MS, "lift")]):
        pass
    assert a_door.is_locked and not a_door.is_open
    assert a_door.pending == [] and a_door.next_deadline_ms() is None
