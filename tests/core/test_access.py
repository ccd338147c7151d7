"""Group x door x schedule, and people who do not count."""

from firmware.core.access import is_valid, may_pass, passes_lockdown
from firmware.core.calendar import Zone
from firmware.core.schedule import named

HOUR_MS = 3600000
MONDAY_MS = 20780 * 24 * HOUR_MS  # 2026-11-23
TEN, NINETEEN = MONDAY_MS + 10 * HOUR_MS, MONDAY_MS + 19 * HOUR_MS

SCHEDULES = named({"office": {"weekly": [[[480, 1110]]] * 5 + [[]] * 2, "holidays": {}}}, Zone([[0, 0]]))
ACCESS = {
    "staff": {"access": [["lobby", "office"], ["store", "always"]], "lockdown": False},
    "cleaners": {"access": [["lobby", "always"], ["vault", "never"]], "lockdown": False},
    "security": {"access": [["*", "always"]], "lockdown": True},
    "visitors": {"access": [["*", "office"]], "lockdown": False},
    "nobody": {"access": [], "lockdown": False},
}


class Somebody:
    def __init__(self, is_active=True, valid_from_s=0, valid_until_s=None, uses=None):
        self.is_active = is_active
        self.valid_from_s = valid_from_s
        self.valid_until_s = valid_until_s
        self.uses = uses


def test_any_granting_rule_wins():
    for groups, door, at_ms, reason in (
        (["staff"], "lobby", TEN, None),
        (["staff"], "lobby", NINETEEN, "outside_schedule"),
        (["staff"], "store", NINETEEN, None),
        (["staff"], "vault", TEN, "no_access"),
        (["cleaners"], "vault", TEN, "outside_schedule"),
        (["staff", "cleaners"], "lobby", NINETEEN, None),
        (["cleaners", "staff"], "lobby", NINETEEN, None),
        (["security"], "vault", NINETEEN, None),
        (["security"], "any other", NINETEEN, None),
        (["visitors"], "vault", TEN, None),
        (["visitors"], "vault", NINETEEN, "outside_schedule"),
        (["visitors", "nobody"], "vault", NINETEEN, "outside_schedule"),
        (["nobody"], "lobby", TEN, "no_access"),
        (["not in this part"], "lobby", TEN, "no_access"),
        ([], "lobby", TEN, "no_access"),
    ):
        assert may_pass(groups, ACCESS, door, at_ms, SCHEDULES) == reason, (groups, door)


def test_one_group_that_may_passes_a_lockdown():
    for groups, passes in (
        (["security"], True),
        (["staff", "security"], True),
        (["staff"], False),
        (["not in this part"], False),
        ([], False),
    ):
        assert passes_lockdown(groups, ACCESS) is passes


def test_a_person_counts_while_active_and_within_dates_and_uses():
    for person, at_ms, used, counts in (
        (Somebody(), 0, 0, True),
        (Somebody(), TEN, 65000, True),
        (Somebody(is_active=False), TEN, 0, False),
        (Somebody(valid_from_s=100), 99999, 0, False),
        (Somebody(valid_from_s=100), 100000, 0, True),
        (Somebody(valid_until_s=200), 199999, 0, True),
        (Somebody(valid_until_s=200), 200000, 0, False),
        (Somebody(valid_until_s=0), 0, 0, False),
        (Somebody(uses=3), TEN, 2, True),
        (Somebody(uses=3), TEN, 3, False),
        (Somebody(uses=3), TEN, 4, False),
        (Somebody(uses=0), TEN, 0, False),
    ):
        assert is_valid(person, at_ms, used) is counts
