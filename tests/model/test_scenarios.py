"""The model by itself, on the scenarios: whoever wrote an expectation and whoever wrote the model read the same pages."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.model.check import holds
from tests.model.play import NaiveSite

SCENARIOS = Path(__file__).parents[2] / "host_sim" / "scenarios"
FOLDERS = ("anti_passback", "boards", "given")
FILES = sorted(path for folder in FOLDERS for path in (SCENARIOS / folder).rglob("*") if path.suffix in (".json", ".toml"))
# Badges in flight, bad settings, and a clock that is not trusted: the model knows the true time always.
BEYOND = ("companion", "race", "others-queue", "settings-that-make-no-sense", "reset-at-waits-for-the-clock")


def load(path: Path):
    text = path.read_text()
    return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)


def scenario(path: Path):
    """The scenario with its site in it."""
    written = load(path)
    site = written["site"]
    return written | {"site": load(path.parent / site) if isinstance(site, str) else site}


@pytest.mark.parametrize("path", [path for path in FILES if not path.stem.startswith(BEYOND)], ids=lambda path: path.stem)
def test_the_model_agrees_with_the_scenario(path):
    told = scenario(path)
    naive, mark = NaiveSite(told["site"], told["start"]), 0
    for step in told["steps"]:
        for expectation in step.get("expect", []):
            assert holds(naive, naive.events[mark:], expectation, step["at"]), (step["at"], expectation)
        if "expect" in step:
            mark = len(naive.events)
        else:
            naive.play(step)
