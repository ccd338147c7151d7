"""Commands of who is signed in: the role is looked at first, and whatever comes of it is in the book."""

import pytest

from tools.backstop.errors import Refused, Unreachable
from tools.backstop.orders import Outcome
from tools.backstop.told import Reply
from tools.console.accounts.book import BookQuery
from tools.console.history import Trouble
from tools.console.orders.desk import Desk


class FakeOrders:
    def __init__(self):
        self.given = []
        self.outcome: Outcome | Exception = outcome(c1={"done": "now"})

    def give(self, operator: str, action: str, fields: dict) -> Outcome:
        self.given.append((operator, action, fields))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def outcome(silent=(), offline=(), **replies: dict) -> Outcome:
    made = {name: Reply.model_validate({"t": "reply", "from": name, "to": "max", "nonce": "n1"} | fields) for name, fields in replies.items()}
    return Outcome("n1", made, list(silent), list(offline))


@pytest.mark.parametrize(
    ("found", "result"),
    [
        (outcome(c1={"done": "now"}), "done by c1"),
        (outcome(c1={"done": "now"}, c2={"refused": "busy"}, silent=["c3"], offline=["c4", "c5"]), "done by c1; c2 refused: busy; no answer: c3; offline: c4, c5"),
        (outcome(c1={"refused": "unknown user 'kim'"}), "c1 refused: unknown user 'kim'"),
        (outcome(silent=["c1", "c2"]), "no answer from c1, c2"),
    ],
)
def test_what_comes_of_it_is_in_the_book(local, found, result):
    orders = FakeOrders()
    orders.outcome = found
    assert Desk(local.accounts, orders, None).give(local.signed_in(), "clear", {"area": "office", "user": "kim", "reason": "held the door"}) is found
    entry = local.accounts.book.search(BookQuery(limit=1))[0]
    assert (entry.operator, entry.action, entry.person, entry.reason, entry.result) == ("max", "clear", "kim", "held the door", result)
    assert entry.fields == {"area": "office", "user": "kim", "nonce": "n1"}


def test_who_may_not_is_refused_before_anything_is_sent_and_that_is_in_the_book(local):
    orders = FakeOrders()
    session = local.signed_in()
    for action, fields, words in (("set", {"area": "office"}, "may not set"), ("emergency", {"active": False}, "may not end emergency")):
        with pytest.raises(Refused, match=words):
            Desk(local.accounts, orders, None).give(session, action, fields)
        assert words in local.results(limit=1)[0][2]
    assert orders.given == []
    Desk(local.accounts, orders, None).give(session, "emergency", {"active": True})
    assert len(orders.given) == 1


def test_what_could_not_be_sent_is_in_the_book(local):
    orders = FakeOrders()
    orders.outcome = Unreachable("no connection to the broker: nothing was sent")
    with pytest.raises(Unreachable):
        Desk(local.accounts, orders, None).give(local.signed_in(), "unlock", {"door": "gate"})
    assert local.results(limit=1) == [("max", "unlock", "no connection to the broker: nothing was sent")]


def test_a_book_that_cannot_be_written_keeps_no_door_shut(local, monkeypatch, caplog):
    session, orders = local.signed_in(), FakeOrders()

    def full(*_):
        raise Trouble("database or disk is full")

    monkeypatch.setattr(local.accounts.book, "note", full)
    assert Desk(local.accounts, orders, None).give(session, "unlock", {"door": "gate"}).done == ["c1"]
    assert "unlock by max is not in the book: database or disk is full: done by c1" in caplog.text
