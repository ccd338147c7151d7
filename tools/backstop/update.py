"""The command `update`: a new release of the firmware for the site, one controller after the other."""

import time
from collections.abc import Iterable
from pathlib import Path

import click

from tools.backstop import shown
from tools.backstop.errors import Refused, Unreachable, Unusable
from tools.backstop.line import Line, looking
from tools.backstop.names import Name
from tools.backstop.shipment import Build, Shipment, build
from tools.backstop.station import Station
from tools.backstop.updating import CUT_OFF, FAILURES, LATE, PAUSES, REFUSED, ROLLED_BACK, SAME, SILENT, UPDATED, WAITS, Step, Update

_ROLE = "site_admin"
OFFLINE, NOT_BEGUN = "offline", "not begun"
_WORDS = {
    WAITS: "has no memory for it beside its doors; waits for a moment in which nobody needs them",
    PAUSES: "its doors pause: locked, no cards, REX and fire work",
    "fetching": "fetching",
    "staged": "has it; waits for a moment in which nobody needs its doors",
    "trial": "has started with it; proves itself",
    UPDATED: "runs {release}",
    SAME: "runs {release} already",
    REFUSED: "refused {release}: {reason}",
    ROLLED_BACK: "went back to the release before: {reason}",
    SILENT: "does not answer any more. {reason}",
    CUT_OFF: "the broker is gone. {reason}",
    LATE: "is not through in that time. {reason}",
}
_PAUSE_HELP = """Where a controller has no memory for it beside its doors, these pause for it, once and for about two minutes: locked, also those
that a schedule unlocks, no cards and PINs, nothing asked or told; REX and fire work. Without this it is refused there."""


@click.command()
@click.option("--build", "folder", type=click.Path(path_type=Path), default=Path("build/board"), show_default=True, help="What `make build` made.")
@click.option("--controller", "names", type=Name("controllers"), multiple=True, help="Only this one; more than once for more.")
@click.option("--all", "is_all", is_flag=True, help="All controllers of the site.")
@click.option("--older", "may_be_older", is_flag=True, help="Also where the firmware that runs is newer.")
@click.option("--pause-doors", "may_pause", is_flag=True, help=_PAUSE_HELP)
@click.option("--status", "is_look", is_flag=True, help="Only show what runs where.")
@click.option("--for", "seconds", type=click.FloatRange(0), default=1800, show_default=True, help="Serve each so many seconds at most.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_obj
def update(
    station: Station,
    folder: Path,
    names: tuple[str, ...],
    is_all: bool,
    may_be_older: bool,
    may_pause: bool,
    is_look: bool,
    seconds: float,
    as_json: bool,
) -> None:
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
        tour = _Tour(station, line, made, seconds, may_pause, as_json)
        tour.check(names or line.status, may_be_older)
        results = tour.run(sorted(station.site.controllers) if is_all else list(dict.fromkeys(names)))
    if as_json:
        shown.as_json({name: step._asdict() for name, step in results.items()})
    _check(results)


class _Tour:
    """From one controller to the next, over a line that has settled."""

    def __init__(self, station: Station, line: Line, made: Build, seconds: float, may_pause: bool, is_quiet: bool):
        self._station, self._line, self._made = station, line, made
        self._seconds, self._may_pause, self._is_quiet = seconds, may_pause, is_quiet
        self._shipments: dict[bool, Shipment] = {}

    def check(self, names: Iterable[str], may_be_older: bool) -> None:
        """See that the build fits all who are there, before one of them has anything of it. Raises: Unusable."""
        for name in sorted(names):
            status = self._there(name)
            if status is None:
                continue
            if "release" not in status:
                raise Unusable(f"{name}: its firmware takes no updates over the network. `make deploy` brings it one that does, over the cable")
            is_other = self._shipment(status).name != status["release"]
            if is_other and not may_be_older and _is_older(self._made.firmware, status["firmware"]):
                raise Unusable(f"{name} runs {status['firmware']}, and this build is {self._made.firmware}: give --older if that is meant")

    def run(self, names: list[str]) -> dict[str, Step]:
        results: dict[str, Step] = {}
        for name in names:
            if any(step.what in FAILURES for step in results.values()):
                results[name] = Step(NOT_BEGUN)
            elif self._there(name) is None:
                results[name] = Step(OFFLINE)
                click.echo(f"{name}: offline, left out", err=True)
            else:
                results[name] = self._update(name)
        return results

    def _there(self, name: str) -> dict | None:
        """Return what a controller says of itself, if it is there."""
        status = self._line.status.get(name, {"online": False})
        return status if status["online"] or status.get("minimal") else None

    def _shipment(self, status: dict) -> Shipment:
        """Who runs code in place is updated with what does. Raises: Unusable."""
        is_rom = bool(status.get("rom"))
        if is_rom not in self._shipments:
            self._shipments[is_rom] = Shipment(self._made, is_rom)
        return self._shipments[is_rom]

    def _update(self, name: str) -> Step:
        station, shipment = self._station, self._shipment(self._line.status[name])
        key = station.keys.configuration_key(name)
        words = (name, station.site.site, station.console, station.operator, int(time.time()), key)
        moving = Update(self._line, shipment.served(*words, self._may_pause), shipment.name, self._may_pause)
        step = Step(SILENT)
        with _Bar(name, moving.total, self._is_quiet) as bar:
            for step in moving.run(self._seconds):
                bar.show(step)
        if not self._is_quiet or step.what in FAILURES:
            words = _WORDS[step.what].format(release=shipment.name, reason=step.reason)
            click.echo(f"{name}: {words}", err=step.what in FAILURES)
        return step


def _is_older(version: str, than: str) -> bool:
    """Compare versions such as 0.10.2; of others nobody can say."""
    numbers = [tuple(int(part) if part.isdigit() else -1 for part in text.split(".")) for text in (version, than)]
    return numbers[0] < numbers[1] and min(map(min, numbers)) >= 0


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
    rest = [name for name, step in results.items() if step.what == NOT_BEGUN]
    for kinds, error in (((REFUSED, ROLLED_BACK), Refused), ((SILENT, CUT_OFF, LATE, OFFLINE), Unreachable)):
        found = [name for name, step in results.items() if step.what in kinds]
        if found:
            raise error(f"not updated: {', '.join(found)}" + (f"; not begun with: {', '.join(rest)}" if rest else ""))


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
    states = {"trial": "on trial", "staged": "staged", "pause": "waits to pause doors" if status["online"] else "doors pause"}
    state = next((word for field, word in states.items() if status.get(field)), None)
    _, reason = status.get("rolled_back") or status.get("refused_update", (None, None))
    runs = None if "release" not in status else "in place" if status.get("rom") else "files"
    row = {"link": link, "firmware": status.get("firmware"), "release": status.get("release"), "runs": runs}
    return row | {"state": state, "fault": reason}
