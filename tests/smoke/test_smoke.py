"""The smoke test on a MicroPython behind a pty: every figure is there, or named; nothing is switched unasked; nothing is left behind."""

import json

import pytest
from click.testing import CliRunner

from tests.brokers import UMQTT, Mosquitto, need, wait_for
from tests.deploy.cable import FakeBoard, look
from tests.deploy.test_command import desk, run  # noqa: F401 a fixture
from tools.deploy.problem import Problem
from tools.smoke import checks, measuring
from tools.smoke.__main__ import _loops, cli
from tools.smoke.checks import Check, Limit, Wishes


@pytest.fixture(scope="module")
def deployed(desk, tmp_path_factory):  # noqa: F811
    """The flash of a board with our firmware."""
    image = tmp_path_factory.mktemp("smoke") / "board.img"
    with FakeBoard(image) as fake:
        assert run(desk, fake.port).exit_code == 0
    return image


def smoke(fake, tmp_path, *more):
    """Returns (result, {what: row})."""
    words = ["--port", fake.port, "--json", str(tmp_path / "smoke.json"), *more]
    result = CliRunner().invoke(cli, words, catch_exceptions=False)
    rows = json.loads((tmp_path / "smoke.json").read_text()) if (tmp_path / "smoke.json").exists() else []
    return result, {row["what"]: row for row in rows}


@pytest.mark.slow
def test_with_two_wires_everything_that_can_be_is_measured(deployed, tmp_path):
    with FakeBoard(deployed, is_wired=True) as fake:
        result, rows = smoke(fake, tmp_path, "--loop", "4,5 6,7")
    limits = [row for check in (*checks.CHIP, *checks.FIRMWARE, *checks.pins(Wishes(((4, 5), (6, 7))))) for row in check.rows]
    assert {limit.what for limit in limits} < set(rows), result.output
    assert rows["GPIO 4 to 5, of 1000 pulses: handled"]["figure"] == rows["GPIO 6 to 7, of 1000 pulses: counted by PCNT"]["figure"] == 1000
    for period_us in (1000, 200):  # a machine that does other things stops now and then, and such frames are given up
        read, given_up, wrong = (rows[f"Wiegand, 100 frames at {period_us} µs a bit: {what}"]["figure"] for what in ("read", "given up", "WRONG"))
        assert read > 0 and read + given_up == 100 and wrong == 0
    badge = rows["a badge, from the end of its frame to the lock: later ones"]
    assert 0 < badge["figure"] < 1000 and rows["heap left beside a whole node"]["figure"] > 0
    assert rows["counters of pulses (PCNT)"]["figure"] == 4 and rows["partitions"]["verdict"] == "ok"
    assert rows["network: until it has a link"]["figure"] is not None
    unmeasured = {what: row["why"] for what, row in rows.items() if row["verdict"] == "not measured"}
    assert set(unmeasured) == {"relays", *(row.what for row in checks.FIRMWARE[1].rows)}
    assert "no mqtt.json was deployed" in unmeasured["broker: until it takes a connection"]


@pytest.mark.slow
def test_nothing_is_switched_and_nothing_is_left_behind(deployed, tmp_path):
    with FakeBoard(deployed, is_wired=True) as fake:
        with fake.open() as board:
            if board.call("exists", "/driven.txt"):
                board.call("remove", "/driven.txt")
            before = dict(board.call("listing", ""))
        starts = fake.starts
        smoke(fake, tmp_path, "--loop", "4,5")
        wait_for(lambda: fake.starts > starts)
        with fake.open() as board:
            driven, after = board.call("read", "/driven.txt"), dict(board.call("listing", ""))
    # boot.py makes relays and lights safe at every start; GPIO 1 resets the network chip.
    assert set(driven.split()) == {"40=0", "39=0", "38=0", "1=0", "1=1"}
    del after["driven.txt"]
    assert after == {path: hashed for path, hashed in before.items() if path != "driven.txt"}


@pytest.mark.slow
def test_relays_click_when_they_shall(deployed, tmp_path):
    with FakeBoard(deployed, is_wired=True) as fake:
        starts = fake.starts
        _, rows = smoke(fake, tmp_path, "--relays", "kc868-a2v3")
        wait_for(lambda: fake.starts > starts)
        with fake.open() as board:
            driven = board.call("read", "/driven.txt").split()
    assert rows["relays of kc868-a2v3 that clicked, by your eyes"]["figure"] == 2, rows
    assert "40=1" in driven and "39=1" in driven and driven.index("40=1") < len(driven) - driven[::-1].index("40=0")


@pytest.mark.slow
def test_a_board_that_can_do_little_names_all_it_cannot(tmp_path):
    with FakeBoard(tmp_path / "board.img") as fake:
        result, rows = smoke(fake, tmp_path)
    for what in ("partitions", "counters of pulses (PCNT)", "append of 100 bytes to flash", "erase of a sector"):
        assert rows[what]["verdict"] == "not measured" and "esp32" in rows[what]["why"], what
    assert "nothing is installed: `make deploy` first" in rows["a badge, from the end of its frame to the lock: the first"]["why"]
    for what in ("interrupts", "Wiegand", "relays"):
        assert rows[what]["verdict"] == "not measured" and rows[what]["why"]
    assert rows["a function call"]["figure"] > 0 and rows["a durable write to a file"]["figure"] > 0
    assert f"{len(rows)} figures" in result.output and "not measured" in result.output


@pytest.mark.broker
def test_the_broker_is_connected_to_as_the_firmware_does(desk, tmp_path):  # noqa: F811
    need(UMQTT, "umqtt.simple")
    image, told = tmp_path / "board.img", tmp_path / "mqtt.json"
    with Mosquitto(tmp_path) as broker:
        told.write_text(json.dumps(broker.settings))
        with FakeBoard(image) as fake:  # which runs no code in place: single files
            assert run(desk, fake.port, "--mqtt", str(told)).exit_code == 0
            wait_for(lambda: fake.starts == 2)
            with fake.open() as board:
                board.put("/lib/umqtt/simple.py", (UMQTT / "umqtt/simple.py").read_bytes())
        with FakeBoard(image, is_wired=True) as fake:
            _, rows = smoke(fake, tmp_path)
    assert rows["broker: until it takes a connection"]["figure"] is not None, rows["broker: until it takes a connection"]


@pytest.mark.slow
def test_a_cable_that_is_pulled_is_said_and_the_board_is_whole(deployed, tmp_path):
    with FakeBoard(deployed, is_wired=True) as fake:
        fake.cut = (8_000, "cable")
        result, rows = smoke(fake, tmp_path)
    assert result.exit_code == 2 and "the board is gone" in result.stderr and not rows
    assert look(deployed)["installed"]["board"] == "kc868-a2v3"


@pytest.mark.parametrize(
    ("limit", "value", "expected", "verdict"),
    [
        (Limit("x", least=5), 5, "at least 5", "ok"),
        (Limit("x", least=5), 4.9, "at least 5", "MISSED"),
        (Limit("x", most=5), 5, "at most 5", "ok"),
        (Limit("x", most=5), 5.1, "at most 5", "MISSED"),
        (Limit("x", least=1000, most=1000), 1000, "1,000", "ok"),
        (Limit("x", least=1000, most=1000), 1001, "1,000", "MISSED"),
        (Limit("x"), 7, "", ""),
    ],
)
def test_a_figure_is_judged_by_its_limits(limit, value, expected, verdict):
    row = measuring._judged(limit, value)
    assert (row.expected, row.verdict) == (expected, verdict)


@pytest.mark.slow
def test_a_figure_that_is_missed_is_status_1(deployed, tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "CHIP", (Check("heap_free", (Limit("heap", most=1),)),))
    monkeypatch.setattr(measuring, "_groups", lambda board, wishes: (("chip", lambda: checks.CHIP),))
    with FakeBoard(deployed) as fake:
        result, rows = smoke(fake, tmp_path)
    assert result.exit_code == 1 and rows["heap"]["verdict"] == "MISSED" and "1 missed" in result.output


def test_wires_are_written_as_pairs():
    assert _loops("") == () and _loops("4,5") == ((4, 5),) and _loops("4,5 6,7") == ((4, 5), (6, 7))
    for text in ("4", "4,5,6", "4,x", "4,4", "4,5 5,6", "1,2 3,4 5,6"):
        with pytest.raises(Problem, match="write the wires as"):
            _loops(text)
