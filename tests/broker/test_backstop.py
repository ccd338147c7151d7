"""The command line against controllers at work, over a mosquitto as tools.broker configures it."""

import json
import os
import signal
import subprocess

import pytest
from click.testing import CliRunner

from tests.broker.live import ROOT as ROOT_TOPIC
from tests.broker.site import Boards
from tests.interpreters import ROOT
from tests.programs import Printed, wait_until
from tools.backstop.cli import cli
from tools.broker.clients import settings
from tools.site import load
from tools.site.compiler.keys import made_up, write

pytestmark = [pytest.mark.broker, pytest.mark.slow]
KIM = "H10301:118:1603"
SCRIPT = ROOT / "tools/backstop/backstop"


@pytest.fixture(scope="module")
def site(live):
    found = load(live.file)
    write(live.folder / "demo.keys", made_up(found, 1))
    return found


@pytest.fixture(scope="module")
def boards(live, site):
    def plain(name: str) -> dict:
        return settings(live.out, name) | {"host": "127.0.0.1", "port": live.ports["plain"], "tls": None}

    with Boards(site, made_up(site, 1), plain) as found:
        yield found


@pytest.fixture
def backstop(live, site):
    """Runs the command line as an operator: backstop("max", "clear", "office", "kim")."""

    def run(operator: str, *words: str, **given):
        return CliRunner().invoke(cli, list(words), env=environment(live, operator) | given)

    return run


def environment(live, operator: str) -> dict:
    client = live.out / "clients/console/mqtt.json"
    return {"BACKSTOP_SITE": str(live.file), "BACKSTOP_CLIENT": str(client), "BACKSTOP_OPERATOR": operator}


def good(result):
    assert result.exit_code == 0, result.output
    return result.stdout


def found(result):
    return json.loads(good(result))


class Watch:
    """`backstop watch --json` in a process of its own. events: what it has printed."""

    def __init__(self, live):
        command = [str(SCRIPT), "watch", "--json"]
        environ = os.environ | environment(live, "vic")
        # A test run in the background inherits that Ctrl-C is ignored: a person at a terminal does not.
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        assert self._process.stderr.readline() == "watching\n"
        self._printed = Printed(self._process)
        self.of, self.events = self._printed.of, self._printed.events

    def interrupt(self) -> int:
        """End it as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(20)
        self._printed.close()
        self._process.stderr.close()
        return code


def test_a_passback_is_watched_shown_and_cleared_by_whom_may(live, boards, backstop):
    wait_until(lambda: len(found(backstop("vic", "status", "--json"))["areas"]) == 2, "the boards are not there")
    watch = Watch(live)
    boards["c1"].badge("lobby_in", KIM)
    wait_until(lambda: watch.of("access.granted"), "nobody was let in")
    boards["c1"].badge("lobby_in", KIM)
    wait_until(lambda: watch.of("apb.violation"), "no violation")
    wait_until(lambda: found(backstop("vic", "violations", "--json")) == [{"area": "office", "user": "kim"}], "it is not shown")
    assert good(backstop("vic", "violations")) == "AREA    USER\noffice  kim\n"
    assert good(backstop("vic", "who", "office")) == "office: 1 inside, 1 in violation: kim\n"

    denied = backstop("vic", "clear", "office", "kim")
    assert denied.exit_code == 1 and "c1 refused: role viewer may not clear" in denied.stderr and denied.stdout == ""
    assert found(backstop("vic", "violations", "--json")), "the viewer has cleared it"
    assert good(backstop("max", "clear", "office", "kim", "--reason", "held the door ✓")) == "c1: done: apb.cleared\n"
    wait_until(lambda: found(backstop("vic", "violations", "--json")) == [], "it is still shown")

    cleared, = watch.of("apb.cleared")
    assert (cleared["operator"], cleared["reason"], cleared["of"]) == ("max", "held the door ✓", watch.of("apb.violation")[0]["of"])
    assert watch.interrupt() == 0
    names = [(event["controller"], event["inc"], event["stream"], event["seq"]) for event in watch.events]
    assert len(names) == len(set(names)), "an event was printed twice"


def test_the_log_has_all_of_it(boards, backstop):
    boards["c1"].badge("vault_in", KIM)  # she has no access there
    lines = good(backstop("vic", "log", "c1", "--since", "1h", "--json")).splitlines()
    events = [json.loads(line) for line in lines]
    assert {"controller.started", "access.granted", "door.unlocked", "apb.violation", "apb.cleared"} <= {event["type"] for event in events}
    for stream in ("facts", "notes"):
        seqs = [event["seq"] for event in events if event["stream"] == stream]
        assert seqs == list(range(1, len(seqs) + 1)), stream
    assert good(backstop("vic", "log", "c1", "--since", "2100-01-01")) == ""


def test_doors_outputs_and_the_whole_site_obey(boards, backstop):
    assert good(backstop("max", "unlock", "gate")) == "c2: done\n"
    wait_until(lambda: found(backstop("vic", "status", "--json"))["doors"]["gate"]["locked"] is False, "the gate is shut")
    assert good(backstop("max", "silence", "strobe")) == "c2: done\n"
    assert "lockdown.started" in good(backstop("max", "lockdown", "lobby", "vault"))
    assert found(backstop("max", "release", "lobby", "vault", "--json"))["offline"] == []
    assert good(backstop("max", "emergency", "start")).startswith("c1: done")
    refused = backstop("max", "emergency", "end")
    assert refused.exit_code == 1 and "may not end an emergency" in refused.stderr
    assert len(good(backstop("ada", "emergency", "end")).splitlines()) == 2
    for words in (("move", "office", "kim", "out"), ("pass", "office", "kim"), ("reset", "vault")):
        assert good(backstop("max", *words)).startswith("c1: done: apb.")


def test_with_other_keys_nothing_is_believed_and_nothing_is_sent(live, boards, site, backstop):
    write(live.folder / "other.keys", made_up(site, 2))
    for words in (("status",), ("watch",), ("log", "c1"), ("clear", "office", "kim")):
        result = backstop("max", *words, BACKSTOP_KEYS=str(live.folder / "other.keys"))
        assert result.exit_code == 2 and "sealed with other keys" in result.stderr and result.stdout == ""


def test_who_may_only_look_finds_what_boards_announce_to_home_assistant(live, boards):
    with live.client("viewer") as viewer:
        viewer.subscribe("homeassistant/#", f"{ROOT_TOPIC}door/+")
        wait_until(lambda: len(announced(viewer)) == 11, "not everything is announced")
        lock = announced(viewer)["homeassistant/binary_sensor/backstop_demo/door_gate_lock/config"]
        wait_until(lambda: lock["state_topic"] in [topic for topic, _, _ in viewer.heard], "its state is not told")
        assert all(is_retained for topic, _, is_retained in viewer.heard if topic.startswith("homeassistant/"))


def announced(viewer) -> dict:
    return {topic: json.loads(payload) for topic, payload, _ in list(viewer.heard) if topic.startswith("homeassistant/")}


def test_a_shell_completes_it(live, site):
    lines = (
        f'PATH="{SCRIPT.parent}:$PATH"; eval "$(backstop completion bash)"',
        'COMP_WORDS=(backstop clear office ""); COMP_CWORD=3; _backstop_completion backstop; echo "${COMPREPLY[@]}"',
    )
    result = subprocess.run(["bash", "-c", "\n".join(lines)], env=os.environ | environment(live, "max"), capture_output=True, text=True, check=True)
    assert result.stdout == "kim lee\n"


def test_one_board_that_is_gone_is_passed_over_and_with_none_nothing_is_sent(boards, backstop):
    boards["c1"].stop()
    wait_until(lambda: not found(backstop("vic", "status", "--json"))["controllers"]["c1"]["online"], "it is still online")
    assert good(backstop("max", "clear", "office", "kim")).startswith("c2: done: apb.cleared")
    wait_until(lambda: backstop("vic", "log", "c1", "--json").exit_code == 0, "the other has not all of its facts")
    events = [json.loads(line) for line in good(backstop("vic", "log", "c1", "--json")).splitlines()]
    assert "access.granted" in {event["type"] for event in events}, "the other has its facts"
    boards["c2"].stop()
    wait_until(lambda: backstop("vic", "status", "--json").exit_code == 3, "somebody is still online")
    result = backstop("max", "clear", "office", "kim")
    assert result.exit_code == 3 and "nobody is reachable of c1, c2: nothing was sent" in result.stderr
