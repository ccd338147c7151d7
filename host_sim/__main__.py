"""`python -m host_sim`: run scenarios, open the bench, be one controller, or let chance try to break everything."""

import shlex
import sys
from pathlib import Path

import click

from host_sim.bench import live_site, serve, simulated_site
from host_sim.fuzz.fuzz import fuzz as live_seeds
from host_sim.fuzz.fuzz import tell_whole_story
from host_sim.live.interpreters import CPYTHON, MICROPYTHON
from host_sim.live.node import be_node
from host_sim.live.play import play_all
from host_sim.live.settings import EMBEDDED
from host_sim.live.settings import broker as open_broker
from host_sim.script.runner import Run
from host_sim.script.scenario import Scenario, ScenarioError, load
from host_sim.views import WorldError
from host_sim.world import World

HELD, FAILED, INVALID = 0, 1, 2  # exit statuses of `run`


@click.group()
def main() -> None:
    """Backstop's host simulator: the firmware's own code on simulated boards."""


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--seed", type=click.IntRange(min=0), help="Use this seed, whatever the files say.")
@click.option("--broker", metavar="URL", is_flag=False, flag_value=EMBEDDED, help="In real time over a real broker, each "
              "controller a process: mqtt://host:port, or URL,URL for the nodes of one; without URL, a broker of its own.")  # fmt: skip
@click.option("--micropython", metavar="NAMES", default="", help="Controllers that run on MicroPython: c1,c3 (with --broker).")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Files at a time (with --broker).")
def run(files: tuple, seed: int | None, broker: str | None, micropython: str, jobs: int) -> None:
    """Run scenario files: events as JSON lines, then a summary line for each file."""
    sys.exit(run_live(files, seed, broker, _names(micropython), jobs) if broker else run_files(files, seed))


@main.command()
@click.argument("controller")
@click.option("--site", "file", required=True, help="A site file.")
@click.option("--broker", "url", required=True, metavar="URL", help="mqtt://[user:password@]host:port, or URL,URL,… for the "
              "nodes of one broker: it goes to the next when one fails.")  # fmt: skip
@click.option("--flash", default="", metavar="FILE", help="The image of its flash; without it, a new one that does not stay.")
@click.option("--pins", default="", metavar="HOST:PORT", help="Where a simulator listens for it; without it, steps of "
              "scenarios as JSON lines on the input are its pins.")  # fmt: skip
@click.option("--micropython", is_flag=True, help="Run it on MicroPython.")
@click.option("--port", "ports", metavar="[BUS=]PORT", multiple=True, help="A line with real OSDP readers: a serial port, or tcp://HOST:PORT.")
def node(controller: str, file: str, url: str, flash: str, pins: str, micropython: bool, ports: tuple[str, ...]) -> None:
    """Be one controller of a site: a process of its own, at a real broker, in real time."""
    sys.exit(be_node(controller, file, url, flash, pins, MICROPYTHON if micropython else CPYTHON, ports))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--site", default=None, help="A site file; without it, the sample site.")
@click.option("--broker", "url", metavar="URL", default="", help="mqtt://[user:password@]host:port, or URL,URL,… for the "
              "nodes of one broker; without it, a broker of its own.")  # fmt: skip
@click.option("--broker-port", type=click.IntRange(0, 65535), default=0, help="Of the broker of its own; without it, a free one.")
@click.option("--micropython", metavar="NAMES", default="", help="Controllers that run on MicroPython: front,back")
@click.option("--simulated", is_flag=True, help="All in this process and in simulated time, without a broker.")
@click.option("--no-open", is_flag=True, help="Do not open the page in a browser.")
def bench(port: int, site: str | None, url: str, broker_port: int, micropython: str, simulated: bool, no_open: bool) -> None:
    """Open the bench: a page on 127.0.0.1 on which a person uses the site, each controller a process, over MQTT."""
    if simulated and (url or broker_port or micropython):
        raise click.UsageError("--simulated has no broker and no MicroPython")
    make = simulated_site if simulated else live_site(_names(micropython), url, broker_port)
    sys.exit(serve(make, site, port, opens_browser=not no_open))


@main.command()
@click.option("--seeds", type=click.IntRange(min=1), help="How many lives; without it, until stopped.")
@click.option("--start", type=click.IntRange(min=0), default=0, show_default=True, help="The first seed.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Stop after that long.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; without it, one for each core.")
@click.option("--keep-going", is_flag=True, help="Go on after a life that breaks something; the summary names its seed.")
@click.option("--trace", type=click.Path(dir_okay=False), help="Write the whole story of the first seed to a file.")
def fuzz(seeds: int | None, start: int, minutes: float | None, jobs: int | None, keep_going: bool, trace: str | None) -> None:
    """Live random lives of random sites and check every invariant; stop at the first that breaks."""
    if trace:
        sys.exit(tell_whole_story(start, Path(trace)))
    sys.exit(live_seeds(seeds, start, minutes, jobs, keep_going))


def _names(text: str) -> set:
    return {name for name in text.split(",") if name}


def run_files(files: tuple, seed: int | None) -> int:
    """Check every file, then run every file. Returns the exit status."""
    scenarios, faults = _load_all(files)
    if faults:
        print(*faults, sep="\n", file=sys.stderr)
        return INVALID
    failures = [failure for scenario in scenarios for failure in _run_one(scenario, seed)]
    return FAILED if failures else HELD


def run_live(files: tuple, seed: int | None, url: str, micropython: set, jobs: int) -> int:
    """Check every file, then play every file over a broker. Returns the exit status."""
    scenarios, faults = _load_all(files)
    known = {name for scenario in scenarios for name in scenario.site.controllers}
    faults += [f"--micropython: there is no controller {name!r}" for name in sorted(micropython - known)]
    if faults:
        print(*faults, sep="\n", file=sys.stderr)
        return INVALID
    has_failed = False
    try:
        with open_broker(url) as settings:
            for played in play_all(scenarios, settings, micropython, seed, jobs):
                print(*played.lines, *[""] * bool(played.lines), sep="\n", end="")
                print(*played.failures, sep="\n", end="\n" * bool(played.failures), file=sys.stderr)
                has_failed |= bool(played.failures)
    except WorldError as error:
        print(error, file=sys.stderr)
        return INVALID
    return FAILED if has_failed else HELD


def _load_all(files: tuple) -> tuple:
    scenarios, faults = [], []
    for file in files:
        try:
            scenarios.append(load(file))
        except ScenarioError as error:
            faults += error.faults
    return scenarios, faults


def _run_one(scenario: Scenario, seed: int | None) -> list:
    seed = scenario.seed if seed is None else seed
    world = World(scenario.site, scenario.start_ms, seed=seed)
    failures = Run(scenario, world, print).play().failures
    for failure in failures:
        print(failure, file=sys.stderr)
    if failures:
        file = shlex.quote(scenario.file)
        print(f"seed {seed}; replay: python -m host_sim run {file} --seed {seed}", file=sys.stderr)
    return failures


if __name__ == "__main__":
    main(prog_name="python -m host_sim")
