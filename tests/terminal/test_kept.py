"""The events in the flash of a controller, read over the raw REPL."""

import json

import pytest
from click.testing import CliRunner

from tests.board.controller import Controller
from tests.brokers import wait_for
from tests.deploy.cable import FakeBoard
from tools.terminal import kept
from tools.terminal.__main__ import cli


@pytest.fixture(scope="module")
def lived():
    """(events, flash) of a controller on fake hardware at which somebody badged, twice, and forced a door."""
    board = Controller()
    board.tap(0)
    board.tap(0)
    board.live(10_000)
    board.contact("front.sensor", False, 500)
    board.live(3000)
    return board.events, board.chip.partitions["log"].snapshot()


def test_every_event_is_read_once_and_in_order(lived):
    events, flash = lived
    found = kept.read(flash)
    assert found == sorted(events, key=lambda event: event["stamp"])
    assert {"controller.started", "access.granted", "access.denied", "door.forced"} <= {event["type"] for event in found}


def run(fake, *words):
    return CliRunner().invoke(cli, ["log", "--port", fake.port, *words], catch_exceptions=False)


def test_a_board_tells_them_and_starts_again(lived, tmp_path):
    events, flash = lived
    with FakeBoard(tmp_path / "board.img") as fake:
        with fake.open() as board:
            board.put("/log.img", flash)
        starts = fake.starts
        result = run(fake, "--zone", "Europe/Berlin")
        assert result.exit_code == 0, result.output
        wait_for(lambda: fake.starts == starts + 1)
    lines = result.stdout.splitlines()
    assert len(lines) == len(events) and any("access.granted" in line and line.startswith("2026-01-05 10:00:") for line in lines)


def test_scripts_get_json(lived, tmp_path):
    events, flash = lived
    with FakeBoard(tmp_path / "board.img") as fake:
        with fake.open() as board:
            board.put("/log.img", flash)
        result = run(fake, "--json")
    assert [json.loads(line)["type"] for line in result.stdout.splitlines()] == [event["type"] for event in kept.read(flash)]


def test_a_board_without_a_log_is_said(tmp_path):
    with FakeBoard(tmp_path / "board.img") as fake:
        result = run(fake)
    assert result.exit_code == 2 and "there is no log on the board" in result.stderr


def test_a_port_that_is_none_is_said():
    for command in ("log", "follow"):
        result = CliRunner().invoke(cli, [command, "--port", "/dev/no-such-port"])
        assert result.exit_code == 2 and "cannot be opened" in result.stderr
