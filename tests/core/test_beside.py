"""What lies beside the rows: it is all there, in order, whatever came and went, in the heap or in a swap."""

from firmware.core import saved
from firmware.core.beside import PENDING, REPORTED, SPECIAL, SPOKEN, STANDING, STANDS, TOLD, Beside
from tests.core.facts import Lcg
from tests.core.test_rows import Swap

SLOW = ("test_what_was_put_is_there_whatever_came_and_went",)
AREAS = ("hall", "lab")
MARKS = ((SPECIAL, SPECIAL | STANDS, SPECIAL | PENDING), (SPOKEN, SPOKEN | REPORTED))


def sizes(part):
    return (0, 0, 1, 54, 200)[: 5 - part]


def test_what_was_put_is_there_whatever_came_and_went():
    for people, swap in ((40, None), (600, None), (40, Swap(2)), (600, Swap(4, 100)), (90, Swap(2, 3))):
        luck, beside, known = Lcg(people), Beside(AREAS, swap), {}
        for turn in range(900):
            area, no, part = luck.one_of(AREAS), luck.below(people), luck.below(2)
            body = bytes([turn & 0xFF]) * luck.one_of(sizes(part))
            marks = luck.one_of(MARKS[part]) if body else 0
            beside.put(area, no, part, body, marks)
            known.setdefault((area, no), [(b"", 0), (b"", 0)])[part] = (body, marks)
            if swap and turn % 5 == 0 and beside._slots.wants_writing():
                beside._slots.write()
        for area in AREAS:
            for no in range(people):
                parts = known.get((area, no), [(b"", 0), (b"", 0)])
                assert beside.parts(area, no) == [parts[STANDING][0], parts[TOLD][0]]
                assert beside.marks(area, no) == parts[STANDING][1] | parts[TOLD][1]
        for marks in (SPECIAL, SPOKEN, STANDS, REPORTED, PENDING, SPECIAL | SPOKEN):
            expected = sorted([place for place, parts in known.items() if (parts[0][1] | parts[1][1]) & marks])
            assert list(beside.places(marks)) == expected and expected


def test_slots_that_are_free_are_used_again():
    beside = Beside(AREAS)
    for turn in range(300):
        for no in range(turn, turn + 5):
            beside.put("hall", no, STANDING, b"a" * 100, SPECIAL)
        for no in range(turn, turn + 5):
            beside.put("hall", no, STANDING, b"", 0)
    assert beside._end == 10 and beside.count == 0 and len(beside._index) == 1


def test_who_is_asked_for_one_after_the_other_may_change_meanwhile():
    beside = Beside(AREAS)
    for no in range(200):
        beside.put("lab", no, STANDING, b"a", SPECIAL)
    seen = []
    for area, no in beside.places(SPECIAL):
        seen.append(no)
        beside.put(area, no, STANDING, b"", 0)
        beside.put(area, no + 1, TOLD, b"b" * 150, SPOKEN)
    assert seen == list(range(200)) and list(beside.places(SPECIAL)) == []


def test_a_violation_that_was_told_takes_one_slot():
    beside = Beside(AREAS)
    violation = ["double_entrance", "hard", 1767600000000, "in", ["c1", 1767600000, 7], 1 << 58, True, [None, None]]
    beside.put("hall", 7, STANDING, saved.pack([violation, None, [], []], beside.number_of), SPECIAL | STANDS)
    beside.put("hall", 7, TOLD, bytes(20), SPOKEN)
    assert beside.count == 1 and beside.marks("hall", 7) == SPECIAL | STANDS | SPOKEN


def test_a_standing_is_the_same_from_its_bytes():
    violation = ["double_entrance", "hard", 1767600000000, "in", ["c1", 1767600000, 7], (1 << 64) - 1, True, [1767600000001, "out"]]
    other = ["exit_without_entrance", "soft", 0, None, ["c2", 0, 1], 0, False, [None, None]]
    for held in (None, violation, other):
        for pardon_at_ms in (None, 0, 1767600000002):
            for entering in ([], [["in", "in", None, 5], ["out", "out", 7, 1767600000003]]):
                for ended in ([], [[violation, "operator", 9], [other, "expiry", 0]]):
                    names = []
                    number_of = lambda text, names=names: names.index(text) if text in names else names.append(text) or len(names) - 1  # noqa: E731
                    kept = [held, pardon_at_ms, entering, ended]
                    assert saved.unpack(saved.pack(kept, number_of), names) == kept
