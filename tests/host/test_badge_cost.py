"""What a badge costs from its last bit to the lock must not grow, with the number of people or otherwise: counted, not timed."""

import pytest

from tests.interpreters import MICROPYTHON32, find, is_required
from tools.bench import callgrind
from tools.bench.badge import FEW, GOAL_MS, GROWTH_MAX, MORE_WORK_MAX, MOST, counted, instructions, measured

pytestmark = pytest.mark.slow

# A little above what it is. Whatever comes on top is dear, at each badge: better behind the lock.
PLAIN_MAX = {"calls": 190, "lookups": 62, "unpacks": 1}
LIVELY_MAX = {"calls": 265, "lookups": 113, "unpacks": 2}
SLICES_MAX = 4  # of keys that begin alike
BYTES_MAX = 5000  # a board that has 60 kB to spare tidies up after some ten badges, and then in a calm moment
INSTRUCTIONS_MAX = 900_000  # half as many again, of other versions of MicroPython and its C library


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
    assert 100_000 < few < INSTRUCTIONS_MAX and most <= few * MORE_WORK_MAX


def test_what_is_called_and_looked_up_is_counted_the_same_each_time():
    assert counted(FEW) == counted.__wrapped__(FEW)


@pytest.mark.parametrize("which", [(), ("lively",)])
def test_what_is_called_and_looked_up_is_the_same_among_ten_thousand_people(which):
    few, most = counted(FEW, *which), counted(MOST, *which)
    assert few["lookups"] == most["lookups"] and few["unpacks"] == most["unpacks"]
    assert abs(few["calls"] - most["calls"]) <= SLICES_MAX


@pytest.mark.parametrize(("which", "most"), [((), PLAIN_MAX), (("lively",), LIVELY_MAX)])
def test_a_badge_calls_and_looks_up_no_more_than_it_did(which, most):
    found = counted(MOST, *which)
    assert all(found[what] <= most[what] for what in most), found
    assert found["estimate_ms"] < GOAL_MS and found["calls"] > 100
