"""Attackers at a site of two boards: whatever they send, nothing of it is done, all of it is counted.

They hold what the name of a test says: nothing, what they overheard, another operator's key, or a board torn from the wall.
"""

import json

import pytest

from firmware.wire import seal
from host_sim.hands import signed
from host_sim.world import World
from tests.model import small
from tools.site import parse
from tools.site.compiler.keys import made_up

START_MS = 1767603600000
OPEN = {"operator": "max", "action": "unlock", "door": "north", "reason": "please", "nonce": "n-1"}
CLEAR = {"operator": "max", "action": "clear", "area": "hall", "user": "kim", "reason": "please", "nonce": "n-2"}
FIRE = {"operator": "ada", "action": "emergency", "active": True, "reason": "please", "nonce": "n-3"}
COMMANDS = (OPEN, CLEAR, FIRE)


class Attack:
    """A hall whose door `north` is c1's, and what is sent to c1."""

    def __init__(self):
        self.world = World(parse(small.hall(), "site"), START_MS)
        self.world.run_until(1000)

    @property
    def node(self):
        return self.world.boards["c1"].node

    def status(self, controller="c1") -> dict:
        return json.loads(self.world.network.kept("status/" + controller))

    def signed(self, command, to="c1", secrets=None, challenge=None, **envelope) -> bytes:
        """What a console would send, `envelope` apart."""
        challenge = self.status(to)["challenge"] if challenge is None else challenge
        payload = signed(self.world.site, secrets or self.world.secrets, to, challenge, {**command, **envelope})
        return payload

    def resigned(self, command, key, **envelope) -> bytes:
        """A command with any envelope, under any key."""
        made = json.loads(seal.content(self.signed(command)))
        return seal.seal(json.dumps(made | envelope, separators=(",", ":")).encode(), key)

    def key(self, operator="max", controller="c1") -> bytes:
        return self.world.secrets.key_for(operator, controller)

    def send(self, payload, topic="command/c1", is_retained=False) -> str | None:
        """Send it; returns the kind of fault that was counted, and checks that a fault had no effect."""
        before, events = dict(self.node.faults), len(self.world.events)
        self.world.boards["c1"].handle(("message", topic, payload, is_retained))
        self.world.run_until(self.world.now_ms + 11_000)  # the next refusal is told, too
        new = self.world.events[events:]
        counted = [kind for kind, count in self.node.faults.items() if count != before.get(kind, 0)]
        if counted:
            assert {event["type"] for event in new} <= {"command.refused"}, new
            assert self.world.door("north")["locked"]
        return counted[0] if counted else None

    def refusals(self) -> list:
        return [(event["operator"], event["reason"]) for event in self.world.events if event["type"] == "command.refused"]


def test_what_a_console_signs_is_obeyed_and_answered():
    for command in COMMANDS:
        attack = Attack()
        assert attack.send(attack.signed(command)) is None
        (controller, operator, answer), = attack.world.replies
        assert (controller, operator, answer["done"], answer["nonce"]) == ("c1", command["operator"], "now", command["nonce"])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command["action"])
class TestEachRuleBroken:
    def test_wrong_key(self, command):
        attack = Attack()
        for key in (bytes(32), b"", attack.key("vic"), attack.key(command["operator"], "c2")):
            assert attack.send(attack.resigned(command, key)) == "command.seal"
        assert attack.world.replies == [] and len(attack.refusals()) == 4

    def test_a_controllers_key(self, command):
        """The board c2 knows the event key and the operators' keys for c2."""
        attack, part = Attack(), Attack().world.boards["c2"].part
        for name in ("", "ada", "max", "vic"):
            assert attack.send(attack.resigned(command, seal.find_key(part.tables["keys"], name))) == "command.seal"
        for name in ("", "c1", "c2", "console"):
            forged = attack.resigned(command, bytes.fromhex(attack.world.secrets.event_key), **{"from": name})
            assert attack.send(forged) == "command.operator"

    def test_a_board_from_the_wall_commands_itself_only(self, command):
        attack, part = Attack(), Attack().world.boards["c1"].part
        own = attack.resigned(command, seal.find_key(part.tables["keys"], command["operator"]))
        assert attack.send(own) is None, "c1's keys open c1"
        other = {"t": "command", "from": command["operator"], **{key: command[key] for key in command if key != "operator"}}
        other |= {"to": "c2", "site": attack.world.site.site, "role": attack.world.site.operators[command["operator"]].role}
        other["challenge"] = attack.status("c2")["challenge"]
        payload = json.dumps(other, separators=(",", ":")).encode()
        node = attack.world.boards["c2"].node
        for name in ("", "ada", "max", "vic"):
            sealed = seal.seal(payload, seal.find_key(part.tables["keys"], name))
            attack.world.boards["c2"].handle(("message", "command/c2", sealed, False))
        assert node.faults == {"command.seal": 4}

    def test_replay(self, command):
        attack = Attack()
        payload = attack.signed(command)
        attack.send(payload)
        done = len([event for event in attack.world.events if event.get("nonce") == command["nonce"]])
        for _ in range(3):
            attack.send(payload)
            assert attack.world.replies[-1][2]["done"] == "before"
        assert len([event for event in attack.world.events if event.get("nonce") == command["nonce"]]) == done

    def test_replay_after_many_others(self, command):
        """A board cannot keep all nonces for ever: once it keeps no more, it draws another challenge."""
        attack = Attack()
        payload, challenge = attack.signed(command), attack.status()["challenge"]
        attack.send(payload)
        for number in range(100):
            attack.world.command({**CLEAR, "nonce": f"other-{number}"})
        assert attack.status()["challenge"] != challenge
        assert all("done" in answer for _, _, answer in attack.world.replies), "consoles never notice"
        assert attack.send(payload) == "command.challenge"

    def test_replay_of_what_was_refused(self, command):
        attack = Attack()
        odd = {"operator": "max", "action": "retire", "controller": "c2", "nonce": "odd", "reason": "x"}
        payload = attack.signed(odd)
        assert attack.send(payload) == attack.send(payload) == "command.content"
        assert "may not retire" in attack.world.replies[-1][2]["refused"]

    def test_expired(self, command):
        attack = Attack()
        payload = attack.signed(command)
        old = attack.status()["challenge"]
        attack.world.power("c1", False)
        attack.world.power("c1", True)
        attack.world.run_until(attack.world.now_ms + 1000)
        assert attack.status()["challenge"] != old
        assert attack.send(payload) == attack.send(attack.signed(command, challenge=old)) == "command.challenge"
        assert attack.world.replies[-1][2] | {"refused": "wrong challenge"} == attack.world.replies[-1][2]

    def test_other_site(self, command):
        attack = Attack()
        other = made_up(parse({**small.hall(), "site": "elsewhere"}, "site"), 1)
        assert attack.send(attack.signed(command, secrets=other)) == "command.seal"
        key = attack.key(command["operator"])
        assert attack.send(attack.resigned(command, key, site="elsewhere")) == "command.site"

    def test_other_addressee(self, command):
        attack = Attack()
        assert attack.send(attack.signed(command, to="c2")) == "command.seal"
        assert attack.send(attack.resigned(command, attack.key(command["operator"]), to="c2")) == "command.to"
        assert attack.send(attack.signed(command), topic="command/c2") == "topic"

    def test_other_role(self, command):
        attack = Attack()
        for role in ("viewer", "root", {"ada": "site_manager", "max": "site_admin"}[command["operator"]]):
            assert attack.send(attack.resigned(command, attack.key(command["operator"]), role=role)) == "command.role"

    def test_a_viewers_key(self, command):
        attack = Attack()
        for role, kind in (("viewer", "command.content"), ("site_manager", "command.role"), ("site_admin", "command.role")):
            payload = attack.resigned(command, attack.key("vic"), **{"from": "vic", "role": role, "nonce": role})
            assert attack.send(payload) == kind
        assert attack.refusals()[0] == ("vic", f"role viewer may not {command['action']}")

    def test_tampered_payload(self, command):
        attack = Attack()
        right = attack.signed(command)
        for old, new in ((b'"action":"', b'"action":"un'), (command["nonce"].encode(), b"n-9"), (b"please", b"plaese"), (b"}", b" }")):
            assert attack.send(right.replace(old, new, 1)) == "command.seal"
        assert attack.send(right[:-44] + right[-42:]) == "command.seal"

    def test_retained(self, command):
        attack = Attack()
        assert attack.send(attack.signed(command), is_retained=True) == "command.retained"
        assert attack.world.replies == [] and attack.refusals() == [(command["operator"], "a retained command")]
        payload = attack.signed({**command, "nonce": "later"})
        attack.world.set_network([["c2"]])
        attack.world.network.send("c2", "command/c1", payload, True)
        attack.world.set_network("all")
        assert attack.node.faults == {"command.retained": 2}, "kept by a broker until the board came"

    def test_no_board_before_it_has_drawn_a_challenge(self, command):
        attack = Attack()
        assert attack.send(attack.signed(command, challenge="")) == "command.form"


def test_a_flood_of_forgeries_writes_one_event_in_ten_seconds():
    attack = Attack()
    before = len(attack.world.events)
    for number in range(500):
        payload = attack.resigned(OPEN, bytes(32), **{"from": f"op{number}", "nonce": f"x{number}"})
        attack.world.boards["c1"].handle(("message", "command/c1", payload, False))
        attack.world.boards["c1"].handle(("message", "command/c1", attack.resigned(OPEN, bytes(32)), False))
    assert [event["type"] for event in attack.world.events[before:]] == ["command.refused"] * 2
    assert attack.node.faults == {"command.operator": 500, "command.seal": 500}
    attack.world.run_until(attack.world.now_ms + 10_000)
    attack.send(attack.resigned(OPEN, bytes(32)))
    assert attack.world.events[-1]["count"] == 500


class TestMessagesOfControllers:
    """What others than the boards of the site send to c1, and what a board sends in another's name."""

    def overheard(self, attack, kind) -> tuple:
        """(topic, payload) of a message that c2 sends."""
        heard, send = [], attack.world.send
        attack.world.send = lambda sender, topic, *rest: (heard.append((sender, topic, rest[0])), send(sender, topic, *rest))
        attack.world.badge("south_in", user="kim")
        attack.world.run_until(attack.world.now_ms + 40_000)
        attack.world.send = send
        return next((topic, payload) for sender, topic, payload in heard if sender == "c2" and topic.startswith(kind + "/"))

    @pytest.mark.parametrize("kind", ["log", "have"])
    def test_each_rule(self, kind):
        attack = Attack()
        topic, payload = self.overheard(attack, kind)
        assert attack.send(payload, topic) is None
        assert attack.send(payload, topic, is_retained=True) == "retained"
        for other in ("log/c1", "have/c1", "want/c2", "ask/hall", "status/c2", "log/c2/", "x", "", "have/console"):
            if other != topic:
                assert attack.send(payload, other) == "topic", other
        for broken in (payload[:-1], payload[1:], payload.replace(b'"c2"', b'"c1"'), seal.seal(seal.content(payload), bytes(32))):
            assert attack.send(broken, topic) == "seal"
        stranger = json.loads(seal.content(payload)) | {"from": "c9"}
        sealed = seal.seal(json.dumps(stranger).encode(), bytes.fromhex(attack.world.secrets.event_key))
        assert attack.send(sealed, kind + "/c9") == "message"

    def test_an_operators_key_makes_no_event(self):
        attack = Attack()
        topic, payload = self.overheard(attack, "log")
        for operator in ("ada", "max", "vic"):
            assert attack.send(seal.seal(seal.content(payload), attack.key(operator)), topic) == "seal"

    def test_a_last_will_counts_only_as_it_happens(self):
        attack = Attack()
        will = attack.world.boards["c2"].last_will()[1]
        peers = attack.node.controller.peers
        attack.world.boards["c1"].handle(("message", "status/c2", will, True))
        attack.world.boards["c1"].handle(("message", "status/c1", attack.node.last_will()[1], False))
        assert peers.is_online("c2")
        attack.world.boards["c1"].handle(("message", "status/c2", will[:-3] + b'0"}', False))
        assert peers.is_online("c2") and attack.node.faults["seal"] == 1
        attack.world.boards["c1"].handle(("message", "status/c2", will, False))
        assert not peers.is_online("c2")
