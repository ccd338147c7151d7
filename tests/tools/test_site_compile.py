"""What a controller gets: sizes, order, numbers, and that it is the site it was made of."""

import json
from pathlib import Path

import pytest

from firmware.core.credentials import People
from firmware.wire.part import PAGE_BYTES, read_settings
from firmware.wire.part_pages import settings_pages
from tests.tools.sites import changed
from tools.site import load, parse, parts

HQ = Path("host_sim/sites/hq.toml")
_2026_S = 1767225600


def _settings(*changes, controller="c1"):
    return parts(parse(changed(*changes)), start_s=_2026_S)[controller].settings


def _people(site, controller):
    part = parts(site, start_s=_2026_S)[controller]
    return People(part.tables, bytes.fromhex(part.settings["salt"]), part.settings["group_sets"])


def _many(count):
    person = {"groups": ["staff"], "cards": [], "pin": "1234"}
    return {
        f"p{number:05d}": person | {"cards": [f"H10301:{number >> 16}:{number & 65535}"]} for number in range(count)
    }


@pytest.mark.parametrize("site", [load(HQ), parse(changed(("users", _many(1000))))], ids=["hq", "1000 people"])
def test_every_page_fits_a_board_and_settings_come_back(site):
    for part in parts(site, start_s=_2026_S).values():
        pages = settings_pages(part.settings)
        assert all(len(page) <= PAGE_BYTES for table in [pages, *part.tables.values()] for page in table)
        assert read_settings(pages) == part.settings
        assert json.loads(json.dumps(part.settings)) == part.settings


def test_the_same_site_gives_the_same_bytes():
    one, other = (
        [settings_pages(part.settings) + part.tables["cards"] for part in parts(load(HQ), start_s=_2026_S).values()]
        for _ in "12"
    )
    assert one == other


def test_cards_and_pins_are_sorted_and_no_card_number_is_in_a_part():
    part = parts(load(HQ), start_s=_2026_S)["core"]
    for table in ("cards", "pins"):
        page = part.tables[table][0]
        records = [page[start : start + 12] for start in range(0, len(page), 12)]
        assert records == sorted(records)
    everything = b"".join(settings_pages(part.settings) + [page for table in part.tables.values() for page in table])
    assert b"1603" not in everything and b"4711" not in everything


def test_a_board_finds_every_card_pin_and_person():
    site = load(HQ)
    people = _people(site, "front")
    for name, user in site.users.items():
        number = people.number_of(name)
        found = people.person(number)
        assert people.id_of(number) == name and found.groups == sorted(user.groups)
        assert (found.is_active, found.is_extended, found.has_pin) == (user.active, user.extended, user.pin is not None)
        assert [people.find_card(card) for card in user.cards] == [
            (number, index) for index in range(1, len(user.cards) + 1)
        ]
        assert user.pin is None or people.find_pin(user.pin) == [number]
    assert people.find_card("H10301:1:1") is None and people.find_pin("0000") == []


def test_dates_and_uses_reach_the_board():
    site = parse(
        changed(
            ("timezone", "Europe/Lisbon"),
            ("users", "kim", "valid_from", "2026-07-01T00:00"),
            ("users", "kim", "valid_until", "2026-12-31T23:59:59"),
            ("users", "kim", "uses", 2),
        )
    )
    people = _people(site, "c1")
    kim, lee = people.person(0), people.person(1)
    assert (kim.valid_from_s, kim.valid_until_s, kim.uses) == (1782860400, 1798761599, 2)
    assert (lee.valid_from_s, lee.valid_until_s, lee.uses) == (0, None, None)


def test_a_part_holds_its_own_doors_and_only_what_they_use():
    c1, c2 = _settings(), _settings(controller="c2")
    assert (sorted(c1["doors"]), sorted(c2["doors"])) == (["lobby", "vault"], ["gate"])
    assert (sorted(c1["readers"]), sorted(c2["readers"])) == (
        ["lobby_in", "lobby_out", "vault_in", "vault_out"],
        ["gate_in"],
    )
    assert (sorted(c1["areas"]), sorted(c2["areas"])) == (["office", "vault"], [])
    assert c1["groups"]["staff"] == {"access": [["lobby", "always"]], "lockdown": False}
    assert c2["groups"]["staff"]["access"] == []
    assert c2["groups"]["guards"] == {"access": [["*", "always"]], "lockdown": True}
    assert c1["reader_numbers"] == {"lobby_in": 1, "lobby_out": 2, "vault_in": 3, "vault_out": 4}
    assert c1["operators"] == {"ada": "site_admin"}


def test_durations_are_milliseconds_and_times_minutes():
    settings = _settings(
        ("doors", "vault", "unlock_s", 2.5), ("areas", "office", "reset_at", ["18:30", "04:00", "04:00"])
    )
    assert settings["doors"]["vault"]["unlock_ms"] == 2500
    assert settings["doors"]["vault"]["held_open_ms"] == 30000
    assert isinstance(settings["doors"]["vault"]["held_open_ms"], int)
    assert settings["areas"]["office"]["reset_at"] == [240, 1110]


def test_readers_know_their_areas_and_directions():
    settings = _settings(("areas", "vault", "entrances", ["vault_in", "lobby_in"]))
    assert settings["readers"]["lobby_in"]["areas"] == {"office": "in", "vault": "in"}
    assert settings["readers"]["lobby_out"]["areas"] == {"office": "out"}
    assert "baud" not in settings["readers"]["lobby_in"]


def test_an_osdp_reader_keeps_its_bus():
    osdp = {"door": "vault", "protocol": "osdp", "bus": "RS485", "address": 1}
    reader = _settings(("readers", "vault_in", osdp))["readers"]["vault_in"]
    assert (reader["bus"], reader["address"], reader["baud"], reader["allow_plain"]) == ("RS485", 1, 9600, False)


def test_schedules_are_weeks_of_minutes_and_every_board_knows_all_of_them():
    day = {
        "weekly": {"sat-mon": ["22:00-06:00"], "wed": ["13:00-24:00", "08:00-12:00"]},
        "holidays": {"2026-12-25": []},
    }
    settings = _settings(
        ("schedules", "day", day), ("groups", "staff", "access", 0, "schedule", "day"), ("schedules", "idle", {})
    )
    night = [[1320, 360]]
    assert settings["schedules"] == {
        "day": {"weekly": [night, [], [[480, 720], [780, 1440]], [], [], night, night], "holidays": {"20812": []}},
        "idle": {"weekly": [[], [], [], [], [], [], []], "holidays": {}},
    }
    assert "day" in _settings(("schedules", "day", day), controller="c2")["schedules"]


def test_a_simulated_controller_has_a_fire_input_without_being_told():
    fire = {"kind": "fire", "contact": "nc"}
    assert _settings()["inputs"] == {"fire": fire}
    other = ("inputs", "fire", {"controller": "c1", "kind": "other"})
    assert _settings(other)["inputs"] == {"fire": {"kind": "other", "contact": "no"}, "fire-2": fire}
    assert _settings(("inputs", "panel", {"controller": "c1", "kind": "fire", "contact": "no"}))["inputs"] == {
        "panel": fire | {"contact": "no"}
    }


def test_an_area_and_those_around_it_are_followed():
    moved = ("doors", "lobby", "controller", "c2")
    c1, c2 = _settings(moved), _settings(moved, controller="c2")
    assert sorted(c1["areas"]) == ["office", "vault"] and sorted(c2["areas"]) == ["office"]
    assert c1["areas"]["office"]["controllers"] == ["c2"] and c1["areas"]["vault"]["controllers"] == ["c1"]
    assert c1["follows"] == {"facts": ["c2"], "notes": [], "site": ["c2"]}
    assert c2["follows"] == {"facts": [], "notes": [], "site": ["c1"]}


@pytest.mark.parametrize(
    ("link", "facts", "notes"),
    [
        ({"when": "door.forced"}, [], ["c1"]),
        ({"when": "door.forced", "doors": ["vault"]}, [], ["c1"]),
        ({"when": "door.forced", "doors": ["gate"]}, [], []),
        ({"when": "door.forced", "controllers": ["c2"]}, [], []),
        ({"when": "door.forced", "controllers": ["c2"], "doors": ["vault"]}, [], []),
        ({"when": "keypad.locked", "readers": ["vault_in"]}, [], ["c1"]),
        ({"when": "access.denied", "areas": ["vault"]}, ["c1"], []),
        ({"when": "emergency.started"}, [], []),
    ],
)
def test_the_controllers_whose_events_fire_an_output_are_followed(link, facts, notes):
    change = ("links", [link | {"output": "strobe"}])
    follows = _settings(change, controller="c2")["follows"]
    assert (follows["facts"], follows["notes"]) == (facts, notes)
    assert _settings(change)["links"] == [] and len(_settings(change, controller="c2")["links"]) == 1


def test_a_link_by_area_names_doors_or_readers_where_the_event_names_no_area():
    def filters(when):
        link = {"when": when, "areas": ["vault"], "output": "strobe"}
        (found,) = _settings(("links", [link]), controller="c2")["links"]
        return found["areas"], found["doors"], found["readers"]

    assert filters("door.forced") == (None, ["vault"], None)
    assert filters("access.denied") == (None, None, ["vault_in", "vault_out"])
    assert filters("apb.violation") == (["vault"], None, None)


def test_a_link_with_a_long_filter_comes_in_pieces():
    doors = {f"door-{number}": {"controller": "c1"} for number in range(300)}
    link = {"when": "door.forced", "doors": list(doors), "output": "strobe", "for_s": 3}
    settings = parts(
        parse(
            {
                "site": "x",
                "controllers": {"c1": {}},
                "doors": doors,
                "outputs": {"strobe": {"controller": "c1"}},
                "links": [link],
            }
        )
    )["c1"].settings
    assert len(settings["links"]) > 1
    assert sorted(door for piece in settings["links"] for door in piece["doors"]) == sorted(doors)
    assert read_settings(settings_pages(settings)) == settings


def test_ten_thousand_people_fit_and_are_found():
    people = _people(parse(changed(("users", _many(10_000)))), "c2")
    assert people.find_card("H10301:0:9999") == (9999, 1)
    assert people.person(9999) and people.id_of(9999) == "p09999"
    assert len(people.find_pin("1234")) == 10_000
