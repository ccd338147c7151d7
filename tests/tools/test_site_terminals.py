"""Terminals of real boards: every fault, one row each, and what a board gets to know of its own."""

import copy
import json
import tomllib
from pathlib import Path

import pytest

from tools.site import SiteError, load, parse, parts, profiles
from tools.site.compiler.release import release

EXAMPLE = Path("tools/site/examples/one-door.toml")
_OSDP = {"door": "front", "protocol": "osdp", "bus": "RS485", "address": 1}
_AT = "controllers.c1.terminals."

ROWS = [
    # (key that the fault names, a word of its message or remedy, changes: path, value)
    ("controllers.c1.board", 'Did you mean "kc868-a2v3"', ("controllers.c1.board", "kc868-a2v4")),
    (_AT + "front", 'no terminal "RELAY3"', (_AT + "front", "RELAY3")),
    (_AT + "front", 'Did you mean "RELAY1"', (_AT + "front", "RELAY11")),
    (_AT + "front", "Use RELAY1 or RELAY2", (_AT + "front", "DI1"), (_AT + "front.sensor", None)),
    (_AT + '"front.sensor"', "position sensor needs", (_AT + "front.sensor", "RELAY1"), (_AT + "front", "DI1")),
    (_AT + '"front.rex"', "needs an input", (_AT + "front.rex", "WIEGAND2"), (_AT + "inside", None)),
    (_AT + "outside", "two lines, and RS485 is an RS-485 line", (_AT + "outside", "RS485")),
    (_AT + '"outside.led"', "light needs", (_AT + "outside.led", "RELAY2"), (_AT + "strobe", None)),
    (_AT + "strobe", "an output needs a relay", (_AT + "strobe", "WIEGAND1.LED"), (_AT + "outside.led", None)),
    (_AT + "strobe", '"front" hangs at RELAY1', (_AT + "strobe", "RELAY1")),
    (_AT + '"front.senser"', 'Did you mean "front.sensor"', (_AT + "front.senser", "DI1"), (_AT + "front.sensor", None)),
    (_AT + "gate", "no such thing", (_AT + "gate", "RELAY1"), (_AT + "front", None)),
    (_AT + "outside", "Take this line out", ("readers.outside", _OSDP), (_AT + "outside.led", None)),
    ("readers.outside.bus", 'no RS-485 line "A"', ("readers.outside", _OSDP | {"bus": "A"}), (_AT + "outside", None),
     (_AT + "outside.led", None)),
    (_AT + "front", "Give one of them another name", ("outputs.front", {"controller": "c1"})),
    ("readers.outside.bus", "Take a Wiegand reader", ("controllers.c1.board", "olimex-esp32-evb"),
     ("readers.outside", _OSDP), ("controllers.c1.terminals", {"front": "REL1"})),
    (_AT + "outside", "has none: take another board", ("controllers.c1.board", "waveshare-s3-8di8ro"),
     ("controllers.c1.terminals", {"outside": "CH1"})),
]  # fmt: skip


def _changed(*changes):
    """The example with values set; a value of None takes the key away. After "terminals." all is one key."""
    data = copy.deepcopy(tomllib.loads(EXAMPLE.read_text()))
    for path, value in changes:
        head, _, thing = path.partition(_AT)
        *keys, last = ["controllers", "c1", "terminals", thing] if thing else path.split(".")
        table = data
        for key in keys:
            table = table[key]
        if value is None:
            del table[last]
        else:
            table[last] = value
    return data


def _faults(*changes):
    with pytest.raises(SiteError) as found:
        parse(_changed(*changes))
    return found.value.faults


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}: {row[1]}" for row in ROWS])
def test_every_fault_names_its_key_and_a_remedy(row):
    key, word, *changes = row
    lines = [fault.line("site") for fault in _faults(*changes) if word in f"{fault.message}. {fault.remedy}"]
    assert len(lines) == 1, [fault.line("site") for fault in _faults(*changes)]
    assert lines[0].startswith(f"site: {key}: ")


@pytest.mark.parametrize(
    "change",
    [
        ("doors.front.lock", "glue"),
        ("doors.front.unlock", 3),
        ("readers.outside.formats", ["x"]),
        ("outputs.strobe.follows", "fire"),
        ("users.kim.cards", ["x"]),
    ],
)
def test_a_fault_in_an_entry_is_no_fault_of_its_terminals(change):
    assert len(_faults(change)) == 1


def test_a_fault_elsewhere_hides_none_of_a_terminal():
    assert len(_faults(("users.kim.cards", ["x"]), (_AT + "front", "RELAY3"))) == 2


def test_the_example_is_good_and_its_part_says_what_hangs_where():
    site = load(EXAMPLE)
    assert not site.warnings
    settings = parts(site, start_s=0)["c1"].settings
    assert settings["board"] == "kc868-a2v3"
    assert settings["terminals"] == tomllib.loads(EXAMPLE.read_text())["controllers"]["c1"]["terminals"]
    assert set(settings["doors"]) | set(settings["readers"]) | set(settings["outputs"]) < set(settings["terminals"])


def test_the_example_compiles_for_its_board(tmp_path):
    site_file = tmp_path / EXAMPLE.name
    site_file.write_text(EXAMPLE.read_text())
    made = release(site_file, tmp_path / "parts", is_new_site=True)
    assert made.version == 1 and (tmp_path / "parts/c1/settings.0").is_file()


def test_a_part_of_a_simulated_board_says_nothing_of_terminals():
    data = _changed(("controllers.c1.board", "sim"))
    settings = parts(parse(data), start_s=0)["c1"].settings
    assert "board" not in settings and "terminals" not in settings


@pytest.mark.parametrize("thing", ["front", "front.sensor", "front.rex", "outside", "strobe"])
def test_a_thing_without_a_terminal_is_checked_and_not_compiled(thing, tmp_path):
    data = _changed((_AT + thing, None))
    parse(data)
    file = tmp_path / "site.json"
    file.write_text(json.dumps(data))
    with pytest.raises(SiteError, match="this has no terminal") as found:
        release(file, None, is_new_site=True)
    assert len(found.value.faults) == 1 and thing in found.value.faults[0].key


def test_an_osdp_reader_needs_no_terminal_but_its_line(tmp_path):
    changes = [("readers.outside", _OSDP), (_AT + "outside", None), (_AT + "outside.led", None)]
    site = parse(_changed(*changes))
    assert parts(site, start_s=0)["c1"].settings["readers"]["outside"]["bus"] == "RS485"


def test_contacts_a_door_has_not_are_no_terminals_it_lacks(tmp_path):
    site = parse(_changed(("doors.front.rex", "none"), (_AT + "front.rex", None)))
    assert "front.rex" not in parts(site, start_s=0)["c1"].settings["terminals"]


def test_every_board_file_can_be_named():
    assert profiles.NAMES[0] == "sim" and len(profiles.NAMES) == 7
    for name in profiles.NAMES[1:]:
        assert profiles.is_real(name) and profiles.profile(name).TERMINALS
    assert not profiles.is_real("sim") and not profiles.is_real("toaster")


def _three_readers(formats, monkeypatch):
    """Faults at formats, of a site with three readers at a board that counts the pulses of one or two."""
    readers = {f"readers.{name}": {"door": "front", "formats": formats} for name in ("outside", "inside", "third")}
    data = _changed(*readers.items(), (_AT + "third", "WIEGAND3"))
    board = profiles.profile("kc868-a2v3")
    monkeypatch.setitem(board.TERMINALS, "WIEGAND3", ("wiegand", 11, 12))
    try:
        parse(data)
    except SiteError as found:
        return [fault for fault in found.faults if fault.key.endswith("formats")]
    return []


def test_a_reader_whose_pulses_nobody_counts_takes_no_raw(monkeypatch):
    (fault,) = _three_readers(["RAW", "H10301"], monkeypatch)
    assert fault.key == "readers.third.formats" and "2 readers" in fault.message and "OSDP" in fault.remedy
    assert _three_readers(["H10301"], monkeypatch) == []


def test_an_esp32_counts_the_pulses_of_four_readers(monkeypatch):
    monkeypatch.setattr(profiles.profile("kc868-a2v3"), "CHIP", "esp32")
    assert _three_readers(["RAW"], monkeypatch) == []


def test_of_every_board_it_is_known_how_many_readers_it_counts():
    assert {profiles.counted_readers(name) for name in profiles.NAMES[1:]} == {2, 4}
