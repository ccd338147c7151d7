"""Every scenario of the repository, and that a scenario is the same bytes each time."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from host_sim.script.runner import Run
from host_sim.script.scenario import load
from host_sim.world import World

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "host_sim" / "scenarios"
FILES = sorted(path for path in FOLDER.rglob("*") if path.suffix in (".json", ".toml") and path.parent.name != "sites")
# The longest histories: several boards, a split, a power cut, commands.
TWICE = (
    "given/honest-in-a-split",
    "boards/power-cut-in-a-split",
    "boards/withdrawn",
    "emergency/survives-restart-and-split",
)


def told(path: Path) -> str:
    return str(path.relative_to(FOLDER).with_suffix(""))


def output(path: Path, seed: int | None = None) -> tuple:
    """(everything written, failures) of one run in this process."""
    scenario = load(str(path))
    world = World(scenario.site, scenario.start_ms, seed=scenario.seed if seed is None else seed)
    lines = []
    result = Run(scenario, world, lines.append).play()
    return "\n".join(lines), result.failures


def started(*arguments: str, hash_seed: int = 0) -> subprocess.CompletedProcess:
    """`python -m host_sim` as a person calls it."""
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, "-m", "host_sim", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_there_are_the_given_and_forty_more():
    given = [path for path in FILES if path.parent.name == "given"]
    assert len(given) == 7 and len(FILES) >= len(given) + 40


def test_every_scenario_has_a_title_of_its_own_and_looks_at_something():
    titles = {}
    for path in FILES:
        scenario = load(str(path))
        assert scenario.title and any(step.expect for step in scenario.steps), told(path)
        assert scenario.title not in titles, f"{told(path)} and {titles.get(scenario.title)}"
        titles[scenario.title] = told(path)


@pytest.mark.parametrize("path", FILES, ids=told)
def test_scenario(path):
    written, failures = output(path)
    assert not failures, "\n".join([*failures, f"replay: python -m host_sim run {path.relative_to(ROOT)}"])
    assert json.loads(written.splitlines()[-1])["failed"] == 0


@pytest.mark.parametrize("name", TWICE)
def test_the_same_scenario_and_seed_are_the_same_bytes(name):
    path = FOLDER / f"{name}.json"
    assert output(path)[0] == output(path)[0]


@pytest.mark.slow
def test_the_same_bytes_whatever_python_hashes():
    files = [str(Path("host_sim/scenarios") / f"{name}.json") for name in TWICE]
    runs = [started("run", *files, hash_seed=seed) for seed in (0, 1, 4711)]
    assert all(run.returncode == 0 for run in runs), runs[0].stderr
    assert len({hashlib.sha256(run.stdout.encode()).hexdigest() for run in runs}) == 1


def test_lines_are_json_in_the_worlds_order_and_a_summary_ends_each_file():
    files = ["host_sim/scenarios/given/hard.json", "host_sim/scenarios/given/deny-heals.json"]
    run = started("run", *files)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [line["scenario"] for line in lines if "scenario" in line] == files
    assert set(lines[-1]) == {"scenario", "passed", "failed"}
    events = [line for line in lines if "scenario" not in line]
    assert all(list(event)[:5] == ["at", "controller", "inc", "seq", "type"] for event in events)
    denied = next(event for event in events if event["type"] == "access.denied")
    assert denied["reason"] == "double_entrance" and 10 < denied["at"] < 11


def test_an_expectation_that_fails_is_told_with_the_way_to_replay_it(tmp_path):
    data = json.loads((FOLDER / "given" / "hard.json").read_text())
    data["steps"] = [{"at": 1, "expect": [{"door": "lobby", "locked": False}, {"door": "lobby", "locked": True}]}]
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(data))
    run = started("run", str(path), "--seed", "7")
    assert run.returncode == 1
    assert json.loads(run.stdout.splitlines()[-1]) == {"scenario": str(path), "passed": 1, "failed": 1}
    assert 'steps[0].expect[0] at 1: expected {"door": "lobby", "locked": false}' in run.stderr
    assert f"seed 7; replay: python -m host_sim run {path} --seed 7" in run.stderr


def test_the_seed_of_the_command_line_counts():
    path = FOLDER / "given" / "two-boards.json"
    run = started("run", str(path.relative_to(ROOT)), "--seed", "99")
    assert run.returncode == 0
    assert run.stdout.splitlines()[:-1] == output(path, seed=99)[0].splitlines()[:-1]
