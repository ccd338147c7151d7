"""Deliveries to real receivers on the loopback: each exactly once, through failures, hangs, absence and a killed process."""

import io
import itertools
import logging
import subprocess
import sys
import threading
import time

import pytest

from tests.console.happenings import NOW_MS, happened
from tests.console.receivers import hook, mail_server
from tests.interpreters import ROOT
from tests.programs import free_ports, wait_until
from tests.tools.sites import changed
from tools.console.alerts import outbox as outboxes
from tools.console.alerts.alerts import Alerts
from tools.console.alerts.sender import Sender
from tools.console.clock import unix_ms
from tools.console.history import History, opened
from tools.console.history.database import Trouble
from tools.site import parse


class Console:
    """Alerts at work on one rule without a quiet time. `send` may be wrapped, `ahead_ms` lets its clock jump."""

    def __init__(self, path, *urls: str):
        self.path = path
        self.ahead_ms = 0
        self.site = self.of(*urls)
        self.engine = opened(str(path))
        self.history = History(self.engine)
        self.sender = Sender()
        self.alerts = Alerts(lambda: self.site, self.engine, self.sender.send, lambda: unix_ms() + self.ahead_ms)

    @staticmethod
    def of(*urls: str):
        return parse(changed(("alerts", [{"when": "door.forced", "send": list(urls), "quiet_s": 0}])))

    def __enter__(self) -> "Console":
        self.alerts.start()
        return self

    def __exit__(self, *_) -> None:
        self.alerts.stop()
        self.engine.dispose()

    def happen(self, count: int = 1) -> None:
        self.alerts.take(self.history.append([happened("door.forced", unix_ms() + self.ahead_ms, door="vault") for _ in range(count)]))

    def later(self, ms: int) -> None:
        self.ahead_ms += ms
        self.alerts._courier.wake()

    def deliveries(self) -> list:
        return [each for alert in self.alerts.shown.alerts() for each in alert.deliveries]

    def states(self) -> list[str]:
        return [each.state for each in self.deliveries()]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Mails wait 5.5 s for one another; receivers of this machine need not be spared."""
    monkeypatch.setattr("apprise.plugins.email.base.NotifyEmail.request_rate_per_sec", 0)


def numbers(told: list[dict]) -> list[int]:
    """The numbers of the alerts in what a hook took."""
    return sorted(int(each["message"].rpartition("Alert ")[2]) for each in told)


def test_a_hook_and_a_mail_arrive_exactly_once(tmp_path):
    with hook() as receiver, mail_server() as box, Console(tmp_path / "db", receiver.url, box.url) as console:
        console.happen(3)
        wait_until(lambda: console.states() == ["delivered"] * 6, "not all was delivered")
        assert numbers(receiver.confirmed) == [1, 2, 3] and receiver.unconfirmed == []
        assert [each["title"] for each in receiver.confirmed] == ["demo: vault was forced open"] * 3
        assert len(box.mails) == 3 and {mail["subject"] for mail in box.mails} == {"demo: vault was forced open"}
        assert {mail["to"] for mail in box.mails} == {"guard@example.org"}
        assert "Door: vault" in box.mails[0].get_body(("plain", "html")).get_content()
        assert [attempt.is_done for attempt in console.alerts.shown.attempts()] == [True] * 6


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "word"), [("fails", "500"), ("mute", "onnection")])
def test_what_fails_is_tried_again_and_each_failure_is_kept(tmp_path, monkeypatch, mode, word):
    monkeypatch.setattr(outboxes, "_FIRST_MS", 100)
    with hook() as receiver, Console(tmp_path / "db", receiver.url) as console:
        receiver.mode = mode
        console.happen()
        wait_until(lambda: len(receiver.unconfirmed) >= 3, "it gave up")
        receiver.mode = "well"
        wait_until(lambda: console.states() == ["delivered"], "it was not delivered")
        (delivery,) = console.deliveries()
        assert numbers(receiver.confirmed) == [1] and delivery.attempts == len(receiver.unconfirmed) + 1
        *failures, last = console.alerts.shown.attempts()[::-1]
        assert last.is_done and len(failures) == len(receiver.unconfirmed)
        assert all(word in failure.remark and not failure.is_done for failure in failures)


def test_a_clock_that_is_set_back_makes_no_message_wait(tmp_path):
    with hook() as receiver, Console(tmp_path / "db", receiver.url) as console:
        receiver.mode = "fails"
        console.ahead_ms = 10**9
        console.happen()
        wait_until(lambda: [each.attempts for each in console.deliveries()] == [1], "it was not tried")
        receiver.mode = "well"
        console.later(-(10**9))
        wait_until(lambda: console.states() == ["delivered"], "it waits for a time that is long in coming")


def test_a_receiver_that_is_away_for_hours_is_shown_in_red_and_gets_all_at_once_when_it_is_back(tmp_path):
    (port,) = free_ports(1)
    url = f"json://ada:sesame@127.0.0.1:{port}/hook/topsecret"
    with Console(tmp_path / "db", url) as console:
        console.happen(3)
        for number in range(12):
            wait_until(lambda number=number: len(console.deliveries()) == 3 and all(each.attempts > number for each in console.deliveries()), "it gave up")
            console.later(outboxes.delay_ms(number + 1))
        assert console.states() == ["red"] * 3 and console.alerts.shown.red() == 3
        wait_until(lambda: all(each.attempts == 13 for each in console.deliveries()), "it gave up")
        with hook(port) as receiver:
            console.happen()  # none of the others is due within the hour: they follow the one that gets through
            wait_until(lambda: console.states() == ["delivered"] * 4, "they were not delivered")
            assert numbers(receiver.confirmed) == [1, 2, 3, 4] and console.alerts.shown.red() == 0
            assert ["has waited" in told["message"] for told in receiver.confirmed] == [False, True, True, True]


def test_a_receiver_that_hangs_keeps_nobody_waiting_but_itself(tmp_path):
    with hook() as slow, hook() as quick, Console(tmp_path / "db", slow.url + "?rto=1", quick.url) as console:
        slow.mode = "hangs"
        console.happen(4)
        wait_until(lambda: len(quick.confirmed) == 4, "the other one waited")
        assert len(slow.unconfirmed) == 1
        slow.mode = "well"
        slow.release.set()
        console.later(60_000)
        wait_until(lambda: console.states() == ["delivered"] * 8, "the slow one did not get it")
        assert numbers(quick.confirmed) == numbers(slow.confirmed) == [1, 2, 3, 4]


def test_a_mail_server_that_refuses_is_tried_again(tmp_path):
    with mail_server() as box, Console(tmp_path / "db", box.url) as console:
        box.refusal = "451 come back later"
        console.happen()
        wait_until(lambda: [each.attempts for each in console.deliveries()] == [1], "it was not tried")
        box.refusal = None
        console.later(5000)
        wait_until(lambda: console.states() == ["delivered"], "it was not delivered")
        assert len(box.mails) == 1


def test_an_address_that_is_taken_out_of_the_file_is_withdrawn_and_said_so(tmp_path):
    with hook() as receiver, Console(tmp_path / "db", receiver.url) as console:
        receiver.mode = "fails"
        console.happen()
        wait_until(lambda: [each.attempts for each in console.deliveries()] == [1], "it was not tried")
        receiver.mode = "well"
        console.site = Console.of()
        console.later(10_000)
        wait_until(lambda: console.states() == ["withdrawn"], "it was not withdrawn")
        assert receiver.confirmed == [] and console.deliveries()[0].remark == outboxes.WITHDRAWN


def test_a_database_that_is_locked_when_it_was_delivered_leads_to_no_second_message(tmp_path, monkeypatch):
    troubles = itertools.count()

    def locked_at_first(self, due, now_ms):
        if next(troubles) < 2:
            raise Trouble("database is locked")
        return delivered(self, due, now_ms)

    delivered = outboxes.Outbox.delivered
    monkeypatch.setattr(outboxes.Outbox, "delivered", locked_at_first)
    monkeypatch.setattr("tools.console.alerts.courier._AGAIN_S", 0.05)
    with hook() as receiver, Console(tmp_path / "db", receiver.url) as console:
        console.happen()
        wait_until(lambda: console.states() == ["delivered"], "it was not noted")
        assert numbers(receiver.confirmed) == [1] and next(troubles) == 3


@pytest.mark.slow
def test_a_process_killed_in_the_middle_loses_nothing_and_repeats_only_what_nobody_confirmed(tmp_path):
    path, count = tmp_path / "db", 8
    with hook() as receiver:
        console = Console(path, receiver.url)
        console.happen(count)
        while console.alerts.turn():
            pass
        command = [sys.executable, "-m", "tests.console.courier_process", str(path), receiver.url]
        for confirmed_before in (2, 5):
            receiver.mode = "well"
            process = subprocess.Popen(command, cwd=ROOT)
            try:
                wait_until(lambda before=confirmed_before: len(receiver.confirmed) >= before, "nothing came")
                receiver.mode = "hangs"
                before = len(receiver.unconfirmed)
                wait_until(lambda before=before: len(receiver.unconfirmed) > before, "nothing was under way")
            finally:
                process.kill()
                process.wait()
        receiver.mode = "well"
        with console:
            wait_until(lambda: console.states() == ["delivered"] * count, "not all was delivered")
        assert numbers(receiver.confirmed) == list(range(1, count + 1))
        assert len(receiver.unconfirmed) == 2


# -- secrets -------------------------------------------------------------------------------------


@pytest.fixture
def log():
    """All that a console would print, down to the last detail."""
    text = io.StringIO()
    root, handler = logging.getLogger(), logging.StreamHandler(text)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_secret_of_an_address_is_in_the_database_the_logs_or_an_error(tmp_path, log):
    (port,) = free_ports(1)
    away, strange = f"json://ada:sesame@127.0.0.1:{port}/hook/topsecret", "nosuch://sesame:topsecret@x"
    with hook() as receiver, Console(tmp_path / "db", receiver.url, away, strange) as console:
        console.happen()
        wait_until(lambda: [bool(each.attempts) for each in console.deliveries()] == [True] * 3, "nothing was tried")
        remarks = {each.label: each.remark for each in console.deliveries()}
        assert remarks["nosuch://…"] == "no service understands this address" and "onnection" in remarks[f"json://127.0.0.1:{port}"]
        shown = repr(console.alerts.shown.alerts()) + repr(console.alerts.shown.attempts())
    assert numbers(receiver.confirmed) == [1]
    logging.getLogger("test").debug("the log works")
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "the log works" in log.getvalue() and b"vault was forced open" in written
    for secret in ("sesame", "topsecret"):
        assert secret not in shown and secret not in log.getvalue() and secret.encode() not in written
    assert Sender().problems([away, strange]) == [("nosuch://…", "no service understands this address")]


def test_a_service_that_breaks_is_a_failure_and_says_no_secret(monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("cannot post to json://ada:sesame@127.0.0.1/hook/topsecret")

    monkeypatch.setattr("apprise.plugins.custom_json.NotifyJSON.send", broken)
    remark = Sender().send("json://ada:sesame@127.0.0.1/hook/topsecret", "title", "body")
    assert remark and "sesame" not in remark and "topsecret" not in remark


def test_what_one_thread_hears_of_apprise_is_not_mixed_with_anothers():
    sender, remarks = Sender(), {}
    ports = free_ports(4)

    def send(port: int) -> None:
        remarks[port] = sender.send(f"json://127.0.0.1:{port}", "title", "body")

    threads = [threading.Thread(target=send, args=(port,)) for port in ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(remarks[port].count("onnection") == 1 for port in ports), remarks


def test_delays_grow_up_to_an_hour():
    delays = [outboxes.delay_ms(attempts) for attempts in range(1, 60)]
    assert delays[:3] == [5000, 10_000, 20_000] and delays == sorted(delays) and delays[-1] == 3_600_000
    assert NOW_MS < unix_ms() < time.time() * 1000 + 1
