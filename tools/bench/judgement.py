"""One judgement, from a card's number to the verdict in the log, in a hall of few or many people."""
import functools
import statistics
import time

from firmware.node import Node
from tests.core import parts
from tools.bench.figure import Figure

NINE_MS = 1767603600000  # 2026-01-05 09:00 UTC
STEP_MS = 10000  # between two badges: the door has relocked
BADGES = 400
FEW, MANY, MOST = 100, 1000, 10000
GROWTH_MAX = 1.25  # with a hundred times as many people: a card is looked up in some steps more, nothing else grows


class Stage:
    """One board with a door into the hall, where everybody has badged in turn, `badges` in all; once unless told otherwise."""

    def __init__(self, people: int, badges: int = 0):
        self.now_ms = 0
        self.node = Node(parts.part([0] * people), None, {})
        self.node.resume()
        self._act(self.node.handle(("clock", NINE_MS), 0))
        self._act(self.node.start(0))
        for number in range(badges or people):
            self.tap(number % people, "out" if number // people % 2 else "in")

    def tap(self, no: int, side: str) -> None:
        """Present somebody's card, and let the door relock."""
        self.judge(no, side)
        self.wait(STEP_MS)

    def judge(self, no: int, side: str) -> None:
        """Present somebody's card: nothing but the judgement."""
        actions = self.node.controller.card(f"front_{side}", f"H10301:1:{no}", self.now_ms)
        assert ("lock", "front", False) in actions

    def wait(self, ms: int) -> None:
        """Let time pass, from deadline to deadline."""
        until_ms = self.now_ms + ms
        self.node._due_ms = None  # the card went past the node, which has to ask anew when something is due
        while (due_ms := self.node.next_deadline_ms()) is not None and due_ms <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self._act(self.node.tick(self.now_ms))
        self.now_ms = until_ms

    def _act(self, actions: list) -> None:
        for action in actions:
            if action[0] == "append":
                self.node.log.store(action[1])


@functools.cache
def _median_us(people: int) -> float:
    """The median over people all through the list, each on the way out and in again."""
    stage, taken_ns = Stage(people), []
    for number in range(BADGES):
        no = number * 37 % people
        for side in ("out", "in"):
            start_ns = time.perf_counter_ns()
            stage.judge(no, side)
            taken_ns.append(time.perf_counter_ns() - start_ns)
            stage.wait(STEP_MS)
    return statistics.median(taken_ns) / 1000


def _figure(people: int, goal: float | None) -> Figure:
    return Figure(f"one judgement, {people:,} people", _median_us(people), goal, "us", less_is_better=True)


def bench_judgement_1_few() -> Figure:
    """The measure of the two others."""
    return _figure(FEW, None)


def bench_judgement_2_many() -> Figure:
    return _figure(MANY, _median_us(FEW) * GROWTH_MAX)


def bench_judgement_3_most() -> Figure:
    return _figure(MOST, _median_us(FEW) * GROWTH_MAX)
