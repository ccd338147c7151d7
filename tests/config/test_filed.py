"""Tables of people that stay in files: who badges is found as if they were in the heap, with few reads."""

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
from firmware.config.filed import Filed
from firmware.config.loading import find_fault, open_part, read_part
from firmware.config.store import Store
from firmware.core.credentials import People
from firmware.wire.part_pages import PartPages
from tests.config.desk import Console, Fetcher, changed, same
from tests.core.parts import part

PEOPLE = 600
SLOW = ("test_whoever_has_a_card_is_found_in_few_reads",)


class Source(PartPages):
    """A factory whose pages are in files; counts what is read."""

    reads = 0

    def read(self, table, number, offset, size):
        self.reads += 1
        return bytes(self.page(table, number)[offset : offset + size])


def source(people=PEOPLE):
    return Source(part(tuple([no % 3 for no in range(people)])))


def known(people):
    """What a badge asks of each person, and of one who is none."""
    found = [people.find_card("H10301:1:%d" % no) for no in range(people.people.count)]
    rows = [(person.no, person.groups, people.id_of(no)) for no, person in enumerate(map(people.person, range(people.people.count)))]
    return (found, rows, people.find_card("H10301:9:9"), people.person(70000))


def lookups(made):
    return People(made.tables, bytes(16), [[], ["staff"], ["guards"]])


def test_tables_are_in_the_heap_where_it_has_room_and_in_their_files_where_not():
    pages = source()
    total = sum([(pages.count(table) - 1) * 4096 + len(pages.page(table, pages.count(table) - 1)) for table in ("people", "ids", "cards")])
    for heap_bytes, is_filed in ((None, False), (total, False), (total - 1, True)):
        tables = read_part(pages, heap_bytes).tables
        assert [isinstance(tables[table], Filed) for table in ("people", "ids", "cards", "pins", "keys")] == [is_filed] * 4 + [False]
        assert find_fault(read_part(pages, heap_bytes)) is None


def test_whoever_has_a_card_is_found_in_few_reads():
    pages = source()
    here, there = lookups(read_part(pages)), lookups(read_part(pages, 0))
    assert known(here) == known(there)
    ids, before = [here.id_of(no) for no in range(PEOPLE)] + ["nobody"], pages.reads
    assert [there.number_of(ids[no]) for no in (0, 19, 20, 169, 170, 599, 600)] == [0, 19, 20, 169, 170, 599, None]
    assert pages.reads - before < 7 * (PEOPLE // 6 + 4)
    before = pages.reads
    assert list(there.missing(PEOPLE + 2)) == [PEOPLE, PEOPLE + 1] and pages.reads - before <= PEOPLE // 9 + 3
    reads = []
    for no in range(0, PEOPLE, 7):
        before = pages.reads
        there.find_card("H10301:1:%d" % no)
        there.person(no)
        reads.append(pages.reads - before)
    assert max(reads) <= 8 and sum(reads) < len(reads) * 5, reads


def test_a_page_is_like_the_one_in_the_heap():
    pages = source()
    for table in ("people", "ids", "cards"):
        filed, listed = Filed(pages, table), [bytes(pages.page(table, number)) for number in range(pages.count(table))]
        assert len(filed) == len(listed) and [bytes(page) for page in filed] == listed
        for number, page in enumerate(listed):
            assert len(filed[number]) == len(page) and filed[number][len(page) - 1] == page[-1]
            for at in range(0, len(page) - 128, 97):
                assert filed[number][at : at + 128] == page[at : at + 128] and filed[number][at] == page[at]
        try:
            filed[len(listed)]
            raise AssertionError("there is one more")
        except IndexError:
            pass


def test_of_a_configuration_that_came_over_the_network_each_piece_is_read_from_its_own_file():
    board = Fetcher()
    board.fetch(Console(changed(2, people=tuple([no % 3 for no in range(300)]))))
    filed, listed = open_part(Store(board.files, board.factory), 0), open_part(Store(board.files, board.factory))
    assert isinstance(filed.tables["cards"], Filed) and same(listed, changed(2, people=tuple([no % 3 for no in range(300)])))
    assert known(lookups(filed)) == known(lookups(listed))
