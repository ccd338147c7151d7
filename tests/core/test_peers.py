"""The other controllers: who answers, who is gone, who writes for whom."""

from firmware.core.peers import Peers
from firmware.core.site_state import Switches

S = 1000


def peers(*others, now_ms=0):
    return Peers("c1", list(others) or ["c2", "c3"], Switches(), now_ms)


def retire(made, name, is_on=True, stamp=1):
    made._retired.take({"stamp": stamp, "controller": "c1", "inc": 1, "seq": stamp}, [name], is_on)


def test_everybody_is_there_until_he_does_not_answer():
    made = peers()
    assert made.is_online("c1") and made.is_online("c2") and not made.is_online("c9")
    made.missed("c2", 0)
    made.missed("c9", 0)
    assert not made.is_online("c2") and made.silent(["c1", "c2", "c3"]) == ["c2"]
    made.heard("c2", 5)
    assert made.is_online("c2") and made.silent(["c1", "c2", "c3"]) == []


def test_without_a_heartbeat_for_75_s_somebody_is_offline():
    made = peers(now_ms=10 * S)
    made.heard("c3", 40 * S)
    assert made.next_deadline_ms() == 85 * S
    made.tick(84 * S)
    assert made.is_online("c2")
    made.tick(85 * S)
    assert not made.is_online("c2") and made.is_online("c3")


def test_who_is_silent_for_30_s_is_gone_and_another_writes_for_him():
    made = peers()
    made.missed("c2", 10 * S)
    made.missed("c2", 20 * S)
    assert made.next_deadline_ms() == 40 * S
    assert not made.tick(39 * S) and made.author("c2", ["c1", "c2"]) == "c2"
    assert made.tick(40 * S) and made.author("c2", ["c1", "c2"]) == "c1"
    assert not made.tick(41 * S), "told once"
    made.heard("c2", 50 * S)
    assert made.author("c2", ["c1", "c2"]) == "c2"


def test_who_never_came_back_makes_no_more_deadlines():
    made = peers()
    made.missed("c2", 0)
    made.missed("c3", 0)
    made.tick(40 * S)
    assert made.next_deadline_ms() is None


def test_the_first_by_name_that_answers_writes():
    made = peers("a9", "c2", "c3")
    assert made.first_online(["c3", "c2", "c1"]) == "c1"
    assert made.first_online(["c3", "c2"]) == "c2"
    made.missed("c2", 0)
    assert made.first_online(["c3", "c2"]) == "c3"
    retire(made, "c3")
    assert made.first_online(["c3", "c2"]) == "c1", "nobody else is left"


def test_the_retired_are_not_needed_until_they_are_restored():
    made = peers()
    assert made.needed(["c1", "c2", "c3"]) == ["c2", "c3"]
    retire(made, "c2")
    assert made.needed(["c1", "c2", "c3"]) == ["c3"] and made.is_retired("c2")
    assert made.author("c2", ["c1", "c2"]) == "c1"
    retire(made, "c2", False, 2)
    assert made.needed(["c1", "c2", "c3"]) == ["c2", "c3"]


def test_a_stamp_counts_when_all_are_beyond_it():
    made = peers()
    made.heard("c2", 0, 50)
    assert not made.all_beyond(["c1", "c2", "c3"], 50) and made.not_beyond(["c1", "c2", "c3"], 50) == ["c3"]
    made.heard("c3", 0, 49)
    assert made.not_beyond(["c1", "c2", "c3"], 50) == ["c3"]
    made.heard("c3", 0, 50)
    assert made.all_beyond(["c1", "c2", "c3"], 50)
    made.heard("c3", 0, 10)
    made.heard("c3", 0)
    assert made.all_beyond(["c1", "c2", "c3"], 50), "a promise is not taken back"
    assert made.all_beyond(["c1"], 99)
    retire(made, "c2")
    made.heard("c3", 0, 99)
    assert made.all_beyond(["c1", "c2", "c3"], 99)


def test_strangers_are_nobody():
    made = peers()
    made.heard("c9", 0, 99)
    assert not made.is_online("c9") and made.author("c9", ["c1", "c2"]) in ("c9", "c1")
