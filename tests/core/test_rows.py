"""The compact table: what 8 bytes hold, page by page, and how many people are in."""

from firmware.core.rows import Rows
from tests.core.facts import Lcg

NUMBERS = {"front": 0, "back": 1, "far": 65534, "mid": 256}
EDGE_MS = (1 << 45) - 1


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
    pages = [page for page in rows._pages if page]
    assert len(pages) == 40 and max([len(page) for page in pages]) <= 4096


def test_rows_of_those_who_are_expected_differ_in_nothing():
    luck, some, all_of_them = Lcg(3), Rows(NUMBERS), Rows(NUMBERS, 700)
    for number in range(400):
        no, presence = luck.one_of((0, 1, 63, 64, 511, 699, 700, 1500)), luck.one_of(("in", "out", "unknown"))
        for rows in (some, all_of_them):
            if number % 97 == 96:
                rows.clear()
            rows.put(no, presence, number, "front")
            rows.mark(no, number % 3 == 0)
        assert list(some.people()) == list(all_of_them.people()) and some.people_max() == all_of_them.people_max()
        assert some.inside(number // 2) == all_of_them.inside(number // 2)
        assert [some.raw(no) for no in range(1600)] == [all_of_them.raw(no) for no in range(1600)]
    assert not any([Rows(NUMBERS, 700).people_max(), list(Rows(NUMBERS, 65).people())])
