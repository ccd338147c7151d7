"""The commands about the site's configuration: `config push` and `config status`."""

import click

from tools.backstop import shown
from tools.backstop.errors import Refused, Unreachable, Unusable
from tools.backstop.line import looking
from tools.backstop.pause import PAUSING, WAITING
from tools.backstop.push import APPLIED, OFFLINE, REFUSED, SILENT, Push, Result
from tools.backstop.station import Station

_ROLE = "site_admin"
_json = click.option("--json", "as_json", is_flag=True, help="For scripts.")
_SERVE_S, _PAUSE_S = 120, 900  # to wait for a moment, to pause, to start: for some of them, one after the other
_REMARKS = {
    WAITING: "has no memory for it beside its doors; waits for a moment in which nobody needs them",
    PAUSING: "its doors pause: locked, no cards, REX and fire work",
    OFFLINE: "offline: it takes it when it is back and somebody pushes again",
    SILENT: "has not said that it is in force; it may wait for a moment in which nobody needs its doors",
}
_PAUSE_HELP = """Where a controller has no memory for it beside its doors, these pause for it, once and for as long as two starts and a second for
each page that changed take, one controller after the other: locked, also those that a schedule unlocks, no cards and PINs, nothing asked or told; REX and fire work. Without this it is
refused there."""


@click.group()
def config() -> None:
    """The configuration of the controllers: what the site file says."""


@config.command()
@click.option("--for", "seconds", type=click.FloatRange(0), help=f"Serve so many seconds at most; {_SERVE_S}, and {_PAUSE_S} with --pause-doors.")
@click.option("--pause-doors", "may_pause", is_flag=True, help=_PAUSE_HELP)
@_json
@click.pass_obj
def push(station: Station, as_json: bool, may_pause: bool, seconds: float | None) -> None:
    """Compile the site file, sign it for each controller, and serve it until all have it in force."""
    if station.role != _ROLE:
        raise Unusable(f"{station.operator} is {station.role}: only a {_ROLE} may push a configuration")
    made, console = station.compiled(), station.console
    with looking(station, "want/+", "log/+") as line:
        pushing = Push(line, made, console, station.operator, may_pause)
        for result in pushing.push(seconds if seconds is not None else _PAUSE_S if may_pause else _SERVE_S):
            if not as_json:
                _print(result, made.version)
    if as_json:
        told = {name: result._asdict() for name, result in sorted(pushing.results.items())}
        shown.as_json({"version": made.version, "controllers": told})
    _check(pushing.results)


def _print(result: Result, version: int) -> None:
    if result.what == APPLIED:
        click.echo(f"{result.controller}: applied version {version}")
    elif result.what == REFUSED:
        click.echo(f"{result.controller}: refused version {version}: {result.reason}", err=True)
    else:
        click.echo(f"{result.controller}: {_REMARKS[result.what]}", err=result.what not in (WAITING, PAUSING))


def _check(results: dict[str, Result]) -> None:
    """Raises: Refused where a controller has refused, else Unreachable where one has not said that it has it."""
    refused = [name for name, result in sorted(results.items()) if result.what == REFUSED]
    missing = [name for name, result in sorted(results.items()) if result.what in (OFFLINE, SILENT)]
    if refused:
        raise Refused(f"refused by {', '.join(refused)}")
    if missing:
        raise Unreachable(f"not in force at {', '.join(missing)}")


@config.command()
@_json
@click.pass_obj
def status(station: Station, as_json: bool) -> None:
    """Show which version is in force where, which one the broker keeps for it, and what was refused."""
    with looking(station, "config/+") as line:
        rows = {name: _row(line, name) for name in sorted(station.site.controllers)}
    if as_json:
        shown.as_json(rows)
    else:
        heads = ("controller", "link", "in force", "pushed", "refused")
        shown.table(heads, ((name, *row.values()) for name, row in rows.items()))
    if not any(row["link"] == "online" for row in rows.values()):
        raise Unreachable("no controller is online")


def _row(line, name: str) -> dict:
    told = line.status.get(name, {"online": False})
    version, reason = told.get("refused", (None, ""))
    return {
        "link": "online" if told["online"] else "OFFLINE",
        "in_force": told.get("configuration"),
        "pushed": line.pushed.get(name),
        "refused": (f"{version}: {reason}" if version else reason) or None,
    }
