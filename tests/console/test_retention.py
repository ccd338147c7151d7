"""What is about people is deleted when it is old; nothing else is, and nothing that is needed yet."""
import pytest

from tests.console.events import START_MS, event
from tools.console.history import Query

DAY_MS = 86_400_000
NOW_MS = START_MS + 10 * DAY_MS


@pytest.fixture
def short(open_history, monkeypatch):
    monkeypatch.setattr("tools.console.history.retention._STEP", 7)
    return open_history(people_days=10)


def kept(history) -> list:
    return [(found["stream"], found["seq"]) for found in history.search(Query(limit=1000, oldest_first=True)).events]


def test_old_events_about_people_go_and_others_stay(short):
    short.append([event(seq) for seq in range(1, 31)] + [event(seq, "door.opened", door="lobby") for seq in range(1, 31)])
    assert short.prune(NOW_MS + 20_500) == 20
    assert kept(short) == sorted([("facts", seq) for seq in range(21, 31)] + [("notes", seq) for seq in range(1, 31)], key=lambda n: (n[1], n[0]))
    assert short.count() == 40 and short.pruned_count() == 20
    assert len(short.search(Query(person="kim")).events) == len(short.search(Query(area="office")).events) == 10
    assert short.prune(NOW_MS + 20_500) == 0


def test_all_that_names_somebody_or_a_card_is_about_people(short):
    about = [event(1, "access.denied", user=None, reason="unknown_credential"), event(2, "apb.violation", area="office", user="kim"),
             event(1, "command.refused", user="kim")]  # fmt: skip
    site = [event(2, "area.set", area="office", settings={}, operator="ada"), event(1, "lockdown.started", doors=["lobby"], operator="max")]
    short.append(about + [{**found, "seq": found["seq"] + 10} for found in site])
    short.append([], lost=[("c1", 7, "facts", 20, "gone"), ("c1", 7, "notes", 20, "gone"), ("c1", 7, "site", 20, "gone")])
    assert short.prune(NOW_MS + 10**6) == 3
    assert sorted(found["type"] for found in short.search(Query()).events) == ["area.set", "lockdown.started"]


def test_what_is_deleted_is_not_taken_again(open_history):
    open_history().append([event(seq) for seq in range(1, 5)])
    pruned = open_history(people_days=10)
    assert pruned.prune(NOW_MS + 10**6) == 4
    again = open_history(people_days=10)
    assert again.append([event(seq) for seq in range(1, 5)]) == [] and again.reaches()["c1", 7, "facts"].last == 4
    assert again.append([event(5)]) == [event(5)] and again.last_id == 5


def test_what_comes_late_and_is_old_goes_too(short):
    short.append([event(seq, at_s=1000 + seq) for seq in range(1, 20)])
    short.prune(NOW_MS + 2000_000)
    short.append([event(20, at_s=3)])
    assert kept(short) == [("facts", 20)] and short.prune(NOW_MS + 2000_000) == 1


def test_what_is_not_folded_yet_stays_until_it_is(short):
    short.append([event(seq) for seq in range(1, 21)])
    assert short.prune(NOW_MS + 10**6, folded_id=5) == 5
    assert short.prune(NOW_MS + 10**6, folded_id=20) == 15 and short.pruned()[1] == event(20)["stamp"]


def test_what_has_a_gap_before_it_stays_until_that_is_filled(short):
    short.append([event(1), event(3)])
    assert short.prune(NOW_MS + 10**6) == 1
    short.append([event(2)])
    assert short.prune(NOW_MS + 10**6) == 2


def test_without_the_setting_nothing_is_deleted(history):
    history.append([event(1)])
    assert history.prune(NOW_MS * 5) == 0 and history.count() == 1
