"""The command `update`: a new release of the firmware for the site, one controller after the other."""

import time
from pathlib import Path

import click

from tools.backstop import shown
from tools.backstop.errors import Refused, Unreachable, Unusable
from tools.backstop.line import Line, looking
from tools.backstop.names import Name
from tools.backstop.shipment import Build, Shipment, build
from tools.backstop.station import Station
from tools.backstop.updating import FAILURES, LATE, REFUSED, ROLLED_BACK, SAME, SILENT, UPDATED, Step, Update

_ROLE = "site_admin"
_WORDS = {
    "fetching": "fetching",
    "staged": "has it; waits for a moment in which nobody needs its doors",
    "trial": "has started with it; proves itself",
    UPDATED: "runs {release}",
    SAME: "runs {release} already",
    REFUSED: "refused {release}: {reason}",
    ROLLED_BACK: "went back to the release before: {reason}",
    SILENT: "does not answer any more. What it runs is the old release, or the new one if that works: see to it before you go on",
    LATE: "is not through in that time. It may still be; `backstop update --status` shows it",
}


@click.command()
@click.option("--build", "folder", type=click.Path(path_type=Path), default=Path("build/board"), show_default=True, help="What `make build` made.")
@click.option("--controller", "names", type=Name("controllers"), multiple=True, help="Only this one; more than once for more.")
@click.option("--all", "is_all", is_flag=True, help="All controllers of the site.")
@click.option("--status", "is_look", is_flag=True, help="Only show what runs where.")
@click.option("--for", "seconds", type=click.FloatRange(0), default=1800, show_default=True, help="Serve each so many seconds at most.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_obj
def update(station: Station, folder: Path, names: tuple[str, ...], is_all: bool, is_look: bool, seconds: float, as_json: bool) -> None:
    """Bring a new release to controllers, one at a time; stop at the first that does not come back with it."""
    if is_look:
        _look(station, as_json)
        return
    if bool(names) == is_all:
        raise Unusable("for which controllers? Give --controller NAME, or --all")
    if station.role != _ROLE:
        raise Unusable(f"{station.operator} is {station.role}: only a {_ROLE} may update controllers")
    station.check_compiles()
    made = build(folder)
    with looking(station, "want/+") as line:
        results = _update_all(station, line, made, sorted(station.site.controllers) if is_all else list(names), seconds, as_json)
    if as_json:
        shown.as_json({name: step._asdict() for name, step in results.items()})
    _check(results)


def _update_all(station: Station, line: Line, made: Build, names: list[str], seconds: float, is_quiet: bool) -> dict[str, Step]:
    results: dict[str, Step] = {}
    for name in names:
        status = line.status.get(name, {"online": False})
        if not status["online"] and not status.get("minimal"):
            results[name] = Step("offline")
            click.echo(f"{name}: offline, left out", err=True)
            continue
        results[name] = _update_one(station, line, Shipment(made, _is_rom(name, status)), name, seconds, is_quiet)
        if results[name].what in FAILURES:
            break
    return results


def _is_rom(name: str, status: dict) -> bool:
    """Whether it runs code in place: it is updated with what it has. Raises: Unusable."""
    if "release" not in status:
        raise Unusable(f"{name}: its firmware takes no updates over the network. `make deploy` brings it one that does, over the cable")
    return bool(status.get("rom"))


def _update_one(station: Station, line: Line, shipment: Shipment, name: str, seconds: float, is_quiet: bool) -> Step:
    key = station.keys.configuration_key(name)
    served = shipment.served(name, station.site.site, station.console, station.operator, int(time.time()), key)
    moving = Update(line, served, shipment.name)
    step = Step(SILENT)
    with _Bar(name, moving.total, is_quiet) as bar:
        for step in moving.run(seconds):
            bar.show(step)
    if not is_quiet or step.what in FAILURES:
        words = _WORDS[step.what].format(release=shipment.name, reason=step.reason)
        click.echo(f"{name}: {words}", err=step.what in FAILURES)
    return step


class _Bar:
    """How far the fetching is, and then what the controller does."""

    def __init__(self, name: str, total: int, is_quiet: bool):
        self._name, self._is_quiet, self._total = name, is_quiet, total
        self._bar = None

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_) -> None:
        self._end()

    def show(self, step: Step) -> None:
        if self._is_quiet or step.what not in _WORDS or step.what in (UPDATED, SAME, *FAILURES):
            return
        if step.what == "fetching":
            self._bar = self._bar or click.progressbar(length=self._total, label=self._name)
            self._bar.update(step.done - self._bar.pos)
        else:
            self._end()
            click.echo(f"{self._name}: {_WORDS[step.what]}")

    def _end(self) -> None:
        if self._bar:
            self._bar.update(self._total - self._bar.pos)
            self._bar.render_finish()
            self._bar = None


def _check(results: dict[str, Step]) -> None:
    """Raises: Refused where one has refused or went back, else Unreachable where one is not through."""
    for kinds, error in (((REFUSED, ROLLED_BACK), Refused), ((SILENT, LATE, "offline"), Unreachable)):
        found = [name for name, step in results.items() if step.what in kinds]
        if found:
            raise error(f"not updated: {', '.join(found)}")


def _look(station: Station, as_json: bool) -> None:
    with looking(station) as line:
        rows = {name: _row(line.status.get(name, {"online": False})) for name in sorted(station.site.controllers)}
    if as_json:
        shown.as_json(rows)
    else:
        shown.table(("controller", "link", "firmware", "release", "runs", "state", "what went wrong"), ((name, *row.values()) for name, row in rows.items()))
    if not any(row["link"] != "OFFLINE" for row in rows.values()):
        raise Unreachable("no controller is online")


def _row(status: dict) -> dict:
    link = "online" if status["online"] else "MINIMAL MODE" if status.get("minimal") else "OFFLINE"
    state = "on trial" if status.get("trial") else "staged" if status.get("staged") else None
    _, reason = status.get("rolled_back") or status.get("refused_update", (None, None))
    runs = None if "release" not in status else "in place" if status.get("rom") else "files"
    row = {"link": link, "firmware": status.get("firmware"), "release": status.get("release"), "runs": runs}
    return row | {"state": state, "fault": reason}
