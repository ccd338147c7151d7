"""What MicroPython takes by itself, and when: often in work, seldom between. CPython counts no bytes, and says nothing."""

import gc

from firmware.hal import heap
from firmware.hal.busy import Busy


def share():
    """Of the heap, which MicroPython takes garbage after."""
    if not hasattr(gc, "threshold"):
        return None
    return round((gc.mem_alloc() + gc.mem_free()) / max(gc.threshold(), 1))


def test_garbage_is_taken_often_in_work_and_seldom_between():
    shares = []
    heap.begin()
    shares.append(share())
    made = heap.Heap(Busy(bool))
    shares.append(share())
    with made:
        shares.append(share())
    shares.append(share())
    if hasattr(gc, "threshold"):
        gc.threshold(-1)
    assert shares in ([64, 2, 16, 2], [None] * 4)


def test_work_and_collections_are_announced_also_when_the_work_failed():
    busy = Busy(bool)
    made = heap.Heap(busy)
    try:
        with made:
            assert busy.depth == 1
            raise OSError(5)
    except OSError:
        pass
    assert busy.depth == 0 and busy.epoch == 2
    assert made.free() > 0 and busy.epoch == 4


def test_a_collection_comes_each_few_turns_where_the_heap_is_small():
    made = heap.Heap(Busy(bool))
    assert 1 < made.rounds <= 32
