"""Defaults, formats of the file, and what must be accepted."""

import json
from pathlib import Path

import pytest

from tests.tools.sites import changed, small
from tools.site import load, parse, source
from tools.site.schema import schema

HQ = Path("host_sim/sites/hq.toml")

_OFF = {"entrances": "off", "exits": "off"}
DEFAULTS = [
    ((), {"timezone": "UTC", "broker": "embedded", "consoles": ["console"], "home_assistant": False, "people_days": 0}),
    (("controllers", "c1"), {"board": "sim", "terminals": {}, "network": None, "label": None}),
    (
        ("doors", "gate"),
        {
            "lock": "fail_secure",
            "unlock_s": 5,
            "sensor": False,
            "relock_on": "timer",
            "held_open_s": 0,
            "rex": "none",
            "egress": "none",
            "unlock_schedule": "never",
            "unlock_after_first": False,
            "interlock": [],
        },
    ),
    (("doors", "vault"), {"sensor": True, "relock_on": "open", "held_open_s": 30}),
    (
        ("readers", "gate_in"),
        {
            "protocol": "wiegand",
            "formats": ["H10301"],
            "mode": "card",
            "keypad": "4bit",
            "parity": True,
            "baud": 9600,
            "allow_plain": False,
        },
    ),
    (
        ("areas", "vault"),
        {
            "anti_passback": _OFF,
            "exempt_groups": [],
            "violation_timeout_s": 0,
            "presence_timeout_s": 0,
            "reset_at": [],
            "schedule": "always",
            "first_use": "either",
            "moves_on": "grant",
            "when_isolated": "soft",
            "confirm_grants": False,
            "confirm_ms": 300,
            "capacity": None,
            "minimum": None,
            "after_emergency": "reset",
        },
    ),
    (("areas", "office"), {"parent": None}),
    (("schedules", "day"), {"holidays": {}}),
    (("groups", "staff"), {"lockdown": False}),
    (("groups", "staff", "access", 0), {"schedule": "always"}),
    (
        ("users", "kim"),
        {"pin": None, "active": True, "valid_from": None, "valid_until": None, "extended": False, "uses": None},
    ),
    (("users", "guest"), {"cards": [], "groups": []}),
    (("inputs", "panel"), {"contact": "nc"}),
    (("inputs", "lid"), {"contact": "nc"}),
    (("inputs", "mains"), {"contact": "no"}),
    (("outputs", "strobe"), {"follows": None}),
    (("links", 0), {"doors": None, "areas": None, "readers": None, "controllers": None, "action": "on", "for_s": 0}),
    (("alerts", 0), {"schedule": "always", "quiet_s": 300}),
]


@pytest.mark.parametrize(("where", "expected"), DEFAULTS, ids=[str(row[0]) for row in DEFAULTS])
def test_keys_left_out_have_the_defaults_of_the_specification(where, expected):
    site = parse(
        changed(
            ("users", "guest", {}),
            ("inputs", "panel", {"controller": "c1", "kind": "fire"}),
            ("inputs", "lid", {"controller": "c1", "kind": "tamper"}),
            ("inputs", "mains", {"controller": "c1", "kind": "mains"}),
            ("links", [{"when": "door.forced", "output": "strobe"}]),
            ("alerts", [{"when": "door.forced"}]),
        )
    )
    found = site.model_dump()
    for part in where:
        found = found[part]
    assert {key: found[key] for key in expected} == expected


def test_one_word_sets_both_directions():
    site = parse(changed(("areas", "office", "anti_passback", "deny")))
    assert site.areas["office"].anti_passback.model_dump() == {"entrances": "deny", "exits": "deny"}
    site = parse(changed(("areas", "office", "anti_passback", {"entrances": "hard", "exits": "soft"})))
    assert site.areas["office"].anti_passback.model_dump() == {"entrances": "hard", "exits": "soft"}


def test_cards_are_kept_in_their_one_spelling():
    site = parse(changed(("users", "kim", "cards", ["H10301:0118:01603", "RAW:26:2EC0C87"])))
    assert site.users["kim"].cards == ["H10301:118:1603", "RAW:26:2ec0c87"]


def test_everything_with_a_name_may_have_a_label():
    site = small()
    named = ("controllers", "doors", "readers", "areas", "schedules", "groups", "users", "operators", "outputs")
    for section in named:
        for entry in site[section].values():
            entry["label"] = "Tür zum Hof"
    parsed = parse(site)
    assert all(entry.label == "Tür zum Hof" for section in named for entry in getattr(parsed, section).values())


def test_toml_and_json_mean_the_same(tmp_path):
    as_json = tmp_path / "hq.json"
    as_json.write_text(json.dumps(source.read(HQ)))
    assert load(as_json) == load(HQ)


def test_toml_may_write_times_without_quotes(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text('site = "x"\n[users.kim]\nvalid_from = 2026-01-05T09:00:00\nvalid_until = 2026-02-01 09:00:00\n')
    kim = load(path).users["kim"]
    assert (kim.valid_from, kim.valid_until) == ("2026-01-05T09:00:00", "2026-02-01T09:00:00")


def test_the_headquarters_are_good_without_warnings():
    site = load(HQ)
    assert site.warnings == []
    modes = {area.anti_passback.entrances for area in site.areas.values()}
    assert modes == {"off", "soft", "deny", "hard"}


def test_every_key_of_the_specification_is_in_the_schema():
    found = schema()
    assert set(found["required"]) == {"site"}
    assert found["properties"]["doors"]["additionalProperties"] is False
    for model in ("Controller", "Door", "Reader", "Area", "Schedule", "Group", "User", "Operator", "Input", "Output"):
        assert found["$defs"][model]["additionalProperties"] is False
        assert "label" in found["$defs"][model]["properties"]
    assert {"oneOf", "anyOf"} & set(found["$defs"]["Area"]["properties"]["anti_passback"])
    json.dumps(found)
