"""A whole node, from pulses to relay, events and messages, on every interpreter."""

import json

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam
from firmware.node import Node
from firmware.wire import messages, seal
from firmware.wire.wiegand_texts import encode_card
from tests.core.parts import EVENT_KEY, SECRETS, door, part, reader, settings

NINE_MS = 1767603600000  # 2026-01-05 09:00:00 UTC
BIT_MS = 2
ROLES = {"ada": "site_admin", "max": "site_manager", "vic": "viewer"}
STAFF, MATE, GUARD, STRANGER = 0, 1, 2, 3


class Board:
    """A node with its clock, flash and wires, as a shell would run it."""

    def __init__(self, a_part=None, has_clock=True, flash=None, contacts=(), entropy=b"boot", **changes):
        self.now_ms = 0
        self.flash = flash or NorRam(12)
        self.actions = []
        log = FlashLog(self.flash)
        for _ in range(log.wants_erase()):
            log.erase_ahead()
        self.node = Node(a_part or part(**changes), log, {name: True for name in contacts}, entropy=entropy)
        self.node.resume()
        if has_clock:
            self.take(self.node.handle(("clock", NINE_MS), 0))
        self.take(self.node.start(0))

    def take(self, actions):
        """Keep what is written; tell the node that it is durable."""
        self.actions += actions
        for action in actions:
            if action[0] == "append":
                assert self.node.log.store(action[1])
                if action[1]["controller"] == self.node.name:
                    self.take(self.node.handle(("durable", action[1]["stream"], action[1]["seq"]), self.now_ms))
            elif action[0] == "ceiling":
                assert self.node.log.store_ceiling(action[1])
                self.take(self.node.handle(("durable", "ceiling", action[1]), self.now_ms))

    def until(self, now_ms):
        """Let time pass, from deadline to deadline."""
        due_ms, ticks = self.node.next_deadline_ms(), 0
        while due_ms is not None and due_ms <= now_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self.take(self.node.tick(self.now_ms))
            due_ms, ticks = self.node.next_deadline_ms(), ticks + 1
            assert ticks < 1000, "time stands still"
        self.now_ms = max(self.now_ms, now_ms)

    def do(self, *event):
        """Hand one thing in; returns all that came of it."""
        self.actions = []
        self.take(self.node.handle(event, self.now_ms))
        return self.actions

    def bits(self, at_reader, bits):
        """Send pulses and wait for the end of the frame."""
        self.actions = []
        for bit in bits:
            self.take(self.node.handle(("bit", at_reader, int(bit)), self.now_ms))
            self.until(self.now_ms + BIT_MS)
        self.until(self.now_ms + 100)
        return self.actions

    def tap(self, at_reader, no):
        return self.bits(at_reader, encode_card("H10301:1:%d" % no))

    def command(self, action, nonce, **fields):
        to = self.node.name
        return self.do("message", "command/" + to, command(self.challenge(), action, nonce, to=to, **fields), False)

    def challenge(self):
        return messages.decode(seal.content(self.node.post.status(1)[2]))["challenge"]

    def hear(self, topic, payload, is_retained=False):
        """Hand a message in under the site's event key."""
        return self.do("message", topic, seal.seal(payload, EVENT_KEY), is_retained)


def command(challenge, action, nonce, operator="ada", to="c1", **fields):
    """What an operator's console sends."""
    made = {"to": to, "site": "small", "role": ROLES[operator], "challenge": challenge, "nonce": nonce}
    made.update(fields)
    opening = '{"t":"command","from":"%s","action":%s,' % (operator, json.dumps(action))
    return seal.seal((opening + json.dumps(made)[1:]).encode(), seal.key_for(SECRETS[operator], to))


def events(actions, kind=None):
    return [action[1] for action in actions if action[0] == "append" and kind in (None, action[1]["type"])]


def only(actions, kind):
    found = events(actions, kind)
    assert len(found) == 1, (kind, [event["type"] for event in events(actions)])
    return found[0]


def of_kind(actions, kind):
    return [action[1:] for action in actions if action[0] == kind]


def test_a_passback_is_caught_cleared_and_forgotten():
    board = Board()
    granted = only(board.tap("front_in", STAFF), "access.granted")
    assert granted["user"] == "person-0" and granted["judge"] == {"hall": ["in", "hard"]}
    board.until(board.now_ms + 10000)
    actions = board.tap("front_in", STAFF)
    denied = only(actions, "access.denied")
    assert (denied["reason"], denied["areas"]) == ("double_entrance", ["hall"]) and of_kind(actions, "lock") == []
    assert denied["because"]["at"] == granted["at_ms"] and denied["because"]["reader"] == "front_in"
    assert ("front_in", "denied_apb") in of_kind(actions, "signal")
    violation = only(actions, "apb.violation")
    assert violation["of"] == ["c1", denied["inc"], denied["seq"]] and "late" not in violation
    assert only(board.tap("front_out", STAFF), "access.denied")["reason"] == "in_violation"
    cleared = only(board.command("clear", "n1", area="hall", user="person-0", reason="lent"), "apb.cleared")
    assert (cleared["operator"], cleared["reason"], cleared["nonce"]) == ("ada", "lent", "n1")
    again = only(board.tap("front_in", STAFF), "access.granted")
    assert again["pardoned"] is True and "violates" not in again
    assert only(board.tap("front_out", STAFF), "access.granted")["after"] == {"hall": ["c1", denied["inc"], again["seq"]]}


def test_the_relay_moves_before_anything_is_written():
    board = Board()
    actions = board.tap("front_in", STAFF)
    assert [action[0] for action in actions][:2] == ["lock", "append"]
    assert of_kind(actions, "lock") == [("front", False)] and ("front_in", "granted") in of_kind(actions, "signal")
    board.actions = []
    board.until(board.now_ms + 5000)
    assert of_kind(board.actions, "lock") == [("front", True)]
    assert sorted([event["type"] for event in events(board.actions)]) == ["access.not_used", "door.locked"]


def test_who_drives_locks_is_told_of_a_grant_before_it_is_written():
    board, order = Board(), []
    log, add = board.node.log, board.node.log.add
    board.node.drive_locks(lambda door, is_locked: order.append((door, is_locked)))
    log.add = lambda event: order.append(event["type"]) or add(event)
    actions = board.tap("front_in", STAFF)
    assert order[:3] == [("front", False), "access.granted", "door.unlocked"]
    assert of_kind(actions, "lock") == [("front", False)]
    order.clear()
    only(board.tap("front_in", STAFF), "access.denied")
    assert ("front", False) not in order


def test_a_lock_that_was_driven_ahead_ends_as_the_last_in_line_wants_it():
    board, driven = Board(), []
    desk = board.node.controller.desk
    board.node.drive_locks(lambda door, is_locked: driven.append((door, is_locked)))
    desk.put(("lock", "front", True))  # not handed out yet
    desk.drive(("lock", "front", False))
    driven += of_kind(desk.end(), "lock")
    assert driven == [("front", False), ("front", True), ("front", False)]


def test_a_door_that_opens_completes_the_grant():
    board = Board()
    board.tap("front_in", STAFF)
    actions = board.do("leaf", "front", True)
    assert of_kind(actions, "lock") == [("front", True)]
    assert only(actions, "access.entered")["user"] == "person-0" and events(actions, "door.forced") == []


def test_a_door_that_nobody_let_open_is_forced():
    board = Board()
    assert only(board.do("leaf", "front", True), "door.forced")["door"] == "front"


def test_who_may_not_pass_is_denied_before_anti_passback():
    board = Board()
    assert only(board.tap("front_in", STRANGER), "access.denied")["reason"] == "no_access"
    unknown = only(board.bits("front_in", encode_card("H10301:77:54321")), "access.denied")
    assert (unknown["reason"], unknown["user"], unknown["credential"]) == ("unknown_credential", None, "H10301:**321")
    noise = only(board.bits("front_in", "10111"), "access.denied")
    assert noise["reason"] == "bad_read"
    assert board.tap("front_out", STRANGER) and events(board.actions, "access.denied")[0]["reason"] == "no_access"


def test_noise_is_told_once_in_ten_seconds():
    board = Board()
    told = [event for _ in range(5) for event in events(board.bits("front_in", "101"), "access.denied")]
    assert len(told) == 1
    board.until(board.now_ms + 10000)
    assert only(board.bits("front_in", "101"), "access.denied")["count"] == 5


def test_an_exempt_person_is_never_denied():
    board = Board()
    for _ in range(3):
        assert only(board.tap("front_in", GUARD), "access.granted")["exempt"] is True


def test_request_to_exit_unlocks_and_moves_nobody():
    board = Board()
    board.tap("front_in", STAFF)
    board.until(20000)
    assert of_kind(board.do("rex", "front", True), "lock") == [("front", False)]
    assert events(board.do("leaf", "front", True), "door.forced") == []
    board.until(40000)
    assert only(board.tap("front_in", STAFF), "access.denied")["reason"] == "double_entrance"


def test_fire_frees_the_doors_and_judges_nobody():
    board = Board()
    board.tap("front_in", STAFF)
    board.until(20000)
    actions = board.do("input", "fire", True)
    assert ("vault", False) in of_kind(actions, "lock") and ("strobe", True) in of_kind(actions, "output")
    started = only(actions, "emergency.started")
    assert started["source"] == ["c1", "fire", started["seq"]]
    assert only(board.tap("front_in", STAFF), "access.granted")["judge"] == {"hall": ["in", "off"]}
    board.until(board.now_ms + 1000)
    actions = board.do("input", "fire", False)
    assert ("vault", True) in of_kind(actions, "lock") and ("strobe", False) in of_kind(actions, "output")
    assert only(board.tap("front_in", STAFF), "access.granted")["judge"] == {"hall": ["in", "hard"]}


def test_commands_need_their_role_and_act_once():
    board = Board()
    refused = only(board.command("clear", "n1", operator="vic", area="hall", user="person-0"), "command.refused")
    assert refused["operator"] == "vic"
    only(board.command("unlock", "n2", door="front", operator="max"), "door.unlocked")
    assert events(board.command("unlock", "n2", door="front", operator="max")) == []
    only(board.command("pass", "n3", area="hall", user="person-0"), "apb.passed")
    assert events(board.command("pass", "n3", area="hall", user="person-0")) == []
    for action in (None, 5, [], {}, "fly", "clear"):
        assert board.command(action, "m-%s" % (action,))
    for nonce in (None, 5, [], {}, "", "x" * 65):
        only(board.command("pass", nonce, area="hall", user="person-0"), "command.refused")
        board.until(board.now_ms + 11000)
    assert board.node.faults["command.form"] == 6


def test_settings_change_by_command():
    board = Board()
    board.tap("front_in", STAFF)
    board.command("set", "n1", area="hall", anti_passback="soft", confirm_grants=True)
    granted = only(board.tap("front_in", STAFF), "access.granted")
    assert granted["violates"] == {"hall": "double_entrance"} and granted["judge"] == {"hall": ["in", "soft"]}


def test_a_keypad_asks_for_the_pin():
    readers = {"front_in": reader(0, "front", {"hall": "in"}, mode="card_and_pin"), "front_out": reader(1, "front", {"hall": "out"})}
    board = Board(readers=readers)
    assert ("front_in", "pin") in of_kind(board.tap("front_in", STAFF), "signal")
    board.actions = []
    board.until(board.now_ms + 9000)
    assert only(board.actions, "access.denied")["reason"] == "bad_pin"


def test_lockdown_and_release():
    board = Board()
    only(board.command("lockdown", "n1", doors=["front"]), "lockdown.started")
    assert only(board.tap("front_in", STAFF), "access.denied")["reason"] == "lockdown"
    only(board.tap("front_in", GUARD), "access.granted")
    board.command("release", "n2", doors=["front"])
    board.until(board.now_ms + 10000)
    only(board.tap("front_in", STAFF), "access.granted")


def test_everything_survives_a_restart():
    board = Board()
    board.tap("front_in", STAFF)
    board.do("leaf", "front", True)
    board.until(board.now_ms + 1000)
    board.do("leaf", "front", False)
    board.tap("front_in", STAFF)
    board.do("input", "fire", True)
    board.tap("front_in", MATE)
    after = Board(flash=board.flash, contacts=["fire"])
    lost = events(after.actions, "access.not_used")
    assert [event["no"] for event in lost] == [MATE] and lost[0]["lost"] is True
    book = after.node.controller.presence.view(STAFF, NINE_MS + 60000)
    assert book["hall"].presence == "in" and book["hall"].violation.kind == "double_entrance"
    assert after.node.controller.site.emergency.sources() == [("c1", "fire", 1)]
    names = [entry for entry in after.node.log.vector() if entry[0] == "c1"]
    assert len({entry[1] for entry in names}) == 1, "one incarnation"
    for _, inc, stream, last in names:
        assert [event["seq"] for event in after.node.log.between("c1", inc, stream, 1, last)] == list(range(1, last + 1))


def test_without_a_clock_it_decides_and_stamps_later():
    board = Board(has_clock=False)
    only(board.tap("front_in", STAFF), "access.granted")
    denied = only(board.tap("front_in", STAFF), "access.denied")
    assert denied["reason"] == "double_entrance" and denied["unverified"] is True
    board.until(60000)
    again = events(board.do("clock", NINE_MS + 60000))
    assert [event["type"] for event in again if event["stream"] == "facts"].count("access.denied") == 1
    fixed = [event for event in again if event["type"] == "access.denied"][0]
    assert NINE_MS < fixed["at_ms"] < NINE_MS + 10000 and fixed["seq"] == denied["seq"]


def shared(**area):
    return Board(others=["c2"], area=area)


def answer(question, board, kind="answer"):
    stamp = NINE_MS + board.now_ms << 16
    heads = {"facts": 0, "notes": 0, "site": 0}
    made = {"t": kind, "from": "c2", "to": "c1", "inc": 1, "heads": heads, "stamp": stamp, "question": question}
    return messages.encode(made)


def sent(actions, kind):
    """Messages of one kind that went out."""
    found = []
    for _, topic, payload, is_retained in [action for action in actions if action[0] == "send"]:
        assert seal.is_sealed(payload, EVENT_KEY) and is_retained == (topic.split("/")[0] in ("status", "door", "output", "area"))
        message = json.loads(seal.content(payload))
        if message["t"] == kind:
            found.append(messages.decode(seal.content(payload)) or message)
    return found


def test_a_denial_waits_for_the_other_board():
    board = shared()
    board.do("link", True)
    assert sent(board.tap("front_in", STAFF), "log")[0]["entries"][0]["type"] == "access.granted"
    actions = []
    for bit in encode_card("H10301:1:0"):
        board.until(board.now_ms + BIT_MS)
        actions += board.do("bit", "front_in", int(bit))
    while not sent(actions, "ask"):
        due_ms = board.node.next_deadline_ms()
        board.actions = []
        board.until(due_ms)
        actions += board.actions
    question = sent(actions, "ask")[0]
    assert question["no"] == STAFF and question["areas"] == ["hall"] and events(actions, "access.denied") == []
    denied = only(board.hear("have/c2", answer(question["question"], board)), "access.denied")
    assert denied["confirmed"] is True and denied["reason"] == "double_entrance"


def test_without_an_answer_the_badge_is_granted_unverified():
    board = shared()
    board.do("link", True)
    board.tap("front_in", STAFF)
    board.tap("front_in", STAFF)
    board.until(board.now_ms + 400)
    granted = events(board.actions, "access.granted")[-1]
    assert granted["unverified"] is True and granted["violates"] == {"hall": "double_entrance"}
    only(board.actions, "apb.suspected")
    only(board.actions, "area.isolated")


def test_alone_under_enforce_it_denies():
    board = shared(when_isolated="enforce")
    board.tap("front_in", STAFF)
    denied = only(board.tap("front_in", STAFF), "access.denied")
    assert denied["unverified"] is True and denied["reason"] == "double_entrance"


def test_messages_that_are_none_are_counted():
    board = shared()
    for payload in (b"", b"{", b"null", b"\xff", b"{}"):
        assert board.do("message", "have/c2", payload, False) == board.hear("have/c2", payload) == []
    assert board.node.faults == {"seal": 8, "message": 2}  # what is sealed and too short is none


def test_what_heartbeats_tell_is_read_of_no_other_message():
    board = shared()
    board.do("link", True)
    told = {"t": "log", "from": "c1", "inc": 1, "heads": {"facts": 0, "notes": 0, "site": 0}, "stamp": None, "entries": [], "hw": [], "asks": 1}
    board.hear("log/c1", json.dumps(told).encode())
    assert board.node.faults == {} and not board.node.exchange._hearing.namesake.is_met()
    told.update({"t": "have", "hw": "another"})
    del told["asks"]
    board.hear("have/c1", json.dumps(told).encode())
    assert board.node.exchange._hearing.namesake.is_met()


def test_a_door_in_an_interlock_waits():
    doors = settings()["doors"]
    doors["front"] = door(["front_in", "front_out"], interlock=["vault"])
    board = Board(doors=doors)
    board.do("leaf", "vault", True)
    assert only(board.tap("front_in", STAFF), "access.denied")["reason"] == "interlock"
