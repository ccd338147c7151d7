"""The command line: measure a board, print the table, keep it as JSON."""

import json
import sys
from pathlib import Path

import click

from tools.deploy.board import Board
from tools.deploy.problem import Problem
from tools.site import profiles
from tools.smoke.checks import Wishes
from tools.smoke.measuring import MISSED, NOT_MEASURED, Row, clean, measure

_BROKEN, _MISSED = 2, 1
_WHAT, _FIGURE, _EXPECTED = 62, 14, 18


@click.command(help="Measure what nobody could without a board. The controller is stopped meanwhile.")
@click.option("--port", required=True, help="The serial port, such as /dev/ttyUSB0.")
@click.option("--loop", default="", help='GPIOs joined by a wire: "OUT,IN", or two such for a Wiegand reader: "OUT,IN OUT,IN".')
@click.option("--relays", help="The board whose relays shall click, one after the other. Take every lock off first.")
@click.option("--json", "path", default=Path("build/smoke.json"), type=Path, show_default=True, help="Where the figures go.")
def cli(port: str, loop: str, relays: str | None, path: Path) -> None:
    try:
        wishes = Wishes(_loops(loop), _board(relays))
        with Board(port) as board:
            rows = _shown(board, wishes)
    except Problem as problem:
        click.echo(f"smoke: {problem}.", err=True)
        sys.exit(_BROKEN)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([row._asdict() for row in rows], indent=1, ensure_ascii=False) + "\n")
    missed = [row for row in rows if row.verdict == MISSED]
    click.echo(f"{path}: {len(rows)} figures, {len(missed)} missed, {sum(row.verdict == NOT_MEASURED for row in rows)} not measured")
    sys.exit(_MISSED if missed else 0)


def _loops(text: str) -> tuple:
    """Raises: Problem."""
    try:
        found = tuple(tuple(int(gpio) for gpio in wire.split(",")) for wire in text.split())
    except ValueError:
        found = ((),)
    used = [gpio for wire in found for gpio in wire]
    if len(found) > 2 or any(len(wire) != 2 for wire in found) or len(set(used)) != len(used):
        raise Problem(f'{text}: write the wires as "OUT,IN" or "OUT,IN OUT,IN", each GPIO once')
    return found


def _board(name: str | None) -> str | None:
    """Raises: Problem."""
    if name and not profiles.is_real(name):
        raise Problem(f"there is no board {name}, only {', '.join(profiles.REAL)}")
    return name


def _shown(board: Board, wishes: Wishes) -> list[Row]:
    click.echo(f"{'':{_WHAT}}{'figure':>{_FIGURE}}  {'expected':{_EXPECTED}}")
    rows = []
    try:
        for row in measure(board, wishes, lambda what: click.echo(f"… {what}\r", nl=False)):
            rows.append(row)
            click.echo(_line(row))
    finally:
        clean(board)
    return rows


def _line(row: Row) -> str:
    figure = "–" if row.figure is None else row.figure if isinstance(row.figure, str) else f"{_number(row.figure)} {row.unit}".strip()
    if len(figure) > _FIGURE:  # words have a line of their own
        return f"{row.what}: {figure}  {row.verdict} {row.why}".rstrip()
    return f"{row.what:{_WHAT}}{figure:>{_FIGURE}}  {row.expected:{_EXPECTED}} {row.verdict} {row.why}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


if __name__ == "__main__":
    cli(prog_name="smoke")
