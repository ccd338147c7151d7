"""A board as a process: the 32-bit MicroPython in a heap of its size, at a real broker, and somebody at its pins."""

import json
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import NamedTuple

from tests import interpreters, roms
from tests.board.cards import card
from tests.brokers import UMQTT, need, wait_for
from tests.programs import Printed
from tools.site.compiler.release import Release, release

PROGRAM = interpreters.ROOT / "tests/board/small_heap_broker.py"
EXAMPLE = interpreters.ROOT / "tools/site/examples/one-door.toml"
CARDS = 8  # of each who is let in and does not open the door the board keeps that in mind


def rom(folder: Path) -> Path:
    """The image of the board's ROM file system."""
    need(UMQTT, "umqtt.simple")
    return roms.build(folder, ("board/at_broker.py", "board/cards.py", "board/garbage.py"), UMQTT / "umqtt")


class Place(NamedTuple):
    """A site of one board. file: the site file; root: what `make deploy` leaves on the board."""

    file: Path
    root: Path
    made: Release


def place(folder: Path, broker: dict) -> Place:
    """Compile the site of the README's one door, its area without anti-passback, with so many people, and bring it onto a board."""
    data = tomllib.loads(EXAMPLE.read_text())
    data["areas"]["workshop"]["anti_passback"] = "off"  # everybody is let in each time: a number that is wrong shows
    data["doors"]["front"]["unlock_s"] = 1
    data["users"] = {f"p{number}": {"groups": ["staff"], "cards": [card(number)]} for number in range(CARDS + 1)}
    file, root = folder / "site.json", folder / "board"
    file.write_text(json.dumps(data))
    made = release(file, folder / "parts", is_new_site=True)
    shutil.copytree(folder / "parts/c1", root / "own-1/part")
    (root / "own-1/mqtt.json").write_text(json.dumps(broker))
    return Place(file, root, made)


class Board:
    """`with Board(...)`: from power to power cut."""

    def __init__(self, rom: Path, place: Place, heap: str):
        micropython = interpreters.find(interpreters.MICROPYTHON32)
        if not micropython:
            need(interpreters.ROOT / ".cache/micropython32/micropython", "32-bit MicroPython")
        self._errors = place.root / "errors"
        self._is_over, self._looked = False, 0  # have all frames come, as far as the lines were looked through
        self._command = [micropython, "-X", f"heapsize={heap}", PROGRAM, rom, place.root]

    def __enter__(self) -> "Board":
        pipe = subprocess.PIPE
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(self._command, bufsize=0, stdin=pipe, stdout=pipe, stderr=errors)
        self._printed = Printed(self._process)
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._printed.close()

    @property
    def lines(self) -> list[dict]:
        return list(self._printed.events)

    def say(self, *words) -> None:
        """Have something happen at its pins."""
        if words[0] == "frames":
            self._is_over, self._looked = False, len(self._printed.events)
        self._process.stdin.write(" ".join(map(str, words)).encode() + b"\n")

    def check(self) -> None:
        """Raises: AssertionError, with its last words, where it has ended."""
        assert self._process.poll() is None, self.last_words()

    def now_ms(self) -> int:
        """Its time, as it has said it last; 0 before that."""
        return next((line["now"] for line in reversed(self._printed.events) if "now" in line), 0)

    def is_over(self) -> bool:
        """Whether all frames that were asked for have come."""
        new = self._printed.events[self._looked :]
        self._looked += len(new)
        self._is_over = self._is_over or {"frames": "over"} in new
        return self._is_over

    def relays(self) -> list[int]:
        """The levels of the lock's relay, one after the other."""
        return [line["relay"] for line in self.lines if "relay" in line]

    def stages(self) -> dict[str, dict]:
        return {line["stage"]: line for line in self.lines if "stage" in line}

    def reports(self, stage: str) -> dict:
        """Ask how much heap is free and what was done until now."""
        self.say("report", stage)
        return wait_for(lambda: self.stages().get(stage), f"{stage}: {self.lines[-5:]} {self.last_words()}")

    def last_words(self) -> str:
        return self._errors.read_text()
