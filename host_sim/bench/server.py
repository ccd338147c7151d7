"""Start the bench: check the site file and the port, make the site, then serve the page."""

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from host_sim.views import WorldError

HOST = "127.0.0.1"
SAMPLE = Path(__file__).parent.parent / "sites" / "hq.toml"
STYLE = Path(__file__).parent / "bench.css"
ENDED, REFUSED = 0, 2  # exit statuses
_OTHERWISE = "The bench can do without processes and broker, in simulated time: --simulated, or `make sim SIMULATED=1`."


def serve(make: Callable, site_path: str | Path | None = None, port: int = 8080, opens_browser: bool = False) -> int:
    """Serve the bench until it is interrupted. Returns the exit status.

    `make(site, source, start_ms)` returns the driver of the site, or raises WorldError where it cannot be; `source` is the
    site as plain data.
    """
    from tools.site import SiteError
    from tools.site.check import load
    from tools.site.source import read

    path = Path(site_path or SAMPLE)
    try:
        site, source = load(path), read(path)
    except SiteError as error:
        print(error, file=sys.stderr)
        return REFUSED
    if not _is_free(port):
        print(f"port {port} on {HOST} is in use: stop the program that has it, "
              f"or choose another with --port, such as --port {port + 1 if port < 65535 else 8080}", file=sys.stderr)
        return REFUSED
    try:
        driver = make(site, source, int(time.time() * 1000))
    except (WorldError, OSError) as error:
        print(error, _OTHERWISE, sep="\n", file=sys.stderr)
        return REFUSED
    with ExitStack() as end:
        end.callback(driver.close)
        with suppress(KeyboardInterrupt):
            _run(driver, end, port, opens_browser)
    return ENDED


def simulated_site(site: object, source: dict, start_ms: int):
    """Make a site in simulated time."""
    from host_sim.bench.simulated import Simulated

    return Simulated(site, start_ms)


def live_site(micropython: set[str], url: str, broker_port: int) -> Callable:
    """Return what makes a site of processes; `url` of a broker, or empty for one of its own."""

    def make(site: object, source: dict, start_ms: int):
        from host_sim.bench.live.start import start

        return start(site, source, start_ms, micropython, url, broker_port)

    return make


def _is_free(port: int) -> bool:
    """Tell whether nobody listens there, by listening for a moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _run(driver, end: ExitStack, port: int, opens_browser: bool) -> None:
    """Serve. Where a signal ends the server, nothing comes after it: `end` has its turn before."""
    from nicegui import app, ui  # here, so that a wrong file or port is told at once

    from tools.web import edge
    from host_sim.bench.bench import Bench
    from host_sim.bench.page import Page

    bench = Bench(driver)
    app.on_startup(lambda: end.callback(asyncio.create_task(driver.run(), name="bench driver").cancel))
    app.on_startup(lambda: print(f"The bench is open on http://{HOST}:{port} (Ctrl+C ends it)", flush=True))
    app.on_shutdown(end.close)
    app.on_exception(lambda error: bench.faults.count("page", repr(error)))
    app.add_middleware(edge.CountRefusals, faults=bench.faults)
    edge.guard_socket(bench.faults)
    ui.add_css(STYLE.read_text(encoding="utf-8"), shared=True)
    ui.page("/", title=f"Backstop bench: {bench.site['site']}")(lambda: Page(bench) and None)
    ui.run(host=HOST, port=port, reload=False, show=opens_browser, tailwind=False, dark=None,
           language="en-US", show_welcome_message=False, favicon="🚪",
           gzip_middleware_factory=None)  # nothing to save between here and here
