"""One controller of a site as a process, beside others that somebody else has started."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pydantic import ValidationError

from firmware.wire import topics
from host_sim.live.folders import Folders
from host_sim.live.interpreters import command
from host_sim.live.settings import settings
from host_sim.live.site import LiveSite
from host_sim.script.lines import line
from host_sim.script.steps import Step
from host_sim.station import RESTART
from host_sim.views import WorldError
from tools.site import SiteError, load, parts
from tools.site.compiler.keys import made_up

_KEYS_SEED = 0  # all controllers of a site that are started like this have the same keys
_HOUR_MS = 3600 * 1000
_READ_BYTES = 1 << 16
_AGAIN_S = 1  # before a process that failed is started again


def be_node(name: str, file: str, url: str, flash: str, pins: str, kind: str, ports: tuple[str, ...]) -> int:
    """`ports`: of lines with real OSDP readers, BUS=PORT or PORT. Run until interrupted. Returns the exit status: 2 for what is wrong with the words of the command line."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        site = load(file)
        if name not in site.controllers:
            raise WorldError(f"{file}: there is no controller {name!r}; the site has {', '.join(sorted(site.controllers))}")
        broker = settings(url)
        if ports and (pins or not flash):
            raise WorldError("--port needs --flash, beside which the readers' keys are kept, and no --pins")
        if pins:
            return _serve(name, site, broker, flash, pins, kind)
        live = LiveSite(site, _now_ms(), broker, _KEYS_SEED, {name: kind}, name, str(Path(flash).resolve()) if flash else "")
        _attach(live, name, ports)
        return _work(live)
    except SiteError as error:
        print(*[fault.line(error.name) for fault in error.faults], sep="\n", file=sys.stderr)
    except (WorldError, OSError) as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        return 0
    return 2


def _attach(live: LiveSite, name: str, ports: tuple[str, ...]) -> None:
    """Let lines of OSDP readers be real ones. Raises: WorldError."""
    readers = [reader for reader in live.site.readers.values() if live.site.doors[reader.door].controller == name]
    buses = sorted({reader.bus for reader in readers if reader.protocol == "osdp"})
    for port in ports:
        bus, separator, path = port.partition("=")
        if not separator:
            if len(buses) != 1:
                raise WorldError(f"--port {port}: controller {name!r} has {len(buses)} lines of OSDP readers; name one: --port BUS={port}")
            bus, path = buses[0], port
        if bus not in buses:
            raise WorldError(f"--port {port}: controller {name!r} has no line {bus!r} of OSDP readers; it has {', '.join(buses) or 'none'}")
        live.attach(name, bus, path, lambda words: print(words, file=sys.stderr, flush=True))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _work(site: LiveSite) -> int:
    """Let it work; its events go to the output, and steps of scenarios are its pins."""
    site.on_event = lambda event: print(line(event), flush=True)
    site.on_crash = lambda words: print(words, file=sys.stderr, flush=True)
    with site:
        with contextlib.suppress(OSError):  # no input that could be waited for
            site.time.listen(0, _Steps(site).take)
        while True:
            site.run_until(site.now_ms + _HOUR_MS)


class _Steps:
    """Lines of the input: {"badge": {"reader": …, "user": …}}, or another action of a scenario."""

    def __init__(self, site: LiveSite):
        self._site, self._rest = site, b""

    def take(self) -> None:
        """Read what there is."""
        data = os.read(0, _READ_BYTES)
        if not data:
            self._site.time.forget(0)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for text in filter(None, lines):
            try:
                self._do(json.loads(text))
            except (ValidationError, ValueError, TypeError, KeyError, WorldError) as error:
                print(error, file=sys.stderr)

    def _do(self, action: dict) -> None:
        step = Step.model_validate({"at": 0, **action})
        if step.expect:
            raise WorldError("expectations are for `run`")
        step.play(self._site)


def _serve(name: str, site, broker: dict, flash: str, pins: str, kind: str) -> int:
    """Run the process whose pins a simulator has that listens elsewhere."""
    host, _, port = pins.rpartition(":")
    if not host or not port.isdigit():
        raise WorldError(f"--pins {pins}: write HOST:PORT")
    made = parts(site, keys=made_up(site, _KEYS_SEED))
    with tempfile.TemporaryDirectory(prefix="backstop-") as folder:
        folders = Folders(Path(folder), made, broker, topics.root(site.site), site.site)
        words = command(kind, folders.configure(name, [host, int(port)], str(Path(flash).resolve()) if flash else ""))
        status, more = RESTART, []
        while status == RESTART:
            with subprocess.Popen([*words, *more]) as process:
                try:
                    status = process.wait()
                finally:
                    process.kill()
            more = ["crash"]
            time.sleep(_AGAIN_S if status == RESTART else 0)
        return status
