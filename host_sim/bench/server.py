"""Start the bench: check the site file and the port, then serve the page."""

import asyncio
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"
SAMPLE = Path(__file__).parent.parent / "sites" / "hq.toml"
STYLE = Path(__file__).parent / "bench.css"
ENDED, REFUSED = 0, 2  # exit statuses


def serve(site_path: str | Path | None = None, port: int = 8080, opens_browser: bool = False) -> int:
    """Serve the bench until it is interrupted. Returns the exit status."""
    from tools.site import SiteError, load

    try:
        site = load(str(site_path or SAMPLE))
    except SiteError as error:
        print(error, file=sys.stderr)
        return REFUSED
    if not _is_free(port):
        print(f"port {port} on {HOST} is in use: stop the program that has it, "
              f"or choose another with --port, such as --port {port + 1 if port < 65535 else 8080}", file=sys.stderr)
        return REFUSED
    with suppress(KeyboardInterrupt):
        _run(site, port, opens_browser)
    return ENDED


def _is_free(port: int) -> bool:
    """Tell whether nobody listens there, by listening for a moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _run(site: object, port: int, opens_browser: bool) -> None:
    from nicegui import app, ui  # here, so that a wrong file or port is told at once

    from host_sim.bench import edge
    from host_sim.bench.bench import Bench
    from host_sim.bench.page import Page

    bench = Bench(site, int(time.time() * 1000))
    app.on_startup(lambda: asyncio.create_task(bench.driver.run(), name="bench driver"))
    app.on_startup(lambda: print(f"The bench is open on http://{HOST}:{port} (Ctrl+C ends it)", flush=True))
    app.on_exception(lambda error: bench.faults.count("page", repr(error)))
    app.add_middleware(edge.CountRefusals, faults=bench.faults)
    edge.guard_socket(bench.faults)
    ui.add_css(STYLE.read_text(encoding="utf-8"), shared=True)
    ui.page("/", title=f"Backstop bench: {bench.site['site']}")(lambda: Page(bench) and None)
    ui.run(host=HOST, port=port, reload=False, show=opens_browser, tailwind=False, dark=None,
           language="en-US", show_welcome_message=False, favicon="🚪",
           gzip_middleware_factory=None)  # nothing to save between here and here
