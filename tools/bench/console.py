"""The console: events stored, searched and taken up again at the start. BACKSTOP_EVENTS=10000000 for a site of years."""
import atexit
import functools
import itertools
import os
import tempfile
import time
from pathlib import Path

from tools.bench.console_crowd import START_MS, crowd, site
from tools.bench.figure import Figure
from tools.console.history import History, Query
from tools.console.picture import Picture

EVENTS = int(os.environ.get("BACKSTOP_EVENTS", "1000000"))
_BATCH, _WARM = 500, 200_000
STORED_MIN, SEARCH_S_MAX, GROWTH_MB_MAX, START_S_MAX = 5000, 1, 1, 5


@functools.cache
def _filled() -> tuple[Path, float, float]:
    """(database with all events, events stored per second, MB that 100,000 of them added to the process)."""
    folder = tempfile.TemporaryDirectory(prefix="backstop-bench-")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "history.sqlite"
    history, source, taken_s, count, warm_kb = History(str(path)), crowd(EVENTS), 0.0, 0, None
    while batch := list(itertools.islice(source, _BATCH)):
        start_s = time.perf_counter()
        assert len(history.append(batch)) == len(batch)
        taken_s += time.perf_counter() - start_s
        count += len(batch)
        if warm_kb is None and count >= _WARM:
            warm_kb = _resident_kb()
    grown_mb = (_resident_kb() - warm_kb) / 1024 / max((count - _WARM) / 100_000, 1) if warm_kb else 0.0
    history.close()
    return path, count / taken_s, grown_mb


def _resident_kb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def searches() -> list[Query]:
    """What is asked for, frequent and seldom things, alone and together, in the newest and the oldest of it."""
    old = START_MS + 3_600_000
    one = [
        Query(), Query(person="user3"), Query(person="user1900"), Query(person="nobody"), Query(door="door7"), Query(area="area5"),
        Query(reader="door7_in"), Query(controller="c7"), Query(types=("door.forced",)), Query(types=("log.lost", "access.granted")),
        Query(person="user3", door="door7"), Query(person="user3", types=("door.forced",)), Query(door="door7", types=("door.forced",)),
        Query(door="door7", types=("apb.violation",)), Query(area="area5", types=("access.denied",)), Query(area="area5", door="door5"),
        Query(door="door7", controller="c8"), Query(controller="c7", types=("keypad.locked",)), Query(person="user3", text="no such word"),
        Query(text="no such word"),
    ]  # fmt: skip
    return one + [Query(**{**vars(query), "until_ms": old}) for query in one]


def bench_console_stored() -> Figure:
    return Figure("console: events stored", _filled()[1], STORED_MIN, "events/s")


def bench_console_memory() -> Figure:
    return Figure("console: memory for 100,000 more events", max(_filled()[2], 0.01), GROWTH_MB_MAX, "MB", less_is_better=True)


def bench_console_search() -> list[Figure]:
    """The slowest of many searches, each for the first time, with nothing of the database in the process."""
    path, worst_s, worst = _filled()[0], 0.0, None
    for query in searches():
        history = History(str(path))
        start_s = time.perf_counter()
        history.search(query)
        taken_s = time.perf_counter() - start_s
        history.close()
        if os.environ.get("BACKSTOP_EVENTS"):
            print(f"{taken_s:7.3f} s  {query}")
        if taken_s > worst_s:
            worst_s, worst = taken_s, query
    assert worst is not None
    return [Figure(f"console: slowest search of {EVENTS:,}", worst_s, SEARCH_S_MAX, "s", less_is_better=True)]


@functools.cache
def _started() -> tuple[float, float]:
    """(events per second of the first fold, seconds that the next start takes, with the last checkpoint a while ago)."""
    history = History(str(_filled()[0]))
    start_s = time.perf_counter()
    Picture(site(), history)
    first_s = time.perf_counter() - start_s
    start_s = time.perf_counter()
    Picture(site(), history)
    taken_s = time.perf_counter() - start_s
    history.close()
    return EVENTS / first_s, taken_s


def bench_console_first_fold() -> Figure:
    return Figure("console: events folded at the very first start", _started()[0], None, "events/s")


def bench_console_start() -> Figure:
    return Figure(f"console: start with {EVENTS:,} events", _started()[1], START_S_MAX, "s", less_is_better=True)
