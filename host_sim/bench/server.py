"""Start the bench: check the site file and the port, make the site, then serve the page."""

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from host_sim.views import WorldError
from tools.web.port import HOST, in_use, is_free

USUAL_PORT = 8080
SAMPLE = Path(__file__).parent.parent / "sites" / "hq.toml"
STYLE = Path(__file__).parent / "bench.css"
ENDED, REFUSED = 0, 2  # exit statuses
_OTHERWISE = "The bench can do without processes and broker, in simulated time: --simulated, or `make sim SIMULATED=1`."


def serve(make: Callable, site_path: str | Path | None = None, port: int = USUAL_PORT, opens_browser: bool = False) -> int:
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
    if not is_free(port):
        print(in_use(port, USUAL_PORT), file=sys.stderr)
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


def _run(driver, end: ExitStack, port: int, opens_browser: bool) -> None:
    """Serve. Where a signal ends the server, nothing comes after it: `end` has its turn before."""
    from nicegui import app, ui  # here, so that a wrong file or port is told at once

    from host_sim.bench.bench import Bench
    from host_sim.bench.page import Page
    from tools.web import BASE_STYLE, edge

    bench = Bench(driver)
    app.on_startup(lambda: end.callback(asyncio.create_task(driver.run(), name="bench driver").cancel))
    app.on_startup(lambda: print(f"The bench is open on http://{HOST}:{port} (Ctrl+C ends it)", flush=True))
    app.on_shutdown(end.close)
    app.on_exception(lambda error: bench.faults.count("page", repr(error)))
    app.add_middleware(edge.CountRefusals, faults=bench.faults)
    edge.guard_socket(bench.faults)
    for style in (BASE_STYLE, STYLE):
        ui.add_css(style.read_text(encoding="utf-8"), shared=True)
    ui.page("/", title=f"Backstop bench: {bench.site['site']}")(lambda: Page(bench) and None)
    ui.run(host=HOST, port=port, reload=False, show=opens_browser, tailwind=False, dark=None,
           language="en-US", show_welcome_message=False, favicon="🚪",
           gzip_middleware_factory=None)  # nothing to save between here and here
