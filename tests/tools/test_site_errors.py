"""Every error of a site file: one row each, with the key it must name and a word of its remedy."""

import pytest

from tests.tools.sites import changed
from tools.site import SiteError, parse

_OSDP = {"door": "vault", "protocol": "osdp", "bus": "RS485", "address": 1}

ROWS = [
    # a key that is unknown
    ("brokr", "Did you mean `broker`?", [("brokr", "x")]),
    ("doors.lobby.unlock", "Did you mean `unlock_s`?", [("doors", "lobby", "unlock", 5)]),
    (
        "areas.office.anti_passback.entrance",
        "`entrances`",
        [("areas", "office", "anti_passback", {"entrance": "hard"})],
    ),
    ("groups.staff.access[0].door", "`doors`", [("groups", "staff", "access", 0, "door", "x")]),
    ("users.kim.zzz", "Known here: active", [("users", "kim", "zzz", 1)]),
    # a name used but not defined
    ("doors.lobby.controller", 'Did you mean "c1"?', [("doors", "lobby", "controller", "c11")]),
    ("doors.lobby.unlock_schedule", "[schedules.…]", [("doors", "lobby", "unlock_schedule", "night")]),
    ("doors.lobby.interlock[0]", '"vault"', [("doors", "lobby", "interlock", ["vaultt"])]),
    ("readers.lobby_in.door", '"lobby"', [("readers", "lobby_in", "door", "loby")]),
    ("areas.office.entrances[0]", '"lobby_in"', [("areas", "office", "entrances", ["lobby_inn"])]),
    ("areas.office.exits[0]", "[readers.…]", [("areas", "office", "exits", ["xyz"])]),
    ("areas.office.exempt_groups[0]", '"guards"', [("areas", "office", "exempt_groups", ["guard"])]),
    ("areas.office.schedule", '"day"', [("areas", "office", "schedule", "days")]),
    ("areas.vault.parent", '"office"', [("areas", "vault", "parent", "offices")]),
    ("groups.staff.access[0].doors[0]", '"lobby"', [("groups", "staff", "access", 0, "doors", ["lobbi"])]),
    ("groups.staff.access[0].schedule", '"always"', [("groups", "staff", "access", 0, "schedule", "alway")]),
    ("users.kim.groups[0]", '"staff"', [("users", "kim", "groups", ["staf"])]),
    ("inputs.panel.controller", "[controllers.…]", [("inputs", "panel", {"controller": "z", "kind": "fire"})]),
    ("outputs.strobe.controller", "[controllers.…]", [("outputs", "strobe", "controller", "z")]),
    ("links[0].output", '"strobe"', [("links", [{"when": "door.forced", "output": "strob"}])]),
    ("links[0].when", '"door.forced"', [("links", [{"when": "door.force", "output": "strobe"}])]),
    ("links[0].doors[0]", '"vault"', [("links", [{"when": "door.forced", "output": "strobe", "doors": ["vaul"]}])]),
    ("alerts[0].areas[0]", '"office"', [("alerts", [{"when": "door.held", "areas": ["offic"]}])]),
    ("alerts[0].when[1]", "vocabulary", [("alerts", [{"when": ["door.held", "sun.rise"]}])]),
    ("alerts[0].schedule", '"day"', [("alerts", [{"when": "door.held", "schedule": "daily"}])]),
    ("controllers.c1.terminals.gate", "this controller", [("controllers", "c1", "terminals", {"gate": "K1"})]),
    ("controllers.c1.board", 'Use "sim"', [("controllers", "c1", "board", "toaster")]),
    # a bad id
    ("site", "1 to 24 characters", [("site", "Head Quarters")]),
    ('doors."Lobby Door"', "`label`", [("doors", "Lobby Door", {"controller": "c1"})]),
    ("users." + "k" * 25, "1 to 24", [("users", "k" * 25, {})]),
    ('users.""', "1 to 24", [("users", "", {})]),
    ("consoles[0]", "1 to 24", [("consoles", ["Desk 1"])]),
    # people
    ("users.lee.cards[0]", 'user "kim"', [("users", "lee", "cards", ["H10301:118:1603"])]),
    ("users.lee.cards[0]", 'user "kim"', [("users", "lee", "cards", ["H10301:0118:01603"])]),
    ("users.lee.cards[0]", 'user "kim"', [("users", "lee", "cards", ["RAW:26:2ec0c86"])]),
    ("users.kim.cards[1]", "Name it once", [("users", "kim", "cards", ["H10301:1:1", "H10301:01:1"])]),
    ("users.kim.cards[0]", "FORMAT:FACILITY:NUMBER", [("users", "kim", "cards", ["H10301:256:1"])]),
    ("users.kim.cards[0]", "H10301:FACILITY:NUMBER", [("users", "kim", "cards", ["H10301:1"])]),
    ("users.kim.cards[0]", "Use one of C1000-35", [("users", "kim", "cards", ["EM4100:1:1"])]),
    (
        "users.lee.pin",
        "their own PIN",
        [("users", "kim", "pin", "2468"), ("readers", "lobby_in", "mode", "card_or_pin")],
    ),
    ("users.kim.pin", "4 to 12 digits", [("users", "kim", "pin", "12x4")]),
    (
        "users.kim.valid_until",
        "Write a later time",
        [("users", "kim", "valid_from", "2026-01-01T00:00"), ("users", "kim", "valid_until", "2025-01-01T00:00")],
    ),
    ("operators.ada.role", "'site_admin'", [("operators", "ada", "role", "god")]),
    # areas
    ("areas.vault.entrances", "at least one entrance", [("areas", "vault", "entrances", [])]),
    ("areas.vault.entrances", "at least one entrance", [("areas", "vault", "entrances", ...)]),
    ("areas.vault.exits", "not into both", [("areas", "vault", "exits", ["vault_in"])]),
    ("areas.vault.entrances", "Name it once", [("areas", "vault", "entrances", ["vault_in", "vault_in"])]),
    ("areas.office.anti_passback", "`presence_timeout_s` or `reset_at`", [("areas", "office", "exits", [])]),
    (
        "areas.office.anti_passback",
        "`exits`",
        [("areas", "office", "exits", []), ("areas", "office", "anti_passback", "deny")],
    ),
    ("areas.office.anti_passback", "off, soft, deny or hard", [("areas", "office", "anti_passback", "strict")]),
    ("areas.office.parent", "`parent` out", [("areas", "office", "parent", "vault")]),
    ("areas.office.parent", "`parent` out", [("areas", "office", "parent", "office")]),
    ("areas.vault.entrances", "out of one of the two", [("areas", "vault", "entrances", ["vault_in", "lobby_out"])]),
    ("areas.office.moves_on", '"grant"', [("areas", "office", "moves_on", "entry")]),
    (
        "areas.office.capacity",
        "Leave out",
        [("areas", "office", "capacity", 3), ("areas", "office", "presence_timeout_s", 9)],
    ),
    (
        "areas.office.capacity",
        "lower `minimum`",
        [("areas", "office", "capacity", 1), ("areas", "office", "minimum", 2)],
    ),
    ("areas.office.confirm_ms", "Use 2000 or less", [("areas", "office", "confirm_ms", 2001)]),
    # doors and readers
    ("doors.lobby.relock_on", "sensor = true", [("doors", "lobby", "relock_on", "open")]),
    ("doors.lobby.relock_on", '"timer"', [("doors", "lobby", "relock_on", "close")]),
    ("doors.lobby.interlock[0]", 'only doors of "c1"', [("doors", "lobby", "interlock", ["gate"])]),
    ("doors.lobby.interlock[0]", "the other door", [("doors", "lobby", "interlock", ["lobby"])]),
    ("doors.lobby.lock", "'fail_safe'", [("doors", "lobby", "lock", "maglock")]),
    ("doors.lobby.controller", "Write `controller", [("doors", "lobby", "controller", ...)]),
    ("readers.lobby_in.formats", "Keep the one", [("readers", "lobby_in", "formats", ["H10302", "H10304"])]),
    ("readers.lobby_in.formats[0]", "Use one of", [("readers", "lobby_in", "formats", ["H1"])]),
    ("readers.lobby_in.bus", 'protocol = "osdp"', [("readers", "lobby_in", "bus", "RS485")]),
    (
        "readers.lobby_in.address",
        "Write `address",
        [("readers", "lobby_in", {"door": "lobby", "protocol": "osdp", "bus": "A"})],
    ),
    ("readers.vault_out.address", "its own", [("readers", "vault_in", _OSDP), ("readers", "vault_out", _OSDP)]),
    # a time that is not one
    ("areas.office.reset_at[0]", '"HH:MM"', [("areas", "office", "reset_at", ["24:00"])]),
    ("areas.office.reset_at[0]", '"HH:MM"', [("areas", "office", "reset_at", "4 o'clock")]),
    ("schedules.day.weekly.mon[0]", '"08:00-18:30"', [("schedules", "day", "weekly", {"mon": ["08:00-24:01"]})]),
    ("schedules.day.weekly.mon[0]", '"08:00-18:30"', [("schedules", "day", "weekly", {"mon": ["08:00"]})]),
    ("schedules.day.weekly.may", '"mon-fri"', [("schedules", "day", "weekly", {"may": []})]),
    ("schedules.day.weekly.fri", "each day once", [("schedules", "day", "weekly", {"mon-fri": [], "fri": []})]),
    ("schedules.day.holidays.2026-02-29", "YYYY-MM-DD", [("schedules", "day", "holidays", {"2026-02-29": []})]),
    ("schedules.always", "another name", [("schedules", "always", {})]),
    ("users.kim.valid_from", "without an offset", [("users", "kim", "valid_from", "2026-01-01T00:00:00Z")]),
    ("users.kim.valid_until", "YYYY-MM-DDTHH:MM:SS", [("users", "kim", "valid_until", "2026-02-30T00:00:00")]),
    ("timezone", '"Europe/Lisbon"', [("timezone", "Europe/Lisboa")]),
    ("timezone", "time zone", [("timezone", "../../etc/passwd")]),
    # numbers and types
    ("doors.lobby.unlock_s", "Use a number", [("doors", "lobby", "unlock_s", float("nan"))]),
    ("doors.lobby.unlock_s", "three decimals", [("doors", "lobby", "unlock_s", 0.5001)]),
    ("doors.lobby.unlock_s", "Use 0.1 or more", [("doors", "lobby", "unlock_s", 0)]),
    ("doors.lobby.sensor", "true or false", [("doors", "lobby", "sensor", 1)]),
    ("users.kim.uses", "whole number", [("users", "kim", "uses", True)]),
    ("areas.office.violation_timeout_s", "Use 0 or more", [("areas", "office", "violation_timeout_s", -1)]),
    ("doors", "keys and values", [("doors", [])]),
    ("users.kim", "keys and values", [("users", "kim", "staff")]),
    ("users.kim.label", "one line", [("users", "kim", "label", "a\nb")]),
    ("broker", "mqtt://", [("broker", "http://x")]),
    ("alerts[0].send[0]", "URL", [("alerts", [{"when": "door.held", "send": ["me"]}])]),
]


def _lines(data: dict) -> list:
    with pytest.raises(SiteError) as caught:
        parse(data, "x.toml")
    return [fault.line("x.toml") for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("key", "remedy", "changes"), ROWS, ids=[f"{row[0]}-{number}" for number, row in enumerate(ROWS)]
)
def test_a_fault_is_one_message_with_file_key_and_remedy(key, remedy, changes):
    lines = _lines(changed(*changes))
    assert len(lines) == 1
    assert lines[0].startswith(f"x.toml: {key}: ")
    assert remedy in lines[0]


def test_all_faults_are_named_at_once_in_broken_entries_too():
    lines = _lines(
        changed(
            ("doors", "lobby", "unlock_s", "5"),
            ("doors", "lobby", "controller", "c9"),
            ("doors", "vault", "interlock", ["gate"]),
            ("users", "kim", "groups", ["nobody"]),
            ("operators", "ada", "role", "god"),
            ("zzz", 1),
        )
    )
    keys = {line.split(": ")[1] for line in lines}
    assert keys == {
        "doors.lobby.unlock_s",
        "doors.lobby.controller",
        "doors.vault.interlock[0]",
        "users.kim.groups[0]",
        "operators.ada.role",
        "zzz",
    }


def test_a_broken_thing_is_not_called_undefined_where_it_is_used():
    assert len(_lines(changed(("doors", "lobby", "lock", "glue")))) == 1
    assert len(_lines(changed(("readers", "lobby_in", 5)))) == 1
    assert len(_lines(changed(("groups", [])))) == 1


def test_a_file_that_is_all_wrong_ends_after_a_thousand_messages():
    users = {f"u{number}": {"groups": [f"g{number}"]} for number in range(3000)}
    assert len(_lines(changed(("users", users)))) == 1001


def test_two_people_may_share_a_pin_where_a_card_comes_first():
    parse(changed(("users", "kim", "pin", "2468"), ("readers", "lobby_in", "mode", "card_and_pin")))


def test_one_person_may_have_one_card_in_two_formats():
    parse(changed(("users", "kim", "cards", ["H10302:1041195", "H10304:1:516907"])))


def _warnings(*changes) -> list:
    return [fault.line("x") for fault in parse(changed(*changes)).warnings]


def test_the_small_site_has_no_warnings():
    assert _warnings() == []


def test_a_card_no_reader_takes_is_a_warning():
    (line,) = _warnings(("users", "kim", "cards", ["H10302:5"]))
    assert line.startswith("x: users.kim.cards[0]: ") and "formats" in line
    assert _warnings(("users", "kim", "cards", ["H10302:5"]), ("readers", "vault_in", "formats", ["H10302"])) == []


def test_a_raw_card_that_reads_as_another_format_is_a_warning():
    formats = ("readers", "vault_in", "formats", ["H10301", "RAW"])
    assert len(_warnings(formats, ("users", "kim", "cards", ["RAW:26:2ec0c86"]))) == 1
    assert _warnings(formats, ("users", "kim", "cards", ["RAW:26:2ec0c87"])) == []


def test_a_door_of_a_denying_area_without_egress_is_a_warning():
    (line,) = _warnings(("doors", "lobby", "egress", ...))
    assert line.startswith("x: doors.lobby.egress: ") and '"break_glass"' in line
    assert _warnings(("doors", "lobby", "egress", ...), ("areas", "office", "anti_passback", "soft")) == []
    assert (
        len(_warnings(("doors", "lobby", "egress", ...), ("areas", "office", "anti_passback", {"exits": "deny"}))) == 1
    )


def test_values_nested_without_end_are_one_fault():
    for depth in (60, 100_000):
        value = []
        for _ in range(depth):
            value = [value]
        (line,) = _lines({"site": "x", "controllers": {"c1": {"network": {"x": value}}}})
        assert "deep" in line
