"""Any bytes mount. What a log wrote comes back unless its own bytes changed; nothing else ever looks like a record."""

from firmware.hal import sector
from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import small_draw
from tests.hal.chips import FACTS, NOTES, SECTOR_BYTES, SECTORS, Story, blank, ready, text, visible

SLOW = (
    "test_a_changed_byte_hides_only_what_comes_after_it_in_its_sector",
)

IMAGE_BYTES = SECTORS * SECTOR_BYTES


def mounted(image):
    nor = blank()
    nor.load(image)
    return FlashLog(nor)


def works(log):
    """The log erases what it does not know and takes records."""
    erases = 0
    while log.erase_ahead():
        erases += 1
        assert erases <= SECTORS
    number = log.open(FACTS)
    _, at = log.append(FACTS, b"works")
    assert log.read(number, at) == b"works" and log.bad_sectors() == [] and log._ring.device.bad_programs == 0


def told():
    """A chip with records of two kinds in most sectors, a dropped and an erased one."""
    story = Story(blank())
    for i in range(30):
        story.store(NOTES if i % 3 else FACTS, text(i, 20 + i))
    story.drop(story.log.sectors(NOTES)[0])
    return story


def at_of(log, number, record):
    """Where in the image a record of a sector begins."""
    places = [at for at, _ in log.records(number)]
    return log._find(number) * SECTOR_BYTES + places[record]


def changed(image, at, data):
    return image[:at] + data + image[at + len(data) :]


def test_random_bytes_mount_empty_and_are_erased():
    draw = small_draw(7)
    for _ in range(30):
        log = mounted(bytes([draw(256) for _ in range(IMAGE_BYTES)]))
        assert visible(log) == {} and log.wants_erase() == SECTORS and log.open(FACTS) is None
        works(log)


def test_one_byte_all_over_mounts_empty_and_is_erased():
    for byte in range(256):
        log = mounted(bytes([byte]) * IMAGE_BYTES)
        assert visible(log) == {} and log.wants_erase() == SECTORS
        works(log)


def test_a_changed_byte_hides_only_what_comes_after_it_in_its_sector():
    story = told()
    image = story.nor.snapshot()
    for at in range(0, IMAGE_BYTES, 3):
        for byte in (image[at] ^ (1 << (at & 7)), 0xFF - image[at]):
            log = mounted(changed(image, at, bytes([byte])))
            seen, hit = visible(log), 0
            for key, records in story.kept.items():
                now = seen.get(key, [])
                assert now == records[: len(now)]
                hit += now != records
            assert hit <= 1 and all(key in story.kept for key in seen)


def test_a_log_goes_on_with_a_changed_byte_anywhere():
    image = told().nor.snapshot()
    for at in range(0, IMAGE_BYTES, 17):
        works(mounted(changed(image, at, bytes([image[at] & 0x5A]))))


def test_a_rotten_record_is_counted_once_and_ends_its_sector():
    story = told()
    number = story.log.sectors(FACTS)[0]
    records = [record for _, record in story.log.records(number)]
    for offset in (0, 1, 2, 5, 6, 10):
        at = at_of(story.log, number, 1) + offset
        image = story.nor.snapshot()
        log = mounted(changed(image, at, bytes([image[at] ^ 0x10])))
        for _ in range(2):
            assert [record for _, record in log.records(number)] == records[:1]
        assert log.damaged == 1


def test_a_record_that_became_blank_is_counted_when_more_follows():
    story = told()
    number = story.log.sectors(FACTS)[0]
    image = changed(story.nor.snapshot(), at_of(story.log, number, 1), b"\xff" * 6)
    log = mounted(image)
    assert len(list(log.records(number))) == 1 and log.damaged == 1


def test_a_torn_tail_is_not_counted_as_damage():
    story = told()
    number = story.log.sectors(FACTS)[-1]
    records = list(story.log.records(number))
    at = at_of(story.log, number, len(records) - 1)
    for keep in range(1, 6 + len(records[-1][1])):
        image = story.nor.snapshot()
        log = mounted(changed(image, at + keep, b"\xff" * (6 + len(records[-1][1]) - keep)))
        assert list(log.records(number)) == records[:-1] and log.damaged == 0


def test_nothing_is_programmed_where_something_lies_behind_the_end():
    nor = blank()
    log = ready(nor)
    number = log.open(FACTS)
    log.append(FACTS, b"whole")
    for at in (log._open[FACTS].end + 2, 200, SECTOR_BYTES - 1):
        image = changed(nor.snapshot(), log._find(number) * SECTOR_BYTES + at, b"\x7f")
        again = mounted(image)
        assert again.room(FACTS) == 0 and [record for _, record in again.records(number)] == [b"whole"]


def test_an_erased_sector_with_something_in_it_is_erased_again():
    nor = blank()
    ready(nor)
    for at in (sector.RETIRED_AT, sector.OPENING_AT + 20, SECTOR_BYTES - 1):
        image = nor.snapshot()
        for index in range(SECTORS - 1):
            image = changed(image, index * SECTOR_BYTES + at, b"\xf7")
        log = mounted(image)
        log.open(FACTS)
        log.append(FACTS, b"x")
        assert log._find(log.sectors(FACTS)[0]) == SECTORS - 1 and log.open(FACTS) is None
        works(log)


def test_a_copied_sector_counts_once():
    story = told()
    used = [index for index in range(SECTORS) if story.log._ring.state[index] == 3]
    image = story.nor.snapshot()
    for source in used:
        copy = image[source * SECTOR_BYTES : (source + 1) * SECTOR_BYTES]
        for index in range(SECTORS):
            if index not in used:
                log = mounted(changed(image, index * SECTOR_BYTES, copy))
                assert visible(log) == story.kept
                assert len(used) + log.erased() + log._ring.count[0] == SECTORS
                works(log)


def test_a_record_of_another_sector_is_none():
    nor = blank()
    log = ready(nor)
    first = log.open(FACTS)
    log.append(FACTS, b"one")
    _, at = log.append(FACTS, b"two")
    second = log.open(FACTS)
    log.append(FACTS, b"abc")
    _, behind = log.append(FACTS, b"def")
    image, source = nor.snapshot(), log._find(first) * SECTOR_BYTES + at
    log = mounted(changed(image, log._find(second) * SECTOR_BYTES + behind, image[source : source + 9]))
    assert [record for _, record in log.records(second)] == [b"abc"]
    assert [record for _, record in log.records(first)] == [b"one", b"two"]


def test_a_number_at_the_end_of_all_numbers_mounts_and_opens_nothing():
    nor = blank()
    ready(nor)
    opening = sector.pack_opening(FACTS, sector.COUNT_MAX)
    log = mounted(changed(nor.snapshot(), sector.OPENING_AT, opening))
    assert log.sectors(FACTS) == [sector.COUNT_MAX] and log.open(FACTS) is None
    assert log.erase_ahead() is False
