"""What the history keeps: each event once, what replaces another in its place, what is lost for ever."""
import sqlite3

import pytest
from sqlalchemy import event as listening

from tests.console.events import event
from tools.console.history import History, Query, Trouble, database
from tools.console.history.database import Unusable, opened, writing
from tools.console.history.reach import Reach

FACTS = ("c1", 7, "facts")


def seqs(page) -> list:
    return [found["seq"] for found in page.events]


def test_an_event_is_kept_once_and_as_it_was(history):
    first = event(1, user="k\0im", reason="\U0001f511 'quoted'", card=2)
    assert history.append([first, first]) == [first]
    assert history.append([first, event(2)]) == [event(2)]
    assert history.event(*FACTS, 1) == first and history.event(*FACTS, 9) is None
    assert history.count() == 2 and history.last_id == 2
    assert history.since(0) == [(1, first), (2, event(2))] and history.since(1, 1) == [(2, event(2))]


def test_another_name_is_another_event(history):
    others = [event(1), event(1, inc=8), event(1, controller="c2"), event(1, "door.opened", door="lobby")]
    assert history.append(others) == others and history.count() == 4


def test_after_a_restart_it_knows_what_it_has_and_what_it_lacks(open_history):
    open_history().append([event(1), event(2), event(4), event(7)])
    again = open_history()
    assert again.reaches()[FACTS].last == 2 and again.reaches()[FACTS].beyond == {4, 7}
    assert [again.has(*FACTS, seq) for seq in range(1, 6)] == [True, True, False, True, False]
    assert again.append([event(4), event(3), event(7)]) == [event(3)]
    assert again.reaches()[FACTS].last == 4 and again.count() == 5
    assert [number for number, _ in again.since(4)] == [5]


def test_what_is_lost_is_shown_and_no_longer_waited_for(open_history):
    history = open_history()
    history.append([event(1), event(4)], lost=[(*FACTS, 6, "gone")], now_ms=99)
    assert history.reaches()[FACTS].last == 6 and history.append([event(5)]) == []
    told = [(row["first"], row["last"], row["why"], row["noted_ms"]) for row in open_history().lost()]
    assert told == [(5, 6, "gone", 99), (2, 3, "gone", 99)]
    assert open_history().reaches()[FACTS].last == 6


def test_what_was_there_already_is_not_lost(history):
    history.append([event(1), event(2)])
    history.append([], lost=[(*FACTS, 2, "closed"), (*FACTS, 1, "closed")])
    assert history.lost() == []


def test_an_event_that_replaces_another_does_so_in_every_search(history):
    old = event(1, at_s=500, area="office", areas=["office"])
    history.append([old, event(2)])
    new = event(1, inc=8, at_s=3, was=[7, 1])
    history.append([new])
    everywhere = (Query(), Query(person="kim"), Query(door="lobby"), Query(area="office"), Query(types=("access.granted",)),
                  Query(controller="c1"), Query(reader="lobby_in"), Query(text="kim"))  # fmt: skip
    for query in everywhere:
        assert [(found["inc"], found["seq"]) for found in history.search(query).events] == [(8, 1), (7, 2)], query
    assert [found for _, found in history.since(0)] == [event(2), new]
    assert history.event(*FACTS, 1) == old


def test_what_is_replaced_before_it_came_need_not_come(open_history):
    history = open_history()
    history.append([event(1, inc=8, was=[7, 2, 7, 3])])
    for each in (history, open_history()):
        assert each.append([event(2), event(3)]) == [] and each.reaches()[FACTS].last == 0
    again = open_history()
    assert again.append([event(1), event(2)]) == [event(1)] and again.reaches()[FACTS].last == 3


def test_an_event_under_anothers_name_makes_room_for_it(history):
    """Its board had an old flash, and wrote under names that it had given before."""
    wrong = event(2, at_s=50, user="lee")
    history.append([event(1), wrong, event(3)])
    history.append([event(1, inc=8, at_s=50, user="lee", instead=[7, 2])])
    assert history.count() == 3 and history.reaches()[FACTS].last == 1 and history.reaches()[FACTS].beyond == {3}
    assert [found["inc"] for found in history.search(Query(person="lee")).events] == [8]
    assert history.append([wrong]) == []
    true = event(2, user="sam")
    assert history.append([true]) == [true] and history.event(*FACTS, 2) == true
    assert history.reaches()[FACTS].last == 3
    assert [found["inc"] for found in history.search(Query(door="lobby", person="lee")).events] == [8]


def test_the_event_that_a_name_is_rightly_of_stays(history):
    true = event(2, user="sam")
    history.append([event(1), true])
    history.append([event(1, inc=8, at_s=50, user="lee", instead=[7, 2])])
    assert history.event(*FACTS, 2) == true and history.search(Query(person="sam")).events == [true]


def test_of_a_batch_that_fails_nothing_is_there(history, monkeypatch):
    history.append([event(1)])
    row = {"place": "door:x", "at_ms": 1, "stamp": 1, "id": 1, "type": "x", "controller": "c1"}
    monkeypatch.setattr("tools.console.history.rows.place_rows", lambda *_: [row])
    with pytest.raises(Trouble):
        history.append([event(2), event(3)])
    monkeypatch.undo()
    assert history.count() == 1 and history.reaches()[FACTS].last == 1 and history.search(Query()).events == [event(1)]
    assert history.append([event(2)]) == [event(2)] and history.last_id == 2


def test_a_locked_database_is_trouble_and_then_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_S", 0.05)
    history = History(str(tmp_path / "history.sqlite"))
    other = sqlite3.connect(tmp_path / "history.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Trouble, match="locked"):
        history.append([event(1)])
    assert history.search(Query()).events == []
    other.execute("ROLLBACK")
    assert history.append([event(1)]) == [event(1)]
    other.close()


def test_a_full_disk_is_trouble(tmp_path):
    history = History(str(tmp_path / "history.sqlite"))
    with history.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    history.engine.dispose()
    listening.listen(history.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count = {pages + 8}"))
    with pytest.raises(Trouble, match="full"):
        for first in range(1, 5000, 100):
            history.append([event(seq) for seq in range(first, first + 100)])
    kept = history.count()
    assert len(history.search(Query(limit=1000)).events) == kept and history.reaches().get(FACTS, Reach()).last == kept


@pytest.mark.broker
def test_a_server_that_is_away_is_trouble_and_then_goes_on(postgres):
    history = History(postgres.url("away"))
    history.append([event(1)])
    postgres.stop()
    try:
        for attempt in (lambda: history.append([event(2)]), lambda: history.search(Query())):
            with pytest.raises(Trouble):
                attempt()
    finally:
        postgres.start()
    assert history.append([event(1), event(2)]) == [event(2)] and len(history.search(Query()).events) == 2
    history.close()


def test_two_that_write_into_one_database_keep_each_event_once(open_history):
    one, other = open_history(), open_history()
    assert one.append([event(1), event(2)]) == [event(1), event(2)]
    with pytest.raises(Trouble):
        other.append([event(2), event(3)])
    assert other.append([event(2), event(3)]) == [event(3)]
    with pytest.raises(Trouble):
        one.append([event(3), event(4)])
    assert one.append([event(3), event(4)]) == [event(4)]
    assert [found["seq"] for _, found in open_history().since(0)] == [1, 2, 3, 4]


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///:memory:", "mysql://host/name", "://"])
def test_what_is_no_database_for_it_is_said(url):
    with pytest.raises(Unusable):
        opened(url)


def test_tables_of_a_later_version_are_left_alone(history, open_history):
    with writing(history.engine) as connection:
        connection.exec_driver_sql("UPDATE console_rooms SET version = 99")
    with pytest.raises(Unusable, match="99"):
        open_history()


@pytest.mark.parametrize("here, to, missing", [([], 3, [(1, 3)]), ([1, 2], 2, []), ([2, 5], 6, [(1, 1), (3, 4), (6, 6)]), ([1, 2, 3], 2, [])])
def test_a_reach_tells_what_is_missing(here, to, missing):
    reach = Reach()
    for seq in here:
        reach.add(seq)
    assert reach.skip(to) == missing and reach.last >= to and reach.skip(to) == []
