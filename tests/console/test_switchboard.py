"""The switchboard: everybody hears what is for him, in order, and nobody makes another deaf."""

import logging

import pytest

from tests.console.fake_link import FakeLink
from tests.programs import wait_until
from tools.console.switchboard import Switchboard


@pytest.fixture
def link():
    return FakeLink()


@pytest.fixture
def board(link):
    made = Switchboard(link)
    yield made
    made.stop()
    assert not link.is_started


def test_each_hears_its_own_kinds_in_order(board, link):
    replica, states = board.end("log", "have"), board.end("door")
    replies = []
    board.listen("reply", replies.append)
    board.start()
    link.set_up(True)
    wait_until(lambda: board.is_up, "the link is not up")
    for number in range(50):
        link.hear("log/c1", b"%d" % number)
        link.hear("door/lobby", b"%d" % number, True)
        link.hear("reply/ada", b"%d" % number)
    wait_until(lambda: len(replies) == 50, "not all came")
    assert [event[2] for event in replies] == [b"%d" % number for number in range(50)]
    assert replica.take() == [("link", True)] + [("message", "log/c1", b"%d" % number, False) for number in range(50)]
    assert states.take()[1] == ("message", "door/lobby", b"0", True)
    assert replica.take() == []


def test_all_send_over_the_one_link(board, link):
    board.end("log").put("want/console", b"a")
    board.publish("command/c1", b"b", True)
    assert link.sent == [("want/console", b"a", False), ("command/c1", b"b", True)]


def test_a_break_is_told_to_all_even_where_it_has_healed_meanwhile(board, link):
    end, told = board.end("log"), []
    board.listen("link", told.append)
    board.start()
    link.set_up(True)
    wait_until(lambda: told == [("link", True)], "it did not come up")
    link.set_up(False)
    link.set_up(True)
    wait_until(lambda: told[1:] == [("link", False), ("link", True)], "the break was not told")
    assert end.take() in ([("link", True)], [("link", False), ("link", True)])  # as of an end that had heard of none
    link.set_up(False)
    wait_until(lambda: not board.is_up, "it is still up")
    assert end.take() == [("link", False)]


def test_a_listener_that_breaks_makes_nobody_deaf(board, link, caplog):
    heard = []

    def broken(_event):
        raise RuntimeError("broken")

    board.listen("reply", broken)
    board.listen("reply", heard.append)
    board.start()
    with caplog.at_level(logging.ERROR):
        link.hear("reply/ada", b"1")
        link.hear("reply/ada", b"2")
        wait_until(lambda: len(heard) == 2, "the other heard nothing")
    assert board.faults == {"reply": 2} and "a listener to reply has failed" in caplog.text


def test_who_is_too_slow_loses_his_own_and_it_is_counted(board, link):
    slow, quick = board.end("log"), board.end("have")
    board.start()
    link.set_up(True)
    for _ in range(6):
        for number in range(1000):
            link.hear("log/c1", b"%d" % number)
        link.hear("have/c1", b"")
        wait_until(lambda: not link._in._items, "the link is not read")
    wait_until(lambda: board.counts["dropped_ends"] == 1000, "nothing was dropped")
    assert len([event for event in quick.take() if event[0] == "message"]) == 6
    assert len([event for event in slow.take() if event[0] == "message"]) == 5000


def test_a_listener_need_not_look_again_and_again(board, link):
    end = board.end("log")
    board.start()
    end.wait(0)
    link.hear("log/c1", b"1")
    end.wait(20)
    assert end.take() == [("message", "log/c1", b"1", False)]
    link.set_up(True)
    end.wait(20)
    assert end.take() == [("link", True)]
