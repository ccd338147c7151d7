"""The command line: follow what a board prints, read its log, get its prompt."""

import contextlib
import subprocess
import sys
from pathlib import Path

import click

from tools.backstop import shown
from tools.build import tree
from tools.deploy.board import Board, opened
from tools.deploy.problem import Problem
from tools.terminal.following import follow, with_sources
from tools.terminal.kept import events

_BROKEN = 2
_REPL = """\
Ctrl-C stops the controller: every output goes to what it is without power, and no card is read. It starts by itself after
five minutes; machine.reset() does so at once. Ctrl-X leaves this terminal and stops nothing."""
_port = click.option("--port", required=True, help="The serial port, such as /dev/ttyUSB0.")


@click.group(help="A board at the end of a serial cable.")
def cli() -> None: ...


@cli.command()
@_port
def repl(port: str) -> None:
    """Get the board's prompt."""
    with _problems("repl"):
        opened(port).close()
    click.echo(_REPL)
    sys.exit(subprocess.run([sys.executable, "-m", "mpremote", "connect", port, "repl"]).returncode)


@cli.command("follow")
@_port
@click.option("--build", default=Path("build/board"), type=Path, show_default=True, help="The build that the board runs: it finds places in tracebacks.")
def follow_(port: str, build: Path) -> None:
    """Print what the board prints, and stop nothing."""
    click.echo("Ctrl-C ends this, and leaves the board alone.", err=True)
    with _problems(), contextlib.suppress(KeyboardInterrupt):
        for text in with_sources(follow(port, _tell), _lines(build)):
            click.echo(text, nl=False)


def _tell(told: str) -> None:
    click.echo(f"logs: {told}", err=True)


def _lines(build: Path) -> list[tuple[int, str]]:
    try:
        return tree.read_lines(build)
    except (OSError, ValueError):
        _tell(f"no build in {build}: places in tracebacks stay those of the joined module")
        return []


@cli.command()
@_port
@click.option("--zone", default="UTC", show_default=True, help="The time zone of what is printed, such as Europe/Berlin.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each event.")
def log(port: str, zone: str, as_json: bool) -> None:
    """Print the events in the flash. The controller is stopped meanwhile, and started afterwards."""
    with _problems():
        with Board(port) as board, _Bar() as bar:
            found = events(board, bar.begin, bar.advance)
    for event in found:
        if as_json:
            shown.as_json(shown.printed(event))
        else:
            click.echo(shown.line(event, zone))


class _Bar:
    """A progress bar beside what is printed."""

    def __enter__(self) -> "_Bar":
        self._bar = None
        return self

    def begin(self, count: int) -> None:
        self._bar = click.progressbar(length=count, label="reading the log", file=sys.stderr)
        self._bar.render_progress()

    def advance(self) -> None:
        self._bar.update(1)

    def __exit__(self, *_) -> None:
        if self._bar:
            self._bar.render_finish()


@contextlib.contextmanager
def _problems(command: str = "logs"):
    try:
        yield
    except Problem as problem:
        click.echo(f"{command}: {problem}.", err=True)
        sys.exit(_BROKEN)


if __name__ == "__main__":
    cli(prog_name="terminal")
