"""One controller's day in a troubled site, lived again by each interpreter: the same table, log, flash and answers."""

import json
import subprocess
import sys
from collections import Counter

import pytest

import host_sim.board
from firmware.hal.nor import small_draw
from firmware.node import Node
from firmware.wire.part_pages import settings_pages
from host_sim.flash import Flash
from tests import interpreters, same_trace
from tests.sim.troubled_day import MINUTE_MS, SECTORS, Day

pytestmark = pytest.mark.slow
WHO = "c1"
SUM_EVERY_MS = 120 * MINUTE_MS


class Tape:
    """The calls that one board gets, as lines, and what there is to say of it every two hours."""

    def __init__(self):
        self.lines, self.sums = [], []
        self._said = same_trace.Said()

    def put(self, *line):
        self.lines.append(json.dumps(line))

    def said(self, actions):
        self._said.take(actions)
        return actions

    def sum(self, board):
        self.put("sum")
        self.sums.append(json.loads(json.dumps(same_trace.summary(board.node, board.flash.chip, self._said))))

    def flash(self, board, *args):
        return TapedFlash(self, board, *args) if board.name == WHO else Flash(board, *args)

    def node(self, part, *args):
        return TapedNode(self, part, *args) if part.settings["controller"] == WHO else Node(part, *args)


class TapedFlash(Flash):
    def __init__(self, tape, *args):
        super().__init__(*args)
        self.chip.draw = small_draw()  # what a cut leaves: drawn alike on every interpreter
        self._tape = tape

    def cut_after(self, operations):
        self._tape.put("cut", operations)
        super().cut_after(operations)

    def mount(self):
        self._tape.put("mount")
        return super().mount()


class TapedNode(Node):
    def __init__(self, tape, part, flash, contacts, now_ms, inc, hardware, seed, entropy, _opener, _keyring):
        tape.put("node", contacts, hardware, seed, entropy.decode())
        super().__init__(part, flash, contacts, now_ms, inc, hardware, seed, entropy)
        self._tape = tape
        self.log.store, self.log.store_ceiling = self._taped(self.log.store), self._taped(self.log.store_ceiling)

    def _taped(self, store):
        def taped(what):
            self._tape.put("store")
            return store(what)

        return taped

    def resume(self):
        self._tape.put("resume")
        super().resume()

    def start(self, now_ms, cause="power_on"):
        self._tape.put("start", now_ms, cause)
        return self._tape.said(super().start(now_ms, cause))

    def handle(self, event, now_ms):
        plain = ("message", event[1], event[2].decode(), event[3]) if event[0] == "message" else event
        self._tape.put("handle", now_ms, plain)
        return self._tape.said(super().handle(event, now_ms))

    def tick(self, now_ms):
        self._tape.put("tick", now_ms)
        return self._tape.said(super().tick(now_ms))

    def chore(self, now_ms):
        self._tape.put("chore", now_ms)
        return self._tape.said(super().chore(now_ms))


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
        self.path.write_text("\n".join([json.dumps(self._part()), *self.tape.lines, ""]))

    def _sum(self):
        if self.board.node:
            self.tape.sum(self.board)

    def _part(self):
        part = self.board.part
        tables = {name: [bytes(page).hex() for page in pages] for name, pages in part.tables.items()}
        return ["part", [page.hex() for page in settings_pages(part.settings)], tables, SECTORS]

    def number_of_last(self, is_it):
        return max(number for number, line in enumerate(self.tape.lines, 1) if is_it(json.loads(line)))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    tape, made = Tape(), (host_sim.board.Node, host_sim.board.Flash)
    host_sim.board.Node, host_sim.board.Flash = tape.node, tape.flash
    try:
        yield Recorded(tape, tmp_path_factory.mktemp("day"))
    finally:
        host_sim.board.Node, host_sim.board.Flash = made


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
