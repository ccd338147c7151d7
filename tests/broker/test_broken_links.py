"""Brokers that die, come back and freeze, with a PC and both MicroPythons on them at once."""
import contextlib
import time

import pytest

from tests import interpreters
from tests.broker.boards import Board, Listener
from tests.brokers import Mosquitto, wait_for

pytestmark = [pytest.mark.broker, pytest.mark.slow]
FROZEN_S = 20
NOISE_S = 5  # this machine has other things to do


@pytest.fixture
def broker(tmp_path):
    with Mosquitto(tmp_path) as broker:
        yield broker


@pytest.fixture
def boards(broker):
    """One of each kind that this machine has; the tests of links say loudly which one it lacks."""
    kinds = [kind for kind in interpreters.ALL if kind == interpreters.CPYTHON or interpreters.find(kind)]
    with contextlib.ExitStack() as stack:
        boards = [stack.enter_context(Board(kind, broker.port)) for kind in kinds]
        for board in boards:
            board.wait_link(True)
        yield boards


def told(boards, is_up: bool, since: list[int], began_s: float, patience_s: float) -> dict:
    """Seconds after `began_s` at which each board said so."""
    return {b.kind: round(b.wait_link(is_up, n, patience_s) - began_s, 1) for b, n in zip(boards, since, strict=True)}


def assert_all_are_heard(broker, boards) -> None:
    """Messages of each board come through again."""
    with Listener(broker.port) as listener:
        for board in boards:
            wait_for(lambda name=board.name: listener.payloads(f"have/{name}")[10:], f"{board.kind} is not heard", 40)


def test_a_broker_that_was_killed_is_missed_at_once_and_found_again(broker, boards):
    since = [len(board.lines) for board in boards]
    broker.kill()
    lost_s = told(boards, False, since, time.monotonic(), NOISE_S)
    time.sleep(4)
    broker.start()
    found_s = told(boards, True, since, time.monotonic(), 16 + NOISE_S)
    print("lost after", lost_s, "found after", found_s, [board.stats()["calls"] for board in boards])
    assert_all_are_heard(broker, boards)
    for board in boards:
        board.assert_no_call_waited()
        assert board.stats()["stats"]["connects"] == 2 and board.stats()["stats"]["half_open"] == 0


def test_a_broker_that_freezes_is_given_up_within_ten_seconds_and_nobody_waits_for_it(broker, boards):
    since = [len(board.lines) for board in boards]
    began_s = time.monotonic()
    broker.freeze()
    try:
        lost_s = told(boards, False, since, began_s, 10 + NOISE_S)
        time.sleep(max(0, began_s + FROZEN_S - time.monotonic()))
        for board in boards:
            board.assert_no_call_waited()
            assert board.stats()["stats"]["half_open"] == 1
            assert board.stats()["stats"]["dropped_out"] > 0 or board.kind == interpreters.CPYTHON
    finally:
        broker.thaw()
    found_s = told(boards, True, since, time.monotonic(), 40)
    print("lost after", lost_s, "found after", found_s, [board.stats()["calls"] for board in boards])
    assert_all_are_heard(broker, boards)
    for board in boards:
        board.assert_no_call_waited()
