"""What stops interrupts is counted by whoever does it, from any thread, and is over when the last has said so."""

import time
from _thread import start_new_thread

from firmware.hal.busy import Busy

THREADS, TURNS = 3, 2000


def test_it_counts_who_works_and_is_another_epoch_before_and_after():
    busy = Busy(bool)
    with busy:
        with busy:
            assert (busy.depth, busy.epoch) == (2, 2)
        assert (busy.depth, busy.epoch) == (1, 3)
    assert (busy.depth, busy.epoch) == (0, 4)


def test_handlers_that_waited_have_their_turn_before_it_is_over():
    depths = []
    busy = Busy(lambda: depths.append(busy.depth))
    with busy:
        assert depths == []
    assert depths == [1] * 8


def test_it_is_over_also_when_the_work_failed():
    busy = Busy(bool)
    try:
        with busy:
            raise OSError(5)
    except OSError:
        pass
    assert busy.depth == 0


def test_epochs_begin_again_before_they_need_heap():
    busy = Busy(bool)
    busy.epoch = 0xFFFF
    with busy:
        assert busy.epoch == 0


class Worker:
    """A thread that works and works."""

    def __init__(self, busy):
        self.is_done = False
        self._busy = busy
        start_new_thread(self._work, ())

    def _work(self):
        for _ in range(TURNS):
            with self._busy:
                pass
        self.is_done = True


def test_threads_that_work_at_once_spoil_no_number():
    busy = Busy(bool)
    workers = [Worker(busy) for _ in range(THREADS)]
    for _ in range(1000):
        if all([worker.is_done for worker in workers]):
            break
        time.sleep(0.01)
    assert all([worker.is_done for worker in workers]), "not within ten seconds"
    assert (busy.depth, busy.epoch) == (0, 2 * THREADS * TURNS)
