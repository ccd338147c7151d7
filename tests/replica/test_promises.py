"""Heartbeats and answers wait for what they promise; a heartbeat not for ever."""

from firmware.replica.heartbeat import NEVER
from firmware.replica.promises import Promises
from firmware.replica.publisher import Publisher
from tests.replica.sides import event
from tests.replica.test_publisher import MS, Clock


class Stage:
    def __init__(self, ceiling=0, has_clock=True):
        self.has_clock = has_clock
        self.publisher = Publisher(Clock().draw, ceiling)
        self.promises = Promises(self.publisher, lambda now_ms: now_ms if self.has_clock else None)


def test_a_heartbeat_waits_for_its_ceiling():
    stage = Stage()
    stage.promises.add_beat(10)
    assert stage.promises.lack(10) == 210 * MS and not stage.promises.take_beat(10)
    assert stage.promises.lack(11) is None, "it is on its way"
    stage.publisher.stored(210 * MS)
    assert stage.promises.take_beat(12) and not stage.promises.take_beat(12) and stage.promises.due_ms == NEVER


def test_a_heartbeat_goes_without_after_a_second():
    stage = Stage()
    stage.promises.add_beat(10)
    assert not stage.promises.take_beat(1009) and stage.promises.due_ms == 1010
    assert stage.promises.take_beat(1010)


def test_a_heartbeat_without_a_clock_promises_nothing_and_waits_for_nothing():
    stage = Stage(has_clock=False)
    stage.promises.add_beat(10)
    assert stage.promises.lack(10) is None and stage.promises.take_beat(10)


def test_answers_wait_for_our_own_events_however_long():
    stage = Stage(ceiling=90000 * MS)
    one = event(1)
    stage.publisher.written(one)
    stage.promises.add_answer("c2", 77, 10)
    for now_ms in (10, 2000, 5000):
        assert stage.promises.take_answers(now_ms) == [] and stage.promises.due_ms > now_ms
    stage.publisher.durable("facts", 1)
    stage.publisher.take_due()
    assert stage.promises.take_answers(5001) == [("c2", 77)] and stage.promises.due_ms == NEVER


def test_answers_go_without_a_ceiling_after_a_second():
    stage = Stage()
    stage.promises.add_answer("c2", 77, 10)
    assert stage.promises.take_answers(10) == [] and stage.promises.take_answers(1010) == [("c2", 77)]


def test_too_many_answers_are_counted_and_the_oldest_go():
    stage = Stage(ceiling=90000 * MS)
    for question in range(70):
        stage.promises.add_answer("c2", question, 10)
    assert stage.promises.dropped == 6 and stage.promises.take_answers(11)[0] == ("c2", 6)


def test_without_a_link_nothing_waits():
    stage = Stage()
    stage.promises.add_beat(10)
    stage.promises.add_answer("c2", 77, 10)
    stage.promises.forget()
    assert stage.promises.due_ms == NEVER and not stage.promises.take_beat(5000) and stage.promises.take_answers(5000) == []
