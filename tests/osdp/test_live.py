"""The installer's panel and readers of libosdp, over ptys and TCP, from CPython and from both MicroPythons."""

import json
import os
import signal

import pytest

from tests.osdp.live import (
    ADDRESS, CARD, CREDENTIAL, INPUT, INTERPRETERS, KEY, KEYS, LINES, OTHER_KEY, TAMPER, Readers, panel, program, tool,
)  # fmt: skip
from tests.programs import free_ports

pytestmark = pytest.mark.slow
COMMANDS = ("led granted", "buzzer denied_apb", "text Bitte warten", "output 1 on", "output 2 off")


def hear_everything(readers, one):
    """Have the reader say all that it can, and see that it arrives."""
    card = readers.present(CARD, one, "card")
    assert card == {"type": "card", "bits": 26, "data": "bb032180", "reader": 0, "credential": CREDENTIAL}
    assert readers.present(KEYS, one, "keys")["keys"] == "12*#"
    assert readers.present(TAMPER, one, "tamper") == {"type": "tamper", "on": True} and one.wait_for("power")["fails"] is False
    assert readers.present(INPUT, one, "input") == {"type": "input", "states": [1, 0]}


def tell_everything(readers, one):
    """Give all commands, and see what the reader is told."""
    for line in COMMANDS:
        one.say(line)
    one.wait_for("done", len(COMMANDS))
    assert [event["command"] for event in one.of("done")] == list(COMMANDS)
    readers.wait_for("output", 2)
    light, sound, words = [readers.of(kind)[-1] for kind in ("led", "buzzer", "text")]
    assert (light["on_color"], light["on_count"], light["timer_count"], light["temporary"]) == (2, 1, 30, True)
    assert (sound["on_count"], sound["off_count"], sound["rep_count"]) == (2, 2, 3)
    assert words["data"] == "Bitte warten"
    assert {(told["output_no"], told["control_code"]) for told in readers.of("output")} == {(1, 2), (2, 1)}


@INTERPRETERS
@LINES
def test_a_reader_with_a_key_is_heard_and_told_and_takes_another_key(interpreter, line, tmp_path):
    with Readers(line) as readers, panel(interpreter, readers.port, tmp_path) as one:
        assert one.wait_for("online") == {"type": "online", "secure": True}
        assert one.of("id")[0]["serial"] == 0x12345600 + ADDRESS and one.of("id")[0]["proved"] is True
        assert one.of("capabilities")[0]["functions"]["leds"] == [4, 2]
        tell_everything(readers, one)
        hear_everything(readers, one)
        one.say("rotate")
        one.wait_for("rotated")
        readers.present(CARD, one, "card")
        assert one.end() == 0 and one.of("refused", "offline", "error", "failed") == []
        last = one.events[-1]
        assert last["type"] == "stats" and last["secure"] is True and last["cards"] >= 2 and "crc" not in last["line"]
        new_key = readers.wait_for("keyset")["data"]
    assert new_key not in (KEY, "")
    with Readers(line, {ADDRESS: new_key}) as readers, panel(interpreter, readers.port, tmp_path, new_key) as one:
        assert one.wait_for("online")["secure"] is True


@INTERPRETERS
@LINES
def test_a_reader_in_install_mode_is_paired_and_known_after_a_restart(interpreter, line, tmp_path):
    with Readers(line, {ADDRESS: None}) as readers, panel(interpreter, readers.port, tmp_path, pair=True) as one:
        key = one.wait_for("paired")["key"]
        assert one.wait_for("online")["secure"] is True
        assert readers.wait_for("keyset")["data"] == key and len(readers.of("keyset")) == 1
        hear_everything(readers, one)
        assert one.end() == 0
    with Readers(line, {ADDRESS: key}) as readers, panel(interpreter, readers.port, tmp_path, key) as one:
        assert one.wait_for("online")["secure"] is True
        assert one.end() == 0 and readers.of("keyset") == []


@INTERPRETERS
def test_two_readers_on_one_line_at_9600_baud(interpreter):
    keys = {1: KEY, 2: OTHER_KEY}
    with Readers("pty", keys, 9600) as readers, program(interpreter, readers.port, (KEY, OTHER_KEY), 9600, (1, 2)) as both:
        both.wait_for("online", 2)
        for address in (1, 2, 1, 2):
            card = readers.present(CARD | {"length": 26 - address}, both, "card", address)
            assert (card["address"], card["bits"]) == (address, 26 - address)
        assert both.end() == 0
        assert {event["address"] for event in both.of("online") if event["secure"]} == {1, 2}
        last = both.of("stats")[0]
        assert "crc" not in last["line"] and both.of("offline", "refused") == []
        assert last["ms"] > last["bytes"] * 10_000 // 9600, "faster than the line"


@INTERPRETERS
def test_a_wrong_key_is_refused(interpreter, tmp_path):
    with Readers() as readers, panel(interpreter, readers.port, tmp_path, OTHER_KEY) as one:
        assert one.wait_for("refused")["reason"] == "cryptogram"
        one.end()
        assert one.of("online") == [] and one.events[-1]["online"] is False


@INTERPRETERS
def test_a_reader_that_lost_its_key_is_refused_and_never_given_one(interpreter, tmp_path):
    with Readers("pty", {ADDRESS: None}) as readers, panel(interpreter, readers.port, tmp_path, allow_plain=True) as one:
        assert one.wait_for("refused")["reason"] in ("default_key", "cryptogram")
        one.end()
        assert one.of("online") == [] and readers.of("keyset") == []


@INTERPRETERS
def test_plain_needs_leave(interpreter, tmp_path):
    with Readers("pty", {ADDRESS: None}) as readers, panel(interpreter, readers.port, tmp_path, None, allow_plain=True) as one:
        assert one.wait_for("online") == {"type": "online", "secure": False}
        hear_everything(readers, one)
        one.say("rotate")
        assert one.wait_for("failed")["reason"] == "plain"
    with Readers("pty", {ADDRESS: None}) as readers, program(interpreter, readers.port, ()) as one:
        assert one.wait_for("refused")["reason"] == "no_key"
        assert one.end() == 0 and one.of("online") == [] and one.events[-1]["questions"] == 0


def test_a_reader_that_is_not_in_install_mode_is_not_paired(tmp_path):
    path = tmp_path / "reader.key"
    with Readers() as readers, tool(readers.port, "--pair", "--key-file", str(path)) as one:
        one.wait_for("refused")
        assert path.stat().st_mode & 0o777 == 0o600 and len(json.loads(path.read_text())["keys"]) == 1
        os.kill(one.pid, signal.SIGINT)
        assert one.end("") == 1
        assert one.of("pairing_failed")[0]["reason"] == "stopped" and not path.exists()
        assert readers.of("keyset") == []


def test_the_key_file_is_all_that_a_restart_and_a_rotation_need(tmp_path):
    path = tmp_path / "reader.key"
    words = ("--key-file", str(path))
    with Readers("tcp", {ADDRESS: None}) as readers:
        for count, more in ((2, ("--pair",)), (3, ("--show-key",)), (4, ())):
            with tool(readers.port, *words, *more) as one:
                assert one.wait_for("online")["secure"] is True
                one.say("rotate")
                shown = one.wait_for("rotated")
                assert one.end() == 0
            kept = json.loads(path.read_text())
            assert kept["keys"] == [readers.wait_for("keyset", count)["data"]] and len(kept["identity"]) == 32
            assert ("key" in shown) == (more == ("--show-key",))
        assert len(readers.of("keyset")) == 4 and path.stat().st_mode & 0o777 == 0o600


def test_a_rotation_that_was_cut_off_leaves_two_keys_of_which_the_right_one_is_found(tmp_path):
    path = tmp_path / "reader.key"
    for keys in ((OTHER_KEY, KEY), (KEY, OTHER_KEY)):
        path.write_text(json.dumps({"address": ADDRESS, "identity": None, "keys": keys}))
        with Readers() as readers, tool(readers.port, "--key-file", str(path)) as one:
            assert one.wait_for("online")["secure"] is True and one.of("refused") == []
            assert one.end() == 0
        assert json.loads(path.read_text())["keys"] == [KEY]


def test_commands_that_are_piped_in_are_done_before_the_end():
    with Readers() as readers, tool(readers.port, "--key", KEY) as one:
        one.say("output 1 on\noutput 3 on")
        assert one.end("") == 0
        readers.wait_for("output", 2)
        assert {told["output_no"] for told in readers.of("output")} == {1, 3}
        assert [event["command"] for event in one.of("done")] == ["output 1 on", "output 3 on"]


def test_what_the_reader_does_not_do_is_told_and_ends_in_status_1():
    with Readers() as readers, tool(readers.port, "--key", KEY) as one:
        one.say("output 9 on\nopen sesame")
        assert one.end() == 1
        assert one.of("failed")[0]["command"] == "output 9 on" and one.of("failed")[0]["reason"] == "nak_3"
        assert one.of("error")[0]["command"] == "open sesame" and "led PATTERN" in one.of("error")[0]["reason"]


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM))
def test_a_signal_ends_it_with_the_stats(number):
    with Readers() as readers, tool(readers.port, "--key", KEY) as one:
        one.wait_for("online")
        os.kill(one.pid, number)
        assert one.end("") == 0 and one.events[-1]["type"] == "stats"


def test_a_serial_server_that_goes_away_is_found_again():
    at = free_ports(1)[0]
    with Readers("tcp", at=at) as readers:
        one = tool(readers.port, "--key", KEY)
        one.wait_for("online")
    with one:
        assert one.wait_for("port")["open"] is False
        with Readers("tcp", at=at) as readers:
            assert one.wait_for("port", 2)["open"] is True
            readers.present(CARD, one, "card")
            assert one.end() == 0


def test_an_adapter_that_is_pulled_is_found_again(tmp_path):
    path = tmp_path / "adapter"
    with Readers() as readers:
        path.symlink_to(readers.port)
        one = tool(str(path), "--key", KEY)
        one.wait_for("online")
    path.unlink()
    with one:
        assert one.wait_for("port")["open"] is False
        with Readers() as readers:
            path.symlink_to(readers.port)
            assert one.wait_for("port", 2)["open"] is True
            readers.present(CARD, one, "card")
            assert one.end() == 0


@LINES
def test_an_adapter_that_hears_itself_is_no_trouble(line):
    with Readers(line, echo=True) as readers, tool(readers.port, "--key", KEY) as one:
        assert one.wait_for("online")["secure"] is True
        hear_everything(readers, one)
        assert one.end() == 0
        last = one.events[-1]
        assert "other" not in last["reader"] and last["questions"] > 10


def test_a_port_that_another_program_uses_is_not_opened():
    with Readers() as readers, tool(readers.port, "--key", KEY) as one:
        one.wait_for("online")
        with tool(readers.port, "--key", KEY) as other:
            assert other.end("") == 2
        readers.present(CARD, one, "card")
