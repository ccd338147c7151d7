"""Many seeds on all cores: what `python -m host_sim fuzz` does."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from host_sim.fuzz.seed import Result, live
from host_sim.fuzz.story import Story
from host_sim.fuzz.tally import Tally

HELD, BROKEN = 0, 1  # exit statuses
_AHEAD = 3  # seeds handed out for each process
_PROGRESS_S = 2


def fuzz(seeds: int | None, start: int, minutes: float | None, jobs: int | None, keeps_going: bool = False) -> int:
    """Live seeds until one breaks something (unless it `keeps_going`), all are lived, or time is up. Returns the exit status."""
    numbers = count(start) if seeds is None else range(start, start + seeds)
    until_s = time.monotonic() + minutes * 60 if minutes else float("inf")
    tally, told_s = Tally(), 0.0
    try:
        for result in results(live, numbers, jobs or os.cpu_count() or 1):
            tally.add(result)
            now_s = time.monotonic()
            if now_s - told_s >= _PROGRESS_S:
                told_s = now_s
                print(tally.progress(), file=sys.stderr, flush=True)
            if result.invariant:
                _tell_failure(result)
            if result.invariant and not keeps_going or now_s >= until_s:
                break
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    print(tally.summary())
    return BROKEN if tally.failed else HELD


def tell_whole_story(seed: int, path: Path) -> int:
    """Live one seed and write everything down. Returns the exit status."""
    story = Story(keeps_all=True)
    result = live(seed, story)
    path.write_text("\n".join(story.lines()) + "\n", encoding="utf-8")
    if result.invariant:
        _tell_failure(result)
    return BROKEN if result.invariant else HELD


def results(work: Callable, numbers: Iterable[int], jobs: int) -> Iterator:
    """Yield what comes of each number, as it is done. Limits: only some numbers are taken ahead."""
    if jobs == 1:
        yield from map(work, numbers)
        return
    pool = ProcessPoolExecutor(jobs, get_context("forkserver"), signal.signal, (signal.SIGINT, signal.SIG_IGN))
    waiting: set = set()
    try:
        for number in numbers:
            waiting.add(pool.submit(work, number))
            if len(waiting) >= jobs * _AHEAD:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from [future.result() for future in done]
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from [future.result() for future in done]
    finally:
        pool.shutdown(cancel_futures=True)


def _tell_failure(result: Result) -> None:
    """Say what broke, the last events, and how to see it again."""
    print(*result.last, sep="\n", file=sys.stderr)
    print(f"seed {result.seed} breaks: {result.invariant}", result.text, sep="\n", file=sys.stderr)
    print(f"replay: python -m host_sim fuzz --seeds 1 --start {result.seed}", file=sys.stderr)
