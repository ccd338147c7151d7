"""The commands that only look: status, who, violations, watch, log, completion."""

import contextlib
import time

import click
from click.shell_completion import get_completion_class

from tools.backstop import look, shown
from tools.backstop.errors import Unreachable
from tools.backstop.line import looking
from tools.backstop.live import Live
from tools.backstop.moments import since_ms
from tools.backstop.names import Name
from tools.backstop.past import Past
from tools.backstop.station import Station

_TURN_S = 0.5
_json = click.option("--json", "as_json", is_flag=True, help="For scripts.")
_KINDS = ("door", "output", "area")
_COLUMNS = {
    "doors": ("locked", "open", "alarm"),
    "outputs": ("active",),
    "areas": ("occupancy", "violations", "isolated"),
}
_STALE = "told by a controller that is offline"


@click.command()
@_json
@click.pass_obj
def status(station: Station, as_json: bool) -> None:
    """Show controllers, doors, outputs and areas as they are now."""
    with looking(station, *(f"{kind}/+" for kind in _KINDS)) as line:
        boards = look.controllers(line)
        found = {f"{kind}s": look.states(line, kind) for kind in _KINDS}
    if as_json:
        shown.as_json({"site": station.site.site, "controllers": boards, **found})
    else:
        _print_status(boards, found)
    if not any(board["online"] for board in boards.values()):
        raise Unreachable("no controller is online")


def _print_status(boards: dict, found: dict) -> None:
    rows = ((name, "online" if board["online"] else "OFFLINE", board["inc"], board["hw"]) for name, board in boards.items())
    shown.table(("controller", "link", "incarnation", "hardware"), rows)
    for kind, heads in _COLUMNS.items():
        if found[kind]:
            click.echo()
        rows = ((name, *((state or {}).get(head) for head in heads), _remark(state)) for name, state in found[kind].items())
        shown.table((kind[:-1], *heads, ""), rows)


def _remark(state: dict | None) -> str:
    return "nobody has told" if state is None else _STALE if state["stale"] else ""


@click.command()
@click.argument("area", type=Name("areas"))
@_json
@click.pass_obj
def who(station: Station, area: str, as_json: bool) -> None:
    """Show how many people are in an area, and who of it is in violation."""
    with looking(station, f"area/{area}") as line:
        state = look.states(line, "area")[area]
    if state is None:
        raise Unreachable(f"nobody has told how area '{area}' is")
    if as_json:
        shown.as_json({"area": area, **state})
        return
    users = ": " + ", ".join(state["users"]) if state["users"] else ""
    click.echo(f"{area}: {state['occupancy']} inside, {state['violations']} in violation{users}")
    for is_so, remark in ((state["isolated"], "some of its controllers do not answer"), (state["stale"], _STALE)):
        if is_so:
            click.echo(f"{area}: {remark}", err=True)


@click.command()
@click.argument("area", type=Name("areas"), required=False)
@_json
@click.pass_obj
def violations(station: Station, area: str | None, as_json: bool) -> None:
    """Show who is in violation, in one area or in all."""
    with looking(station, "area/+") as line:
        areas = [area] if area else sorted(station.site.areas)
        rows = look.violations(line, areas)
        untold = [name for name in areas if f"area/{name}" not in line.states]
    if as_json:
        shown.as_json(rows)
    else:
        shown.table(("area", "user"), ((row["area"], row["user"] or f"and {row['more']} more") for row in rows))
    if untold:
        raise Unreachable(f"nobody has told how it is in: {', '.join(untold)}")


@click.command()
@_json
@click.option("--for", "seconds", type=click.FloatRange(0), help="End after so many seconds. Default: with Ctrl-C.")
@click.pass_obj
def watch(station: Station, as_json: bool, seconds: float | None) -> None:
    """Show events as they come, each once: lines, or with --json one JSON object each."""
    end_s = None if seconds is None else time.monotonic() + seconds
    with looking(station, "log/+") as line, contextlib.suppress(KeyboardInterrupt):
        live = Live(line)
        while end_s is None or time.monotonic() < end_s:
            for found in live.take(_TURN_S if end_s is None else min(_TURN_S, end_s - time.monotonic())):
                if isinstance(found, bool):
                    click.echo("watching" if found else "the link is down, trying again", err=True)
                else:
                    _print_event(found, as_json, station.site.timezone)


@click.command()
@click.argument("controller", type=Name("controllers"))
@click.option("--since", default="1h", show_default=True, metavar="WHEN", help="15m, 2h, 7d, or 2026-11-29T08:00, local time.")
@_json
@click.pass_obj
def log(station: Station, controller: str, since: str, as_json: bool) -> None:
    """Show the events of a controller; while it is offline, those that others have."""
    first_ms = since_ms(since, station.site.timezone, int(time.time() * 1000))
    with looking(station, "log/+", "have/+") as line:
        past = Past(line, controller)
        events = past.read(first_ms)
    for event in events:
        _print_event(event, as_json, station.site.timezone)
    if past.missing:
        gaps = ", ".join(f"{stream} up to {last} of incarnation {inc}" for inc, stream, last in past.missing)
        raise Unreachable(f"not all of it came: {gaps}")


def _print_event(event: dict, as_json: bool, zone: str) -> None:
    if as_json:
        shown.as_json(shown.printed(event))
    else:
        click.echo(shown.line(event, zone))


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what lets the shell complete commands and names of the site: eval "$(backstop completion bash)"."""
    make = get_completion_class(shell)
    click.echo(make(ctx.find_root().command, {}, "backstop", "_BACKSTOP_COMPLETE").source())


COMMANDS = (status, who, violations, watch, log, completion)
