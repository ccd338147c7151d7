"""The words of the command line: what is refused, and how that is said. None of these comes so far as to speak to a reader."""

import os
import pty
import signal
import subprocess
import sys
import tty

import pytest

from tests.interpreters import ROOT
from tests.osdp.live import KEY, tool
from tests.programs import WAIT_S

pytestmark = pytest.mark.slow
WEAK = "00" * 16


def run(*words, given="", cwd=ROOT):
    command = [sys.executable, "-m", "tools.osdp", *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=WAIT_S, cwd=cwd, env=environment)


@pytest.fixture
def port():
    """A pty on which nobody is."""
    far, near = pty.openpty()
    tty.setraw(near)
    yield os.ttyname(near)
    os.close(far)
    os.close(near)


def test_without_a_key_it_explains_itself_before_anything_is_opened():
    done = run("--port", "nowhere", "--address", "0")
    assert done.returncode == 2 and done.stdout == ""
    for word in ("--key", "--key-file", "--pair", "--allow-plain", "forge", "--help"):
        assert word in done.stderr


@pytest.mark.parametrize(("words", "said"), (
    (["--address", "0", "--key", KEY], "--port"),
    (["--port", "x", "--key", KEY], "--address"),
    (["--port", "x", "--address", "127", "--key", KEY], "127"),
    (["--port", "x", "--address", "-1", "--key", KEY], "-1"),
    (["--port", "x", "--address", "one", "--key", KEY], "one"),
    (["--port", "x", "--address", "0", "--key", KEY, "--baud", "9601"], "9601"),
    (["--port", "x", "--address", "0", "--key", KEY, "--format", "H1"], "H1"),
    (["--port", "x", "--address", "0", "--key", KEY[:-1]], "32 hex digits"),
    (["--port", "x", "--address", "0", "--key", KEY[:-1] + "g"], "32 hex digits"),
    (["--port", "x", "--address", "0", "--key", WEAK], "others would try this key first"),
    (["--port", "x", "--address", "0", "--key", KEY, "--pair"], "leave out"),
    (["--port", "x", "--address", "0", "--key", KEY, "--key-file", "y"], "leave out"),
    (["--port", "x", "--address", "0", "--key-file", "no-such-file"], "no-such-file: cannot be read"),
    (["--port", "no-such-port", "--address", "0", "--key", KEY], "no-such-port: cannot be opened: there is no such port"),
    (["--port", "tcp://127.0.0.1:1", "--address", "0", "--key", KEY], "cannot be opened"),
    (["--port", "http://x", "--address", "0", "--key", KEY], "this is no port"),
    (["--port", "x", "--address", "0", "--key", KEY, "--loud"], "--loud"),
    (["--port", "x", "--address", "0", "--key", KEY, "more"], "more"),
), ids=lambda value: "")  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(words, said):
    done = run(*words)
    assert done.returncode == 2 and done.stdout == ""
    assert said in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_help_names_all_that_there_is():
    from tools.osdp.orders import HELP
    for words in ((), ("--help",)):
        done = run(*words)
        assert done.returncode == 0
        for word in ["--port", "--address", "--key", "--key-file", "--pair", "--allow-plain", "--baud", "--format", "--show-key", *HELP.split(", ")]:
            assert word in done.stdout, word


def test_a_key_file_that_is_there_is_not_written_over(port, tmp_path):
    path = tmp_path / "reader.key"
    path.write_text("somebody's key")
    done = run("--port", port, "--address", "0", "--pair", "--key-file", str(path))
    assert done.returncode == 2 and "is there already" in done.stderr and path.read_text() == "somebody's key"
    done = run("--port", port, "--address", "0", "--pair", "--key-file", str(tmp_path / "no/folder"))
    assert done.returncode == 2 and "cannot be kept there" in done.stderr


def test_no_key_file_is_made_where_the_port_is_of_no_use(tmp_path):
    path = tmp_path / "reader.key"
    assert run("--port", "no-such-port", "--address", "0", "--pair", "--key-file", str(path)).returncode == 2
    assert not path.exists()


def test_without_a_name_a_new_key_gets_a_file_of_its_own_and_none_is_left_where_nobody_came(port, tmp_path):
    command = [sys.executable, "-m", "tools.osdp", "--port", port, "--address", "7", "--pair"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}) as process:
        assert b'"pairing"' in process.stdout.readline()
        found = [path.name for path in tmp_path.iterdir()]
        process.send_signal(signal.SIGTERM)
        assert b'"stopped"' in process.stdout.read() and process.wait(WAIT_S) == 1
    assert len(found) == 1 and found[0].startswith("osdp-reader-7-") and list(tmp_path.iterdir()) == []


def test_the_end_of_an_empty_input_ends_it_with_the_stats(port):
    done = run("--port", port, "--address", "0", "--key", KEY)
    assert done.returncode == 0 and '"stats"' in done.stdout.splitlines()[-1] and done.stderr == ""


def test_no_input_at_all_watches(port):
    command = [sys.executable, "-m", "tools.osdp", "--port", port, "--address", "0", "--key", KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=ROOT) as process:
        assert b'"no_answer"' in process.stdout.readline() and process.poll() is None
        process.send_signal(signal.SIGINT)
        assert b'"stats"' in process.stdout.read() and process.wait(WAIT_S) == 0


def test_the_last_command_needs_no_newline(port):
    done = run("--port", port, "--address", "0", "--key", KEY, given="stats\nopen")
    assert done.returncode == 0 and [line.split('"')[3] for line in done.stdout.splitlines()] == ["stats", "error", "stats"]


def test_nobody_reads_what_it_says(port):
    with tool(port, "--key", KEY, address=0) as one:
        one.say("open")
        one.wait_for("error")
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "tools.osdp", "--port", port, "--address", "0", "--key", KEY]
    done = subprocess.run(command, input="open\n", stdout=writer, stderr=subprocess.PIPE, text=True, timeout=WAIT_S, cwd=ROOT)
    os.close(writer)
    assert done.returncode == 1 and done.stderr == ""
