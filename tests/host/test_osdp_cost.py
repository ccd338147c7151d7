"""What a poll of an OSDP bus costs a board, counted, not timed: heap, and instructions."""

import pytest

from tests.interpreters import MICROPYTHON32, find, is_required
from tools.bench import callgrind
from tools.bench.osdp_speed import BYTES_MAX, INSTRUCTIONS_MAX, poll_bytes, poll_instructions

pytestmark = pytest.mark.slow

# Of other versions of valgrind, MicroPython and its C library.
OTHERS = 1.5
# It does so exactly, but for what the name of a temporary file is worth in a table of names: a fraction of one was seen.
REPEATS = 10


@pytest.fixture(autouse=True)
def here():
    if not find(MICROPYTHON32):
        (pytest.fail if is_required() else pytest.skip)("no 32-bit MicroPython: run `make setup`")


def test_a_poll_takes_no_more_heap_than_a_board_can_tidy_up():
    """Four readers are asked 80 times a second: a board with 100 kB to spare tidies up every half second, which takes 2 ms."""
    assert 500 < poll_bytes() < BYTES_MAX


def test_a_poll_takes_no_more_instructions_than_a_board_has_time_for():
    if callgrind.lacks():
        (pytest.fail if is_required() else pytest.skip)(f"no {callgrind.lacks()}: run `make setup`")
    first = poll_instructions()
    assert 50_000 < first < INSTRUCTIONS_MAX * OTHERS
    assert abs(poll_instructions() - first) < REPEATS
