"""The real console as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.web import browser as web


class Console:
    """`start` and `stop`, as often as one likes; always at the same address."""

    def __init__(self, site: Path, broker: str):
        port = web.free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", "tools.console", "--site", str(site), "run", "--broker", broker, "--port", str(port), "--no-open"]
        self._process = None

    def start(self) -> None:
        # The toolkit behaves differently where it thinks that pytest runs it.
        env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        self._process = subprocess.Popen(self._command, cwd=web.ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        web.awaited(self._process, self.url + "/sign-in")

    def stop(self) -> str:
        """End the console as Ctrl+C does. Returns what it printed."""
        if self._process is None:
            return ""
        process, self._process = self._process, None
        process.terminate()
        return process.communicate(timeout=web.WAIT_S)[0]
