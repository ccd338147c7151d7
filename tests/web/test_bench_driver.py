"""The driven world: levers reach it, wrong names are refused in words, its bugs do not end the bench."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_sim.bench.bench import Bench
from host_sim.bench.simulated import CUT, Simulated
from tests.web.browser import ROOT
from tools.site import load
from tools.web import edge
from tools.web.faults import KINDS_MAX, TEXT_LEN_MAX, Faults

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3))


class Clock:
    """A wall clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def bench():
    made = Bench(Simulated(load(str(ROOT / "host_sim/sites/hq.toml")), 1_795_424_400_000))
    made.driver._clock, made.driver._zero = Clock(), 0.0
    return made


def wait(bench, seconds: float) -> None:
    bench.driver._clock.now_s += seconds
    bench.driver.advance()


def test_a_badge_moves_a_person_and_the_view_shows_it(bench):
    assert bench.driver.act("badge", "lobby_in", user="kim") is None
    wait(bench, 1)
    view = bench.driver.look()
    assert view.people["kim"].place == "office" and view.inside("office") == ["kim"]
    assert view.signals["lobby_in"][0] == "granted"
    bench.driver.act("badge", "lobby_in", user="kim")
    wait(bench, 2)
    [trouble] = bench.driver.look().troubles
    assert (trouble.user, trouble.area, trouble.kind, trouble.is_suspicion) == ("kim", "office", "double_entrance", False)
    assert bench.command("ada", "clear", area="office", user="kim", reason="test") is None
    wait(bench, 1)
    assert not bench.driver.look().troubles


@pytest.mark.parametrize("verb, args", [("badge", ("nowhere",)), ("leaf", ("nowhere", True)), ("fire", ("nobody", True)),
                                        ("keys", ("lobby_in", "x")), ("no_such_verb", ()), ("rex", ())])
def test_what_is_not_there_is_refused_in_words(bench, verb, args):
    assert bench.driver.act(verb, *args)
    assert bench.faults.total == 1
    wait(bench, 1)
    assert bench.faults.total == 1


def test_a_split_is_seen_as_a_dispute_and_heals(bench):
    bench.levers.link("front", "B")
    assert bench.levers.is_split()
    wait(bench, 3)
    bench.driver.act("badge", "lobby_in", user="noa")
    wait(bench, 3)
    assert bench.driver.look().people["noa"].is_disputed
    bench.levers.heal()
    wait(bench, 5)
    assert not bench.driver.look().people["noa"].is_disputed
    bench.levers.link("front", CUT)
    assert bench.levers.is_split()


def test_no_power_leaves_an_area_unwatched(bench):
    bench.driver.act("power", "core", False)
    wait(bench, 1)
    view = bench.driver.look()
    assert not view.boards["core"].has_power and view.holders["vault"] == []
    assert not view.doors["vault"]["locked"], "a maglock without power is free"


def test_a_bug_of_the_simulator_is_counted_and_the_bench_goes_on(bench):
    bench.driver.world.run_until = lambda until_ms: 1 // 0
    wait(bench, 1)
    assert bench.faults.counts["simulator"] and "ZeroDivision" in bench.faults.newest
    assert bench.driver.behind_s() == 1


def test_events_are_kept_within_bounds(bench):
    for _ in range(1200):
        bench.driver.take({"type": "x"})
    assert len(bench.driver.events) == bench.driver.events.maxlen
    assert len(bench.events_since(bench.driver.event_count - 3)) == 3
    assert len(bench.events_since(0)) == bench.driver.events.maxlen
    assert bench.events_since(bench.driver.event_count) == []


def test_faults_are_bounded():
    faults = Faults()
    for number in range(500):
        faults.count(f"kind {number}", "x" * 5000)
    assert faults.total == 500 and len(faults.counts) <= KINDS_MAX + 1 and len(faults.newest) <= TEXT_LEN_MAX


@settings(max_examples=300, deadline=None)
@given(st.lists(JSON, max_size=2), st.sampled_from(sorted(edge.SHAPES) + ["ack"]))
def test_no_message_gets_past_the_border_as_an_exception(message, name):
    faults, passed = Faults(), []

    def handler(sid, *args):
        passed.append(args[0]["client_id"])
        raise KeyError("as the toolkit does")

    asyncio.run(edge.guarded(handler, name, faults)("sid", *message))
    assert faults.total == 1


@given(JSON)
def test_values_from_the_page_are_checked(value):
    faults = Faults()
    assert isinstance(edge.text(value, faults), str)
    whole = edge.whole(value, -10, 10, faults)
    assert whole is None or -10 <= whole <= 10
    assert edge.choice(value, {"a", "b"}, faults) in ("a", "b", None)
