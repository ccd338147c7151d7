"""Plays a scenario in a world and counts which expectations held."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from host_sim.script.lines import line, summary
from host_sim.script.scenario import Scenario
from host_sim.views import WorldError

AFTERMATH_MS = 1000  # the simulation runs on that long after the last step


@dataclass
class Result:
    """What came of one scenario."""

    passed: int = 0
    failures: list = field(default_factory=list)


class Run:
    """One scenario in one world. Events go to `write` as they happen."""

    def __init__(self, scenario: Scenario, world, write: Callable[[str], None]):
        self.scenario = scenario
        self.world = world
        self.write = write
        self.events = []  # since the previous expect
        self.result = Result()
        for event in world.events:
            self._take(event)
        world.on_event = self._take

    def play(self) -> Result:
        """Run every step, then a second more."""
        for index, step in enumerate(self.scenario.steps):
            self.world.run_until(step.at_ms)
            if step.expect:
                self._look(index, step)
            else:
                self._do(index, step)
        last_ms = self.scenario.steps[-1].at_ms if self.scenario.steps else 0
        self.world.run_until(last_ms + AFTERMATH_MS)
        self.write(summary(self.scenario.file, self.result.passed, len(self.result.failures)))
        return self.result

    def _take(self, event: dict) -> None:
        self.events.append(event)
        self.write(line(event))

    def _do(self, index: int, step) -> None:
        """Do a step. One that this world cannot do is a failure that says so."""
        try:
            step.play(self.world)
        except WorldError as refusal:
            self.result.failures.append(f"{self.scenario.file}: steps[{index}].{step.action} at {step.at:g}: {refusal}")

    def _look(self, index: int, step) -> None:
        for number, expectation in enumerate(step.expect):
            wrong = expectation.wrong(self.world, self.events)
            if wrong is None:
                self.result.passed += 1
            else:
                where = f"{self.scenario.file}: steps[{index}].expect[{number}] at {step.at:g}"
                wanted = json.dumps(expectation.model_dump(exclude_unset=True))
                self.result.failures.append(f"{where}: expected {wanted}: {wrong}")
        self.events = []
