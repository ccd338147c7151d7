"""What only the console can see, and how long it waits before it says so."""

from hypothesis import given
from hypothesis import strategies as st

from tools.console.alerts.lookout import DEAF, PATIENCE_MS, Lookout, Sight

BOTH = ("c1", "c2")


def told(lookout: Lookout, *steps: tuple) -> list[tuple]:
    """(ms, link is up, who is online) of each step -> what was told, and at which step."""
    return [(ms, event.get("peer", event["type"]), event["at_ms"]) for ms, is_up, online in steps for event in lookout.look(Sight(is_up, frozenset(online)), BOTH, ms)]


def test_the_only_board_that_is_gone_is_told_once():
    steps = ((0, True, BOTH), (1000, True, ("c1",)), (1000 + PATIENCE_MS - 1, True, ("c1",)), (1000 + PATIENCE_MS, True, ("c1",)), (10**6, True, ("c1",)))
    assert told(Lookout("console"), *steps) == [(1000 + PATIENCE_MS, "c2", 1000)]


def test_one_that_came_back_is_told_again_when_it_goes_again():
    lookout = Lookout("console")
    assert told(lookout, (0, True, BOTH), (1, True, ()), (PATIENCE_MS, True, BOTH), (PATIENCE_MS + 1, True, ())) == []
    assert [name for _, name, _ in told(lookout, (10**6, True, ()), (10**6 + 1, True, BOTH), (10**6 + 2, True, ()), (10**7, True, ()))] == ["c1", "c2"] * 2


def test_a_deaf_console_says_that_and_nothing_of_boards_that_it_cannot_hear():
    lookout = Lookout("console")
    steps = ((0, True, BOTH), (10, False, ()), (10 + PATIENCE_MS, False, ()), (10**6, False, ()))
    assert told(lookout, *steps) == [(10 + PATIENCE_MS, DEAF, 10)]
    after = ((10**6 + 1, True, ()), (10**6 + PATIENCE_MS, True, BOTH), (10**6 + PATIENCE_MS + 1, True, BOTH))
    assert told(lookout, *after) == []


def test_a_console_that_starts_again_does_not_say_it_again():
    first = Lookout("console")
    assert told(first, (0, True, ("c1",)), (PATIENCE_MS, True, ("c1",))) and first.told == {"c2"}
    second = Lookout("console", first.told)
    assert told(second, (10**6, True, ("c1",)), (10**7, True, ("c1",))) == []
    assert told(second, (10**7 + 1, True, BOTH), (10**7 + 2, True, ("c1",)), (10**8, True, ("c1",))) == [(10**8, "c2", 10**7 + 2)]


@given(st.lists(st.tuples(st.integers(0, PATIENCE_MS), st.booleans(), st.sets(st.sampled_from(BOTH)))))
def test_nothing_is_told_twice_without_being_over_in_between(steps):
    lookout, now_ms, silent = Lookout("console"), 0, set()
    for pause_ms, is_up, online in steps:
        now_ms += pause_ms
        silent -= online | {DEAF} if is_up else set()
        for event in lookout.look(Sight(is_up, frozenset(online)), BOTH, now_ms):
            what = event.get("peer", DEAF)
            assert what not in silent and what not in (online if is_up else set()) and (what == DEAF) is not is_up
            assert now_ms - event["at_ms"] >= PATIENCE_MS
            silent.add(what)
