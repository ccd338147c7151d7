"""What the console's pages say, by tables; and what they show while the database is away."""

import datetime
from types import SimpleNamespace

import pytest

from tests.tools.sites import changed
from tools.console.clock import unix_ms
from tools.console.history import Trouble
from tools.console.history.query import BadQuery
from tools.console.picture.shown import Violation
from tools.console.web import history, words
from tools.console.web.look import Look
from tools.console.web.violations import as_csv, review_path
from tools.site import parse

SITE = parse(changed(
    ("timezone", "Europe/Paris"), ("operators", {"max": {"role": "site_manager", "label": "Max Meyer"}}),
    ("users", "kim", "label", "Kim Kowalski"), ("controllers", "c2", "label", "Basement"),
))  # fmt: skip
AT_MS = 1_767_603_731_000  # 2026-01-05, 10:02:11 in Paris


def violation(**more) -> Violation:
    given = {
        "user": "kim", "label": "Kim Kowalski", "area": "office", "kind": "double_entrance", "mode": "hard", "since_ms": AT_MS,
        "reader": "lobby_in", "of": ("c1", 7, 3), "expires_ms": None, "against_ms": AT_MS - 60_000, "against_reader": "lobby_in",
        "is_sure": True, "is_late": False, "is_forgotten": False,
    }  # fmt: skip
    return Violation(**given | more)


def label(section: str, name: str) -> str:
    return f"{section}:{name}"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "In by readers:lobby_in at 05 Jan 2026, 10:01:11, not out again; at 05 Jan 2026, 10:02:11 a badge at readers:lobby_in"),
        ({"kind": "double_exit"}, "Out by readers:lobby_in at 05 Jan 2026, 10:01:11, not in again; at 05 Jan 2026, 10:02:11 a badge at readers:lobby_in"),
        ({"kind": "outside_parent", "against_reader": None}, "Outside the area around it since 05 Jan 2026, 10:01:11, by an operator; at 05 Jan 2026, 10:02:11 a badge at readers:lobby_in"),
        ({"against_ms": None, "reader": None}, "No badge before is known; at 05 Jan 2026, 10:02:11 a badge at a reader"),
    ],
)
def test_it_says_why_somebody_is_in_violation(given, told):
    assert words.why(violation(**given), label, SITE) == told


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"type": "apb.cleared", "by": "operator", "operator": "max", "reason": "held the door"},
         "the violation of Kim Kowalski in office has ended (cleared by an operator; Max Meyer: held the door)"),
        ({"type": "apb.cleared", "by": "expiry"}, "the violation of Kim Kowalski in office has ended (ended by time)"),
        ({"type": "apb.cleared", "by": "brand_new"}, "the violation of Kim Kowalski in office has ended (ended: brand_new)"),
        ({"type": "apb.passed", "operator": "eve"}, "Kim Kowalski got a free pass in office from eve (eve: no reason given)"),
        ({"type": "access.granted", "reader": "lobby_in"}, "Kim Kowalski was let in at lobby_in"),
        ({"type": "access.denied", "reader": "lobby_in", "reason": "in_violation"}, "Kim Kowalski was denied at lobby_in: still in violation"),
        ({"type": "command.refused", "action": "clear", "operator": "max", "reason": "role viewer may not clear"},
         "c1 refused clear by Max Meyer: role viewer may not clear"),
        ({"type": "config.refused", "reason": "isolated"}, "c1 refused a configuration: isolated"),
    ],
)  # fmt: skip
def test_an_event_says_who_did_it_and_why(event, told):
    assert words.told({"user": "kim", "area": "office", "controller": "c1", "at_ms": AT_MS} | event, SITE) == told


@pytest.mark.parametrize(("ms", "told"), [(-5, "0 s"), (59_999, "59 s"), (60_000, "1 min"), (7_200_000, "2 h"), (172_800_000, "2 d")])
def test_an_age_is_told_in_its_largest_unit(ms, told):
    assert words.age(ms) == told


def test_it_says_which_controllers_are_old_news():
    now_ms = AT_MS + 600_000
    assert words.known_until({"c1": now_ms, "c2": AT_MS}, now_ms, SITE) == "Basement as of 05 Jan 2026, 10:02:11"
    assert words.known_until({"c1": None, "gone": now_ms}, now_ms, SITE) == "c1 was never heard"


def test_a_time_of_today_needs_no_day_and_a_file_has_all_of_it():
    now_ms = unix_ms()
    assert words.time_of(now_ms, SITE) == f"{datetime.datetime.fromtimestamp(now_ms / 1000, words.zones.zone('Europe/Paris')):%H:%M:%S}"
    assert words.time_of(None, SITE) == "–" and words.iso(None, SITE) == ""
    assert words.iso(AT_MS, SITE) == "2026-01-05T10:02:11+01:00"


def test_a_spreadsheet_takes_nothing_for_a_formula():
    lines = as_csv([violation(label="=HYPERLINK(1)"), violation(label='a,"b"\r\nc')], lambda _, name: "@" + name, SITE)
    assert "\r\n'=HYPERLINK(1),'@office,double_entrance,hard,2026-01-05T10:02:11+01:00,,True,False\r\n" in lines
    assert '"a,""b""\r\nc"' in lines
    assert review_path(violation()) == "/review/office/c1/7/3"


@pytest.mark.parametrize("given", [{"since": "now"}, {"until": "2026-13-01T00:00"}, {"type": "x"}, {"person": "x" * 201}, {"after": "x"}])
def test_what_cannot_be_asked_is_refused(given):
    with pytest.raises(BadQuery):
        history.query_of(given, SITE)


def test_a_question_is_in_the_time_of_the_site():
    query = history.query_of({"since": "2026-01-05T10:02:11", "person": " kim ", "type": "", "text": "  "}, SITE)
    assert (query.since_ms, query.person, query.types, query.text) == (AT_MS, "kim", (), None)


class House:
    """What Look asks, with a database that can be away."""

    def __init__(self):
        self.site, self.is_away, self.asked = SITE, False, 0
        empty = dict.fromkeys(("areas", "doors", "readers", "controllers", "outputs"), lambda: [])
        self.picture = SimpleNamespace(**empty, violations=self._violations, emergency=lambda: None)
        self.alerts = SimpleNamespace(shown=SimpleNamespace(red=lambda: 2))
        self.switchboard = SimpleNamespace(is_up=True)
        self.replica = SimpleNamespace(state=lambda: SimpleNamespace(trouble=None))
        self.file = SimpleNamespace(fault=None)
        self.retained = SimpleNamespace(doors=tuple, outputs=tuple)

    def _violations(self) -> list:
        self.asked += 1
        if self.is_away:
            raise Trouble("disk I/O error")
        return [violation()]


def test_a_database_that_is_away_leaves_the_last_view_and_says_so(monkeypatch):
    house = House()
    look = Look(house)
    assert look.take().trouble is None and look.take().violations == (violation(),)
    assert house.asked == 1  # however many pages are open
    house.is_away = True
    monkeypatch.setattr("tools.console.web.look._FRESH_S", -1)
    found = look.take()
    assert found.violations == (violation(),) and found.red == 2
    assert found.trouble == "The console's database cannot be used now: disk I/O error"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda house: setattr(house.switchboard, "is_up", False), "No connection to the broker"),
        (lambda house: setattr(house.replica, "state", lambda: SimpleNamespace(trouble="disk full")), "New events wait for the database: disk full"),
        (lambda house: setattr(house.file, "fault", "no TOML"), "The site file cannot be used as it is now: no TOML"),
    ],
)
def test_the_page_says_what_is_wrong_around_it(spoil, told):
    house = House()
    spoil(house)
    assert told in Look(house).take().trouble
