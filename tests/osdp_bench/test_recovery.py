"""Our panel is back after every fault of the table: in simulated time in two seconds, and in real time with libosdp's reader."""

import json
import subprocess

import pytest

from tests.brokers import need
from tests.interpreters import ROOT
from tools.bench.osdp.faults import REPLIES, Gone, faults
from tools.bench.osdp.ours import Ours
from tools.bench.osdp.repeating import Forgetful, Repeating
from tools.bench.osdp.run import Run

pytestmark = pytest.mark.slow
PEER = ROOT / ".cache/osdp-peer"
BACK_S_MAX, REAL_S_MAX = 2, 10
CARD_S_MAX = 0.2


class Clock:
    """Time that only the test moves."""

    def __init__(self):
        self.now_us = 0

    def __call__(self):
        return self.now_us

    def pass_by(self):
        self.now_us += 1000


@pytest.fixture(scope="module")
def simulated():
    clock = Clock()
    return Run(clock, clock.pass_by).faults((Ours,), (Repeating, Forgetful), 30_000_000)


def test_every_fault_is_over_in_two_seconds(simulated):
    assert len(simulated) == 2 * len(faults())
    for row in simulated:
        assert row["back_s"] is not None and row["back_s"] < BACK_S_MAX, row


def test_the_card_after_a_fault_is_known_at_once(simulated):
    for row in simulated:
        assert row["cards_s"][1] is not None and row["cards_s"][1] < CARD_S_MAX, row


def test_what_one_spoiled_reply_said_is_not_lost_where_the_reader_repeats_it(simulated):
    rows = [row for row in simulated if row["reader"] == Repeating.name and row["fault"] in (*REPLIES, "BUSY")]
    assert len(rows) == len(REPLIES) + 1
    for row in rows:
        assert row["cards_s"][0] is not None and row["cards_s"][0] < 0.5, row


def test_it_does_not_matter_when_a_cable_is_plugged_in_again():
    def pulled():
        return {f"{span_ms} ms": Gone(span_ms * 1000, True) for span_ms in range(300, 11_000, 970)}

    clock = Clock()
    rows = Run(clock, clock.pass_by).faults((Ours,), (Forgetful,), 30_000_000, pulled)
    assert len(rows) == 12
    for row in rows:
        assert row["back_s"] is not None and row["back_s"] < BACK_S_MAX and row["cards_s"][1] is not None, row


def test_from_power_to_secure_channel_at_9600_baud():
    clock = Clock()
    rows = Run(clock, clock.pass_by).power((Ours,), (Repeating, Forgetful))
    assert len(rows) == 2 and all(row["s"] < 0.5 for row in rows), rows


def test_every_fault_with_the_reader_of_libosdp_in_real_time():
    need(PEER / ".ready", "libosdp")
    command = [str(PEER / "bin/python"), "-m", "tools.bench.osdp", str(REAL_S_MAX), "faults"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=120, check=True)
    rows = json.loads(done.stdout)["faults"]
    assert len(rows) == 2 * len(faults())
    for row in rows:
        assert row["back_s"] is not None and row["cards_s"][1] is not None, row
        assert row["reader"] == "libosdp's reader" or row["fault"] not in REPLIES or row["cards_s"][0] is not None, row


class Dumb:
    """A panel that never asks anything."""

    name = "dumb"
    cards = ()

    def __init__(self, addresses, key, end, clock):
        self._end = end
        self._clock = clock
        self._end.write(b"\xffno frame", 0)

    def refresh(self):
        self._end.read(self._clock())


def test_a_panel_that_never_comes_is_not_waited_for_without_end():
    clock = Clock()
    rows = Run(clock, clock.pass_by).faults((Dumb,), (Forgetful,), 30_000_000)
    assert {(row["back_s"], *row["cards_s"]) for row in rows} == {(None, None, None)} and clock() < 62_000_000
