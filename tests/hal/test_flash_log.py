"""The log on a chip that works: what is stored, where, in how many operations, and how wear spreads."""

from firmware.hal import sector
from firmware.hal.flash_log import RECORD_BYTES_MAX, FlashLog
from firmware.hal.nor import NorRam
from tests.hal.chips import FACTS, NOTES, Story, blank, ready, text, visible


def refuses(log, kind, record):
    try:
        log.append(kind, record)
    except ValueError:
        return True
    return False


def test_a_blank_chip_has_to_be_erased_before_it_takes_a_record():
    log = FlashLog(blank())
    assert (log.erased(), log.wants_erase(), log.room(FACTS)) == (0, 8, 0)
    assert log.open(FACTS) is None and refuses(log, FACTS, b"x")
    assert log.erase_ahead() and (log.erased(), log.wants_erase()) == (1, 7)
    assert log.open(FACTS) is not None and log.append(FACTS, b"x")


def test_an_erase_ahead_is_one_erase_and_one_program():
    nor = blank()
    log = FlashLog(nor)
    for done in range(1, 9):
        assert log.erase_ahead()
        assert (nor.erases, nor.programs) == (done, done)
    assert not log.erase_ahead() and nor.operations == 16


def test_records_come_back_in_order_before_and_after_a_restart():
    nor = blank()
    log = ready(nor)
    number = log.open(FACTS)
    places = [log.append(FACTS, text(i, 10 + i)) for i in range(9)]
    for again in (log, FlashLog(nor)):
        assert again.sectors(FACTS) == [number] and again.sectors(NOTES) == []
        assert list(again.records(number)) == [(at, text(i, 10 + i)) for i, (_, at) in enumerate(places)]
        for i, (where, at) in enumerate(places):
            assert where == number and again.read(where, at) == text(i, 10 + i)
        assert again.damaged == 0 and again.room(FACTS) == log.room(FACTS) > 0


def test_a_record_in_bytes():
    nor = blank()
    log = ready(nor)
    assert log.open(FACTS) == 1
    log.append(FACTS, b"abc")
    data = bytearray(20)
    nor.readblocks(0, data, 24)
    # The opening, then length, CRC (zlib's, over the opening's CRC, length and body) and body, then blank.
    assert data == b"\x01\x01\x00\x00\x00" + b"\xc8\xb9\xfe\x43" + b"\x03\x00" + b"\x0b\xf5\xf6\x96" + b"abc" + b"\xff\xff"


def test_reading_where_no_record_begins_gives_nothing():
    log = ready(blank())
    number = log.open(FACTS)
    assert list(log.records(number)) == [] and log.sectors(FACTS) == []
    _, at = log.append(FACTS, text(1, 40))
    good = [offset for offset in range(-2, 600) if log.read(number, offset) is not None]
    assert good == [at]
    assert log.read(number + 1, at) is None and log.read(number - 1, at) is None and list(log.records(0)) == []


def test_opening_programs_nothing_and_closes_the_former():
    nor = blank()
    log = ready(nor)
    operations = nor.operations
    first = log.open(FACTS)
    second = log.open(FACTS)
    assert second > first and nor.operations == operations and log.erased() == 7
    log.append(FACTS, b"in the second")
    third = log.open(FACTS)
    log.append(FACTS, b"in the third")
    assert log.sectors(FACTS) == [second, third]


def test_each_kind_has_its_own_open_sector():
    nor = blank()
    log = ready(nor)
    numbers = [log.open(kind) for kind in range(8)]
    for i in (5, 3, 7, 0, 1, 2, 6, 4):
        log.append(i, text(i, 20))
    for again in (log, FlashLog(nor)):
        assert [again.sectors(kind) for kind in range(8)] == [[number] for number in numbers]
        assert all(again.room(kind) > 0 for kind in range(8))
    assert visible(again) == {(kind, numbers[kind]): [text(kind, 20)] for kind in range(8)}


def test_a_sector_is_filled_to_its_last_byte_and_no_further():
    nor = blank()
    log = ready(nor)
    number = log.open(FACTS)
    assert log.room(FACTS) == 512 - sector.RECORDS_AT - 6
    assert refuses(log, FACTS, b"") and refuses(log, FACTS, bytes(log.room(FACTS) + 1))
    log.append(FACTS, text(1, 298))
    log.append(FACTS, text(2, log.room(FACTS) - 2))
    assert log.room(FACTS) == 0 and refuses(log, FACTS, b"x")
    again = FlashLog(nor)
    assert again.room(FACTS) == 0 and len(list(again.records(number))) == 2 and again.damaged == 0


def test_the_last_bytes_of_a_sector_may_be_too_few_for_a_record():
    for left in range(8):
        nor = blank()
        log = ready(nor)
        number = log.open(FACTS)
        log.append(FACTS, text(1, log.room(FACTS) - 2 - left))
        again = FlashLog(nor)
        assert again.room(FACTS) == log.room(FACTS) == max(0, left - 6)
        assert len(list(again.records(number))) == 1 and again.damaged == 0


def test_records_of_any_length_take_three_pages_at_most():
    nor = NorRam(4, 4096)
    log = ready(nor)
    for size in list(range(1, RECORD_BYTES_MAX + 1, 7)) + [RECORD_BYTES_MAX]:
        if log.room(FACTS) < size:
            log.drop(log.open(FACTS) - 1)
            ready_again = log.erase_ahead()
            assert log.room(FACTS) >= size, ready_again
        programs, pages, erases = nor.programs, nor.pages_programmed, nor.erases
        number, at = log.append(FACTS, bytes(size))
        assert nor.programs == programs + 1 and nor.pages_programmed <= pages + 3 and nor.erases == erases
        assert log.read(number, at) == bytes(size)
    assert refuses(log, FACTS, bytes(RECORD_BYTES_MAX + 1))


def test_the_first_record_of_each_length_takes_three_pages_at_most():
    for size in range(1, RECORD_BYTES_MAX + 1, 13):
        nor = NorRam(1, 4096)
        log = ready(nor)
        log.open(FACTS)
        pages = nor.pages_programmed
        log.append(FACTS, bytes(size))
        assert nor.pages_programmed <= pages + 3


def test_records_of_blank_bytes_are_records():
    nor = blank()
    log = ready(nor)
    number = log.open(FACTS)
    log.append(FACTS, b"\xff" * 255)
    log.append(FACTS, b"\xff")
    log.append(FACTS, b"\x00")
    assert [record for _, record in FlashLog(nor).records(number)] == [b"\xff" * 255, b"\xff", b"\x00"]


def test_a_dropped_sector_is_gone_at_once_and_erased_later():
    nor = blank()
    log = ready(nor)
    old = log.open(FACTS)
    log.append(FACTS, b"old")
    operations = nor.operations
    log.drop(old)
    assert nor.operations == operations + 1
    new = log.open(NOTES)
    log.append(NOTES, b"new")
    for again in (log, FlashLog(nor)):
        assert again.sectors(FACTS) == [] and again.read(old, sector.RECORDS_AT) is None and again.room(FACTS) == 0
        assert again.wants_erase() == 1 and visible(again) == {(NOTES, new): [b"new"]}
    assert again.erase_ahead() and again.erased() == 7 and not again.erase_ahead()


def test_the_sector_that_alone_shows_the_highest_number_is_not_erased():
    nor = blank()
    log = ready(nor)
    number = log.open(FACTS)
    log.append(FACTS, b"x")
    log.drop(number)
    for again in (log, FlashLog(nor)):
        assert again.wants_erase() == 0 and not again.erase_ahead() and again.erased() == 7
    assert again.open(FACTS) > number and again.append(FACTS, b"y")
    assert again.wants_erase() == 1 and again.erase_ahead()


def test_any_later_marker_lets_the_sector_with_the_highest_number_go():
    log = ready(blank())
    for kind in (FACTS, NOTES):
        log.open(kind)
        log.append(kind, b"x")
    log.drop(log.sectors(NOTES)[0])
    assert log.wants_erase() == 0
    log.drop(log.sectors(FACTS)[0])
    assert log.wants_erase() == 1 and log.erase_ahead()
    assert log.wants_erase() == 1 and log.erase_ahead() and log.wants_erase() == 0


def test_dropping_an_opened_sector_without_records_or_an_unknown_one_does_nothing_to_the_chip():
    nor = blank()
    log = ready(nor)
    operations = nor.operations
    log.drop(log.open(FACTS))
    log.drop(12345)
    assert nor.operations == operations and log.erased() == 8 and log.room(FACTS) == 0


def test_reading_stops_when_its_sector_is_dropped_and_used_again():
    nor = NorRam(2, 512)
    log = ready(nor)
    number = log.open(FACTS)
    log.append(FACTS, b"first")
    log.append(FACTS, b"second")
    reading = log.records(number)
    assert next(reading)[1] == b"first"
    log.drop(number)
    log.open(FACTS)
    log.append(FACTS, b"between")
    assert log.erase_ahead()
    log.open(FACTS)
    log.append(FACTS, b"later")
    log.append(FACTS, b"latest")
    assert list(reading) == [] and log.damaged == 0


def test_numbers_rise_even_when_the_highest_was_erased_before_a_restart():
    nor = blank()
    log = ready(nor)
    seen = 0
    for _ in range(20):
        number = log.open(FACTS)
        log.append(FACTS, b"x")
        log.drop(number)
        while log.erase_ahead():
            pass
        assert number > seen
        seen, log = number, FlashLog(nor)


def test_wear_spreads_over_all_sectors():
    story = Story(blank())
    for i in range(600):
        story.store(NOTES, text(i, 100))
    low, high = story.log.wear()
    assert (low, high) == (min(story.nor.wear), max(story.nor.wear)) and high - low <= 1 and low > 10
    story.remount()
    assert story.log.wear() == (low, high)


def test_the_least_worn_sector_is_opened_next():
    nor = blank()
    log = ready(nor)
    for _ in range(80):
        log.open(FACTS)
        log.append(FACTS, b"x")
        for old in log.sectors(FACTS)[:-1]:
            log.drop(old)
        while log.erase_ahead():
            pass
    assert max(nor.wear) - min(nor.wear) <= 1 and min(nor.wear) >= 10


def test_sectors_that_are_kept_do_not_wear_out_the_others_unevenly():
    story = Story(blank())
    story.store(FACTS, b"kept")
    for i in range(600):
        story.store(NOTES, text(i, 100))
    others = sorted(story.nor.wear)[1:]
    assert others[-1] - others[0] <= 1 and story.log.sectors(FACTS) != []
