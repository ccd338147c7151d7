"""Lists of what is durable here: when the full one goes, and what heartbeats repeat of it."""

from firmware.replica.dice import Dice
from firmware.replica.gaps import Gaps
from firmware.replica.heartbeat import NEVER
from firmware.replica.intake import Intake
from firmware.replica.lists import Lists, Turns
from firmware.replica.log import Log
from firmware.replica.origins import Origins
from tests.replica.sides import event

OTHERS = ["c%d" % number for number in range(10, 30)]


class Stage:
    def __init__(self, is_console=False):
        follows = {"facts": OTHERS, "notes": [], "site": OTHERS}
        dice = Dice("c9")
        self.log, self.origins = Log(), Origins()
        gaps = Gaps(self.log, dice, 128, False)
        intake = Intake("c9", follows, self.log, lambda now_ms: None, self.origins, gaps, None)
        intake.inc = 4
        self.lists = Lists(self.log, intake, self.origins, OTHERS, dice, is_console)

    def hold(self, controller, inc=1, is_durable=True, **fields):
        made = event(1, controller, inc=inc, **fields)
        self.log.add(made)
        self.origins.seen(controller, inc)
        if is_durable:
            self.log.store(made)

    def filled(self, now_ms=1000):
        made = {}
        self.lists.fill(made, now_ms)
        return made


def test_when_the_link_comes_up_the_full_list_is_told_and_asked_for():
    stage = Stage()
    stage.hold("c10")
    stage.lists.start(1000)
    assert stage.lists.due_ms == 1000 and stage.lists.take_due(1000)
    assert stage.filled() == {"vector": [["c10", 1, "facts", 1]], "asks": True}
    assert stage.lists.due_ms == NEVER and not stage.lists.take_due(1000) and stage.filled() == {}


def test_only_what_is_durable_and_followed_is_listed():
    stage = Stage()
    stage.hold("c10", is_durable=False)
    stage.hold("c11", kind="door.opened")
    stage.hold("c99")
    stage.hold("c9", inc=4)
    stage.hold("c9", inc=3)
    stage.lists.start(0)
    assert stage.lists.take_due(0)
    assert stage.filled()["vector"] == [["c9", 3, "facts", 1]], "what a board before us wrote"


def test_who_asks_is_answered_soon_and_all_who_ask_together():
    stage = Stage()
    soon_ms = stage.lists.asked(1000)
    assert 1000 <= stage.lists.due_ms == soon_ms < 1500
    stage.lists.asked(1001)
    assert stage.lists.due_ms == soon_ms and stage.lists.take_due(soon_ms)
    assert stage.filled(soon_ms) == {"vector": [], "asks": False}


def test_a_full_list_is_not_told_twice_within_ten_seconds():
    stage = Stage()
    stage.lists.start(1000)
    stage.lists.take_due(1000)
    stage.filled(1000)
    assert stage.lists.asked(2000) < 2500 and stage.lists.due_ms == 11000
    stage.lists.stop()
    assert stage.lists.due_ms == NEVER


def test_a_heartbeat_repeats_what_only_others_can_tell():
    stage = Stage()
    for name in OTHERS:
        stage.hold(name)
        stage.origins.heard(name, 1, 0)
    assert stage.filled() == {}
    for name in OTHERS[:4]:
        stage.origins.gone(name)
    assert stage.filled()["vector"] == [[name, 1, "facts", 1] for name in OTHERS[:4]]
    stage.origins.heard("c10", 2, 5)
    stage.hold("c10", inc=2)
    assert [row[:2] for row in stage.filled()["vector"]] == [["c10", 1], ["c11", 1], ["c12", 1], ["c13", 1]]


def test_of_many_rows_a_heartbeat_repeats_a_few_in_turn():
    stage = Stage()
    for name in OTHERS:
        stage.hold(name)
        stage.origins.gone(name)
    told = [[row[0] for row in stage.filled()["vector"]] for _ in range(4)]
    assert [len(names) for names in told] == [6, 6, 6, 6] and {name for names in told for name in names} == set(OTHERS)


def test_a_console_repeats_all():
    stage = Stage(is_console=True)
    for name in OTHERS:
        stage.hold(name)
    assert len(stage.filled()["vector"]) == len(OTHERS)


def test_turns_come_round():
    turns = Turns(3)
    assert [turns.take(list("abcde")) for _ in range(4)] == [list("abc"), list("dea"), list("bcd"), list("eab")]
    assert turns.take(list("xy")) == list("xy") and turns.take([]) == []
    assert len(turns.take(list("abcd"))) == 3
