"""Other settings on what happened: who would have been denied, as a site with these settings does deny."""
import random

import pytest

from tests.console.events import START_MS, event
from tests.console.test_picture import badge, picture_of
from tests.console.worlds import opened, pictured, station
from tests.model import small
from tools.console.history import History

HOUR_MS = 3_600_000


@pytest.fixture
def history(tmp_path):
    found = History(str(tmp_path / "history.sqlite"))
    yield found
    found.close()


def day(world, seed: int) -> None:
    """The same badges at the same moments, whatever the answer."""
    dice = random.Random(seed)
    for _ in range(50):
        world.badge(dice.choice(sorted(world.site.readers)), user=dice.choice(sorted(world.site.users)))
        world.run_until(world.now_ms + dice.choice((1000, 7000, 30_000)))


@pytest.mark.parametrize("mode, more", [("hard", {}), ("deny", {}), ("hard", {"violation_timeout_s": 60}), ("hard", {"exempt_groups": ["security"]}),
                                        ("hard", {"first_use": "entrance"}), ("hard", {"presence_timeout_s": 50})])  # fmt: skip
@pytest.mark.slow
def test_it_denies_whom_a_site_with_these_settings_denies(tmp_path, mode, more):
    # Two boards, that hear each other. Nothing came before, as for somebody who starts.
    for name in ("soft", "strict"):
        (tmp_path / name).mkdir()
    soft = opened(tmp_path / "soft", small.hall("soft"))
    strict = opened(tmp_path / "strict", small.hall(mode, **more))
    for world in (soft, strict):
        day(world, 3)
    told = pictured(soft).preview("hall", {"anti_passback": mode, **more}, 1)
    denied: dict[str, list] = {}
    for found in station(strict).events:
        if found["type"] == "access.denied" and "judge" in found:
            denied.setdefault(found["user"], []).append(found)
    assert {each.user: each.denials for each in told.people} == {user: len(all_his) for user, all_his in denied.items()}
    first = {each.user: (each.first_ms // 10, each.reader, each.reason) for each in told.people}
    assert first == {user: (all_his[0]["at_ms"] // 10, all_his[0]["reader"], all_his[0]["reason"]) for user, all_his in denied.items()}
    assert told.badges == 50 and denied and told.is_whole
    violated = {each.user for each in pictured(strict).violations()}
    assert {each.user for each in told.people if each.is_locked_out} == (violated if mode == "hard" else set())


def test_nobody_is_denied_by_the_settings_that_were_in_force(tmp_path):
    world = opened(tmp_path, small.hall("soft"))
    day(world, 3)
    assert pictured(world).preview("hall", {"anti_passback": "soft"}, 1).people == ()


def test_a_capacity_is_tried_too(history):
    history.append([badge(1, "in", 10), badge(2, "in", 20, "lee"), badge(3, "out", 30), badge(4, "in", 40, "pat")])
    told = picture_of(history).preview("office", {"capacity": 1}, 1)
    assert [(each.user, each.reason) for each in told.people] == [("lee", "area_full")]


def test_who_was_inside_before_accuses_nobody_of_whom_that_is_not_known(history):
    history.append([badge(1, "in", 10), badge(2, "in", 3 * 86_400, mode="soft")])
    now_ms = START_MS + 3 * 86_400_000 + HOUR_MS
    assert picture_of(history, now_ms=now_ms).preview("office", {"anti_passback": "hard"}, 1).people == ()
    assert len(picture_of(history, now_ms=now_ms).preview("office", {"anti_passback": "hard"}, 5).people) == 1


def test_in_an_emergency_and_where_the_door_stands_open_nobody_is_judged(history):
    data = small.office("soft") | {"schedules": {"noon": {"weekly": {"mon-sun": ["09:10-09:20"]}}}}
    data["doors"] = {"lobby": data["doors"]["lobby"] | {"unlock_schedule": "noon"}}
    history.append([badge(1, "in", 10), event(1, "emergency.started", 20, source=["max", "n1"]), badge(2, "in", 30),
                    event(2, "emergency.ended", 40, ends=[["max", "n1"]]), badge(3, "in", 50), badge(4, "in", 700), badge(5, "in", 1300)])  # fmt: skip
    told = picture_of(history, data).preview("office", {"anti_passback": "hard"}, 1)
    assert [(each.first_ms, each.denials) for each in told.people] == [(START_MS + 1_300_000, 1)]


def test_of_too_many_badges_the_newest_are_replayed_and_that_is_said(history, monkeypatch):
    monkeypatch.setattr("tools.console.picture.preview.BADGES_MAX", 10)
    history.append([badge(seq, "in") for seq in range(1, 31)])
    told = picture_of(history).preview("office", {"anti_passback": "hard"}, 1)
    assert not told.is_whole and told.badges == 10 and told.since_ms > START_MS + 20_000


@pytest.mark.parametrize("settings, words", [({"anti_passback": "hardest"}, "off, soft, deny, hard"), ({"capacity": 0}, "capacity"),
                                             ({"parent": "x"}, "parent"), ({"exempt_groups": ["nobody"]}, "unknown group")])  # fmt: skip
def test_settings_that_a_controller_would_refuse_are_refused(history, settings, words):
    with pytest.raises(ValueError, match=words):
        picture_of(history).preview("office", settings, 1)


def test_days_that_are_none_are_refused(history):
    for days in (0, -1, 10**6, 1.5, "30"):
        with pytest.raises(ValueError, match="days"):
            picture_of(history).preview("office", {}, days)
