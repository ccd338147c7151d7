"""A table too large for the heap: most of it is in the flash, and it is the same table."""

from firmware.core.pages import Pages
from firmware.core.rows import Rows
from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam
from firmware.replica.room import FlashTooSmall, Room, sectors_max
from firmware.replica.shelf import FACTS, SWAP, Shelf
from firmware.replica.swap import Swap, SwapLost
from firmware.wire import packed
from tests.core.facts import Lcg
from tests.replica.test_checkpoints import live, scratch, unended

SLOW = (
    "test_a_table_in_a_swap_is_the_fold_from_scratch_whatever_came_late_and_however_often_power_went",
    "test_a_swap_among_facts_and_checkpoints_starves_nobody",
    "test_what_happens_to_everybody_may_happen_bit_by_bit_whatever_comes_between",
)
ROW_BYTES = 8
READERS = {"in": 0, "out": 1}


def opened(sectors=64):
    chip = NorRam(sectors)
    log = FlashLog(chip)
    while log.erase_ahead():
        pass
    return chip, log, Shelf(log, packed.Codec)


def swapped(shelf, here=4, people=10000):
    pages = Pages(ROW_BYTES, people, Swap(shelf, here * 128))
    return pages._swap, Rows(READERS, pages)


def test_what_was_swapped_comes_back():
    _, _, shelf = opened()
    swap, rows = swapped(shelf)
    for no in range(2000):
        rows.put(no, "in", no + 1, "out")
    assert all([rows.get(no) == ("in", no + 1, "out") for no in range(2000)])
    assert rows.get(2000) == ("never", 0, None) and not swap.has(9999)


def test_however_often_pages_change_the_swap_takes_half_as_many_sectors_again():
    chip, log, shelf = opened()
    swap, rows = swapped(shelf)
    luck, known, most = Lcg(5), {}, 0
    for turn in range(9000):
        no = luck.below(5000)
        known[no] = ("in", turn + 1, "in")
        rows.put(no, *known[no])
        while swap.has_work():
            swap.work()
        most = max(most, log.count(SWAP))
        if log.wants_erase():
            log.erase_ahead()
    assert most <= sectors_max(5000 // 17 * 144) + 2 < 24, most
    assert [no for no in range(5000) if no in known and rows.get(no) != known[no]] == []
    assert chip.bad_programs == 0 and log.wear()[1] < 40


def test_cleared_it_has_nothing_and_lets_its_sectors_go():
    _, log, shelf = opened()
    swap, rows = swapped(shelf)
    for no in range(2000):
        rows.put(no, "in", 5, "in")
    assert log.count(SWAP) > sectors_max(0)
    rows._pages.clear()
    rows.clear()
    while swap.has_work():
        swap.work()
    assert log.count(SWAP) <= sectors_max(0) and list(rows.people()) == [] and rows.inside(0) == 0
    rows.put(1999, "out", 6, "out")
    assert list(rows.people()) == [1999] and rows.get(1998)[0] == "never"


def test_a_start_lets_go_what_was_swapped():
    from firmware.replica.log import Log

    chip, _, shelf = opened()
    _, rows = swapped(shelf)
    for no in range(2000):
        rows.put(no, "in", 5, "in")
    log = FlashLog(chip)
    assert log.count(SWAP) > 0
    Log("c1", log, packed.Codec)
    assert log.count(SWAP) == 0


def test_a_page_that_cannot_be_read_stops_the_controller_and_no_table_is_made_up():
    chip, log, shelf = opened()
    swap, rows = swapped(shelf, here=2)
    for no in range(200):
        rows.put(no, "in", 5, "in")
    address = swap.has(0)
    place = log._find(address >> 12)
    chip.writeblocks(place, bytes(8), (address & 0xFFF) + 20)
    try:
        rows.get(0)
        raise AssertionError("read")
    except SwapLost as lost:
        assert str(lost) == "page 0"


def test_where_the_flash_is_full_two_sectors_are_left_to_facts_and_pages_stay_in_ram():
    _, log, shelf = opened(8)
    _, rows = swapped(shelf, here=2)
    for no in range(0, 10000, 16):
        rows.put(no, "in", no + 1, "in")
    assert log.erased() + log.wants_erase() == 2 and len(rows._pages._here) > 300
    assert all([rows.get(no)[1] == no + 1 for no in range(0, 10000, 16)])
    assert shelf.put_bytes(FACTS, b"fact")


def test_the_least_size_of_a_flash_with_a_swap_is_named():
    room = Room(type("Log", (), {"shelf": opened(97)[2], "generations": []})())
    room.require(10000, 1)
    try:
        room.require(10000, 1, True)
        raise AssertionError("taken")
    except FlashTooSmall as fault:
        assert str(fault) == "the log needs at least 104 sectors of flash, here are 97"


def test_a_table_in_a_swap_is_the_fold_from_scratch_whatever_came_late_and_however_often_power_went():
    for seed in range(4):
        made, board = live(seed, rows_max=0)
        assert board.node.log.swap.here_max == 2
        expected = scratch(made, board)
        assert board.table() == expected, seed
        board.start()
        assert board.table() == expected and board.node.log.generations, seed


def test_what_happens_to_everybody_may_happen_bit_by_bit_whatever_comes_between():
    for seed in range(4):
        made, board = live(seed, rows_max=0 if seed % 2 else 2048, at_once_max=0)
        expected = unended(scratch(made, board))  # whoever came in his turn was looked at: what ended is reported
        assert unended(board.table()) == expected, seed
        board.start()
        assert unended(board.table()) == expected, seed
        board.chores(500)
        assert not board.node.controller.is_sweeping() and unended(board.table()) == expected, seed
        digests = board.node.controller.presence.digests()
        board.at_once_max = 256
        board.start()
        assert board.node.controller.presence.digests() == digests, seed


def test_a_swap_among_facts_and_checkpoints_starves_nobody():
    made, board = live(5, count=700, spread=3, every=60, restarts=3, sectors=18, is_reported=True, rows_max=0)
    assert board.node.log.first("c2", 1, "facts") > 1, "old facts were let go"
    assert unended(board.table()) == unended(scratch(made, board))
    board.start()
    assert unended(board.table()) == unended(scratch(made, board))
    assert board.chip.bad_programs == 0
