"""The console as operators meet it: its start, its pages, and how long a passback takes to be listed. A process, a broker, a board."""

import contextlib
import http.cookiejar
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from host_sim.broker import EmbeddedBroker
from host_sim.live import LiveSite
from host_sim.live.settings import settings
from tools.bench.figure import Figure
from tools.bench.hall import site
from tools.console.accounts.accounts import Accounts
from tools.console.history import opened
from tools.console.sitefile import SiteFile
from tools.site.compiler.keys import made_up, write
from tools.web.port import free

_SEED, _PEOPLE, _LOADS = 0, 200, 10
_PASSWORD = "tallow brisk 77 parsnip"
_PATHS = ("/", "/areas", "/muster", "/doors", "/alerts", "/history")
_START_S_MAX, _LOAD_MS_MAX, _LISTED_S_MAX = 5, 1000, 2
_WAIT_S, _FRAME_MS = 60, 150
_CARD_S = 0.052  # 26 bits


def bench_console_page() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, EmbeddedBroker() as broker:
        made = site(1, _PEOPLE)
        path = _prepared(Path(folder), made)
        began_s = time.perf_counter()
        with _console(path, broker) as visitor, LiveSite(made, time.time_ns() // 1_000_000, settings(broker), _SEED, only="c00") as board:
            start_s = visitor.served_s - began_s
            visitor.sign_in()
            loads_ms = {path: statistics.median(visitor.load_ms(path) for _ in range(_LOADS)) for path in _PATHS}
            listed_s = statistics.median(_listed(board, visitor, f"p{number:04}") for number in range(_LOADS))
    slowest = max(loads_ms, key=loads_ms.get)
    return [
        Figure("console: start to the page served", start_s, _START_S_MAX, "s", less_is_better=True),
        Figure(f"console: slowest page ({slowest}), median", loads_ms[slowest], _LOAD_MS_MAX, "ms", less_is_better=True),
        Figure("console: card to the list of violations, median; pages look each second", listed_s, _LISTED_S_MAX, "s", less_is_better=True),
    ]


def _prepared(folder: Path, made) -> Path:
    """A site file with the keys beside it, and an operator who can sign in."""
    path = folder / "hall.json"
    operators = {"max": {"role": "site_manager"}}
    path.write_text(json.dumps(json.loads(made.model_dump_json(exclude_unset=True)) | {"operators": operators}))
    file = SiteFile(path)
    write(folder / f"{made.site}.keys", made_up(file(), _SEED))
    engine = opened(str(folder / f"{made.site}.sqlite"))
    assert Accounts(engine, file).set_password("max", _PASSWORD, "bench") is None
    engine.dispose()
    return path


def _listed(board: LiveSite, visitor: "_Visitor", user: str) -> float:
    """Return how long after the last pulse of his second card somebody is in the list."""
    (reader,) = board.site.areas["hall"].entrances
    board.badge(reader, user=user)
    board.run_until(board.now_ms + _FRAME_MS)
    board.badge(reader, user=user)
    since_s = time.perf_counter() + _CARD_S
    while user not in visitor.get("/violations.csv"):
        assert time.perf_counter() - since_s < _WAIT_S, f"{user} is not listed"
        board.run_until(board.now_ms + 10)
    return time.perf_counter() - since_s


class _Visitor:
    """Somebody with a browser that draws nothing."""

    def __init__(self, url: str):
        self._url, self.served_s = url, 0.0
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open

    def wait(self, process: subprocess.Popen) -> None:
        until_s = time.monotonic() + _WAIT_S
        while time.monotonic() < until_s and process.poll() is None:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                self.get("/sign-in")
                self.served_s = time.perf_counter()
                return
            time.sleep(0.02)
        raise RuntimeError("the console does not start")

    def sign_in(self) -> None:
        form = urllib.parse.urlencode({"name": "max", "password": _PASSWORD}).encode()
        self._open(urllib.request.Request(self._url + "/sign-in", form, {"Origin": self._url})).close()

    def get(self, path: str) -> str:
        with self._open(self._url + path) as answer:
            return answer.read().decode()

    def load_ms(self, path: str) -> float:
        since_s = time.perf_counter()
        assert "Sign out" in self.get(path)
        return (time.perf_counter() - since_s) * 1000


@contextlib.contextmanager
def _console(path: Path, broker: str) -> Iterator[_Visitor]:
    port = free()
    command = [sys.executable, "-m", "tools.console", "--site", str(path), "run", "--broker", broker, "--port", str(port), "--no-open"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        visitor = _Visitor(f"http://127.0.0.1:{port}")
        visitor.wait(process)
        yield visitor
    finally:
        process.terminate()
        process.wait()
