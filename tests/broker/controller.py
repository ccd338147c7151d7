"""A controller as a process of its own, at a real broker; its pins are its standard input."""

import json
import subprocess
import sys
from pathlib import Path

from tests import interpreters
from tests.brokers import wait_for
from tests.programs import Printed


class Controller:
    """`python -m host_sim node` as a person starts it, its flash beside the site file. `events`: what it has printed."""

    def __init__(self, name: str, site: Path, url: str, *more: str):
        words = ["--site", str(site), "--broker", url, "--flash", str(site.parent / f"{name}.img"), *more]
        command = [sys.executable, "-m", "host_sim", "node", name, *words]
        self._process = subprocess.Popen(command, cwd=interpreters.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._printed = Printed(self._process)
        self.of, self.events = self._printed.of, self._printed.events

    def badge(self, reader: str, card: str) -> dict:
        """Present a card; returns the answer."""
        before = len(self._answers())
        self.present((reader, card))
        wait_for(lambda: len(self._answers()) > before, f"no answer at {reader}")
        return self._answers()[before]

    def present(self, *badges: tuple[str, str]) -> None:
        """Present cards at readers, all at the same time; each reader takes one."""
        for reader, card in badges:
            self._process.stdin.write(json.dumps({"badge": {"reader": reader, "card": card}}) + "\n")
        self._process.stdin.flush()

    def _answers(self) -> list[dict]:
        return self.of("access.granted", "access.denied")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._printed.close()
        self._process.stdin.close()
