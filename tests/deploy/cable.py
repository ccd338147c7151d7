"""A board behind a pty: a MicroPython process whose flash is a file, and a cable that can be pulled."""

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import threading
import tty
from pathlib import Path

from tests.brokers import PATIENCE_S, need, wait_for
from tests.interpreters import MICROPYTHON, find
from tools.deploy.board import Board

_HERE = Path(__file__).parent
_RESET = 3  # exit status of a board that resets itself
BLOCKS = 512  # of 4 KB


class FakeBoard:
    """`with FakeBoard(image) as board`. `port`: of the cable, a new one each time it is plugged in.

    `is_working`: it runs main.py, which Ctrl-C stops. `has_rom`: code can run in place there. `is_wired`: see wired.py. `heap`: how much it has. `cut`: (number of bytes towards the board, "cable" or "power") after which the cable is pulled, or the power is off.
    """

    def __init__(self, image: Path, blocks: int = BLOCKS, is_working: bool = False, has_rom: bool = False, is_wired: bool = False, heap: str = "2m"):
        need(Path(find(MICROPYTHON) or "micropython"), "MicroPython")
        self.image, self.cut, self.starts, self.carried = image, None, 0, 0
        self.port, self.said, self._is_working = None, bytearray(), is_working
        self._words = ["main"] * is_working + ["rom"] * has_rom + ["wired"] * is_wired
        self._heap = heap
        self._process = self._master = self._slave = self._thread = None
        if not image.exists():
            image.write_bytes(b"\xff" * 4096 * blocks)

    def __enter__(self) -> "FakeBoard":
        self.start()
        self.plug()
        return self

    def __exit__(self, *_) -> None:
        self.unplug()
        self.kill()

    def start(self) -> None:
        command = [find(MICROPYTHON), "-X", f"heapsize={self._heap}", str(_HERE / "raw_repl.py"), str(self.image), *self._words]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        self.starts += 1

    def kill(self) -> None:
        """Cut the power."""
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def plug(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port, self.carried = os.ttyname(self._slave), 0
        self._is_plugged = True
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def open(self):
        """The board as deployments see it; at the end it has started again, unless it was cut off."""
        starts = self.starts
        with Board(self.port) as board:
            yield board
        wait_for(lambda: self.starts > starts or not self._is_plugged)

    def unplug(self) -> None:
        self._is_plugged = False
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    def _carry(self) -> None:
        """Carry bytes both ways until the cable is out; start the board again when it resets."""
        while self._is_plugged:
            ready, _, _ = select.select([self._master, self._process.stdout], [], [], 0.05)
            if self._master in ready:
                self._towards_board(os.read(self._master, 4096))
            if self._is_plugged and self._process.stdout in ready:
                self._from_board(os.read(self._process.stdout.fileno(), 4096))
        os.close(self._master)
        os.close(self._slave)

    def _towards_board(self, data: bytes) -> None:
        if self.cut and self.carried + len(data) >= self.cut[0]:
            data = data[: max(0, self.cut[0] - self.carried)]
            self._is_plugged = False
        self.carried += len(data)
        if self._is_working and b"\x03" in data:
            self._process.send_signal(signal.SIGINT)
        self._process.stdin.write(data)
        if not self._is_plugged and self.cut[1] == "power":
            self._process.kill()

    def _from_board(self, data: bytes) -> None:
        if data:
            self.said += data
            os.write(self._master, data)
        elif self._process.wait() == _RESET:
            self.start()
        else:
            self._is_plugged = False


def look(image: Path) -> dict:
    """Start a board from its flash as main.py would, and say what ran.

    {"driven": by boot.py, "printed", "next": what main.py does now, "names": in the root, "installed", "scripts",
    "files": of the folders}
    """
    command = [find(MICROPYTHON), str(_HERE / "life.py"), str(image)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S * 3, check=True)
    *printed, told = done.stdout.splitlines()
    return json.loads(told) | {"printed": printed}
