"""The command line: deploy a build, a part and the keys to a board."""

import sys
from pathlib import Path

import click

from tools.deploy.board import Board
from tools.deploy.bundle import Bundle, bundle
from tools.deploy.deploying import Deployment
from tools.deploy.problem import Problem
from tools.site import profiles

_BROKEN = 2


@click.command(help="Bring the build and a controller's configuration onto the board at a serial port.")
@click.option("--port", required=True, help="The serial port, such as /dev/ttyUSB0.")
@click.option("--part", required=True, type=Path, help="The controller's folder below what `tools.site compile` wrote.")
@click.option("--mqtt", type=Path, help="The controller's mqtt.json, as tools.broker writes it.")
@click.option("--rom/--no-rom", default=None, help="As one file that runs in place, or not. Without it: if the board can.")
@click.option("--build", default=Path("build/board"), type=Path, show_default=True, help="The folder of the build.")
def cli(port: str, part: Path, mqtt: Path | None, rom: bool | None, build: Path) -> None:
    try:
        found = bundle(build, part, mqtt)
        with Board(port) as board:
            done = _deploy(board, found, rom)
    except Problem as problem:
        click.echo(f"deploy: {problem}.", err=True)
        sys.exit(_BROKEN)
    click.echo(f"{port}: {found.controller} runs {done.tree_name} with {found.own_name}; {done.sent} files were sent")
    if mqtt is None:
        click.echo("It has no mqtt.json, so it works alone: with MQTT=… the same command gives it a broker")
    _say_hazards(found)
    if done.warning:
        click.secho(f"deploy: {done.warning}.", err=True, fg="red", bold=True)


class _Bars:
    """A progress bar for each step, one below the other."""

    def __init__(self):
        self._bar = None

    def begin(self, step: str, count: int) -> None:
        self.end()
        self._bar = click.progressbar(length=count, label=f"{step:22}")
        self._bar.render_progress()

    def advance(self) -> None:
        self._bar.update(1)

    def end(self) -> None:
        if self._bar:
            self._bar.render_finish()
            self._bar = None


def _deploy(board: Board, found: Bundle, wants_rom: bool | None) -> Deployment:
    bars = _Bars()
    deployment = Deployment(board, found, bars.begin, bars.advance, wants_rom)
    try:
        deployment.run()
    finally:
        bars.end()
    return deployment


def _say_hazards(found: Bundle) -> None:
    profile = profiles.profile(found.board)
    click.echo(f"{profile.NAME}: before a lock hangs on it")
    for line in (*profile.HAZARDS, *profile.CHECKS):
        click.echo(f"  - {line}")


if __name__ == "__main__":
    cli(prog_name="deploy")
