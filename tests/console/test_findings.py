"""What is doubtful about an area, each doubt by itself: a site without it, and the same site with it."""
import pytest

from tests.model import small
from tools.console.picture import findings
from tools.site import parse

SOUND = {"violation_timeout_s": 900, "exempt_groups": ["security"]}


def codes(data: dict, area: str | None = None) -> list[str]:
    return [found.code for found in findings(parse(data, "site"), area)]


def office(door: dict | None = None, **settings) -> dict:
    data = small.office(**{"mode": "hard", **SOUND, **settings})
    data["doors"]["lobby"] |= door or {}
    return data


def test_of_a_sound_area_there_is_nothing_to_say():
    assert codes(office()) == [] and codes(small.office("off")) == []


@pytest.mark.parametrize("code, data", [
    ("hard_without_expiry", office(violation_timeout_s=0)),
    ("nobody_exempt", office(exempt_groups=[])),
    ("unlock_schedule", office({"unlock_schedule": "always"})),
    ("no_sensor", office({"sensor": False, "held_open_s": 0})),
])  # fmt: skip
def test_each_doubt_is_told(code, data):
    assert codes(data) == [code] == codes(data, "office")


def test_an_area_that_nobody_can_leave_is_told():
    data = office(mode="soft", exits=[])
    assert set(codes(data)) == {"no_exit", "exit_by_rex"}


def test_a_way_out_by_the_rex_contact_alone_is_told():
    data = small.hall("hard", **SOUND)
    data["areas"]["hall"]["exits"] = ["north_out"]
    data["doors"]["south"]["rex"] = "unlock"
    found, = findings(parse(data, "site"), "hall")
    assert found.code == "exit_by_rex" and "south" in found.message and "south" in found.remedy


def test_a_reader_with_two_roles_is_told_unless_one_area_is_inside_the_other():
    data = office()
    data["areas"]["annex"] = {"entrances": ["lobby_in"], "exits": ["lobby_out"]}
    assert codes(data, "annex") == ["two_roles", "two_roles"]
    data["areas"]["annex"]["parent"] = "office"
    data["areas"]["annex"]["exits"] = []
    assert "two_roles" not in codes(data, "annex")
