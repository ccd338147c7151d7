"""The self-test: everything that has to be, in time, or the release before it comes back; and what is told of it at the next start."""

import json

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
import asyncio  # noqa: F401
from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
from firmware.update.trial import Trial
from tests.update.desk import FILES_NEW, INSTALLED, NEW, NOW_S, OLD, Receiver, Shipper, aboard

STEADY_MS, PATIENCE_MS = 15_000, 60_000


class Stage:
    """A board after main.py has begun with the new release; or with the old one, where that has `failed`."""

    def __init__(self, failed=None, is_linked=True, running=None):
        board = Receiver()
        board.fetch(Shipper(FILES_NEW))
        self.tree = board.tree
        self.tree.rename("trial.json", "tried.json")
        if failed:
            self.tree.write("failed.txt", [failed.encode()])
        self.is_linked = is_linked
        self.board = board
        self.start(running or (aboard(NEW, is_trial=True)))

    def start(self, running):
        self.board.start(running)
        self.trial = Trial(self.board.store.tree, self.board.store.aboard, lambda: self.is_linked)
        self.results = self.trial.begin(5)

    def at(self, now_ms):
        if self.trial.due_ms <= now_ms:
            self.results += self.trial.tick(now_ms)
        if self.trial.has_work():
            self.results += self.trial.work()
        return self.results

    def installed(self):
        return json.loads(self.tree.read("installed.json", 0, 999))["tree"]


def test_one_that_works_is_confirmed_after_a_while_and_told_until_that_is_in_the_log():
    stage = Stage()
    stage.trial.written(5)
    assert stage.at(STEADY_MS - 1) == [] and stage.installed() == OLD
    assert stage.at(STEADY_MS) == [("news", "update.confirmed", {"version": "0.2.0", "release": NEW}, NOW_S)]
    assert stage.installed() == NEW and stage.trial.is_busy() and not stage.trial.is_trial
    stage.trial.told(9)
    stage.trial.written(8)
    assert stage.tree.size("tried.json")
    stage.trial.written(9)
    assert not stage.trial.is_busy() and stage.tree.size("tried.json") is None
    assert stage.at(PATIENCE_MS) == stage.results[:1], "the time is over, and nothing is to prove"


def test_a_power_cut_before_that_is_in_the_log_tells_it_at_the_next_start():
    stage = Stage()
    stage.trial.written(5)
    stage.at(STEADY_MS)
    stage.start(aboard(NEW))
    assert stage.results == [("news", "update.confirmed", {"version": "0.2.0", "release": NEW}, NOW_S)]
    stage.trial.told(6)
    stage.trial.written(6)
    assert stage.tree.size("tried.json") is None and stage.installed() == NEW


def test_whatever_is_missing_after_a_minute_leads_back_and_says_what():
    for is_written, is_linked, why in ((False, True, "nothing came into the log"), (True, False, "no link to the broker")):
        stage = Stage(is_linked=is_linked)
        if is_written:
            stage.trial.written(5)
        for now_ms in range(0, PATIENCE_MS, 500):
            assert stage.at(now_ms) == []
        assert stage.at(PATIENCE_MS) == [("reboot",)] and stage.installed() == OLD
        assert why in stage.tree.read("failed.txt", 0, 99).decode()
        stage.start(aboard())
        ((_, kind, fields, _),) = stage.results
        assert kind == "update.rolled_back" and why in fields["reason"] and (fields["release"], fields["version"]) == (NEW, "0.2.0")


def test_a_link_that_comes_late_is_in_time():
    stage = Stage(is_linked=False)
    stage.trial.written(6)
    for now_ms in range(0, 59_000, 500):
        stage.at(now_ms)
    stage.is_linked = True
    stage.at(59_500)
    assert stage.installed() == NEW


def test_a_flash_that_is_full_leads_back():
    stage = Stage()
    stage.trial.written(5)
    stage.tree.bytes_max = 0
    for now_ms in range(0, PATIENCE_MS, 500):
        assert stage.at(now_ms) == []
    assert stage.at(PATIENCE_MS) == [("reboot",)] and stage.installed() == OLD


def test_the_old_release_tells_why_the_new_one_is_gone_until_that_is_in_the_log():
    for failed, why in ((None, "it ended before it had proved itself"), ("ValueError('x')", "ValueError('x')")):
        stage = Stage(failed, running=aboard())
        for _ in range(2):
            stage.start(aboard())
            ((_, kind, fields, _),) = stage.results
            assert kind == "update.rolled_back" and fields["reason"].startswith(why) and stage.trial.due_ms > 1 << 50
        stage.trial.told(7)
        stage.trial.written(7)
        assert stage.tree.size("tried.json") is None and stage.tree.size("failed.txt") is None
        assert json.loads(stage.tree.read("installed.json", 0, 999)) == INSTALLED


def test_a_record_that_cannot_be_read_is_told_of_nobody():
    stage = Stage(running=aboard())
    for raw in (b"", b"[]", b"{}", b"\xff", b'{"tree": '):
        stage.tree.write("tried.json", [raw])
        stage.start(aboard())
        assert stage.results == [] and not stage.trial.is_busy() and stage.tree.size("tried.json") is None
