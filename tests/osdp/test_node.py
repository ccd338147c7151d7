"""A controller at a line with real readers: libosdp's on a pty, paired on the command line, a card that opens a door."""

import json
import os
import subprocess
import sys

import pytest

from host_sim.broker import EmbeddedBroker
from tests.brokers import UMQTT, need
from tests.interpreters import CPYTHON, MICROPYTHON, ROOT, find
from tests.osdp.live import ADDRESS, CARD, KEYS, TAMPER, Program, Readers
from tests.tools.sites import changed
from tools.site import load
from tools.site.compiler.keys import made_up, write

pytestmark = [pytest.mark.slow, pytest.mark.broker]
OSDP = {"door": "lobby", "protocol": "osdp", "bus": "one", "address": ADDRESS, "mode": "card_or_pin"}


@pytest.fixture
def place(tmp_path):
    """(site file, URL of a broker)."""
    file = tmp_path / "demo.json"
    file.write_text(json.dumps(changed(("readers", "lobby_in", OSDP), ("users", "kim", "pin", "1212"))))
    write(tmp_path / "demo.keys", made_up(load(file), 0))
    with EmbeddedBroker() as url:
        yield file, url


def controller(place, port: str, *more: str) -> Program:
    """`host_sim node` as a person calls it."""
    file, url = place
    words = ["c1", "--site", str(file), "--broker", url, "--flash", str(file.parent / "flash"), "--port", port]
    return Program([sys.executable, "-m", "host_sim", "node", *words, *more])


def backstop(place, *words: str) -> subprocess.CompletedProcess:
    file, url = place
    command = [sys.executable, "-m", "tools.backstop", "--site", str(file), "--broker", url, "--operator", "ada", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90)


@pytest.mark.parametrize(("interpreter", "line"), [(CPYTHON, "pty"), (MICROPYTHON, "tcp")])
def test_a_real_reader_is_paired_shows_outcomes_and_is_known_after_a_restart(place, interpreter, line):
    if interpreter == MICROPYTHON:
        need(UMQTT, "umqtt.simple")
        if not find(MICROPYTHON):
            need(ROOT / ".cache/micropython64/micropython", "MicroPython")
    more = ["--micropython"] if interpreter == MICROPYTHON else []
    with Readers(line, {ADDRESS: None}) as readers:
        with controller(place, f"one={readers.port}", *more) as board:
            assert board.wait_for("reader.offline")["why"] == "no_key"
            paired = backstop(place, "readers", "pair", "lobby_in")
            assert paired.returncode == 0, paired.stderr
            board.wait_for("reader.paired")
            board.wait_for("reader.online")
            assert readers.present(CARD, board, "access.granted")["user"] == "kim"
            readers.present(TAMPER, board, "reader.tamper")
            readers.wait_for("led")
            assert readers.of("led")[0]["on_color"] == 2  # what a card that was shown twice brings comes after it
            rotated = backstop(place, "readers", "rotate", "lobby_in")
            assert rotated.returncode == 0, rotated.stderr
            readers.wait_for("keyset", 2)  # the command is done before the key has gone out, and power goes now
        first, second = [told["data"] for told in readers.of("keyset")]
        assert first != second
        with controller(place, readers.port, *more) as board:
            board.wait_for("reader.online")
            assert readers.present(KEYS | {"data": "313231320d"}, board, "access.denied")["reason"] == "double_entrance"
            assert not board.of("reader.tamper") and len(readers.of("keyset")) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--flash", "flash", "--port", "nothing"], "nothing: cannot be opened: there is no such port"),
        (["--flash", "flash", "--port", "two=nothing"], "controller 'c1' has no line 'two' of OSDP readers; it has one"),
        (["--flash", "flash", "--port", "tcp://127.0.0.1"], "this is no port: write a path, or tcp://HOST:PORT"),
        (["--port", "nothing"], "--port needs --flash"),
    ],
)
def test_what_cannot_be_a_line_is_said(place, tmp_path, words, said):
    command = [sys.executable, "-m", "host_sim", "node", "c1", "--site", str(place[0]), "--broker", place[1], *words]
    run = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and said in run.stderr and "Traceback" not in run.stderr, run.stderr
