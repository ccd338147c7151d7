"""The compact table: what 8 bytes hold, page by page, and how many people are in."""

from firmware.core import rows as table
from firmware.core.pages import Pages
from tests.core.facts import Lcg

NUMBERS = {"front": 0, "back": 1, "far": 65534, "mid": 256}
EDGE_MS = (1 << 45) - 1
SLOW = ("test_rows_of_those_who_are_expected_or_in_a_swap_differ_in_nothing",)


def Rows(numbers, people=0, swap=None):
    """Those of one area alone."""
    return table.Rows(numbers, Pages(8, people, swap))


def test_nobody_was_here_yet():
    rows = Rows(NUMBERS)
    for no in (0, 511, 512, 65535):
        assert rows.get(no) == ("never", 0, None)
    assert list(rows.people()) == [] and rows.inside(0) == 0


def test_a_row_comes_back_as_it_was_written():
    for no in (0, 1, 511, 512, 513, 1023, 1024, 2000, 65535):
        rows = Rows(NUMBERS)
        for presence in ("in", "out", "unknown"):
            for at_ms in (0, 1, (1 << 32) - 1, 1 << 32, 1767600000000, EDGE_MS):
                for reader in sorted(NUMBERS) + [None]:
                    rows.put(no, presence, at_ms, reader)
                    assert rows.get(no) == (presence, at_ms, reader)
        assert list(rows.people()) == [no]
        assert rows.get(no + 1) == ("never", 0, None) and rows.get(no - 1 if no else 9) == ("never", 0, None)


def test_an_unknown_reader_is_none():
    rows = Rows(NUMBERS)
    rows.put(3, "in", 5, "of another configuration")
    assert rows.get(3) == ("in", 5, None)


def test_who_was_only_looked_at_has_a_row_too():
    rows = Rows(NUMBERS)
    rows.put(7, "never", 0, None)
    assert rows.get(7) == ("never", 0, None) and list(rows.people()) == [7]


def test_counting_agrees_with_looking_at_everybody():
    luck, rows, facts = Lcg(11), Rows(NUMBERS), {}
    for _ in range(600):
        no, presence = luck.one_of((0, 1, 511, 512, 1500)), luck.one_of(("in", "out", "unknown"))
        at_ms = 1767600000000 + luck.below(1000)
        rows.put(no, presence, at_ms, "front")
        facts[no] = (presence, at_ms)
        since_ms = luck.one_of((0, 1767600000000, 1767600000500, 1767600000500, at_ms, at_ms + 1))
        expected = sum(each[0] == "in" and each[1] >= since_ms for each in facts.values())
        assert rows.inside(since_ms) == expected


def test_pages_are_small_and_only_where_somebody_is():
    rows = Rows(NUMBERS)
    for no in range(0, 4000, 100):
        rows.put(no, "in", 1, None)
    pages = rows._pages._here
    assert len(pages) == 40 and max([len(page) for page in pages.values()]) <= 515


class Swap:
    """A swap that holds so many pages, and counts what is asked of it."""

    def __init__(self, here_max, room=1000):
        self.here_max = here_max
        self.room = room
        self.pages = {}
        self.owners = []
        self.reads = self.writes = 0

    def has(self, number):
        return number in self.pages

    def read(self, number, page):
        self.reads += 1
        page[:] = self.pages[number]

    def write(self, page):
        number = page[0] << 8 | page[1]
        if number not in self.pages and len(self.pages) == self.room:
            return False
        self.writes += 1
        self.pages[number] = bytes(page)
        return True

    def clear(self, space):
        self.pages = {number: page for number, page in self.pages.items() if number & 0x8000 != space}


def clear(rows):
    rows._pages.clear()
    rows.clear()


def test_rows_of_those_who_are_expected_or_in_a_swap_differ_in_nothing():
    luck, kinds = Lcg(3), [Rows(NUMBERS), Rows(NUMBERS, 700), Rows(NUMBERS, 700, Swap(2)), Rows(NUMBERS, 0, Swap(4, 3))]
    some = kinds[0]
    for number in range(400):
        no, presence = luck.one_of((0, 1, 63, 64, 511, 699, 700, 1500)), luck.one_of(("in", "out", "unknown"))
        for rows in kinds:
            if number % 97 == 96:
                clear(rows)
            rows.put(no, presence, number, "front")
            rows.mark(no, number % 3 == 0)
            if number % 5 == 0 and rows._pages.changed:
                rows._pages.write()
        for rows in kinds[1:]:
            assert list(some.people()) == list(rows.people())
            assert some.inside(number // 2) == rows.inside(number // 2)
            assert [some.raw(no) for no in range(1600)] == [rows.raw(no) for no in range(1600)]
    assert not any([Rows(NUMBERS, 700)._pages.people_max, list(Rows(NUMBERS, 65).people())])


def test_with_a_swap_few_pages_are_in_ram_and_only_what_changed_is_written():
    swap = Swap(4)
    rows = Rows(NUMBERS, 10000, swap)
    for no in range(10000):
        rows.put(no, "in", no + 1, "mid")
    assert len(rows._pages._here) == 4 and (swap.writes, swap.reads) == (585, 0)
    assert all([rows.get(no) == ("in", no + 1, "mid") for no in range(10000)])
    assert swap.writes == 589, "the four that were in RAM"
    for no in range(10000):
        rows.put(no, "in", no + 1, "mid")
    assert swap.writes == 589, "the same again"


def test_the_changed_pages_are_written_before_there_is_need():
    swap = Swap(8)
    rows = Rows(NUMBERS, 10000, swap)
    for no in range(0, 85, 17):
        assert not rows._pages.wants_writing()
        rows.put(no, "out", 5, None)
    assert rows._pages.wants_writing() and swap.writes == 0
    rows._pages.write()
    assert not rows._pages.wants_writing() and list(swap.pages) == [0]


def test_pages_that_the_swap_has_no_room_for_stay_in_ram():
    swap = Swap(2, room=3)
    rows = Rows(NUMBERS, 0, swap)
    for no in range(0, 170, 17):
        rows.put(no, "in", no + 1, "far")
    assert len(swap.pages) == 3 and len(rows._pages._here) == 7
    swap.room = 100
    assert [rows.get(no)[1] for no in range(0, 170, 17)] == list(range(1, 171, 17)) and len(rows._pages._here) == 2
