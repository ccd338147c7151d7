"""One controller that is started by itself, beside others, at several nodes of a broker."""

import json
import subprocess
import sys
import threading

from tests.interpreters import ROOT
from tests.programs import wait_until


class Single:
    """`python -m host_sim node NAME`, as a person starts it. `lines`: what it says, as it comes."""

    def __init__(self, name: str, file, ports: list[int], *more: str):
        urls = ",".join(f"mqtt://127.0.0.1:{port}" for port in ports)
        words = [sys.executable, "-m", "host_sim", "node", name, "--site", str(file), "--broker", urls, *more]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        self.name, self.lines = name, []
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> "Single":
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        assert self.process.wait(20) == 0

    def _read(self) -> None:
        self.lines.extend(map(json.loads, iter(self.process.stdout.readline, "")))

    def goes_in(self, user: str) -> None:
        """Somebody is let in."""
        self.process.stdin.write(json.dumps({"badge": {"reader": f"{self.name}_in", "user": user}}) + "\n")
        self.process.stdin.flush()
        wait_until(lambda: [line for line in self.lines if line["type"] == "access.granted" and line["user"] == user], user)
