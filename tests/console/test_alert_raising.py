"""From the history to the outbox: each event handled once, what is quiet, late, old or told by several."""

import contextlib

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from firmware.core.events import types

from tests.console.happenings import NOW_MS, happened, violation
from tests.tools.sites import changed
from tools.console.alerts import tables, words
from tools.console.alerts.alerts import Alerts
from tools.console.alerts.lookout import PATIENCE_MS, Sight
from tools.console.alerts.raising import Raising
from tools.console.history import History, Trouble, opened
from tools.site import parse

DAY_MS = 86_400_000
ONE, TWO = "json://127.0.0.1:1/one", "json://127.0.0.1:1/two"
RULE = {"when": ["door.forced", "apb.violation"], "send": [ONE, TWO], "quiet_s": 300}


class Console:
    """Alerts of which no thread runs: `turn` does what is to be done. `site` and `now_ms` may be set."""

    def __init__(self, url: str, *alerts: dict):
        self.now_ms = NOW_MS
        self.sight = Sight(True, frozenset({"c1", "c2"}))
        self.site = self.of(*alerts)
        self.engine = opened(url)
        self.history = History(self.engine)
        self.restart()

    @staticmethod
    def of(*alerts: dict):
        return parse(changed(("alerts", list(alerts))))

    def restart(self) -> None:
        self.alerts = Alerts(lambda: self.site, self.engine, None, lambda: self.now_ms, lambda: self.sight)

    def happen(self, *events: dict) -> list:
        """Store events, apply the rules, and return what is raised, the oldest first."""
        self.history.append(events)
        return self.turn()

    def held(self) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.sum(tables.QUIET.c.held))) or 0

    def turn(self) -> list:
        while self.alerts.turn():
            pass
        return self.alerts.shown.alerts()[::-1]


@pytest.fixture
def console(tmp_path):
    made = Console(str(tmp_path / "db"), RULE)
    yield made
    made.engine.dispose()


@pytest.fixture
def anywhere(url):
    """The same, in SQLite and in PostgreSQL."""
    made = Console(url, RULE)
    yield made
    made.engine.dispose()


def forced(at_ms: int = NOW_MS, door: str = "vault") -> dict:
    return happened("door.forced", at_ms, door=door)


def test_an_event_is_raised_once_for_each_address_whatever_is_restarted(anywhere):
    (alert,) = anywhere.happen(forced(), happened("door.opened", door="vault"))
    assert (alert.title, alert.state, alert.source, alert.more) == ("demo: vault was forced open", "sent", "door:vault", 0)
    assert [(each.label, each.state) for each in alert.deliveries] == [("json://127.0.0.1:1", "waiting")] * 2
    anywhere.restart()
    assert len(anywhere.turn()) == 1


def test_a_thousand_of_one_door_are_one_message_and_one_that_counts_the_others(anywhere):
    assert len(anywhere.happen(*(forced() for _ in range(1100)))) == 1
    assert len(anywhere.happen(forced(door="lobby"))) == 2  # another door is another matter
    anywhere.now_ms += 299_999
    assert len(anywhere.turn()) == 2
    anywhere.now_ms += 1
    *_, last = anywhere.turn()
    assert (last.more, last.source) == (1098, "door:vault") and "And 1098 more" in last.body
    anywhere.now_ms += 300_000
    assert len(anywhere.turn()) == 3  # it was quiet
    assert len(anywhere.happen(forced(anywhere.now_ms))) == 4


def test_what_was_held_back_is_told_before_what_comes_after_the_quiet_time(console):
    console.happen(forced(), forced(), forced())
    console.history.append([forced(NOW_MS + 300_001)])
    console.now_ms += 300_001
    assert [alert.more for alert in console.turn()] == [0, 1] and console.held() == 1  # the quiet time ended first, and began anew


def test_each_rule_has_a_quiet_time_of_its_own(tmp_path):
    console = Console(str(tmp_path / "db"), RULE, {"when": "door.forced", "doors": ["vault"], "send": [ONE], "quiet_s": 0})
    alerts = console.happen(forced(), forced())
    assert sorted(alert.rule for alert in alerts) == ["alerts[0]", "alerts[1]", "alerts[1]"]
    console.engine.dispose()


def test_a_violation_that_several_tell_counts_once(anywhere):
    assert len(anywhere.happen(violation(), violation() | {"controller": "c2"})) == 1
    assert anywhere.held() == 0
    anywhere.happen(violation(of=("c1", 7, 2)))
    assert anywhere.held() == 1


def test_an_emergency_that_all_write_is_one(tmp_path):
    console = Console(str(tmp_path / "db"), {"when": "emergency.started", "send": [ONE], "quiet_s": 0})
    started = [happened("emergency.started", NOW_MS, name, source=["max", "n1"], nonce="n1") for name in ("c1", "c2")]
    assert len(console.happen(*started)) == 1
    retired = [happened("controller.retired", NOW_MS + ms, name, peer="c3", nonce="n2") for name, ms in (("c1", 0), ("c2", 10**7))]
    console.site = Console.of({"when": "controller.retired", "send": [ONE], "quiet_s": 0})
    assert len(console.happen(*retired)) == 2
    console.engine.dispose()


def test_what_is_written_again_under_another_name_is_no_new_event(tmp_path):
    console = Console(str(tmp_path / "db"), RULE | {"quiet_s": 0})
    first = forced()
    console.happen(first)
    again = first | {"inc": 8, "seq": 1, "was": [first["inc"], first["seq"]]}
    assert len(console.happen(again)) == 1
    console.engine.dispose()


@pytest.mark.parametrize(
    ("age_ms", "state", "opening"),
    [
        (120_000, "sent", "demo: vault"),
        (120_001, "sent", "demo: 2 min ago, heard only now: vault"),
        (DAY_MS, "sent", "demo: 1 d ago, heard only now: vault"),
        (DAY_MS + 1, "old", "demo: 1 d ago, heard only now: vault"),
    ],
)
def test_what_arrives_late_says_how_old_it_is_and_what_is_older_than_a_day_is_only_shown(console, age_ms, state, opening):
    (alert,) = console.happen(forced(NOW_MS - age_ms))
    assert alert.state == state and alert.title.startswith(opening)
    assert len(alert.deliveries) == (2 if state == "sent" else 0)


def test_a_board_back_after_a_week_hides_nothing_of_now(console):
    old = [forced(NOW_MS - 7 * DAY_MS + number) for number in range(700)]
    alerts = console.happen(*old, forced())
    assert [(alert.state, alert.more) for alert in alerts] == [("old", 0), ("sent", 0)]
    console.now_ms += 300_000
    assert [(alert.state, alert.more) for alert in console.turn()][2:] == [("old", 698)]


def test_alerts_begin_with_the_console(tmp_path):
    console = Console(str(tmp_path / "db"))
    console.engine.dispose()
    engine = opened(str(tmp_path / "older.sqlite"))
    History(engine).append([forced()])
    alerts = Alerts(lambda: console.site, engine, None, lambda: NOW_MS)
    alerts.turn()
    assert alerts.shown.alerts() == []
    engine.dispose()


def test_a_turn_that_cannot_be_committed_is_done_whole_the_next_time(anywhere, monkeypatch):
    def full(*_):
        raise sa.exc.OperationalError("INSERT", {}, Exception("disk is full"))

    anywhere.history.append([forced(), forced(door="lobby")])
    with monkeypatch.context() as patch:
        taken, take = [], Raising.take
        patch.setattr(Raising, "take", lambda self, *event: taken.append(event) or (take(self, *event) if len(taken) < 2 else full()))
        with pytest.raises(Trouble, match="disk is full"):
            anywhere.alerts.turn()
    assert anywhere.alerts.shown.alerts() == []
    assert len(anywhere.turn()) == 2


def test_the_file_may_change_while_it_runs(console):
    console.happen(forced(), forced())
    console.site = Console.of({"when": "door.forced", "send": [ONE], "quiet_s": 0})
    _, changed_rule, new = console.happen(forced(door="lobby"))
    assert (changed_rule.rule, changed_rule.state, changed_rule.more) == ("a rule that was changed", "page", 0)
    assert new.rule == "alerts[0]" and len(new.deliveries) == 1


def test_what_many_boards_tell_of_another_is_one_thing_and_what_happens_again_another(tmp_path):
    console = Console(str(tmp_path / "db"), {"when": "controller.offline", "send": [ONE], "quiet_s": 0})

    def gone(teller: str, after_ms: int) -> dict:
        return happened("controller.offline", NOW_MS + after_ms, teller, peer="c9")

    assert len(console.happen(gone("c1", 0), gone("c2", 40), gone("c3", 70_000))) == 1
    assert len(console.happen(gone("c1", 200_000), gone("c2", 200_001))) == 2  # it came back in between
    assert len(console.happen(gone("c2", 900_000))) == 3
    console.engine.dispose()


def test_what_the_console_sees_itself_is_raised_once_also_after_a_restart(console):
    console.sight = Sight(True, frozenset({"c1"}))

    def look(after_ms: int) -> list:
        console.now_ms += after_ms
        console.alerts.look()
        return [(alert.title, alert.rule, len(alert.deliveries)) for alert in console.turn()]

    assert look(0) == look(PATIENCE_MS - 1) == []
    first = ("demo: c2 is offline", "default", 2)
    assert look(1) == look(PATIENCE_MS) == [first]
    console.restart()
    assert look(0) == look(PATIENCE_MS) == [first]
    console.happen(happened("controller.offline", console.now_ms, peer="c1"))
    console.sight = Sight(False, frozenset())
    look(0)
    assert look(PATIENCE_MS)[2:] == [("demo: the console has no link to the broker and hears nothing of the site", "default", 2)]


def test_what_the_console_sees_is_told_when_the_database_can_be_used_again(console, monkeypatch):
    console.sight = Sight(True, frozenset({"c1"}))
    console.alerts.look()
    console.now_ms += PATIENCE_MS
    with monkeypatch.context() as patch:
        patch.setattr("tools.console.alerts.alerts.writing", broken)
        with pytest.raises(Trouble):
            console.alerts.look()
    console.alerts.look()
    assert [alert.title for alert in console.turn()] == ["demo: c2 is offline"]


@contextlib.contextmanager
def broken(_engine):
    raise Trouble("database is locked")
    yield


FIELD = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text()), lambda inner: st.lists(inner, max_size=3), max_leaves=4)
NAMES = ("user", "area", "areas", "door", "doors", "reader", "readers", "peer", "origin", "kind", "reason", "operator", "input", "source", "late", "mode")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.sampled_from(types()), st.integers(0, 2**45 - 1), st.dictionaries(st.sampled_from(NAMES), FIELD))
@example("door.forced", 2**45 - 1, {"door": "\0", "user": "\ud800"})
def test_whatever_an_event_says_it_can_be_told(everything, kind, at_ms, fields):
    """The wire checks names and times, and lets a later version's fields through: here they may be anything."""
    event = happened(kind, at_ms, **fields)
    with everything.engine.connect() as connection, connection.begin():
        Raising(connection, everything.site, everything.alerts._rules, everything.now_ms).take(event, None)
    (alert,) = everything.alerts.shown.alerts(limit=1)
    assert (alert.type, alert.at_ms) == (kind, at_ms) and alert.source.isprintable()


@pytest.fixture
def everything(tmp_path):
    made = Console(str(tmp_path / "db"), {"when": types(), "send": [ONE], "quiet_s": 0})
    yield made
    made.engine.dispose()


def test_an_event_that_cannot_be_told_keeps_no_other_from_being_told(console, monkeypatch, caplog):
    title = words.title
    monkeypatch.setattr(words, "title", lambda event, *more: title(event, *more) if event["door"] != "gate" else {}["broken"])
    assert [alert.source for alert in console.happen(forced(), forced(door="gate"), forced(door="lobby"))] == ["door:vault", "door:lobby"]
    assert console.alerts.failures == 1 and "could not be told" in caplog.text


def test_one_operator_has_seen_it(anywhere):
    (alert,) = anywhere.happen(forced())
    shown = anywhere.alerts.shown
    assert shown.acknowledge(alert.id, "max") and not shown.acknowledge(alert.id, "ada") and not shown.acknowledge(99, "max")
    assert [(each.seen_by, each.seen_ms) for each in shown.alerts()] == [("max", NOW_MS)]


def test_what_is_old_is_forgotten_unless_somebody_still_waits_for_it(tmp_path):
    console = Console(str(tmp_path / "db"), RULE | {"when": "door.forced"})
    console.happen(forced(), happened("door.held", door="lobby"), violation(at_ms=NOW_MS))
    console.alerts.shown.prune(NOW_MS + 1)
    assert [alert.type for alert in console.alerts.shown.alerts()] == ["apb.violation", "door.held", "door.forced"]  # all wait
    console.site = Console.of()
    with console.engine.begin() as connection:
        connection.execute(tables.OUTBOX.update().where(tables.OUTBOX.c.raised == 1).values(next_ms=None, delivered_ms=NOW_MS))
    assert console.alerts.shown.prune(NOW_MS) == 0 and console.alerts.shown.prune(NOW_MS + 1) == 1
    assert len(console.alerts.shown.alerts()) == 2
    console.engine.dispose()


def test_two_processes_on_one_database_do_not_both_raise(console):
    other = Alerts(lambda: console.site, console.engine, None, lambda: console.now_ms)
    console.happen(forced())
    other.turn()
    assert len(console.alerts.shown.alerts()) == 1
