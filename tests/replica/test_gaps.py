"""What to ask for, and when again."""

from firmware.replica.dice import Dice
from firmware.replica.gaps import Gaps
from firmware.replica.heartbeat import NEVER
from firmware.replica.log import Log
from tests.replica.sides import event

FACTS, NOTES = ("c1", 1, "facts"), ("c1", 1, "notes")


class Stage:
    """Gaps over a log; `there` are those who can serve."""

    def __init__(self, window=128, keeps_all_notes=False):
        self.log = Log()
        self.gaps = Gaps(self.log, Dice("c9"), window, keeps_all_notes)
        self.there = {"c1", "c2"}
        self.now_ms = 0

    def offer(self, last, key=FACTS, holder="c1", is_urgent=False):
        self.gaps.offered(key, last, holder, self.now_ms, is_urgent)

    def take(self, *seqs, **fields):
        for seq in seqs:
            made = event(seq, **fields)
            self.log.add(made)
            self.gaps.arrived((made["controller"], made["inc"], made["stream"]), self.now_ms)

    def wants(self):
        """What is asked for at the next moment at which anything is due."""
        self.now_ms = max(self.now_ms, self.gaps.due_ms)
        return self.gaps.wants(self.now_ms, lambda name: name in self.there)


def test_what_is_missing_is_asked_for_after_a_moment():
    stage = Stage()
    stage.take(1)
    stage.offer(1)
    assert stage.gaps.due_ms == NEVER
    stage.offer(3)
    assert 20 <= stage.gaps.due_ms < 60
    assert stage.wants() == [(FACTS, 2, 3, False)]
    stage.take(2, 3)
    assert stage.gaps.due_ms == NEVER


def test_what_comes_meanwhile_is_not_asked_for():
    stage = Stage()
    stage.offer(3)
    stage.take(1, 2, 3)
    assert stage.gaps.due_ms == NEVER


def test_an_answer_cannot_wait():
    stage = Stage()
    stage.offer(3, is_urgent=True)
    assert stage.gaps.due_ms == 0


def test_only_holes_are_asked_for():
    stage = Stage()
    stage.take(1, 4, 5, 8)
    stage.offer(9)
    assert stage.wants() == [(FACTS, 2, 3, False), (FACTS, 6, 7, False), (FACTS, 9, 9, False)]


def test_many_holes_are_asked_for_a_few_at_a_time():
    stage = Stage()
    stage.take(*range(2, 40, 2))
    stage.offer(40)
    assert [first for _, first, _, _ in stage.wants()] == [1, 3, 5, 7]
    stage.take(1, 3, 5, 7)
    assert [first for _, first, _, _ in stage.wants()] == [9, 11, 13, 15]


def test_without_an_answer_the_waits_grow_to_half_a_minute_and_anybody_may_serve():
    stage = Stage()
    stage.offer(1)
    asked, who = [], []
    for _ in range(10):
        wanted = stage.wants()
        asked.append(stage.now_ms)
        who.append(wanted[0][3])
    waits = [after - before for before, after in zip(asked, asked[1:])]
    for wait_ms, expected_ms in zip(waits, (500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000)):
        assert expected_ms <= wait_ms < expected_ms + 40
    assert who == [False, False] + [True] * 8


def test_whatever_comes_shortens_the_wait_again():
    stage = Stage()
    stage.offer(3)
    for _ in range(6):
        stage.wants()
    stage.take(1)
    assert stage.gaps.due_ms == stage.now_ms + 500 and stage.wants() == [(FACTS, 2, 3, False)]


def test_once_all_that_was_asked_for_is_here_the_next_is_asked_for_at_once():
    stage = Stage()
    stage.offer(100)
    assert stage.wants() == [(FACTS, 1, 64, False)]
    asked_ms = stage.now_ms
    stage.take(*range(1, 65))
    assert stage.wants() == [(FACTS, 65, 100, False)] and stage.now_ms <= asked_ms + 20


def test_nobody_who_could_serve_is_not_asked():
    stage = Stage()
    stage.offer(1, holder="c2")
    stage.there = {"c2"}
    assert stage.wants() == [(FACTS, 1, 1, True)]
    stage.there = set()
    assert stage.wants() == [] and stage.gaps.due_ms == NEVER
    stage.there = {"c1"}
    stage.offer(1, holder="c1")
    assert stage.wants() == [(FACTS, 1, 1, False)]


def test_another_who_asks_asks_for_us():
    stage = Stage()
    stage.offer(2)
    stage.gaps.asked_by_another(FACTS, 0)
    assert stage.gaps.due_ms >= 500
    stage.gaps.asked_by_another(NOTES, 0)
    assert stage.wants() == [(FACTS, 1, 2, False)]


def test_what_may_not_be_taken_yet_is_asked_for_slowly():
    stage = Stage()
    stage.offer(1)
    stage.wants()
    stage.gaps.held(FACTS, stage.now_ms)
    assert stage.gaps.due_ms == stage.now_ms + 30000
    stage.offer(2)
    assert stage.gaps.due_ms == stage.now_ms + 30000
    assert stage.wants() == [(FACTS, 1, 2, False)] and stage.gaps.due_ms >= stage.now_ms + 30000
    stage.take(1)
    assert stage.gaps.due_ms <= stage.now_ms + 500


def test_no_more_is_on_its_way_than_the_window_and_facts_come_first():
    stage = Stage(window=100)
    stage.offer(80, NOTES)
    for number in range(5):
        stage.offer(80, ("c%d" % number, 1, "facts"))
    stage.now_ms = 100
    wanted = stage.wants()
    assert [key[0] for key, _, _, _ in wanted] == ["c0", "c1"] and sum([last - first + 1 for _, first, last, _ in wanted]) == 100
    assert stage.gaps.due_ms == 350, "looked at again"


def test_notes_wait_for_facts_that_come_but_not_for_those_that_do_not():
    stage = Stage()
    stage.offer(2, NOTES)
    stage.offer(2)
    stage.now_ms = 100
    assert stage.wants() == [(FACTS, 1, 2, False)]
    kinds = []
    for _ in range(8):
        kinds += [key[2] for key, _, _, _ in stage.wants()]
    assert "notes" in kinds


def test_notes_that_are_missing_for_half_a_minute_are_given_up():
    stage = Stage()
    stage.offer(5, NOTES)
    stage.offer(5)
    stage.now_ms = 20000
    stage.offer(9, NOTES)
    assert stage.gaps.skips(29999) == [] and stage.gaps.skips(30000) == [(NOTES, 5)]
    stage.now_ms = 30000
    stage.log.skip("c1", 1, "notes", 5)
    stage.gaps.arrived(NOTES, 30000)
    assert stage.gaps.skips(59999) == [] and stage.gaps.skips(60000) == [(NOTES, 9)]


def test_a_console_gives_up_no_notes():
    stage = Stage(keeps_all_notes=True)
    stage.offer(5, NOTES)
    assert stage.gaps.skips(10**9) == [] and stage.gaps.due_ms < 100


def test_gaps_are_bounded_and_facts_stay():
    stage = Stage()
    for number in range(200):
        stage.offer(1, ("c%d" % number, 1, "notes"))
    for number in range(200):
        stage.offer(1, ("c%d" % number, 1, "facts"))
    assert len(stage.gaps._gaps) == 256 and stage.gaps.dropped == 144
    assert len([key for key in stage.gaps._gaps if key[2] == "facts"]) == 200


def test_absurd_offers_ask_for_little():
    stage = Stage()
    stage.offer((1 << 62) - 1)
    assert stage.wants() == [(FACTS, 1, 64, False)]


def test_a_gap_that_nobody_fills_is_forgotten_until_it_is_told_again():
    stage = Stage()
    stage.offer(1)
    count = 0
    while stage.gaps.due_ms != NEVER and count < 100:
        stage.wants()
        count += 1
    assert 15 < count < 30
    stage.offer(1)
    assert stage.gaps.due_ms < NEVER
    stage.gaps.forget()
    assert stage.gaps.due_ms == NEVER
