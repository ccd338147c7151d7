"""The keeper of a clock chip: when it reads, when it writes, and that a bus that fails costs nothing but time."""

from firmware.hal.busy import Busy
from firmware.hal.clock_keeper import ClockKeeper

AT_MS = 1767603600000
HOUR_MS = 3_600_000


class Chip:
    """A ClockChip that writes down what it is asked for. `fails`: so many times in a row."""

    def __init__(self, found):
        self.found, self.fails = found, 0
        self.reads, self.sets, self.depths = 0, [], []

    def read(self):
        self.reads += 1
        self._use()
        return self.found

    def set(self, at_ms):
        self._use()
        self.sets.append(at_ms)

    def _use(self):
        self.depths.append(BUSY.depth)
        if self.fails:
            self.fails -= 1
            raise OSError(116)


BUSY = Busy(bool)


class Board:
    """A keeper that is asked in each turn, and the controller's clock: `ahead_ms` of monotonic time, or None; its error."""

    def __init__(self, found=(AT_MS, 3000)):
        BUSY.is_reading = bool
        self.chip = Chip(found)
        self.keeper = ClockKeeper(self.chip, BUSY)
        self.now_ms, self.ahead_ms, self.err_ms = 0, None, 100
        self.told = []

    def live(self, ms, step_ms=5):
        for _ in range(0, ms, step_ms):
            self.now_ms += step_ms
            if self.now_ms >= self.keeper.due_ms:
                at_ms = None if self.ahead_ms is None else self.now_ms + self.ahead_ms
                told = self.keeper.tick(self.now_ms, at_ms, self.err_ms)
                if told:
                    self.told.append(told)


def test_after_a_start_the_chip_tells_the_time_once_and_it_is_announced():
    board = Board()
    board.live(5000)
    assert board.told == [(AT_MS, 3000)] and board.chip.reads == 1 and board.chip.depths == [1]


def test_where_somebody_told_it_before_the_chip_is_not_asked():
    board = Board()
    board.ahead_ms = AT_MS
    board.live(5000)
    assert board.told == [] and board.chip.reads == 0


def test_a_chip_that_nobody_believes_tells_nothing_and_is_set_when_the_time_is_known():
    board = Board(None)
    board.live(5000)
    assert board.told == [] and board.chip.sets == []
    board.ahead_ms = AT_MS + 300
    board.live(3000)
    assert len(board.chip.sets) == 1 and board.chip.sets[0] % 1000 <= 50


def test_a_time_that_is_known_no_better_than_by_the_chip_is_not_written():
    for err_ms in (3000, 60_000):
        board = Board(None)
        board.ahead_ms, board.err_ms = AT_MS, err_ms
        board.live(10_000)
        assert board.chip.sets == []


def test_a_better_time_is_written_at_once_and_then_once_an_hour():
    board = Board()
    board.live(1000)
    board.ahead_ms = AT_MS - 5 + 900
    board.live(3000)
    assert len(board.chip.sets) == 1
    board.live(105)
    board.live(3 * HOUR_MS, 500)  # of which each other one is the beginning of a second
    assert 3 <= len(board.chip.sets) <= 4


def test_a_clock_that_jumps_is_followed_at_once():
    board = Board()
    board.ahead_ms = AT_MS
    board.live(3000)
    for jump_ms in (1900, 2500, -4000):
        board.ahead_ms += jump_ms
        board.live(3000)
    assert len(board.chip.sets) == 3, "the first time, and the two larger jumps"
    assert abs(board.chip.sets[-1] - board.now_ms - board.ahead_ms) < 4000


def test_a_bus_that_fails_is_tried_again_after_a_minute_and_stops_nothing():
    board = Board()
    board.chip.fails = 2
    board.live(119_000, 50)
    assert board.told == [] and board.chip.reads == 2
    board.live(3000)
    assert board.told == [(AT_MS, 3000)] and BUSY.depth == 0
    board.chip.fails = 1
    board.ahead_ms = AT_MS
    board.live(58_000, 50)
    assert board.chip.sets == []
    board.live(5000)
    assert len(board.chip.sets) == 1


def test_the_bus_waits_for_the_end_of_a_frame():
    board = Board()
    BUSY.is_reading = lambda: True
    board.live(2000)
    assert board.chip.reads == 0
    BUSY.is_reading = bool
    board.live(50)
    assert board.told == [(AT_MS, 3000)]
