"""A site whose boards live from main.py on, each a process of the 32-bit MicroPython, at a real broker; and somebody at the command line."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from firmware.boards import devkit_s3
from firmware.wire import seal, topics
from firmware.wire.wiegand_texts import encode_card
from tests import interpreters
from tests.broker.client import Client
from tests.brokers import UMQTT, Mosquitto, need, wait_for
from tools.deploy.bundle import Bundle, bundle
from tools.site.compiler.release import release

SPEED = 4  # of the boards' time
CARD, OTHER_CARD = "H10301:12:3456", "H10301:12:3457"
_TRIES = 8
_ANSWER_S = 15
_WAIT_S = 180
_TOLD = ("config", "status", "want")
_PROGRAM = interpreters.ROOT / "tests/update/board.py"
_OPERATORS = {"ada": {"role": "site_admin"}, "max": {"role": "site_manager"}}


def site(names: list[str]) -> dict:
    """A door with two readers and an area of its own at each controller."""
    told = {"site": "small", "timezone": "UTC", "consoles": ["console"], "operators": _OPERATORS}
    told |= {"groups": {"staff": {"access": [{"doors": ["*"]}]}}, "users": {"kim": {"groups": ["staff"], "cards": [CARD]}}}
    told |= {"controllers": {}, "doors": {}, "readers": {}, "areas": {}}
    for name in names:
        door, readers = f"{name}_door", {"outside": f"{name}_outside", "inside": f"{name}_inside"}
        wires = {door: "RELAY1", f"{door}.sensor": "IN1", readers["outside"]: "WIEGAND1", readers["inside"]: "WIEGAND2"}
        told["controllers"][name] = {"board": "devkit-s3", "network": {"ssid": "doors"}, "terminals": wires}
        told["doors"][door] = {"controller": name, "lock": "fail_secure", "sensor": True, "egress": "mechanical"}
        told["readers"] |= {reader: {"door": door} for reader in readers.values()}
        told["areas"][f"{name}_area"] = {"entrances": [readers["outside"]], "exits": [readers["inside"]], "anti_passback": "hard"}
    return told


class Board:
    """`events`: what it has written, over all its lives. `ends`: how each of these ended."""

    def __init__(self, micropython: str, folder: Path, number: int):
        self.events, self.ends, self.said = [], [], []
        self._errors, self._rtc, self._is_on = folder / "errors", folder / "rtc", True
        words = [_PROGRAM, interpreters.ROOT, folder, UMQTT, SPEED, f"240ac41234{number:02x}"]
        self._command = [micropython, "-X", "heapsize=64m", *map(str, words)]
        self._process = None
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def _live(self) -> None:
        while self._is_on:
            with self._errors.open("ab") as errors:
                pipe = subprocess.PIPE
                self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=errors, text=True)
            for line in self._process.stdout:
                self._take(line)
            self._process.stdout.close()
            self._process.stdin.close()
            self.ends.append(self._process.wait())

    def _take(self, line: str) -> None:
        self.said.append(line)
        if line.startswith('{"') and '"type"' in line:
            event = json.loads(line)
            if _name(event) not in map(_name, self.events):
                self.events.append(event)

    def badge(self, reader: str, card: str = CARD) -> dict:
        """Present the card, again where something overlapped its frame, of which nobody may have heard; returns the answer."""
        for _ in range(_TRIES):
            before = len(self.of("access.granted", "access.denied"))
            self._present(reader, card)
            with contextlib.suppress(AssertionError):
                wait_for(lambda: len(self.of("access.granted", "access.denied")) > before, "no answer", _ANSWER_S)
                answer = self.of("access.granted", "access.denied")[before]
                if answer.get("reason") != "bad_read":
                    return answer
        raise AssertionError(f"no answer: {self.told()}")

    def _present(self, reader: str, card: str) -> None:
        pins = devkit_s3.TERMINALS[{"outside": "WIEGAND1", "inside": "WIEGAND2"}[reader]][1:]
        self._process.stdin.write(json.dumps([pins, encode_card(card)]) + "\n")
        self._process.stdin.flush()

    def of(self, *kinds: str) -> list[dict]:
        return [event for event in list(self.events) if event["type"] in kinds]

    def wait(self, is_so, what: str) -> None:
        """Wait for something that this board is to do."""
        try:
            wait_for(is_so, what, _WAIT_S)
        except AssertionError as error:
            raise AssertionError(f"{what}: {self.told()}") from error

    def cut(self) -> None:
        """Power goes, and is back at once."""
        self._rtc.unlink(missing_ok=True)
        self._process.kill()

    def stop(self) -> None:
        self._is_on = False
        while self._thread.is_alive():
            if self._process:
                self._process.kill()
            self._thread.join(1)

    def told(self) -> str:
        return "".join(self.said[-40:]) + self._errors.read_text()[-3000:] + str(self.ends)


def _name(event: dict) -> tuple:
    return (event["inc"], event["stream"], event["seq"])


class Place:
    """`with Place(...)`: from power at all boards, until all are online, to the end of all. `boards`: by name.

    `heard`: what went over the broker about releases, oldest first: (topic, message).
    """

    def __init__(self, folder: Path, broker: Mosquitto, build: Path, names: list[str], is_rom: bool = False):
        need(UMQTT, "umqtt")
        self._folder, self._names, self.boards = folder, names, {}
        (folder / "site.json").write_text(json.dumps(site(names)))
        release(folder / "site.json", folder / "parts", is_new_site=True)
        (folder / "mqtt.json").write_text(json.dumps(broker.settings))
        for name in names:
            made = bundle(build, folder / "parts" / name, folder / "mqtt.json")
            _install(folder / name, made.in_place() if is_rom else made)
            if is_rom:
                (folder / name / "romfs.img").touch()
        self._environ = {
            "BACKSTOP_SITE": str(folder / "site.json"), "BACKSTOP_BROKER": f"mqtt://127.0.0.1:{broker.port}", "BACKSTOP_OPERATOR": "ada",
        }  # fmt: skip
        self._client = Client(broker.port)

    def __enter__(self) -> "Place":
        micropython = interpreters.find(interpreters.MICROPYTHON32)
        if not micropython:
            need(interpreters.ROOT / ".cache/micropython32/micropython", "32-bit MicroPython")
        with contextlib.ExitStack() as stack:
            stack.push(self)
            self._client.enter()
            self.listen()
            for number, name in enumerate(self._names):
                self.boards[name] = Board(micropython, self._folder / name, number)
            for name, board in self.boards.items():
                board.wait(lambda: self.status(name).get("online"), f"{name} is not there")
            stack.pop_all()
        return self

    def __exit__(self, *_) -> None:
        for board in self.boards.values():
            board.stop()
        self._client.leave()

    def listen(self) -> None:
        """Hear what goes over the broker, which has just started."""
        wait_for(self._client.client.is_connected, "no connection to the broker")
        self._client.subscribe("#")

    @property
    def heard(self) -> list[tuple[str, dict]]:
        known = [(topic.removeprefix(topics.root("small")), text) for topic, text, _ in list(self._client.heard) if text]
        return [(topic, json.loads(seal.content(text.encode()))) for topic, text in known if topic.partition("/")[0] in _TOLD]

    def status(self, name: str) -> dict:
        """What a controller said last of itself."""
        return next((message for topic, message in reversed(self.heard) if topic == f"status/{name}"), {})

    @contextlib.contextmanager
    def cut_when(self, name: str, is_so):
        """Take a controller's power away as soon as it says something of itself, and see that it was."""
        with ThreadPoolExecutor(1) as one:
            cutting = one.submit(self._cut_when, name, is_so)
            yield
            cutting.result()

    def _cut_when(self, name: str, is_so) -> None:
        wait_for(lambda: is_so(self.status(name)), f"{name} never says so", _WAIT_S)
        self.boards[name].cut()

    def backstop(self, *words: str, operator: str = "ada") -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "tools.backstop", *words]
        environ = os.environ | self._environ | {"BACKSTOP_OPERATOR": operator}
        return subprocess.run(command, cwd=interpreters.ROOT, env=environ, capture_output=True, text=True, timeout=_WAIT_S)

    def give_card(self, card: str) -> None:
        """Let the site file name somebody more."""
        told = site(self._names)
        told["users"]["lee"] = {"groups": ["staff"], "cards": [card]}
        (self._folder / "site.json").write_text(json.dumps(told))

    def update(self, build: Path, *words: str, operator: str = "ada") -> subprocess.CompletedProcess:
        return self.backstop("update", "--build", str(build), *(words or ("--all",)), operator=operator)


def _install(folder: Path, made: Bundle) -> None:
    """Leave beside a board what `make deploy` leaves on it."""
    found = {f"{made.tree_name}/{path}": content for path, content in made.tree.items()}
    found |= {f"{made.own_name}/{path}": content for path, content in made.own.items()}
    found |= made.scripts | {"installed.json": made.installed}
    for path, content in found.items():
        target = folder / "stage" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
