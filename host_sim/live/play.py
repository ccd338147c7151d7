"""Scenarios over a real broker: same files, same expectations, in real time."""

import sys
from collections.abc import Callable, Iterator
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


def play(scenario: Scenario, broker: dict, micropython: set, seed: int, say: Callable[[str], None] | None = None) -> Played:
    """Play one scenario. `micropython`: names of the controllers that run on it. With `say`, lines go there as they come."""
    played = Played(scenario)
    write = say or played.lines.append
    kinds = {name: MICROPYTHON for name in micropython}
    try:
        with LiveSite(scenario.site, scenario.start_ms, broker, seed, kinds) as site:
            played.failures += Run(scenario, site, write).play().failures
            played.failures += [f"{scenario.file}: {crash}" for crash in site.crashes]
    except WorldError as error:
        played.failures.append(f"{scenario.file}: {error}")
        write(summary(scenario.file, 0, 1))
    return played


def play_all(scenarios: list, broker: dict, micropython: set, seed: int | None, jobs: int) -> Iterator[Played]:
    """Yield what came of each scenario, in their order; `jobs` are played at a time, because they mostly wait."""

    def one(scenario: Scenario) -> Played:
        return play(scenario, broker, micropython, scenario.seed if seed is None else seed, _say if jobs == 1 else None)

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(one, scenarios)


def _say(line: str) -> None:
    print(line)
    sys.stdout.flush()
