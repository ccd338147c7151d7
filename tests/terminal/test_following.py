"""What a board prints is followed and nothing is sent to it; its prompt is mpremote's."""

import contextlib
import os
import pty
import select
import subprocess
import sys
import threading
import tty

from click.testing import CliRunner

from tests.brokers import PATIENCE_S, wait_for
from tools.terminal.__main__ import cli
from tools.terminal.following import follow


class Printer:
    """A port at which a board prints. `link`: a path that stays the same when the port comes back."""

    def __init__(self, link):
        self.link = link
        self.plug()

    def plug(self):
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(self.slave))

    def unplug(self):
        self.link.unlink()
        os.close(self.master)
        os.close(self.slave)

    def heard(self):
        """What came towards the board."""
        return os.read(self.master, 100) if select.select([self.master], [], [], 0)[0] else b""


class _Over(Exception):
    """The test is at its end."""


class Follower:
    """Follows a printer in a thread. What is printed before a port is open is nobody's: `begin` prints points until one comes."""

    def __init__(self, printer):
        self.text, self.told, self._printer, self._is_over = "", [], printer, False
        threading.Thread(target=self._follow, daemon=True).start()
        self.begin()

    def _follow(self):
        with contextlib.suppress(_Over):
            for piece in follow(str(self._printer.link), self._tell):
                self.text += piece

    def _tell(self, text):
        self.told.append(text)
        if self._is_over:
            raise _Over()

    def end(self):
        self._is_over = True
        self._printer.unplug()
        wait_for(lambda: self.told and self.told[-1] == "the board is gone; waiting for it")

    def begin(self):
        self.text = ""
        wait_for(self._has_heard)

    def _has_heard(self):
        os.write(self._printer.master, b".")
        return self.text

    def hears(self, wanted):
        wait_for(lambda: self.text.lstrip(".") == wanted)


def test_what_a_board_prints_comes_as_it_is_and_nothing_is_sent(tmp_path):
    printer = Printer(tmp_path / "port")
    follower = Follower(printer)
    said = "start.py: start 1 – ok\n".encode()
    os.write(printer.master, said[:19])  # in the middle of a character
    follower.hears("start.py: start 1 ")
    os.write(printer.master, said[19:] + b"\xff end")
    follower.hears("start.py: start 1 – ok\n\ufffd end")
    assert printer.heard() == b""
    follower.end()


def test_a_port_that_goes_when_the_board_starts_again_is_waited_for(tmp_path):
    printer = Printer(tmp_path / "port")
    follower = Follower(printer)
    printer.unplug()
    wait_for(lambda: follower.told == ["the board is gone; waiting for it"])
    printer.plug()
    follower.begin()
    os.write(printer.master, b"second")
    follower.hears("second")
    assert follower.told[1:] == ["the board is back"]
    follower.end()


def test_the_prompt_is_mpremotes_and_what_ctrl_c_does_is_said_first(tmp_path, monkeypatch):
    printer, ran = Printer(tmp_path / "port"), []
    monkeypatch.setattr(subprocess, "run", lambda command: ran.append(command) or subprocess.CompletedProcess(command, 0))
    result = CliRunner().invoke(cli, ["repl", "--port", str(printer.link)])
    assert result.exit_code == 0 and result.stdout.startswith("Ctrl-C stops the controller")
    assert ran == [[sys.executable, "-m", "mpremote", "connect", str(printer.link), "repl"]]
    assert printer.heard() == b"", "nothing is sent before mpremote does"
    printer.unplug()


def test_a_port_that_is_none_is_one_line():
    result = CliRunner().invoke(cli, ["repl", "--port", "/dev/no-such-port"])
    assert result.exit_code == 2 and result.stderr.startswith("repl: /dev/no-such-port: cannot be opened") and not result.stdout
