"""A board that was cut off while another wrote 10,000 facts: how long until it has them all."""
import functools
import time

from tools.bench.figure import Figure
from tools.bench.hall import BOARD_SECTORS, Crowd, Hall, site

WRITER, LATE = "c00", "c01"
PEOPLE, MISSED = 500, 10000
PAUSE_MS = 6000
SECONDS_MAX = 240  # at 50 entries a second 200 are the least
CPU_SECONDS_MAX = 20  # both boards, the console and the network


@functools.cache
def _measured() -> tuple[float, float]:
    """(simulated seconds, CPU seconds) from the moment the link is back."""
    hall = Hall(site(2, PEOPLE), flash_sectors=BOARD_SECTORS)
    hall.run_until(60 * 1000)
    hall.set_network([[WRITER]])
    seqs, crowd = hall.boards[WRITER].node.controller.recorder.seqs, Crowd(hall, ["d00"])
    known, before = _here(hall, WRITER), _here(hall, LATE)
    while seqs["facts"] < known + MISSED:
        crowd.take_turns(100, PAUSE_MS)
    hall.run_until(hall.now_ms + 60 * 1000)
    assert _here(hall, LATE) == before
    return _catch_up(hall, known + MISSED)


def _catch_up(hall: Hall, seq: int) -> tuple[float, float]:
    hall.set_network("all")
    start_ms, start_s = hall.now_ms, time.process_time()
    while _here(hall, LATE) < seq:
        hall.run_until(hall.now_ms + 1000)
        assert hall.now_ms - start_ms < 3600 * 1000, "it never has them all"
    return (hall.now_ms - start_ms) / 1000, time.process_time() - start_s


def _here(hall: Hall, name: str) -> int:
    """Return up to where a board has the writer's facts."""
    return hall.boards[name].node.log.last(WRITER, hall.boards[WRITER].node.exchange.inc, "facts")


def bench_catch_up_time() -> Figure:
    return Figure("10,000 facts missed: to catch up", _measured()[0], SECONDS_MAX, "simulated s", less_is_better=True)


def bench_catch_up_work() -> Figure:
    return Figure("10,000 facts missed: work of that", _measured()[1], CPU_SECONDS_MAX, "CPU s", less_is_better=True)
