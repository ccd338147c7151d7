"""Everything at once, as time goes by: a clock that is handed in says what time it is, and something lets it pass.

Layout of what is found, one dict each:
    power   panel, reader, s: from power to Secure Channel, None for never
    cycle   panel, reader, baud, count, ms: the median time between two polls of one reader, start_s: all in Secure Channel
    fault   panel, reader, fault, back_s, cards_s: of the card in the midst of it, and of the one after it; None for never
"""

import statistics

from tools.bench.osdp.cases import Bench, Case
from tools.bench.osdp.faults import faults

BAUD = 9600
CYCLES = [(baud, count) for baud in (9600, 115200) for count in (1, 4, 8)]
_SECOND_US = 1_000_000
_START_US = 12 * _SECOND_US


class Run:
    """`pause_us`: the longest time between two looks at everybody. wait: lets a millisecond or so pass."""

    def __init__(self, clock, wait):
        self.pause_us = 0
        self._clock = clock
        self._wait = wait

    def power(self, panels: tuple, readers: tuple) -> list[dict]:
        """From power to Secure Channel, for each panel with one reader of each kind."""
        benches = [self._bench(panel, reader) for panel in panels for reader in readers]
        self._start(benches)
        return [_named(bench) | {"s": _seconds(bench.secure_us())} for bench in benches]

    def cycles(self, panels: tuple, reader) -> list[dict]:
        """How often each reader is asked, of one, four and eight on a line."""
        benches = [Bench(panel, reader, count, baud, self._clock) for panel in panels for baud, count in CYCLES]
        end_us = self._clock() + _START_US
        self._until(lambda: [bench.refresh() for bench in benches], lambda: self._clock() >= end_us)
        return [_cycle(bench) for bench in benches]

    def faults(self, panels: tuple, readers: tuple, wait_us: int, fresh=faults) -> list[dict]:
        """Every fault, on each panel with each kind of reader. wait_us: for a panel to be back. fresh: makes the faults."""
        kinds = [(name, reader, panel) for name in fresh() for reader in readers for panel in panels]
        cases = [Case(name, self._bench(panel, reader), fresh()[name]) for name, reader, panel in kinds]
        self._start([case.bench for case in cases])
        self._until(
            lambda: [case.refresh(self._clock()) for case in cases],
            lambda: all(case.is_over(self._clock(), wait_us) for case in cases),
        )
        return [_outcome(case) for case in cases]

    def _bench(self, panel, reader) -> Bench:
        return Bench(panel, reader, 1, BAUD, self._clock)

    def _start(self, benches: list[Bench]) -> None:
        """Let all come to Secure Channel, or time enough pass for it."""
        end_us = self._clock() + _START_US
        self._until(
            lambda: [bench.refresh() for bench in benches],
            lambda: all(bench.secure_us() is not None for bench in benches) or self._clock() >= end_us,
        )

    def _until(self, refresh, is_over) -> None:
        last_us = self._clock()
        while not is_over():
            refresh()
            self._wait()
            now_us = self._clock()
            self.pause_us, last_us = max(self.pause_us, now_us - last_us), now_us


def _named(bench: Bench) -> dict:
    return {"panel": bench.panel.name, "reader": bench.readers[0].name}


def _cycle(bench: Bench) -> dict:
    figures = {"ms": statistics.median(bench.gaps_us() or [0]) / 1000, "start_s": _seconds(bench.secure_us())}
    return _named(bench) | {"baud": bench.wire.baud, "count": len(bench.readers)} | figures


def _outcome(case: Case) -> dict:
    cards = [_seconds(us) for us in case.cards_us()]
    return _named(case.bench) | {"fault": case.name, "back_s": _seconds(case.back_us()), "cards_s": cards}


def _seconds(us: int | None) -> float | None:
    return None if us is None else us / _SECOND_US
