"""Power goes in each operation of a story, in every kind of way: nothing accepted is lost, nothing is half there."""

from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import PowerCut
from tests.hal.chips import FACTS, NOTES, Story, blank, cut_draw, ready, text

SLOW = (
    "test_a_cut_at_any_operation_that_blanks_the_beginning",
    "test_a_cut_at_any_operation_that_leaves_little",
    "test_a_cut_at_any_operation_that_leaves_much",
)

# Blank sizes of an erase and prefixes of a program: at the edges of head, marker, opening and whole; negative from the end.
SIZES = (0, 1, 2, 7, 9, 15, 40, -1, -2, -17, -25, -34)


def tell(story):
    """Records of many lengths, two kinds, drops of both and erases."""
    for i in range(48):
        story.store(NOTES, text(i, (i * 37) % 150))
        if i % 3 == 0:
            story.store(FACTS, text(i, 90))
        if i % 9 == 8:
            story.drop(story.log.sectors(FACTS)[0])


def go_on(story):
    """After a cut the log takes as much as before it, and keeps it over a restart."""
    for i in range(6):
        story.store(NOTES, text(1000 + i, 100))
        story.store(FACTS, text(2000 + i, 30))
    while story.log.wants_erase():
        assert story.erase()
    story.remount()
    assert story.log.bad_sectors() == []


def cut(operation, side, size):
    """Tell the story with a cut at an operation. Says whether it was met."""
    story = Story(blank())
    story.nor.draw = cut_draw(side, size)
    story.nor.cut_at = story.nor.operations + operation
    try:
        tell(story)
        return False
    except PowerCut:
        pass
    story.remount()
    go_on(story)
    return True


def cut_everywhere(side, size):
    operation = 1
    while cut(operation, side, size):
        operation += 1
    assert operation > 60


def test_a_cut_at_any_operation_that_leaves_little():
    for size in SIZES[:6]:
        cut_everywhere(1, size)


def test_a_cut_at_any_operation_that_leaves_much():
    for size in SIZES[6:]:
        cut_everywhere(1, size)


def test_a_cut_at_any_operation_that_blanks_the_beginning():
    for size in (0, 1, 16, -34):
        cut_everywhere(0, size)


def torn(log, nor, record, size):
    """Cut the append of a record after `size` bytes."""
    nor.draw, nor.cut_at = cut_draw(0, size), nor.operations + 1
    try:
        log.append(FACTS, record)
    except PowerCut:
        nor.restore()
        return FlashLog(nor)


def test_a_torn_record_closes_its_sector():
    for size in range(1, 25):
        nor = blank()
        log = ready(nor)
        number = log.open(FACTS)
        log.append(FACTS, b"whole")
        log = torn(log, nor, text(1, 20), size)
        assert [record for _, record in log.records(number)] == [b"whole"] and log.room(FACTS) == 0 and log.damaged == 0
        assert log.open(FACTS) > number and log.append(FACTS, b"next")
        assert nor.bad_programs == 0


def test_a_record_of_which_nothing_was_programmed_leaves_its_sector_open():
    nor = blank()
    log = ready(nor)
    log.open(FACTS)
    log.append(FACTS, b"whole")
    room = log.room(FACTS)
    log = torn(log, nor, text(1, 20), 0)
    assert log.room(FACTS) == room
    log = torn(log, nor, b"x" * 255, 1)  # the length's first byte is 0xFF
    assert log.room(FACTS) == room


def test_a_torn_opening_makes_the_sector_wait_for_an_erase():
    for size in range(1, 9):
        nor = blank()
        log = ready(nor)
        number = log.open(FACTS)
        log = torn(log, nor, b"first", size)
        assert log.sectors(FACTS) == [] and (log.erased(), log.wants_erase()) == (7, 1) and log.open(FACTS) >= number


def test_a_sector_with_a_torn_opening_does_not_look_erased_in_the_middle_of_its_erase():
    for size in range(513):
        nor = blank()
        log = ready(nor)
        log.open(FACTS)
        log = torn(log, nor, b"first", 5)
        nor.draw, nor.cut_at = cut_draw(1, size), nor.operations + 2
        try:
            log.erase_ahead()
            assert False
        except PowerCut:
            nor.restore()
        assert (FlashLog(nor).erased(), FlashLog(nor).wants_erase()) == (7, 1)


def test_an_erase_that_was_cut_is_done_again_before_the_sector_is_used():
    for side in (0, 1):
        for size in range(513):
            nor = blank()
            log = ready(nor)
            number = log.open(FACTS)
            log.append(FACTS, text(1, 400))
            log.drop(number)
            log.open(FACTS)
            log.append(FACTS, b"next")
            nor.draw, nor.cut_at = cut_draw(side, size), nor.operations + 1
            try:
                log.erase_ahead()
                assert False
            except PowerCut:
                nor.restore()
            log = FlashLog(nor)
            assert log.sectors(FACTS) == [number + 1] and (log.erased(), log.wants_erase()) == (6, 1)
            assert log.open(FACTS) == number + 2


def test_numbers_rise_though_erases_that_are_cut_take_headers_along():
    for completed in range(4):
        nor = blank()
        log, seen = ready(nor), 0
        nor.draw = cut_draw(0, -1)
        for _ in range(30):
            number = log.open(FACTS)
            assert number is None or number > seen
            if number:
                seen = number
                log.append(FACTS, b"x")
                log.drop(number)
            for _ in range(completed):
                log.erase_ahead()
            # All others that wait lose their headers.
            for _ in range(log.wants_erase()):
                nor.cut_at = nor.operations + 1
                try:
                    log.erase_ahead()
                except PowerCut:
                    nor.restore()
                log = FlashLog(nor)
            nor.restore()
