"""Words wait until every event that they name is here."""

from firmware.replica.claims import Claims
from firmware.replica.dice import Dice
from firmware.replica.gaps import Gaps
from firmware.replica.log import Log
from firmware.replica.origins import Origins
from tests.replica.sides import event


class Stage:
    def __init__(self):
        self.log, self.origins = Log(), Origins()
        self.gaps = Gaps(self.log, Dice("c9"), 128, False)
        self.claims = Claims(self.log, self.origins, self.gaps, {"c1": ("facts", "notes", "site"), "c2": ("site",)})
        for name in ("c1", "c2", "c3"):
            self.origins.heard(name, 1, 0)

    def add(self, controller, result, facts=0, notes=0, site=0, inc=1):
        self.claims.add(controller, inc, {"facts": facts, "notes": notes, "site": site}, result)

    def take(self, *seqs, **fields):
        for seq in seqs:
            self.log.add(event(seq, **fields))


def test_a_word_counts_when_its_facts_and_site_events_are_here():
    stage = Stage()
    stage.add("c1", ("a",), facts=2, site=1)
    stage.take(1, 2)
    assert stage.claims.settle("c1") == []
    stage.take(1, kind="lockdown.started")
    assert stage.claims.settle("c1") == [("a",)] and stage.claims.settle("c1") == []


def test_notes_and_what_is_not_followed_are_not_waited_for():
    stage = Stage()
    assert stage.claims.is_complete("c1", 1, {"facts": 0, "notes": 9, "site": 0})
    assert stage.claims.is_complete("c2", 1, {"facts": 9, "notes": 9, "site": 0})
    assert stage.claims.is_complete("c3", 1, {"facts": 9, "notes": 9, "site": 9})
    assert not stage.claims.is_complete("c2", 1, {"facts": 0, "notes": 0, "site": 1})


def test_what_an_older_incarnation_wrote_is_waited_for_once_it_is_known():
    stage = Stage()
    stage.gaps.offered(("c1", 1, "facts"), 1, "c2", 0)
    stage.gaps.offered(("c1", 1, "notes"), 1, "c2", 0)
    stage.origins.heard("c1", 2, 5)
    stage.add("c1", ("a",), inc=2)
    assert stage.claims.settle("c1") == []
    stage.take(1)
    stage.gaps.arrived(("c1", 1, "facts"), 9)
    assert stage.claims.settle("c1") == [("a",)]


def test_words_settle_in_the_order_they_were_said():
    stage = Stage()
    for place in (1, 2, 3):
        stage.add("c1", ("word", place), facts=place)
    stage.take(1, 2)
    assert stage.claims.settle("c1") == [("word", 1), ("word", 2)]
    stage.take(3)
    assert stage.claims.settle("c1") == [("word", 3)]


def test_the_word_of_a_replaced_incarnation_counts_no_more():
    stage = Stage()
    stage.add("c1", ("a",), facts=1)
    stage.origins.heard("c1", 2, 5)
    stage.take(1)
    assert stage.claims.settle("c1") == []


def test_of_too_many_the_oldest_and_the_newest_stay():
    stage = Stage()
    for place in range(1, 30):
        stage.add("c1", ("word", place), facts=place)
    assert stage.claims.dropped == 21
    stage.take(*range(1, 30))
    assert [result[1] for result in stage.claims.settle("c1")] == [1, 2, 3, 4, 5, 6, 7, 29]


def test_an_answer_is_not_pushed_out_by_promises():
    stage = Stage()
    stage.add("c1", ("answered", 77), facts=1)
    for _ in range(30):
        stage.add("c1", ("heard",), facts=1)
    for place in range(30):
        stage.add("c1", ("answered", place), facts=1)
    stage.take(1)
    assert stage.claims.settle("c1") == [("answered", place) for place in range(22, 30)]


def test_a_new_link_forgets_them():
    stage = Stage()
    stage.add("c1", ("a",), facts=1)
    stage.claims.forget()
    stage.take(1)
    assert stage.claims.settle("c1") == []
