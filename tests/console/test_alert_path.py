"""The whole way: a board's message on the link, through replica and history, to a receiver; once, whatever is sent again."""

from contextlib import contextmanager

from firmware.wire import messages, seal
from tests.console.fake_link import FakeLink
from tests.console.happenings import happened
from tests.console.receivers import hook
from tests.programs import wait_until
from tests.tools.sites import changed
from tools.console.alerts.alerts import Alerts
from tools.console.alerts.sender import Sender
from tools.console.clock import unix_ms
from tools.console.history import History, opened
from tools.console.replica import Replica
from tools.console.replica.follower import KINDS
from tools.console.switchboard import Switchboard
from tools.site import parse

KEY = bytes(range(32))


def forced(seq: int) -> dict:
    at_ms = unix_ms()
    return happened("door.forced", at_ms, door="vault") | {"seq": seq, "stamp": at_ms << 16}


def said(entries: list[dict]) -> bytes:
    """A log message of c1, as it says it."""
    heads = {"facts": 0, "notes": max(event["seq"] for event in entries), "site": 0}
    message = {"t": "log", "from": "c1", "inc": 7, "heads": heads, "stamp": entries[-1]["stamp"], "entries": entries}
    return seal.seal(messages.encode(message), KEY)


@contextmanager
def console(path, url: str):
    """A running console; yields (its link, its alerts)."""
    site = parse(changed(("alerts", [{"when": "door.forced", "send": [url], "quiet_s": 0}])))
    link, engine = FakeLink(), opened(str(path))
    switchboard, history = Switchboard(link), History(engine)
    alerts = Alerts(lambda: site, engine, Sender().send)
    replica = Replica(site, "console", KEY, switchboard.end(*KINDS), history, alerts.take)
    rooms = (alerts, replica, switchboard)
    for room in rooms:
        room.start()
    link.set_up(True)
    try:
        yield link, alerts
    finally:
        for room in reversed(rooms):
            room.stop()
        engine.dispose()


def test_an_event_of_a_board_is_told_once_whatever_is_sent_again_and_restarted(tmp_path):
    events = [forced(seq) for seq in (1, 2, 3)]
    with hook() as receiver:
        with console(tmp_path / "db", receiver.url) as (link, alerts):
            link.hear("log/c1", said(events[:2]))
            link.hear("log/c1", said(events[:1]))
            wait_until(lambda: len(receiver.confirmed) == 2, "it was not told")
            link.hear("log/c1", seal.seal(said(events)[:-40], bytes(32)))  # not of c1
            assert any(topic == "have/console" for topic, _, _ in link.sent), "the replica does not speak over the same link"
        with console(tmp_path / "db", receiver.url) as (link, alerts):
            link.hear("log/c1", said(events))
            wait_until(lambda: len(receiver.confirmed) == 3, "it was not told")
            wait_until(lambda: [each.state for alert in alerts.shown.alerts() for each in alert.deliveries] == ["delivered"] * 3, "it was not noted")
        assert len(receiver.confirmed) == 3 and receiver.unconfirmed == []
