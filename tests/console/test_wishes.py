"""Settings in a form: what is shown comes back as it was, and what differs is what the command takes."""

from types import SimpleNamespace

import pytest

from firmware.core import area_changes
from tests.tools.sites import changed
from tools.console.picture.plan import Plan
from tools.console.configuring import wishes
from tools.console.web.meanings import MEANINGS
from tools.console.web.settings import wish
from tools.site import parse

SITE = parse(changed(
    ("areas", "office", "capacity", 20), ("areas", "office", "reset_at", ["04:00", "13:05"]), ("areas", "office", "exempt_groups", ["guards"]),
    ("areas", "yard", {"entrances": ["gate_in"], "presence_timeout_s": 60}),
))  # fmt: skip
PLAN = Plan(SITE)
OFFICE = PLAN.areas["office"]


def test_a_form_sent_as_it_was_shown_changes_nothing():
    form = wishes.shown(OFFICE)
    assert set(form) == set(wishes.NAMES) and form["reset_at"] == "04:00 13:05" and form["capacity"] == "20" and form["minimum"] == ""
    assert wishes.change(OFFICE, form) == {} == wishes.change(OFFICE, {})


def test_every_setting_has_a_meaning():
    assert set(MEANINGS) == set(wishes.NAMES)


@pytest.mark.parametrize(
    ("given", "change"),
    [
        ({"exits": "soft"}, {"anti_passback": {"entrances": "hard", "exits": "soft"}}),
        ({"capacity": " "}, {"capacity": None}),
        ({"violation_timeout_s": "900"}, {"violation_timeout_s": 900}),
        ({"confirm_grants": "yes"}, {"confirm_grants": True}),
        ({"exempt_groups": "staff, guards"}, {"exempt_groups": ["staff", "guards"]}),
        ({"reset_at": ""}, {"reset_at": []}),
        ({"schedule": "day", "first_use": "entrance"}, {"first_use": "entrance", "schedule": "day"}),
    ],
)
def test_what_differs_is_what_the_command_takes(given, change):
    assert wishes.change(OFFICE, wishes.shown(OFFICE) | given) == change
    area_changes.changed(OFFICE, change, SITE.groups, PLAN.schedules)  # the boards take it


@pytest.mark.parametrize("text", ["-1", "1.5", "¹", "9" * 12, "ten", "x" * 1001])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):
        wishes.change(OFFICE, {"capacity": text})


def test_a_change_is_told_in_words():
    told = wishes.told({"capacity": None, "anti_passback": {"entrances": "hard", "exits": "off"}, "reset_at": ["04:00"], "exempt_groups": []})
    assert list(told) == ["capacity: none", "anti-passback hard at entrances, off at exits", "reset at: 04:00", "exempt groups: none"]


@pytest.mark.parametrize(("mode", "doors"), [("soft", ()), ("deny", ("gate",)), ("hard", ("gate",))])
def test_a_door_without_a_way_out_forbids_to_deny(mode, doors):
    yard = SimpleNamespace(name="yard", settings=PLAN.areas["yard"])
    picture = SimpleNamespace(areas=lambda: [yard], preview=lambda *_: "tried", plan=PLAN)
    found = wish(SimpleNamespace(picture=picture, site=SITE), "yard", {"entrances": mode})
    assert found.no_way_out == doors and found.preview == "tried"
    assert wish(SimpleNamespace(picture=picture, site=SITE), "office", {}) is None
