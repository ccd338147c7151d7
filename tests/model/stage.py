"""A simulated site on the real firmware, driven step by step; a test that fails leaves its steps as a scenario."""

import json
from pathlib import Path

from host_sim.script.steps import Step
from host_sim.world import World
from tests.model import local_time
from tools.site import parse

BUILD = Path(__file__).parents[2] / "build"
ANSWER_MS = 900  # a badge is answered, and every fact has arrived, after that long
TOLD = ("access.granted", "access.denied")
VIOLATES = ("in_violation", "double_entrance", "double_exit", "exit_without_entrance", "skipped_entrance")
PASSBACK = (*VIOLATES, "area_full", "needs_companion", "isolated")


class Failed(AssertionError):
    """What a walk must not do, and where to see it again."""


def play(world, step: dict) -> None:
    """One step of a scenario. A command goes in as it is, wrong or not."""
    if "command" in step:
        world.command(step["command"])
    else:
        Step.model_validate(step).play(world)


class Stage:
    """`events` is all that was said, `fresh` what was said since the last step began. Units: seconds where a name ends in _s."""

    def __init__(self, site: dict, start: str, name: str):
        self.site, self.start, self.name = site, start, name
        self.start_ms = local_time.unix_ms(site, start)
        self.world = World(parse(site, name), self.start_ms, 1)
        self.events, self.fresh, self.steps = [], [], []
        self.world.on_event = self.take

    def take(self, event: dict) -> None:
        self.events.append(event)
        self.fresh.append(event)

    @property
    def now_s(self) -> float:
        return self.world.now_ms / 1000

    def run(self, steps: list) -> "Stage":
        for step in steps:
            self.step(step)
        return self

    def step(self, step: dict) -> list:
        """What was said within ANSWER_MS of it."""
        self.run_until(step["at"])
        self.steps.append(step)
        self.fresh = []
        play(self.world, step)
        self.run_until(step["at"] + ANSWER_MS / 1000)
        return self.fresh

    def run_until(self, at_s: float) -> None:
        self.world.run_until(max(round(at_s * 1000), self.world.now_ms))

    def do(self, gap_s: float = 2, **action) -> list:
        """One action, `gap_s` after the last."""
        last_s = self.steps[-1]["at"] if self.steps else 0
        return self.step({"at": max(round(last_s + gap_s, 3), self.now_s), **action})

    def badge(self, reader: str, user: str = "kim", gap_s: float = 2):
        """The answer: its event, or None where there is no power."""
        said = self.do(gap_s, badge={"reader": reader, "user": user})
        told = [e for e in said if e["type"] in TOLD and e.get("reader") == reader and e.get("user") == user]
        self.check(len(told) < 2, f"{len(told)} answers to one badge")
        return told[0] if told else None

    def command(self, action: str, operator: str = "ada", gap_s: float = 2, **fields) -> list:
        return self.do(gap_s, command={"operator": operator, "action": action, "reason": "test", **fields})

    def wait(self, seconds: float) -> None:
        """Time passes; the next action counts from here."""
        self.run_until(self.now_s + seconds)

    def row(self, area: str, user: str = "kim") -> dict:
        """As the first powered controller of the area says."""
        return self.world.row(sorted(self.world.holders(area))[0], area, user)

    def rows(self) -> dict:
        """{(controller, area, user): row} of all that have power."""
        return {(c, a, u): self.world.row(c, a, u) for a in self.site["areas"] for c in self.world.holders(a) for u in self.site["users"]}

    def told(self, **fields) -> list:
        """The events with these fields."""
        return [e for e in self.events if all(e.get(k) == v for k, v in fields.items())]

    def check(self, holds, text: str, expectation: dict | None = None) -> None:
        """Fail with a scenario that shows it again."""
        if not holds:
            raise Failed(f"{text}\nreplay: python -m host_sim run {self.save(expectation)}")

    def save(self, expectation: dict | None = None) -> Path:
        """The steps so far as a scenario file, the last of them what should have been there."""
        last = [{"at": self.now_s, "expect": [expectation]}] if expectation else []
        BUILD.mkdir(exist_ok=True)
        path = BUILD / f"{self.name}.json"
        scenario = {"title": self.name, "start": self.start, "seed": 1, "site": self.site, "steps": self.steps + last}
        path.write_text(json.dumps(scenario, indent=1))
        return path
