"""Stories to begin with: what controllers said to one another, and operators to them, in simulated lives."""

import json
from binascii import a2b_base64

from firmware.wire import messages, seal
from firmware.wire.topics import folder
from tests.fuzz import story
from tests.fuzz.decoder import CHALLENGE
from tests.fuzz.node import OTHERS, board, rest, told
from tests.fuzz.vocabulary import QUIRKS
from tests.sim import troubled_day
from tests.wire.test_messages import each_kind
from tests.wire.test_node_portable import GUARD, MATE, STAFF

DAY_MINUTES = 20 * 60
STEP_MS = 100
ORDERS = (
    ("clear", {"area": "hall", "user": "person-0"}), ("move", {"area": "hall", "user": "person-1", "presence": "in"}), ("reset", {"area": "hall"}),
    ("pass", {"area": "hall", "user": "person-0"}), ("set", {"area": "hall", "anti_passback": "soft", "capacity": 3}), ("unlock", {"door": "front"}),
    ("lockdown", {"doors": ["front"]}), ("release", {"doors": ["front"]}), ("emergency", {"active": True}), ("emergency", {"active": False}),
    ("retire", {"controller": "c3", "inc": 1}), ("restore", {"controller": "c3"}), ("silence", {"output": "strobe"}),
)  # fmt: skip
# Second -> what is done at c2 then.
ACTS = (
    (1, "tap", "front_in", MATE), (4, "tap", "front_in", MATE), (8, "do", "leaf", "front", True), (9, "do", "leaf", "front", False),
    (12, "do", "input", "fire", True), (20, "do", "input", "fire", False), (24, "tap", "front_in", GUARD), (25, "command", "lockdown", "n1"),
    (30, "command", "release", "n2"), (33, "command", "pass", "n3"), (36, "tap", "front_out", MATE), (40, "do", "link", False),
    (44, "tap", "front_in", STAFF), (60, "do", "link", True), (75, "tap", "front_out", STAFF),
)  # fmt: skip
FIELDS = {"lockdown": {"doors": ["front"]}, "release": {"doors": ["front"]}, "pass": {"area": "hall", "user": "person-0"}}
SECONDS = 120


def orders(challenge: str) -> list:
    """Return one story for each thing that an operator may ask of c1."""
    made = []
    for number, (action, fields) in enumerate(ORDERS):
        told = {"t": "command", "from": "ada", "action": action, "to": "c1", "site": "small", "role": "site_admin", "challenge": challenge,
                "nonce": "n%d" % number, "reason": "because", **fields}  # fmt: skip
        made.append(("command/c1", json.dumps(told, separators=(",", ":")).encode()))
    return made


def for_decoder() -> list:
    """Return stories of one message: of a simulated day one for each kind of message and event, and what tests know."""
    found = {}

    def note(topic, payload):
        message = json.loads(seal.content(payload))
        kinds = {event["type"] for event in message.get("entries", ())}
        key = (message["t"], *sorted(message), *sorted(kinds if len(kinds) < 3 else ["many"]))
        found.setdefault(key, (topic, seal.content(payload)))

    day = troubled_day.Day()
    _overhear(day.world, note)
    day.live(DAY_MINUTES)
    return [story.joined([step]) for step in found.values()] + by_hand()


def nearly_json() -> list:
    """Return stories of one message that some parsers take and others do not: they go few ways, and are kept all the same."""
    opening = b'have/c1\n{"t":"have","from":"c1","inc":1,"heads":{"facts":0,"notes":0,"site":0},"stamp":null,"hw":"'
    return [opening + quirk + b'"}' for quirk in QUIRKS] + [opening + b'","more":' + quirk + b"}" for quirk in QUIRKS]


def by_hand() -> list:
    """Return stories of one message: each kind with all that it can carry, and an operator's commands."""
    told = [(folder(message["t"]) + "/" + message["from"], messages.encode(message)) for message in each_kind()]
    return [story.joined([step]) for step in [*told, *orders(CHALLENGE)]]


def _overhear(world, note) -> None:
    send = world.send

    def overhear(sender, topic, payload, is_retained=False):
        note(topic, payload)
        send(sender, topic, payload, is_retained)

    world.send = overhear
    for at in world.boards.values():
        at.handle = _noting(at.handle, note)


def _noting(handle, note):
    def noted(event, *args):
        if event[0] == "message" and event[1].startswith("command/"):
            note(event[1], event[2])
        return handle(event, *args)

    return noted


def for_node() -> list:
    """Return stories of what c1 heard of two others in two minutes, and of an operator."""
    boards = {name: board(name) for name in ("c1", *OTHERS)}
    heard, since_ms = [], 0
    for tick in range(SECONDS * 1000 // STEP_MS):
        said = [(name, action) for name, at in boards.items() for action in _pass(at, tick, name == "c2")]
        if not 40 * 1000 < tick * STEP_MS < 60 * 1000:
            steps = _deliver(boards, said)
            heard += [since_ms] * bool(steps and since_ms) + steps
            since_ms = 0 if steps else since_ms
        since_ms += STEP_MS
    stories = [heard[at : at + 6] for at in range(0, len(heard), 4)]
    return [story.joined(steps) for steps in [table(), *stories] + [[step, 1000] for step in orders(boards["c1"].challenge())]]


def table(asked=None) -> list:
    """Return a story in which c1 lacks what nobody keeps, and gets the pages of c2's table."""
    if asked is None:
        asked = board("c2")
        asked.tap("front_in", MATE)
    fields = {"from": "c1", "inc": 1767603600, "heads": {"facts": 3, "notes": 2, "site": 0}, "stamp": None}
    wanted, pages, offset, size = b"", [], 0, 1
    while offset < size:
        asked.actions = []
        wanted = json.dumps({"t": "want", "to": "c2", "table": offset, **fields}).encode()
        told(asked, "want/c1", wanted)
        rest(asked)
        page, = [step for step in _sent(asked) if (messages.decode(step[1]) or {}).get("t") == "page"]
        size, offset = json.loads(page[1])["size"], offset + len(a2b_base64(json.loads(page[1])["bytes"]))
        pages += [page, 10]
    gone = {"t": "log", "entries": [], "gone": [["c2", 1767603600, "facts", 1, 3]], **fields, "from": "c2"}
    return [("log/c2", json.dumps(gone, separators=(",", ":")).encode()), 10, *pages, ("want/c2", wanted.replace(b"c2", b"c1"))]


def _sent(by) -> list:
    """Return (topic, content) of what a board has sent."""
    return [(action[1], seal.content(action[2])) for action in by.actions if action[0] == "send" and action[2]]


def _pass(at, tick: int, acts: bool) -> list:
    """Let a step of time pass at one board; return what it sends."""
    at.actions = []
    at.until(max(at.now_ms, 1000 + tick * STEP_MS))
    said = at.actions
    for second, verb, *args in ACTS if acts else ():
        if second * 1000 == tick * STEP_MS:
            said = said + getattr(at, verb)(*args, **(FIELDS[args[0]] if verb == "command" else {}))
    return [action for action in said if action[0] == "send"]


def _deliver(boards: dict, said: list) -> list:
    """Hand everybody what all sent, as a broker does; return what c1 got."""
    got = []
    for _, (_, topic, payload, is_retained) in said:
        for name, at in boards.items():
            if topic.split("/")[0] in ("log", "have", "want", "ask", "status"):
                _take(at, topic, payload, is_retained, boards, said)
                if name == "c1":
                    got.append((topic, seal.content(payload)))
    return got


def _take(at, topic: str, payload: bytes, is_retained: bool, boards: dict, said: list) -> None:
    name = at.node.name
    said += [(name, action) for action in at.do("message", topic, payload, is_retained) if action[0] == "send"]
