"""One controller's day in a troubled site, lived again by each interpreter: the same table, log, flash and answers."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from tests import interpreters
from tests.sim.taping import Taping, part_line
from tests.sim.troubled_day import MINUTE_MS, SECTORS, Day

pytestmark = pytest.mark.slow
WHO = "c1"
SUM_EVERY_MS = 120 * MINUTE_MS


class Recorded:
    """The day, its tape, and the file that holds it."""

    def __init__(self, tape, folder):
        self.tape = tape
        self.day = Day()
        self.world, self.board = self.day.world, self.day.world.boards[WHO]
        for at_ms in range(SUM_EVERY_MS, 24 * 60 * MINUTE_MS, SUM_EVERY_MS):
            self.world.after(at_ms, self._sum)
        self.day.live()
        self._sum()
        self.path = folder / "trace"
        self.path.write_text("\n".join([json.dumps(part_line(self.board.part, SECTORS)), *self.tape.lines, ""]))

    def _sum(self):
        if self.board.node:
            self.tape.sum(self.board)

    def number_of_last(self, is_it):
        return max(number for number, line in enumerate(self.tape.lines, 1) if is_it(json.loads(line)))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    with Taping([WHO]) as tapes:
        return Recorded(tapes[WHO], tmp_path_factory.mktemp("day"))


def lived_again(recorded, interpreter, *without):
    """The summaries that another process prints."""
    command = [sys.executable] if interpreter == interpreters.CPYTHON else [interpreters.find(interpreter), "-X", "heapsize=16m"]
    script = interpreters.ROOT / "tests/same_trace.py"
    arguments = [script, interpreters.ROOT, recorded.path, *map(str, without)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_day_had_everything(recorded):
    world, told = recorded.world, Counter(event["type"] for event in recorded.world.events)
    assert world.agree() == []
    assert {"cut_in_flash", "power_cut", "split", "loss", "duplicate", "reorder"} <= set(world.faults)
    assert told["access.granted"] > 400 and told["apb.violation"] > 30 and told["log.lost"] > 20
    assert {"apb.reset", "apb.moved", "apb.passed", "apb.suspected", "emergency.ended", "clock.set"} <= set(told)
    last = recorded.tape.sums[-1]
    assert len(recorded.tape.sums) == 12 and recorded.board.node.log.generations and last["flash"]["bad_programs"] == 0
    other = world.boards["c2"].node.controller.presence
    assert last["digests"]["office"] == other.digest("office")


@pytest.mark.parametrize("interpreter", interpreters.ALL)
def test_the_same_day_leaves_the_same(recorded, interpreter):
    is_missing = interpreter != interpreters.CPYTHON and not interpreters.find(interpreter)
    if is_missing and not interpreters.is_required():
        pytest.skip(f"no {interpreter}: run `make setup`")
    for before, after in zip(recorded.tape.sums, lived_again(recorded, interpreter), strict=True):
        assert before == after


def test_a_day_without_one_badge_or_command_leaves_something_else(recorded):
    badge = recorded.number_of_last(lambda line: line[0] == "handle" and line[2][0] == "bit" and line[2][1] == "lobby_in")
    reset = recorded.number_of_last(lambda line: line[0] == "handle" and line[2][1] == "command/c1" and '"action":"reset"' in line[2][2])
    for without in (badge, reset):
        last = lived_again(recorded, interpreters.CPYTHON, without)[-1]
        assert last["digests"]["office"] != recorded.tape.sums[-1]["digests"]["office"]
