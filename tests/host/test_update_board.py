"""Boards from main.py on, each as a process of MicroPython with its own compiled firmware, are updated by the command line over a real broker."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from firmware.boards import devkit_s3
from firmware.wire.wiegand_texts import encode_card
from tests import interpreters
from tests.brokers import UMQTT, Mosquitto, need, wait_for
from tools.build import compiling, manifest
from tools.deploy.bundle import bundle
from tools.site.compiler.release import release

pytestmark = [pytest.mark.broker, pytest.mark.slow]
SPEED = 4  # of the boards' time
CARD = "H10301:12:3456"
WAIT_S = 180
SITE = {
    "site": "small",
    "timezone": "UTC",
    "controllers": {"c1": {"board": "devkit-s3", "network": {"ssid": "doors"}, "terminals": {
        "front": "RELAY1", "front.sensor": "IN1", "inside": "WIEGAND2", "outside": "WIEGAND1"}}},
    "consoles": ["console"],
    "doors": {"front": {"controller": "c1", "lock": "fail_secure", "sensor": True, "egress": "mechanical"}},
    "readers": {"outside": {"door": "front"}, "inside": {"door": "front"}},
    "areas": {"workshop": {"entrances": ["outside"], "exits": ["inside"], "anti_passback": "hard"}},
    "groups": {"staff": {"access": [{"doors": ["*"]}]}},
    "users": {"kim": {"groups": ["staff"], "cards": [CARD]}},
    "operators": {"ada": {"role": "site_admin"}, "max": {"role": "site_manager"}},
}  # fmt: skip


def built(folder: Path, sources: Path, version: str, before: str, after: str) -> None:
    """Build the firmware with a piece of firmware/app.py replaced, under another version."""
    shutil.copytree(interpreters.ROOT / "firmware", sources / "firmware", ignore=shutil.ignore_patterns("__pycache__"))
    for script in compiling.SCRIPTS:
        shutil.copy(interpreters.ROOT / script, sources)
    for name, old, new in (("app.py", before, after), ("__init__.py", "0.1.0", version)):
        path = sources / "firmware" / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    compiling.build(folder, sources)
    manifest.write(manifest.read(folder)._replace(version=version), folder)


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """{name: folder}: the release on the board, a good one, and some that are not."""
    folder = tmp_path_factory.mktemp("builds")
    turn = "        self._mend_link(now_ms)\n"
    for name, after, version in (
        ("old", turn, "0.1.0"), ("good", turn, "0.2.0"), ("raises", "        raise ValueError('not today')\n", "0.3.0"),
        ("hangs", turn + "        while now_ms > 5000:\n            pass\n", "0.4.0"),
    ):  # fmt: skip
        built(folder / name, tmp_path_factory.mktemp("sources"), version, turn, after)
    return {path.name: path for path in folder.iterdir()}


class Board:
    """`events`: what it has written, over all its lives. `ends`: how each of these ended."""

    def __init__(self, micropython: str, folder: Path):
        self.events, self.ends, self.said = [], [], []
        self._folder, self._is_on = folder, True
        script = interpreters.ROOT / "tests/update/board.py"
        words = [script, interpreters.ROOT, folder / "host", UMQTT, SPEED]
        self._command = [micropython, "-X", "heapsize=64m", *map(str, words)]
        self._process = None
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def _live(self) -> None:
        while self._is_on:
            with open(self._folder / "errors", "ab") as errors:
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

    def badge(self, reader: str) -> dict:
        """Present the card; returns the answer."""
        before = len(self.of("access.granted", "access.denied"))
        pins = devkit_s3.TERMINALS[{"outside": "WIEGAND1", "inside": "WIEGAND2"}[reader]][1:]
        self._process.stdin.write(json.dumps([pins, encode_card(CARD)]) + "\n")
        self._process.stdin.flush()
        wait_for(lambda: len(self.of("access.granted", "access.denied")) > before, "no answer")
        return self.of("access.granted", "access.denied")[before]

    def of(self, *kinds: str) -> list[dict]:
        return [event for event in list(self.events) if event["type"] in kinds]

    def cut(self) -> None:
        """Power goes, and is back at once."""
        self._process.kill()

    def stop(self) -> None:
        self._is_on = False
        self._process.kill()
        self._thread.join(20)

    def told(self) -> str:
        return "".join(self.said[-40:]) + (self._folder / "errors").read_text()[-3000:] + str(self.ends)


def _name(event: dict) -> tuple:
    return (event["inc"], event["stream"], event["seq"])


class Place:
    """A site with one board at a broker, and somebody at the command line."""

    def __init__(self, folder: Path, broker: Mosquitto, micropython: str, build: Path):
        self.folder = folder
        (folder / "site.json").write_text(json.dumps(SITE))
        release(folder / "site.json", folder / "parts", is_new_site=True)
        (folder / "mqtt.json").write_text(json.dumps(broker.settings))
        self._install(bundle(build, folder / "parts/c1", folder / "mqtt.json"))
        self._environ = {
            "BACKSTOP_SITE": str(folder / "site.json"), "BACKSTOP_BROKER": f"mqtt://127.0.0.1:{broker.port}", "BACKSTOP_OPERATOR": "ada",
        }  # fmt: skip
        self.board = Board(micropython, folder)

    def _install(self, made) -> None:
        found = {f"{made.tree_name}/{path}": content for path, content in made.tree.items()}
        found |= {f"{made.own_name}/{path}": content for path, content in made.own.items()}
        found |= made.scripts | {"installed.json": made.installed}
        for path, content in found.items():
            target = self.folder / "host/stage" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def backstop(self, *words: str, operator: str = "ada") -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "tools.backstop", *words]
        environ = os.environ | self._environ | {"BACKSTOP_OPERATOR": operator}
        return subprocess.run(command, cwd=interpreters.ROOT, env=environ, capture_output=True, text=True, timeout=WAIT_S)

    def row(self) -> dict:
        return json.loads(self.backstop("update", "--status", "--json").stdout or '{"c1": {}}')["c1"]


@pytest.fixture
def place(tmp_path, builds):
    micropython = interpreters.find(interpreters.MICROPYTHON)
    if not micropython and not interpreters.is_required():
        pytest.skip("no MicroPython: run `make setup`")
    need(UMQTT, "umqtt")
    with Mosquitto(tmp_path) as broker:
        found = Place(tmp_path, broker, micropython, builds["old"])
        try:
            wait_for(lambda: found.row().get("link") == "online", "the board is not there", 60)
            yield found
        finally:
            found.board.stop()


def test_a_release_that_works_is_kept_and_presence_and_log_with_it(place, builds):
    board, before = place.board, place.row()
    assert before["firmware"] == "0.1.0" and before["runs"] == "files"
    assert board.badge("outside")["type"] == "access.granted"
    refused = place.backstop("update", "--build", str(builds["good"]), "--all", operator="max")
    assert refused.returncode == 2 and "only a site_admin may" in refused.stderr
    done = place.backstop("update", "--build", str(builds["good"]), "--all")
    assert done.returncode == 0 and "c1: runs fw-" in done.stdout, done.stdout + done.stderr + board.told()
    after = place.row()
    assert after["firmware"] == "0.2.0" and after["release"] != before["release"] and not after["state"]
    assert board.ends == [0] and [event["release"] for event in board.of("update.staged", "update.confirmed")] == [after["release"]] * 2
    assert [event["reset_cause"] for event in board.of("controller.started")] == ["power_on", "update"]
    denied = board.badge("outside")
    assert denied["reason"] in ("double_entrance", "in_violation") and denied["inc"] == board.events[0]["inc"]
    again = place.backstop("update", "--build", str(builds["good"]), "--all")
    assert again.returncode == 0 and "already" in again.stdout


@pytest.mark.parametrize(("name", "why"), [("raises", "not today"), ("hangs", "watchdog")])
def test_a_release_that_does_not_work_is_gone_by_itself(place, builds, name, why):
    board, before = place.board, place.row()["release"]
    assert board.badge("outside")["type"] == "access.granted"
    done = place.backstop("update", "--build", str(builds[name]), "--all")
    assert done.returncode == 1 and "went back to the release before" in done.stderr and why in done.stderr, done.stderr + board.told()
    assert place.row()["release"] == before
    assert why in board.of("update.rolled_back")[0]["reason"]
    assert (-signal.SIGALRM in board.ends) is (name == "hangs")
    assert board.badge("inside")["type"] == "access.granted", "it knows who is inside"
    time.sleep(1)
    assert len(board.of("update.staged")) == 1, "it is not tried again"
