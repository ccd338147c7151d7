"""The room that sends configurations, and serves their pages as long as the console runs: a board that was off comes back late."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from tools.backstop.errors import Refused, Unreachable, Unusable
from tools.backstop.heard import Heard
from tools.backstop.station import Station
from tools.console.configuring import working_copy
from tools.console.configuring.state import Row, State
from tools.console.sitefile import SiteFile
from tools.console.switchboard import End
from tools.site.compiler.publication import Publication
from tools.site.compiler.release import Release
from tools.site.errors import SiteError

KINDS = ("status", "want")
_TURN_S = 0.5
_STOP_S = 10
_log = logging.getLogger(__name__)


class Configuring:
    """`file`: the site file, which lies at `path`; `in_force`: a function that returns {area: settings}."""

    def __init__(self, file: SiteFile, path: Path, station: Station, end: End, in_force: Callable[[], dict[str, dict]]):
        self._file, self._path, self._station, self._end, self._in_force = file, path, station, end, in_force
        self._heard = Heard(station)
        self._lock = threading.RLock()  # of one who changes, and of what is served
        self._release: Release | None = None
        self._publications: dict[str, Publication] = {}
        self._is_signed = False  # by somebody, here: manifests may be published again
        self._is_up = False
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="configuring", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    # -- for who is signed in --------------------------------------------------------------------

    def change(self, operator: str, area: str, wanted: dict) -> int:
        """Write a change of an area's settings into the site file, and send it. Returns the version.

        `wanted`: as the command `set` takes it. Raises: Refused, Unreachable, Unusable, which says what became of the file.
        """
        with self._lock:
            self._check()
            try:
                working_copy.change(self._path, area, self._in_force()[area], wanted)
            except (ValueError, KeyError) as error:
                raise Refused(str(error)) from None
            except (SiteError, OSError) as error:
                raise Unusable(f"the site file was left as it is: {error}") from None
            try:
                return self._send(operator)
            except Unusable as error:
                raise Unusable(f"the site file says it now, and nothing was sent: {error.message}") from None

    def send(self, operator: str) -> int:
        """Send what the site file says now. Returns the version. Raises: Unreachable, Unusable."""
        with self._lock:
            self._check()
            return self._send(operator)

    def trouble(self) -> str | None:
        """Why no configuration can be sent from here, in words, or None."""
        try:
            self._station.check_compiles()
        except Unusable as error:
            return error.message
        return None

    def state(self) -> State:
        site, made = self._file(), self._release
        rows = tuple(self._row(name, self._heard.status.get(name, {"online": False})) for name in sorted(self._heard.site.controllers))
        is_sent = made is not None and made.site == site
        return State(made.version if made else None, rows, is_sent, tuple(working_copy.strays(site, self._in_force())), self.trouble())

    # --------------------------------------------------------------------------------------------

    def _check(self) -> None:
        if not self._is_up:
            raise Unreachable("no connection to the broker: nothing was changed")
        self._station.check_compiles()

    def _send(self, operator: str) -> int:
        made = self._station.compiled()
        self._serve(made, operator)
        self._publish()
        return made.version

    def _serve(self, made: Release, operator: str) -> None:
        console = self._station.console
        self._publications = {
            name: Publication(part, made.keys.configuration_key(name), console, operator) for name, part in made.parts.items()
        }
        self._release, self._is_signed = made, bool(operator)

    def _publish(self) -> None:
        for name, publication in self._publications.items():
            self._end.put(f"config/{name}", publication.manifest, True)

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        self._take_up()
        while not self._ending.is_set():
            self._end.wait(_TURN_S)
            for event in self._end.take():
                self._hear(event)

    def _take_up(self) -> None:
        """Serve what was sent last, also by another program: whoever fetches it must not wait for the next one."""
        try:
            with self._lock:
                made = self._station.released()
                if made:
                    self._serve(made, "")
        except Unusable as error:  # most consoles have not what it takes: who looks for it on a page reads why
            _log.info("no configuration is served from here: %s", error.message)

    def _hear(self, event: tuple) -> None:
        if event[0] == "link":
            self._is_up = event[1]
            with self._lock:
                if self._is_up and self._is_signed:  # a broker that was away may have forgotten
                    self._publish()
            return
        found = self._heard.read(event[1], event[2])
        if found and found[0].startswith("want/") and "page" in found[1]:
            self._answer(found[1])

    def _answer(self, want: dict) -> None:
        with self._lock:
            publication = self._publications.get(want["from"])
            answer = publication and publication.answer(want)
        if answer:
            self._end.put(f"config/{want['from']}", answer)

    def _row(self, name: str, status: dict) -> Row:
        version, reason = status.get("refused") or (None, "")
        made = self._release
        is_newest = made is not None and version in (None, made.version)
        return Row(name, status["online"], status.get("configuration"), reason if is_newest else "")
