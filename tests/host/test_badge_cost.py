"""What a badge costs from its last bit to the lock must not grow with the number of people: counted, not timed."""

import pytest

from tests.interpreters import MICROPYTHON32, find, is_required
from tools.bench import callgrind
from tools.bench.badge import FEW, GROWTH_MAX, MORE_WORK_MAX, MOST, counted, instructions, measured

pytestmark = pytest.mark.slow

CALLS_MAX, LOOKUPS_MAX, UNPACKS_MAX = 178, 59, 1
BYTES_MAX = 20_000  # a board that has 60 kB to spare tidies up before the third badge, and then in a calm moment


@pytest.fixture(autouse=True)
def here():
    if not find(MICROPYTHON32):
        (pytest.fail if is_required() else pytest.skip)("no 32-bit MicroPython: run `make setup`")


def test_a_badge_takes_no_more_heap_among_ten_thousand_people():
    few, most = measured(FEW)["bytes"], measured(MOST)["bytes"]
    assert 1000 < few <= most < BYTES_MAX and most <= few * GROWTH_MAX


def test_a_badge_executes_no_more_among_ten_thousand_people():
    if callgrind.lacks():
        (pytest.fail if is_required() else pytest.skip)(f"no {callgrind.lacks()}: run `make setup`")
    few, most = instructions(FEW), instructions(MOST)
    assert 100_000 < few and most <= few * MORE_WORK_MAX


def test_what_is_called_and_looked_up_is_counted_the_same_each_time():
    few, again, most = counted(FEW), counted.__wrapped__(FEW), counted(MOST)
    assert few == again and 100 < few["calls"] <= most["calls"] <= few["calls"] * GROWTH_MAX
    assert 40 < few["lookups"] == most["lookups"] and few["unpacks"] == most["unpacks"] > 0


def test_a_badge_calls_and_looks_up_no_more_than_it_did():
    """What is new between the last bit and the lock is dear, each time: better behind the lock."""
    most = counted(MOST)
    assert most["calls"] <= CALLS_MAX and most["lookups"] <= LOOKUPS_MAX and most["unpacks"] <= UNPACKS_MAX
