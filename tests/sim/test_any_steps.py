"""Whatever is done to a site, in whatever order: nothing stops it, and a file is a scenario or says why not."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host_sim.script.commands import ACTIONS
from host_sim.script.runner import Run
from host_sim.script.scenario import Scenario, ScenarioError, load
from host_sim.script.steps import Step
from host_sim.world import World
from tools.site import load as load_site

pytestmark = pytest.mark.slow

SCENARIOS = Path(__file__).resolve().parents[2] / "host_sim" / "scenarios"
SITES = {path.stem: load_site(path) for path in sorted((SCENARIOS / "sites").glob("*.toml"))}
GIVEN = [json.loads(path.read_text()) for path in sorted((SCENARIOS / "given").glob("*.json"))]
START_MS = 1767603540000  # a minute before nine on a Monday
NO_CARD = "H10301:1:1"

bits = st.text("01", min_size=1, max_size=60)
digits = st.text("0123456789*#", min_size=1, max_size=12)
flags = st.booleans()
words = st.sampled_from(["soft", "hard", "in", "", "00:30"])
values = st.one_of(st.none(), flags, st.integers(-5, 2000), words, st.lists(st.text("ab", max_size=3), max_size=2))


def one_of(table) -> st.SearchStrategy:
    """A name of a table of the site, or now and then one that it lacks."""
    names = sorted(table)
    return st.sampled_from([*names, *names, "nobody"]) if names else st.just("nobody")


def commands(site) -> st.SearchStrategy:
    fields = {
        "area": one_of(site.areas),
        "user": one_of(site.users),
        "door": one_of(site.doors),
        "reader": one_of(site.readers),
        "doors": st.lists(one_of(site.doors), min_size=1, max_size=3),
        "output": one_of(site.outputs),
        "presence": st.sampled_from(["in", "out", "unknown"]),
        "active": flags,
        "controller": st.sampled_from(sorted(site.controllers)),
    }
    keys = st.sampled_from(["anti_passback", "capacity", "violation_timeout_s", "reset_at", "x"])
    extra = st.dictionaries(keys, values, max_size=2)

    def command(action: str) -> st.SearchStrategy:
        needed = {key: fields[key] for key in ACTIONS[action][0]}
        operator = {"operator": st.sampled_from(sorted(site.operators)), "action": st.just(action)}
        return st.tuples(st.fixed_dictionaries(needed | operator), extra if action == "set" else st.just({})).map(
            lambda pair: pair[1] | pair[0]
        )

    return st.sampled_from(sorted(ACTIONS)).flatmap(command)


def groups(site) -> st.SearchStrategy:
    """Any split of the controllers, some of them without a link."""
    names = sorted(site.controllers)

    def split(places: list) -> list:
        made = [[name for name, place in zip(names, places, strict=True) if place == n] for n in range(3)]
        return [group for group in made if group]

    return st.one_of(st.just("all"), st.lists(st.integers(0, 3), min_size=len(names), max_size=len(names)).map(split))


def actions(site) -> st.SearchStrategy:
    readers, doors = st.sampled_from(sorted(site.readers)), st.sampled_from(sorted(site.doors))
    controllers = st.sampled_from(sorted(site.controllers))
    people = [name for name, user in sorted(site.users.items()) if user.cards]
    badge = st.one_of(
        st.fixed_dictionaries({"reader": readers, "user": st.sampled_from(people)}),
        st.fixed_dictionaries({"reader": readers, "card": st.just(NO_CARD)}),
    )
    choices = {
        "badge": badge,
        "bits": st.fixed_dictionaries({"reader": readers, "bits": bits}),
        "keys": st.fixed_dictionaries({"reader": readers, "digits": digits}),
        "open": doors,
        "close": doors,
        "rex": st.fixed_dictionaries({"door": doors, "pressed": flags}),
        "fire": st.fixed_dictionaries({"controller": controllers, "active": flags}),
        "network": st.fixed_dictionaries({"groups": groups(site)}),
        "power": st.fixed_dictionaries({"controller": controllers, "on": flags}),
        "clock": st.fixed_dictionaries({"controller": controllers, "offset_s": st.integers(-300, 300)}),
        "command": commands(site),
    }
    if site.inputs:
        choices["input"] = st.fixed_dictionaries({"input": st.sampled_from(sorted(site.inputs)), "active": flags})
    often = ["badge"] * 6 + ["open", "close", "command"] * 2 + list(choices)
    return st.sampled_from(sorted(often)).flatmap(lambda name: choices[name].map(lambda value: {name: value}))


def walks(name: str) -> st.SearchStrategy:
    pause = st.sampled_from([0, 0.01, 0.1, 0.5, 2, 2, 7, 20, 61, 400])
    return st.tuples(st.just(name), st.lists(st.tuples(pause, actions(SITES[name])), min_size=1, max_size=25))


@given(st.sampled_from(sorted(SITES)).flatmap(walks))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_that_is_done_to_a_site_stops_it(walk):
    name, moves = walk
    at, steps = 0, []
    for pause, action in moves:
        at += pause
        steps.append(Step.model_validate({"at": at} | action))
    lines = []
    world = World(SITES[name], START_MS)
    Run(Scenario("any", "", START_MS, 1, SITES[name], steps), world, lines.append).play()
    assert world.now_ms == steps[-1].at_ms + 1000
    assert all(json.loads(line) for line in lines)


def places(value, path: tuple = ()) -> list:
    """Every place of a JSON document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, item in inner for place in places(item, (*path, key))]


json_values = st.recursive(
    st.one_of(st.none(), flags, st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_is_a_scenario_or_says_why_not(tmp_path, data):
    document = copy.deepcopy(data.draw(st.sampled_from(GIVEN)))
    *way, last = data.draw(st.sampled_from(places(document)))
    around = document
    for key in way:
        around = around[key]
    if data.draw(flags):
        around[last] = data.draw(json_values)
    else:
        del around[last]
    path = tmp_path / "any.json"
    path.write_text(json.dumps(document))
    try:
        assert load(str(path)).steps is not None
    except ScenarioError as error:
        assert error.faults and all(fault.startswith(f"{path}: ") for fault in error.faults)
