"""Scenarios over a real broker: same files, same expectations, in real time."""

import sys
from concurrent.futures import ThreadPoolExecutor

from host_sim.live.interpreters import MICROPYTHON
from host_sim.live.site import LiveSite
from host_sim.script.lines import summary
from host_sim.script.runner import Run
from host_sim.script.scenario import Scenario
from host_sim.views import WorldError


class Played:
    """What came of one scenario: what it wrote, and what did not hold."""

    def __init__(self, scenario: Scenario):
        self.scenario = scenario
        self.lines: list[str] = []
        self.failures: list[str] = []


def play_all(scenarios: list[Scenario], broker: dict, micropython: set, seed: int | None, jobs: int):
    """Yield what came of each scenario, in their order; `jobs` are played at a time, because they mostly wait.

    `micropython`: names of the controllers that run on it. With one job, lines are printed as they come.
    """

    def one(scenario: Scenario) -> Played:
        played = Played(scenario)
        _play(played, broker, micropython, scenario.seed if seed is None else seed, _say if jobs == 1 else played.lines.append)
        return played

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(one, scenarios)


def _play(played: Played, broker: dict, micropython: set, seed: int, write) -> None:
    scenario = played.scenario
    kinds = {name: MICROPYTHON for name in micropython}
    try:
        with LiveSite(scenario.site, scenario.start_ms, broker, seed, kinds) as site:
            played.failures += Run(scenario, site, write).play().failures
            played.failures += [f"{scenario.file}: {crash}" for crash in site.crashes]
    except WorldError as error:
        played.failures.append(f"{scenario.file}: {error}")
        write(summary(scenario.file, 0, 1))


def _say(line: str) -> None:
    print(line)
    sys.stdout.flush()
