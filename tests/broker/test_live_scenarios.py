"""Scenarios in real time: each controller a process, on CPython or MicroPython, over a real mosquitto."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from host_sim.live.interpreters import MICROPYTHON
from host_sim.live.play import play
from host_sim.script.scenario import load
from tests import interpreters
from tests.brokers import UMQTT, Mosquitto, need

pytestmark = [pytest.mark.broker, pytest.mark.slow]
FOLDER = interpreters.ROOT / "host_sim/scenarios"
LONGEST_S = 60
JOBS, AGAIN_MAX = 16, 12  # they mostly wait
# Expects moments to the millisecond, which only virtual time has.
EXACT = ("anti_passback/entry-explains-itself",)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    if not interpreters.find(MICROPYTHON):
        need(interpreters.ROOT / ".cache/micropython64/micropython", "MicroPython")
    need(UMQTT, "umqtt.simple")
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


def told(path: Path) -> str:
    return str(path.relative_to(FOLDER).with_suffix(""))


def scenarios() -> list:
    """Those that last a minute at most, the longest first."""
    files = [path for path in sorted(FOLDER.rglob("*.json")) if path.parent.name != "sites" and told(path) not in EXACT]
    found = [load(str(path)) for path in files]
    return sorted([one for one in found if one.steps[-1].at <= LONGEST_S], key=lambda one: -one.steps[-1].at)


def on_micropython(number: int, scenario) -> set:
    """Every other controller, of every other scenario the first of them."""
    return set(sorted(scenario.site.controllers)[number % 2 :: 2])


def played(chosen: list, broker, jobs: int) -> list:
    """Play scenarios at the same time. Returns (number, scenario) of those that did not hold, and prints why."""
    with ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(lambda one: play(one[1], broker.settings, on_micropython(*one), one[1].seed), chosen))
    failed = [(one, result.failures) for one, result in zip(chosen, results, strict=True) if result.failures]
    print(*["\n".join(failures) for _, failures in failed], sep="\n")
    return [one for one, _ in failed]


def test_every_scenario_of_up_to_a_minute_holds_in_real_time(broker):
    """Some leave a board a quarter of a second, and this machine has other tests to run: few are played twice, the second time alone."""
    chosen = list(enumerate(scenarios()))
    assert len(chosen) > 100
    again = played(chosen, broker, JOBS)
    assert len(again) <= AGAIN_MAX
    assert not played(again, broker, 1)


def run(*arguments: str) -> subprocess.CompletedProcess:
    """`python -m host_sim run` as a person calls it."""
    command = [sys.executable, "-m", "host_sim", "run", *arguments]
    return subprocess.run(command, cwd=interpreters.ROOT, env=os.environ, capture_output=True, text=True, timeout=120)


def test_the_command_says_the_same_over_a_broker_as_in_virtual_time(broker):
    file = "host_sim/scenarios/anti_passback/parent-never-seen.json"
    url = f"mqtt://127.0.0.1:{broker.port}"
    runs = [run(file), run(file, "--broker", url, "--micropython", "c1"), run(file, "--broker")]
    assert [one.returncode for one in runs] == [0, 0, 0], [one.stderr for one in runs]
    told_events = [[json.loads(line) for line in one.stdout.splitlines()] for one in runs]
    assert told_events[0][-1] == told_events[1][-1] == told_events[2][-1]
    kinds = [sorted((event["controller"], event["type"]) for event in events[:-1]) for events in told_events]
    assert kinds[0] == kinds[1] == kinds[2]


def test_an_expectation_that_fails_and_a_broker_that_is_not_there_are_told(broker, tmp_path):
    data = json.loads((FOLDER / "given/two-boards.json").read_text())
    data["steps"] = [{"at": 1, "expect": [{"door": "north", "locked": False}, {"door": "north", "locked": True}]}]
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(data))
    wrong = run(str(path), "--broker", f"mqtt://127.0.0.1:{broker.port}")
    assert wrong.returncode == 1 and 'expected {"door": "north", "locked": false}' in wrong.stderr
    assert json.loads(wrong.stdout.splitlines()[-1]) == {"scenario": str(path), "passed": 1, "failed": 1}
    nobody = run(str(path), "--broker", "mqtt://127.0.0.1:1")
    assert nobody.returncode == 2 and "no broker at 127.0.0.1:1: Connection refused" in nobody.stderr and not nobody.stdout
    strange = run(str(path), "--broker", "http://127.0.0.1:1")
    assert strange.returncode == 2 and "write mqtt://host:port" in strange.stderr
    nameless = run(str(path), "--broker", "--micropython", "c9")
    assert nameless.returncode == 2 and "there is no controller 'c9'" in nameless.stderr
