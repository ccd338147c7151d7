"""The AsyncAPI document against the firmware: what is said is in it, and what is in it is said."""

import inspect
import json
import re
from collections import defaultdict

import pytest
import yaml

from firmware.wire import messages
from host_sim.kept import is_meant
from tests.interpreters import ROOT
from tests.model import small
from tests.sim import pushing, troubled_day
from tests.wire.test_messages import each_kind

DOCUMENT = yaml.safe_load((ROOT / "tools/asyncapi/backstop.yaml").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]
WRITTEN_ONLY = {"reply", "door", "output", "area"}
CONFIGURATIONS = {"config", "piece"}  # read by firmware/config alone
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
ROOT_OF_TOPICS = "backstop/v1/{site}/"

pytestmark = pytest.mark.slow


def resolved(schema: dict) -> dict:
    while "$ref" in schema:
        place = DOCUMENT
        for name in schema["$ref"].removeprefix("#/").split("/"):
            place = place[name]
        schema = place
    return schema


def wrong(schema: dict, value, where: str = "") -> str | None:
    """Say what of a value a schema does not allow: as much of JSON Schema as the document uses."""
    schema = resolved(schema)
    unknown = set(schema) - set(CHECKS) - {"description", "properties", "prefixItems"}
    assert not unknown, f"the document uses {unknown}"
    for word in sorted(set(schema) & set(CHECKS), key=lambda word: (word != "type", word)):
        found = CHECKS[word](schema, value, where)
        if found:
            return found if isinstance(found, str) else f"{where}: {value!r} is against {word} {schema[word]!r}"
    return None


def is_type(value, names) -> bool:
    names = [names] if isinstance(names, str) else names
    return any(isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool)) for name in names)


def wrong_items(schema, value, where):
    return next((found for n, item in enumerate(value) if (found := wrong(schema["items"], item, f"{where}[{n}]"))), None)


def wrong_properties(schema, value, where):
    """`properties` and `additionalProperties` together."""
    known, others = schema.get("properties", {}), schema["additionalProperties"]
    for name in value:
        if name in known or isinstance(others, dict):
            found = wrong(known.get(name, others), value[name], f"{where}.{name}")
        else:
            found = None if others else f"{where}.{name} is not in the document"
        if found:
            return found
    return None


def wrong_type(schema, value, where):
    if not is_type(value, schema["type"]):
        return True
    for place, item in enumerate(schema.get("prefixItems", ())):
        if place < len(value) and (found := wrong(item, value[place], f"{where}[{place}]")):
            return found
    return None


CHECKS = {
    "type": wrong_type,
    "const": lambda schema, value, _: value != schema["const"],
    "enum": lambda schema, value, _: value not in schema["enum"],
    "anyOf": lambda schema, value, where: all(wrong(each, value, where) for each in schema["anyOf"]),
    "required": lambda schema, value, _: not set(schema["required"]) <= set(value),
    "additionalProperties": wrong_properties,
    "items": wrong_items,
    "pattern": lambda schema, value, _: not re.search(schema["pattern"], value),
    "minimum": lambda schema, value, _: value is not None and value < schema["minimum"],
    "maximum": lambda schema, value, _: value is not None and value > schema["maximum"],
    "exclusiveMaximum": lambda schema, value, _: value >= schema["exclusiveMaximum"],
    "minLength": lambda schema, value, _: len(value) < schema["minLength"],
    "maxLength": lambda schema, value, _: len(value) > schema["maxLength"],
    "minItems": lambda schema, value, _: len(value) < schema["minItems"],
    "maxItems": lambda schema, value, _: len(value) > schema["maxItems"],
}


@pytest.fixture(scope="module")
def said() -> dict:
    """{kind: [(topic, message, whether it is retained)]} of a troubled day, operators' commands included."""
    lived, kinds = troubled_day.Day(), defaultdict(list)
    world, send = lived.world, lived.world.send

    def overhear(sender, topic, payload, is_retained=False):
        message = json.loads(payload)
        kinds[message["t"]].append((topic, message, is_retained))
        send(sender, topic, payload, is_retained)

    def command_to(controller, command, original=world.command_to):
        board, handle = world.boards[controller], world.boards[controller].handle
        board.handle = lambda event: (kinds["command"].append((event[1], json.loads(event[2]), event[3])), handle(event))
        original(controller, command)
        board.handle = handle

    world.send, world.command_to = overhear, command_to
    lived.live()
    world.command({"operator": "vic", "action": "clear", "area": "office", "user": "p1"})
    world.set_network([["c1", "c2", "c3"]])  # nobody wills c4's absence: there is no link to lose
    kinds["status"] += [("status/c4", json.loads(world.boards["c4"].last_will()[1]), True)]
    return kinds


def test_the_check_refuses_what_is_not_in_the_document():
    right = {"t": "door", "from": "c1", "locked": True, "open": None, "alarm": "held", "mac": "0" * 32}
    assert wrong(SCHEMAS["door"], right) is None
    for field, value in (("locked", 1), ("open", "no"), ("alarm", "fire"), ("mac", "0"), ("mac", None), ("from", ""), ("x", 1)):
        assert wrong(SCHEMAS["door"], {**right, field: value}), field
    assert wrong(SCHEMAS["door"], {"t": "door"}) and wrong(SCHEMAS["door"], []) and wrong(SCHEMAS["row"], ["c1", 1, "facts", "1"])


def channels_of(kind: str) -> list:
    return [channel for channel in DOCUMENT["channels"].values() if kind in channel["messages"]]


def test_the_document_holds_together():
    assert DOCUMENT["asyncapi"] == "3.0.0"
    kinds = set()
    for name, channel in DOCUMENT["channels"].items():
        assert channel["address"].startswith(ROOT_OF_TOPICS + name + "/")
        assert set(re.findall(r"{(\w+)}", channel["address"])) == set(channel["parameters"])
        for kind, message in channel["messages"].items():
            assert message == {"$ref": f"#/components/messages/{kind}"} and kind not in kinds
            kinds.add(kind)
    assert kinds == set(DOCUMENT["components"]["messages"])
    used = {operation["channel"]["$ref"].split("/")[-1] for operation in DOCUMENT["operations"].values()}
    assert used == set(DOCUMENT["channels"])


def test_each_kind_of_message_is_in_it_and_no_other():
    kinds = set(re.findall(r'kind == "(\w+)"', inspect.getsource(messages._check_message)))
    assert kinds == {sample["t"] for sample in samples()}
    assert set(DOCUMENT["components"]["messages"]) == kinds | WRITTEN_ONLY | CONFIGURATIONS
    for kind, message in DOCUMENT["components"]["messages"].items():
        schema = resolved(message["payload"])
        assert wrong(schema["properties"]["t"], kind) is None and "mac" in schema["required"]


def test_everything_said_in_a_day_is_as_it_says(said):
    assert set(said) == set(DOCUMENT["components"]["messages"]) - {"page", "wait"} - CONFIGURATIONS
    for kind, sent in said.items():
        (channel,) = channels_of(kind)
        wanted = re.sub(r"{\w+}", "+", channel["address"].removeprefix(ROOT_OF_TOPICS))
        for topic, message, is_retained in sent:
            assert wrong(SCHEMAS[kind], message) is None
            assert is_meant(topic, wanted) and is_retained == channel["description"].startswith("Retained")
            assert list(message)[-1] == "mac"


def samples() -> list:
    """One of each kind that the firmware reads, all that it may carry included."""
    head = {"from": "c1", "inc": 1, "heads": {"facts": 1, "notes": 0, "site": 0}, "stamp": None}
    made = [json.loads(messages.encode(sent)) for sent in each_kind()]
    rows = [["c1", 1, "facts", 1, 2]]
    made += [
        {"t": "page", **head, "to": "c2", "offset": 0, "size": 3, "crc": 5, "bytes": "AAAA"},
        {"t": "want", **head, "to": "c2", "table": 0},
        {"t": "want", **head, "to": "console", "version": 2, "page": ["people", 0], "offset": 0, "size": 192},
        {"t": "log", **head, "entries": [], "gone": rows, "closed": rows, "lacks": rows},
        {"t": "status", "from": "c1", "online": True, "inc": 1, "hw": "x", "challenge": "y", "configuration": 1, "refused": [2, "x"]},
        {"t": "status", "from": "c1", "online": False},
        {"t": "command", "from": "ada", "action": "reset", "to": "c1", "site": "s", "role": "viewer", "challenge": "y", "nonce": "n"},
    ]
    return made


def test_what_the_firmware_needs_the_document_requires():
    for sample in samples():
        assert wrong(SCHEMAS[sample["t"]], {**sample, "mac": "0" * 32}) is None
        assert messages.decode(json.dumps(sample).encode()) is not None, sample
        required = resolved(SCHEMAS[sample["t"]])["required"]
        for field in sample:
            less = {name: sample[name] for name in sample if name != field}
            is_read = messages.decode(json.dumps(less).encode()) is not None
            if field in required:
                assert not is_read, (sample["t"], field)
            elif sample["t"] not in ("want", "status"):  # of these the document says in words what goes with what
                assert is_read, (sample["t"], field)


@pytest.fixture(scope="module")
def pushed() -> dict:
    """{kind: [(topic, message, whether it is retained)]} of a new configuration on its way."""
    world, kinds = pushing.opened(small.hall()), defaultdict(list)
    send = world.network.send

    def overhear(sender, topic, payload, is_retained=False):
        message = json.loads(payload)
        kinds[message["t"]].append((topic, message, is_retained))
        send(sender, topic, payload, is_retained)

    world.network.send = overhear
    pushing.Push(world, small.hall("soft")).publish()
    world.run_until(world.now_ms + 20_000)
    pushing.Push(world, small.hall("soft"), 1).publish()
    world.run_until(world.now_ms + 20_000)
    assert pushing.versions(world) == {"c1": 2, "c2": 2}
    return kinds


def test_a_configuration_comes_as_it_says(pushed):
    for kind, sent in pushed.items():
        for topic, message, is_retained in sent:
            assert wrong(SCHEMAS[kind], message) is None
            if kind in CONFIGURATIONS:
                assert topic == "config/" + message["to"] and is_retained == (kind == "config")
    assert all(len(pushed[kind]) > 1 for kind in CONFIGURATIONS)
    assert any("page" in message for _, message, _ in pushed["want"]) and any("refused" in message for _, message, _ in pushed["status"])


OF_FIRMWARE = {"firmware", "release", "rom", "trial", "staged", "pause", "refused_update", "rolled_back", "minimal", "want"}  # simulated boards have none
OF_BOARDS = {"status": OF_FIRMWARE, "config": {"pause"}}  # nor has one of them doors that pause


def test_nothing_is_in_it_that_nobody_says(said, pushed):
    seen = defaultdict(set)
    for kind, sent in pushed.items():
        for _, message, _ in sent:
            seen[kind] |= set(message)
    for sample in samples():
        seen[sample["t"]] |= set(sample)
    for kind, sent in said.items():
        for _, message, _ in sent:
            seen[kind] |= set(message)
    for kind in DOCUMENT["components"]["messages"]:
        unsaid = set(SCHEMAS[kind]["properties"]) - seen[kind] - {"mac"}
        assert unsaid <= {"note"} | OF_BOARDS.get(kind, set()), (kind, unsaid)


def test_fields_of_events_are_those_of_the_rules():
    rules = (ROOT / "firmware/RULES.md").read_text()
    text = rules[rules.index("## Events") : rules.index("## Roles")] + (ROOT / "firmware/core/recorder.py").read_text()
    text += "".join(path.read_text() for path in (ROOT / "firmware/core").glob("*.py"))
    for field in SCHEMAS["event"]["properties"]:
        assert re.search(rf"\b{field}\b", text), field
