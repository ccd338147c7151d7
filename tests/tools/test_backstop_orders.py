"""Commands of the command line: who gets them, how they are signed, and what becomes of the answers."""

import pytest

from tests.tools.backstop_line import FakeLine
from tests.tools.sites import changed
from tools.backstop import orders
from tools.backstop.errors import Refused, Unreachable
from tools.backstop.orders import Orders, check
from tools.backstop.station import Given, Station
from tools.site import parse
from tools.site.compiler.keys import made_up

SITE = parse(changed(("areas", "office", "entrances", ["lobby_in", "gate_in"])))


def done(_command):
    return {"done": "now"}


def silent(_command):
    return None


def refused(_command):
    return {"refused": "role viewer may not clear"}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(orders, "ANSWER_S", 0.05)


@pytest.fixture
def station():
    made = Station(Given(None, "mqtt://127.0.0.1", None, None, None, "ada"))
    made.__dict__ |= {"site": SITE, "keys": made_up(SITE)}  # as if read
    return made


def test_a_command_for_a_person_goes_to_the_first_controller_of_the_area(station):
    line = FakeLine(station, {"c1": done, "c2": done})
    outcome = Orders(line).give("clear", {"area": "office", "user": "kim", "reason": "✓ 😀"})
    (name, command), = line.sent
    assert name == "c1" and outcome.done == ["c1"]
    assert command["challenge"] == "c1-boot" and command["role"] == "site_admin" and command["site"] == "demo"
    assert command["to"] == "c1" and command["reason"] == "✓ 😀" and len(command["nonce"]) == 24
    check(outcome)


def test_the_next_one_is_asked_with_the_same_nonce_where_the_first_is_silent(station):
    line = FakeLine(station, {"c1": silent, "c2": done})
    outcome = Orders(line).give("clear", {"area": "office", "user": "kim"})
    assert [name for name, _ in line.sent] == ["c1", "c2"]
    assert len({command["nonce"] for _, command in line.sent}) == 1
    assert outcome.done == ["c2"] and outcome.silent == ["c1"]


def test_who_is_offline_is_passed_over(station):
    line = FakeLine(station, {"c1": done, "c2": done}, offline=("c1",))
    assert Orders(line).give("reset", {"area": "office"}).offline == ["c1"]
    assert [name for name, _ in line.sent] == ["c2"]


def test_doors_and_outputs_are_for_their_own_controller(station):
    for action, fields, name in (("unlock", {"door": "gate"}, "c2"), ("silence", {"output": "strobe"}, "c2"), ("unlock", {"door": "lobby"}, "c1")):
        line = FakeLine(station, {"c1": done, "c2": done})
        Orders(line).give(action, fields)
        assert [to for to, _ in line.sent] == [name]


@pytest.mark.parametrize("action", orders.SITE_WIDE)
def test_what_is_for_the_site_goes_to_every_controller_signed_for_each(station, action):
    line = FakeLine(station, {"c1": done, "c2": silent})
    outcome = Orders(line).give(action, {})
    assert [(name, command["to"], command["challenge"]) for name, command in line.sent] == [("c1", "c1", "c1-boot"), ("c2", "c2", "c2-boot")]
    assert outcome.done == ["c1"] and outcome.silent == ["c2"]
    check(outcome)


def test_with_nobody_there_nothing_is_sent(station):
    line = FakeLine(station, {}, offline=("c1", "c2"))
    with pytest.raises(Unreachable, match="c1, c2: nothing was sent"):
        Orders(line).give("clear", {"area": "office", "user": "kim"})
    assert line.sent == []


def test_no_answer_from_anybody_is_no_success(station):
    outcome = Orders(FakeLine(station, {"c1": silent, "c2": silent})).give("clear", {"area": "office", "user": "kim"})
    with pytest.raises(Unreachable, match="no answer from c1, c2"):
        check(outcome)


def test_a_refusal_is_told_with_its_reason(station):
    outcome = Orders(FakeLine(station, {"c1": refused, "c2": done})).give("clear", {"area": "office", "user": "kim"})
    with pytest.raises(Refused, match="c1 refused: role viewer may not clear"):
        check(outcome)


def test_after_a_restart_it_is_signed_again_with_the_new_challenge(station):
    def restarted(command):
        line.status["c1"]["challenge"] = "c1-new"
        return {"done": "now"} if command["challenge"] == "c1-new" else {"refused": "signed for another challenge"}

    line = FakeLine(station, {"c1": restarted, "c2": done})
    outcome = Orders(line).give("clear", {"area": "office", "user": "kim"})
    assert [(name, command["challenge"]) for name, command in line.sent] == [("c1", "c1-boot"), ("c1", "c1-new")]
    assert outcome.done == ["c1"]


def test_answers_to_others_and_of_others_do_not_count(station):
    line = FakeLine(station, {"c1": lambda command: {"done": "now", "nonce": "another"}, "c2": lambda command: {"done": "now", "from": "c1"}})
    outcome = Orders(line).give("unlock", {"door": "gate"})
    assert outcome.replies == {} and outcome.silent == ["c2"]
