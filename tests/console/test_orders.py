"""Commands over the console's one link: as the command line gives them, several at once."""

import json
import threading

import pytest

from firmware.wire import seal
from tests.console.fake_link import FakeLink
from tests.programs import wait_until
from tests.tools.sites import changed
from tools.backstop import orders
from tools.backstop.errors import Unreachable, Unusable
from tools.backstop.heard import Heard
from tools.backstop.station import Given, Station
from tools.console.orders.orders import Orders
from tools.console.switchboard import Switchboard
from tools.site import parse
from tools.site.compiler.keys import made_up

SITE = parse(
    changed(
        ("areas", "office", "entrances", ["lobby_in", "gate_in"]),
        ("operators", {"ada": {"role": "site_admin"}, "max": {"role": "site_manager"}}),
    )
)
KEYS = made_up(SITE)
EVENT_KEY = bytes.fromhex(KEYS.event_key)


class Boards:
    """Controllers behind a fake link. `answer`: (name, command) -> fields of the reply, or None."""

    def __init__(self, link: FakeLink):
        self.link, self.commands = link, []
        self.answer = lambda name, command: {"done": "now"}
        link.on_put = self._command

    def tell(self, name: str, is_online: bool = True) -> None:
        fields = {"t": "status", "from": name, "online": is_online}
        if is_online:
            fields |= {"inc": 7, "hw": "sim", "challenge": f"{name}-boot"}
        self._say(f"status/{name}", fields)

    def _command(self, topic: str, payload: bytes) -> None:
        name, command = topic.removeprefix("command/"), json.loads(seal.content(payload))
        assert seal.is_sealed(payload, KEYS.key_for(command["from"], name))
        self.commands.append((name, command))
        fields = self.answer(name, command)
        if fields:
            self._say(f"reply/{command['from']}", {"t": "reply", "from": name, "to": command["from"], "nonce": command["nonce"]} | fields)

    def _say(self, topic: str, fields: dict) -> None:
        self.link.hear(topic, seal.seal(json.dumps(fields).encode(), EVENT_KEY))


@pytest.fixture
def console():
    """(orders, boards) with a link that is up and both controllers online."""
    station = Station(Given(None, "mqtt://127.0.0.1", None, None, None, None))
    station.__dict__ |= {"site": SITE, "keys": KEYS}  # as if read
    link = FakeLink()
    switchboard, boards = Switchboard(link), Boards(link)
    made = Orders(switchboard, Heard(station))
    switchboard.start()
    link.set_up(True)
    boards.tell("c1")
    boards.tell("c2")
    wait_until(lambda: made._heard.online() == ["c1", "c2"] and switchboard.is_up, "the boards are not there")
    yield made, boards
    switchboard.stop()


def test_it_is_signed_for_who_is_signed_in(console):
    made, boards = console
    for operator, role in (("max", "site_manager"), ("ada", "site_admin")):
        outcome = made.give(operator, "clear", {"area": "office", "user": "kim", "reason": "held the door"})
        name, command = boards.commands[-1]
        assert (name, command["from"], command["role"]) == ("c1", operator, role) and outcome.done == ["c1"]


def test_many_at_once_get_each_their_own_answer(console):
    made, boards = console
    boards.answer = lambda name, command: {"refused": command["reason"]}
    refused = {}

    def give(number: int) -> None:
        refused[number] = made.give("max", "clear", {"area": "office", "user": "kim", "reason": str(number)}).replies["c1"].refused

    threads = [threading.Thread(target=give, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == {number: str(number) for number in range(8)} and made._calls == []


def test_a_silent_controller_is_passed_over_and_a_late_answer_does_not_harm(console, monkeypatch):
    monkeypatch.setattr(orders, "ANSWER_S", 0.1)
    made, boards = console
    boards.answer = lambda name, command: None if name == "c1" else {"done": "now"}
    assert made.give("max", "reset", {"area": "office"}).silent == ["c1"]
    late = dict(boards.commands[0][1])
    boards._say("reply/max", {"t": "reply", "from": "c1", "to": "max", "nonce": late["nonce"], "done": "now"})
    boards.answer = lambda name, command: {"done": "now"}
    assert made.give("max", "reset", {"area": "office"}).done == ["c1"]


def test_without_link_or_controllers_nothing_is_sent(console):
    made, boards = console
    boards.link.set_up(False)
    wait_until(lambda: not made._switchboard.is_up, "it is still up")
    with pytest.raises(Unreachable, match="no connection to the broker: nothing was sent"):
        made.give("max", "emergency", {"active": True})
    boards.link.set_up(True)
    for name in ("c1", "c2"):
        boards.tell(name, False)
    wait_until(lambda: not made._heard.online() and made._switchboard.is_up, "they are still online")
    with pytest.raises(Unreachable, match="nobody is reachable"):
        made.give("max", "emergency", {"active": True})
    assert boards.commands == []


def test_nobody_signs_for_who_has_no_key(console):
    made, boards = console
    with pytest.raises(Unusable, match="did you mean ada"):
        made.give("adda", "unlock", {"door": "lobby"})
    assert boards.commands == []
