"""Which rules an event is for, as tables; what a quiet time holds back; how old is old."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core.events import types
from tests.console.happenings import NOW_MS, happened, violation
from tests.tools.sites import changed
from tools.console.alerts import age, quiet
from tools.console.alerts.places import source
from tools.console.alerts.rules import DEFAULT_TYPES, Rules
from tools.site import parse

FORCED_VAULT = happened("door.forced", door="vault")
HOUR_MS = 3_600_000


def rules(*alerts: dict, **more) -> Rules:
    return Rules(parse(changed(("alerts", list(alerts)), *((key, value) for key, value in more.items()))), NOW_MS // 1000)


def labels(found: Rules, event: dict) -> list[str]:
    return [match.rule.label for match in found.matching(event)]


@pytest.mark.parametrize(
    ("filters", "event", "is_meant"),
    [
        ({"areas": ["vault"]}, FORCED_VAULT, True),  # as in the specification: it names no area, and is a door of one
        ({"areas": ["office"]}, FORCED_VAULT, False),
        ({"areas": ["vault"]}, violation(area="vault"), True),
        ({"areas": ["vault"]}, violation(area="office", reader="vault_in"), False),  # the area that it names counts
        ({"areas": ["office"]}, happened("reader.offline", reader="lobby_out"), True),
        ({"doors": ["lobby"]}, happened("reader.offline", reader="lobby_out"), True),
        ({"readers": ["lobby_in"]}, happened("reader.offline", reader="lobby_out"), False),
        ({"readers": ["lobby_in"]}, violation(), True),
        ({"controllers": ["c2"]}, happened("controller.offline", peer="c2"), True),  # whom it is about, not who tells
        ({"controllers": ["c1"]}, happened("controller.offline", peer="c2"), False),
        ({"controllers": ["c2"]}, happened("log.lost", origin=["c2", 1, "facts"]), True),
        ({"controllers": ["c2"]}, happened("door.held", NOW_MS, "c1", door="gate"), True),  # its door is c2's
        ({"areas": ["vault"], "doors": ["lobby"]}, FORCED_VAULT, False),  # each filter must hold
        ({"areas": ["vault"], "doors": ["vault", "lobby"]}, FORCED_VAULT, True),
        ({"areas": []}, FORCED_VAULT, False),
        ({}, FORCED_VAULT, True),
    ],
)
def test_a_filter_means_the_place_of_an_event(filters, event, is_meant):
    found = rules({"when": sorted(set(DEFAULT_TYPES) & set(types())), "send": ["json://one"], **filters})
    assert ("alerts[0]" in labels(found, event)) is is_meant


def test_a_type_that_is_not_named_is_not_meant():
    assert labels(rules({"when": "door.forced"}), happened("door.opened", door="lobby")) == []


@pytest.mark.parametrize("kind", DEFAULT_TYPES)
def test_the_default_rule_covers_what_the_file_does_not_name_and_tells_everybody(kind):
    found = rules({"when": "input.on", "send": ["json://one", "json://two"]}, {"when": "input.off", "send": ["json://two"]})
    (match,) = found.matching(happened(kind, door="lobby", reader="lobby_in", peer="c2", area="office", user="kim"))
    assert (match.rule.label, match.rule.send, match.rule.quiet_ms) == ("default", ("json://one", "json://two"), 300_000)


def test_what_the_file_names_for_other_places_is_shown_and_not_sent():
    found = rules({"when": "door.forced", "areas": ["vault"], "send": ["json://one"]})
    (match,) = found.matching(happened("door.forced", door="gate"))
    assert (match.rule.label, match.rule.send) == ("default, page", ())


def test_without_addresses_the_default_rule_has_none():
    (match,) = rules().matching(FORCED_VAULT)
    assert (match.rule.label, match.rule.send) == ("default", ())


@pytest.mark.parametrize(("at", "is_active"), [(NOW_MS, True), (NOW_MS + 9 * HOUR_MS, False), (NOW_MS - 24 * HOUR_MS, False)])
def test_a_schedule_asks_when_it_happened_and_what_it_excludes_is_no_business_of_the_default_rule(at, is_active):
    found = rules({"when": "door.forced", "schedule": "day", "send": ["json://one"]}, timezone="Europe/Lisbon")
    assert labels(found, happened("door.forced", at, door="lobby")) == (["alerts[0]"] if is_active else [])


def test_rules_that_ask_for_the_same_are_one_that_tells_more_people():
    found = rules(*({"when": ["door.held", "door.forced"][::step], "send": [url]} for step, url in ((1, "json://a"), (-1, "json://b"))))
    (match,) = found.matching(FORCED_VAULT)
    assert match.rule.send == ("json://a", "json://b")


def test_a_rule_is_the_same_wherever_it_stands_and_whoever_is_told():
    held, forced = {"when": "door.held", "send": ["json://a"]}, {"when": "door.forced", "send": ["json://a"]}
    keys = {rule.label: rule.key for rule in rules(held, forced).all}
    moved = {rule.label: rule.key for rule in rules(forced | {"send": []}, held).all}
    assert (keys["alerts[0]"], keys["alerts[1]"]) == (moved["alerts[1]"], moved["alerts[0]"])
    assert rules(held | {"quiet_s": 1}).all[0].key != keys["alerts[0]"]


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (violation(), "area:office"),
        (happened("access.denied", reader="lobby_in", door="lobby"), "reader:lobby_in"),
        (FORCED_VAULT, "door:vault"),
        (happened("controller.offline", peer="c2"), "controller:c2"),
        (happened("log.lost", origin=["c2", 1, "facts"]), "controller:c2"),
        (happened("controller.started"), "controller:c1"),
        (happened("emergency.started", source=["max", "n"]), "site"),
        (happened("controller.retired", peer="c2"), "controller:c2"),
    ],
)
def test_the_quiet_time_is_of_a_place(event, word):
    assert source(event) == word


@pytest.mark.parametrize("kind", types())
def test_every_type_has_a_source_and_can_be_matched_with_the_least_that_it_says(kind):
    assert labels(rules({"when": kind}), happened(kind)) == ["alerts[0]"] and source(happened(kind))


# -- quiet times ---------------------------------------------------------------------------------

QUIET_MS = 300


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 400))))
def test_nothing_is_held_back_for_good_and_no_more_is_sent_than_allowed(steps):
    """Steps: (an event comes, else it is looked whether the quiet time is over; how long after the last step)."""
    now_ms, known, told, events, sent_ms = 0, None, 0, 0, []
    for is_event, wait_ms in [*steps, (False, QUIET_MS), (False, QUIET_MS)]:
        now_ms += wait_ms
        if is_event:
            events += 1
            turn = quiet.take(known, QUIET_MS, now_ms)
        elif known is not None and quiet.is_over(known, QUIET_MS, now_ms):
            turn = quiet.end(known, QUIET_MS, now_ms)
        else:
            continue
        known = turn.quiet if turn else None
        if turn and turn.is_sent:
            told += 1 + turn.more
            sent_ms.append(now_ms)
    assert told == events
    assert all(later - sooner >= QUIET_MS for sooner, later in zip(sent_ms, sent_ms[1:], strict=False))


def test_a_clock_set_back_does_not_make_it_longer():
    turn = quiet.take(quiet.take(None, QUIET_MS, 1_000_000).quiet, QUIET_MS, 10)
    assert turn.is_sent


def test_how_old_is_told_in_the_largest_unit():
    assert [age.words(ms) for ms in (-5, 0, 59_999, 60_000, 3_599_999, 7_200_000, 86_400_000 * 9)] == ["0 s", "0 s", "59 s", "1 min", "59 min", "2 h", "9 d"]
    assert [age.is_late(0, ms) for ms in (-1, age.LATE_MS, age.LATE_MS + 1)] == [False, False, True]
    assert [age.is_old(0, ms) for ms in (age.OLD_MS, age.OLD_MS + 1)] == [False, True]
