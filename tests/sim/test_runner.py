"""The runner alone, over a world that does as the test says."""

import json

import pytest

from host_sim.script.runner import Run
from host_sim.script.scenario import Scenario
from host_sim.script.steps import Step
from tests.sim.fake_world import FakeWorld

GRANTED = {"type": "access.granted", "user": "kim", "judge": {"office": ["in", "hard"]}}


def played(steps: list, world: FakeWorld) -> tuple:
    """(lines written, result) of a run."""
    lines = []
    scenario = Scenario("a.json", "", 0, 1, None, [Step.model_validate(step) for step in steps])
    result = Run(scenario, world, lines.append).play()
    return lines, result


def looked(expectation: dict, world: FakeWorld) -> str | None:
    """What is wrong with one expectation at 5 s, or None."""
    _, result = played([{"at": 5, "expect": [expectation]}], world)
    assert result.passed + len(result.failures) == 1
    return result.failures[0] if result.failures else None


def test_steps_happen_at_their_time_and_in_order():
    world = FakeWorld()
    steps = [
        {"at": 1, "badge": {"reader": "lobby_in", "user": "kim"}},
        {"at": 1.5, "open": "lobby"},
        {"at": 1.5, "close": "lobby"},
        {"at": 2.0004, "keys": {"reader": "lobby_in", "digits": "12#"}},
        {"at": 3, "network": {"groups": [["c1"], ["c2", "c3"]]}},
        {"at": 4, "command": {"operator": "ada", "action": "set", "area": "office", "anti_passback": "off"}},
        {"at": 5, "reader": {"reader": "r", "mute": False}},
    ]
    played(steps, world)
    assert world.calls == [
        (1000, "badge", "lobby_in", {"card": None, "user": "kim"}),
        (1500, "leaf", "lobby", True, {}),
        (1500, "leaf", "lobby", False, {}),
        (2000, "keys", "lobby_in", "12#", {}),
        (3000, "set_network", [["c1"], ["c2", "c3"]], {}),
        (4000, "command", {"operator": "ada", "action": "set", "area": "office", "anti_passback": "off"}, {}),
        (5000, "reader", "r", "mute", False, {}),
    ]


def test_the_world_runs_on_for_a_second_after_the_last_step():
    world = FakeWorld({2400: [GRANTED], 2600: [GRANTED]})
    lines, _ = played([{"at": 1.5, "open": "lobby"}], world)
    assert world.now_ms == 2500 and len(lines) == 2


def test_a_scenario_without_steps_runs_for_a_second():
    world = FakeWorld()
    lines, _ = played([], world)
    assert world.now_ms == 1000
    assert lines == ['{"scenario": "a.json", "passed": 0, "failed": 0}']


def test_an_event_is_one_line_with_keys_in_a_fixed_order():
    world = FakeWorld({250: [{"zeal": 1, "user": "kim", "judge": {"b": 1, "a": 2}, "type": "access.granted"}]})
    lines, _ = played([], world)
    assert lines[0] == (
        '{"at": 0.250, "controller": "c1", "inc": 1, "seq": 1, "type": "access.granted", '
        '"user": "kim", "judge": {"a": 2, "b": 1}, "zeal": 1}'
    )


def test_an_event_counts_up_to_and_at_the_instant_of_the_expect():
    steps = [{"at": 1, "expect": [{"event": {"type": "access.granted"}}]}]
    assert played(steps, FakeWorld({1000: [GRANTED]}))[1].passed == 1
    assert played(steps, FakeWorld({1001: [GRANTED]}))[1].passed == 0


def test_an_event_counts_once_until_the_next_expect():
    world = FakeWorld({500: [GRANTED]})
    granted = {"type": "access.granted"}
    steps = [{"at": 1, "expect": [{"event": granted}]}, {"at": 2, "expect": [{"no_event": granted}, {"event": granted}]}]
    _, result = played(steps, world)
    assert result.passed == 2
    assert "steps[1].expect[1] at 2: expected" in result.failures[0]
    assert "nothing at all happened" in result.failures[0]


def test_every_expectation_is_counted_and_a_failure_says_what_was_there():
    world = FakeWorld({500: [GRANTED]})
    wanted = {"type": "access.granted", "user": "lee"}
    lines, result = played([{"at": 1, "expect": [{"event": wanted}, {"event": GRANTED}]}], world)
    assert json.loads(lines[-1]) == {"scenario": "a.json", "passed": 1, "failed": 1}
    assert result.failures[0].startswith('a.json: steps[0].expect[0] at 1: expected {"event": ')
    assert '"type": "access.granted", "user": "kim"' in result.failures[0]


@pytest.mark.parametrize(
    ("pattern", "held"),
    [
        ({"user": "kim"}, True),
        ({"user": "kim", "type": "access.denied"}, False),
        ({"judge": {"office": ["in", "hard"]}}, True),
        ({"judge": {"office": ["in"]}}, False),
        ({"seq": 1}, True),
        ({"seq": 1.0}, True),
        ({"seq": True}, False),
        ({"at": 0.5}, True),
        ({"pardoned": None}, True),
        ({"pardoned": False}, False),
        ({"user": None}, False),
    ],
)
def test_a_pattern_means_equality_of_every_field_it_gives(pattern, held):
    assert (looked({"event": pattern}, FakeWorld({500: [GRANTED]})) is None) is held
    assert (looked({"no_event": pattern}, FakeWorld({500: [GRANTED]})) is None) is not held


def test_a_row_holds_when_every_powered_controller_says_so():
    world = FakeWorld()
    row = {"presence": "in", "violation": None, "suspected": None}
    world.rows = {("c1", "office", "kim"): row, ("c2", "office", "kim"): row | {"violation": "double_exit"}}
    wanted = {"area": "office", "user": "kim", "presence": "in", "violation": None}
    assert "c2 says" in looked(wanted, world)
    assert looked(wanted | {"controller": "c1"}, world) is None
    world.unpowered = {"c2"}
    assert looked(wanted, world) is None
    world.unpowered = {"c1", "c2"}
    assert "no powered controller" in looked(wanted, world)


def test_never_reads_unknown_and_none_reads_null():
    wanted = {"area": "office", "user": "kim", "presence": "unknown", "violation": "none"}
    assert looked(wanted, FakeWorld()) is None
    assert looked(wanted | {"presence": "out"}, FakeWorld()) is not None


@pytest.mark.parametrize(
    ("expectation", "held"),
    [
        ({"door": "lobby", "locked": True}, True),
        ({"door": "lobby", "locked": True, "open": True}, False),
        ({"output": "strobe", "on": True}, True),
        ({"output": "strobe", "on": False}, False),
        ({"area": "office", "occupancy": 3}, True),
        ({"area": "office", "occupancy": 2}, False),
        ({"agree": True}, True),
    ],
)
def test_states_are_compared(expectation, held):
    assert (looked(expectation, FakeWorld()) is None) is held


def test_controllers_that_differ_do_not_agree():
    world = FakeWorld()
    world.differences = ["office kim: c1 says in, c2 says out"]
    assert "c2 says out" in looked({"agree": True}, world)
