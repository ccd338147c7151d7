"""What must hold of whatever arrives, besides that nothing raises."""

import sys
from binascii import crc32

from firmware.core.events import stream_of
from firmware.wire import messages, seal, topics
from firmware.wire.packed import Names, pack_all, unpack
from tests.core.parts import EVENT_KEY
from tests.fuzz import decoder, story
from tests.fuzz import node as whole
from tests.fuzz.osdp import target as line

# The fields of each kind; what else a message carries is read by nobody.
_ALL = {"t", "from", "inc", "heads", "stamp"}
OWN = {
    "log": {*_ALL, "entries", "gone", "closed", "lacks"},
    "have": {*_ALL, "hw", "clock", "newest", "sources", "lockdowns", "health", "digest", "vector", "asks", "beyond", "began"},
    "want": {*_ALL, "origin", "stream", "first", "last", "any", "to", "table"},
    "ask": {*_ALL, "to", "question", "no", "areas"},
    "answer": {*_ALL, "to", "question"},
    "wait": {*_ALL, "to", "question"},
    "page": {*_ALL, "to", "offset", "size", "crc", "bytes"},
    "status": {"t", "from", "online", "inc", "hw", "challenge"},
    "command": {"t", "from", "action", "to", "site", "role", "challenge", "nonce"},
}
DEPTH_MAX = 20
# Calls for each byte: a list of empty lists has one for every three bytes, and a field is looked at a few times.
CALLS_BYTE = 5
CALLS_MIN = 1500
ACTIONS_MAX = 3000
# On a line calls of the firmware alone: for each question, of which a start's are the dearest, each byte that came and each byte of the story.
CALLS_QUESTION, CALLS_WIRE, CALLS_TOLD = 400, 8, 250


def check_message(told: bytes) -> None:
    """Read one message."""
    topic, content = story.only_step(told)
    calls = Calls()
    with calls:
        decoder.verdict(told)
        is_sealed = seal.is_sealed(content, EVENT_KEY)
    assert calls.count <= CALLS_MIN + CALLS_BYTE * len(told), f"{calls.count} calls for {len(told)} bytes"
    assert not is_sealed, "nobody has the key"
    message = messages.decode(seal.content(seal.seal(content, EVENT_KEY)))
    if message is not None:
        _check_decoded(message)
    if topic.startswith("command/"):
        _check_opened(*decoder.opened(content))


def check_story(told: bytes) -> None:
    """Let a controller hear a story."""
    hearing, said = whole.live(told, check_sent)
    assert sum(said.counts.values()) < ACTIONS_MAX, said.counts
    assert sum(hearing.node.faults.values()) <= len(story.steps(told)), "each message is one fault at most"
    _check_log(hearing.node.log)


def check_line(told: bytes) -> None:
    """Let a panel live a story of its line, in which much is checked already; and no more work than its time and its bytes allow."""
    if not counts(told):
        line.verdict(told)
        return
    with Calls("/firmware/") as calls:
        lived = line.live(told)
    most = CALLS_MIN + CALLS_QUESTION * len(lived.watch.all_ms) + CALLS_WIRE * len(lived.wire) + CALLS_TOLD * len(told)
    assert calls.count <= most, f"{calls.count} calls for {len(lived.watch.all_ms)} questions and {len(lived.wire)} bytes"
    line.ending(lived, told)


def counts(told: bytes) -> bool:
    """Say whether the work of a line is counted: to count costs three times what it counts."""
    return crc32(told) % 4 == 0


def check_sent(actions: list) -> None:
    """Accept what a controller sends: others must be able to read it."""
    for action in actions:
        if action[0] == "send" and action[1].split("/")[0] in ("log", "have", "want", "ask", "status"):
            assert len(action[2]) <= messages.BYTES_MAX
            message = messages.decode(seal.content(action[2]))
            assert message and topics.fits(action[1], message), action


def _check_decoded(message: dict) -> None:
    """A message comes back from its bytes, and everything in it is within what its fields may be."""
    assert messages.is_text(message["from"]) and _depth(message) <= DEPTH_MAX and _is_plain(message)
    message = {field: message[field] for field in OWN[message["t"]] & set(message)}
    again = messages.encode(message)
    assert len(again) > messages.BYTES_MAX or messages.decode(again) == message
    if message["t"] == "log":
        _check_entries(message)


def _check_entries(message: dict) -> None:
    for event in message["entries"]:
        assert stream_of(event["type"]) == event["stream"] and messages.is_inc(event["inc"]) and messages.is_number(event["seq"])
        assert 0 <= event["stamp"] < 1 << 64
        names = Names()
        records = pack_all(event, names)
        known = Names()
        assert [unpack(record, known) for record in records][-1] == event
    parts = [messages.decode(part) for part in messages.encode_all(message)]
    told = [event for part in parts if part is not None for event in part["entries"]]
    assert None in parts or told == message["entries"]


def _check_opened(fault, reason, command: dict) -> None:
    assert (fault is None) == (reason is None) and isinstance(command["operator"], str) and "action" in command
    if fault is None:
        assert command["operator"] == "ada" and messages.is_text(command["nonce"])


def _check_log(log) -> None:
    """Every event that is kept can be read again, under the name that it is kept by."""
    for controller, inc, stream, last in log.vector():
        for event in log.between(controller, inc, stream, 1, last):
            assert (event["controller"], event["inc"], event["stream"]) == (controller, inc, stream) and event["seq"] <= last


def _is_plain(value) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or type(value) in (bool, int) or isinstance(value, str) and value.encode() is not None


def _depth(value) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


CHECKS = {"decoder": check_message, "node": check_story, "osdp": check_line}


class Calls:
    """Counts calls of functions: work, whatever the machine's speed. within: only of files with this in their path."""

    def __init__(self, within: str = ""):
        self._within = within

    def __enter__(self):
        self.count = 0
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)

    def _note(self, frame, event, arg) -> None:
        self.count += event == "call" and self._within in frame.f_code.co_filename
