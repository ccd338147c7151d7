"""Sectors that go bad: found when they are written, never used again, and what they held before stays."""

from firmware.hal.flash_log import FlashLog, SectorFailed
from firmware.hal.nor import NorRam, PowerCut, small_draw
from tests.hal.chips import FACTS, NOTES, SECTORS, Story, blank, cut_draw, ready, text, visible


def fails(log, record):
    try:
        log.append(FACTS, record)
    except SectorFailed:
        return True
    return False


def filled():
    """A log with one record, its chip, and the place of its sector, which then goes bad."""
    nor = blank()
    log = ready(nor)
    number = log.open(FACTS)
    log.append(FACTS, b"before")
    index = log._find(number)
    nor.bad.add(index)
    return nor, log, number, index


def test_a_failed_append_closes_the_sector_and_the_next_one_takes_the_record():
    nor, log, number, index = filled()
    assert fails(log, b"\xff" * 60)
    assert log.room(FACTS) == 0 and log.bad_sectors() == [index]
    again = log.open(FACTS)
    log.append(FACTS, b"\xff" * 60)
    for log in (log, FlashLog(nor)):
        assert visible(log) == {(FACTS, number): [b"before"], (FACTS, again): [b"\xff" * 60]}
        assert log.bad_sectors() == [index]


def test_a_failed_sector_takes_nothing_after_a_restart():
    nor, log, number, _ = filled()
    assert fails(log, b"\xff" * 60)
    log = FlashLog(nor)
    assert log.room(FACTS) == 0 and log.sectors(FACTS) == [number]


def test_what_made_a_sector_fail_is_not_counted_as_damage():
    failed = 0
    for seed in range(40):
        nor, log, number, _ = filled()
        nor.draw = small_draw(seed)
        if fails(log, b"\xff" * 6):  # sometimes in its length
            failed += 1
            for log in (log, FlashLog(nor)):
                assert len(list(log.records(number))) == 1 and log.damaged == 0
    assert failed > 20


def test_a_dropped_bad_sector_is_never_erased():
    nor, log, number, index = filled()
    assert fails(log, b"\xff" * 60)
    log.drop(number)
    for log in (log, FlashLog(nor)):
        assert log.sectors(FACTS) == [] and log.wants_erase() == 0 and log.erased() == SECTORS - 1
        assert log.bad_sectors() == [index] and not log.erase_ahead()
    assert nor.wear[index] == 1


def test_a_sector_that_fails_at_its_first_record_is_retired_at_once():
    nor = blank()
    log = ready(nor)
    log.open(FACTS)
    nor.bad.add(0)
    assert fails(log, b"\xff" * 300)
    assert log.sectors(FACTS) == [] and log.bad_sectors() == [0]
    log = FlashLog(nor)
    assert visible(log) == {} and log.bad_sectors() == [0]


def test_a_failed_erase_retires_the_sector_for_ever():
    nor = blank()
    nor.bad.update((2, 5))
    log = ready(nor)
    for log in (log, FlashLog(nor)):
        assert log.bad_sectors() == [2, 5] and log.erased() == SECTORS - 2 and log.wants_erase() == 0
    assert list(nor.wear) == [1] * SECTORS
    assert log.wear() == (1, 1)


def test_a_chip_with_only_bad_sectors_opens_nothing():
    nor = blank()
    nor.bad.update(range(SECTORS))
    log = ready(nor)
    assert log.bad_sectors() == list(range(SECTORS)) and log.open(FACTS) is None and log.wear() == (0, 0)


def test_nothing_accepted_is_lost_while_one_sector_after_the_other_goes_bad():
    for first in range(SECTORS):
        story = Story(blank())
        for i in range(160):
            if i % 20 == 10 and i < 100:
                story.nor.bad.add((first + i // 20 * 3) % SECTORS)
            story.store(NOTES if i % 4 else FACTS, text(i, (i * 29) % 140))
            if i % 7 == 0:
                story.remount()
            assert visible(story.log) == story.kept
        assert set(story.log.bad_sectors()) <= story.nor.bad and len(story.log.bad_sectors()) > 3


def test_the_highest_number_outlives_a_sector_that_fails_in_its_erase():
    nor = NorRam(3, 512)
    log = ready(nor)
    for kind in (FACTS, NOTES):
        log.open(kind)
        log.append(kind, b"x")
    highest = log.sectors(NOTES)[0]
    log.drop(log.sectors(FACTS)[0])
    log.erase_ahead()  # its marker shows the highest number too
    nor.draw, nor.cut_at = cut_draw(0, 3), nor.operations + 1
    log._ring.wear[2] = 9
    log.open(FACTS)
    try:
        log.append(FACTS, b"torn")
    except PowerCut:
        nor.restore()
    log, nor.draw = FlashLog(nor), small_draw()
    log._ring.wear[1] = 9
    log.drop(highest)
    nor.bad.add(0)
    assert log.wants_erase() == 2 and log.erase_ahead() and log.bad_sectors() == [0]
    assert log.wants_erase() == 0
    assert FlashLog(nor).open(FACTS) > highest


class Refusing(NorRam):
    """A chip whose driver says no."""

    refuses = ()

    def _may(self, what):
        if what in self.refuses:
            raise OSError(5)

    def readblocks(self, block, buf, offset=0):
        self._may("read")
        super().readblocks(block, buf, offset)

    def writeblocks(self, block, buf, offset):
        self._may("program")
        super().writeblocks(block, buf, offset)

    def ioctl(self, request, argument):
        if request == 6:
            self._may("erase")
        return super().ioctl(request, argument)


def test_a_driver_that_refuses_to_program_is_a_failed_sector():
    nor = Refusing(SECTORS, 512)
    log = ready(nor)
    log.open(FACTS)
    nor.refuses = ("program",)
    assert fails(log, b"x")
    nor.refuses = ()
    assert len(log.bad_sectors()) == 1 and log.open(FACTS) and log.append(FACTS, b"x")


def test_a_failed_sector_stays_closed_though_nothing_was_programmed_at_its_end():
    nor = Refusing(SECTORS, 512)
    log = ready(nor)
    number = log.open(FACTS)
    log.append(FACTS, b"x")
    place, nor.refuses = log._find(number), ("program",)
    assert fails(log, b"y")
    nor.refuses = ()
    log._ring.fail(place)  # the mark is written, the record never was
    log = FlashLog(nor)
    assert log.room(FACTS) == 0 and log.bad_sectors() == [place] and visible(log) == {(FACTS, number): [b"x"]}


def test_a_driver_that_refuses_to_erase_is_a_failed_sector():
    nor = Refusing(SECTORS, 512)
    nor.refuses = ("erase",)
    log = FlashLog(nor)
    assert log.erase_ahead() and len(log.bad_sectors()) == 1
    nor.refuses = ()
    assert log.erase_ahead() and log.erased() == 1


def test_a_driver_that_refuses_to_read_shows_no_records_and_raises_nothing():
    nor = Refusing(SECTORS, 512)
    log = ready(nor)
    number = log.open(FACTS)
    _, at = log.append(FACTS, b"x")
    nor.refuses = ("read",)
    assert log.read(number, at) is None and list(log.records(number)) == [] and visible(FlashLog(nor)) == {}
    assert fails(log, b"y")
