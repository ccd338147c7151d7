"""The real bench in a subprocess and a real browser in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
WAIT_S = 20
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(port: int, *more: str) -> subprocess.Popen:
    """Start the bench as a person does."""
    command = [sys.executable, "-m", "host_sim", "bench", "--port", str(port), "--no-open", *more]
    # The toolkit behaves differently where it thinks that pytest runs it.
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextmanager
def served(*more: str):
    """Run a bench; gives its address."""
    port = free_port()
    process = start(port, *more)
    try:
        awaited(process, f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(WAIT_S)


def awaited(process: subprocess.Popen, url: str) -> None:
    until_s = time.monotonic() + WAIT_S
    while time.monotonic() < until_s and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    process.terminate()
    pytest.fail(f"it did not start: {process.communicate()[0]}")


@contextmanager
def chromium():
    """Launch a headless browser. None found is a failure where CI says so, else the test is left out."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no chromium: run `make setup`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


def laptop(browser):
    """Open a context of a laptop's size: pages of one context share what they loaded."""
    return browser.new_context(viewport={"width": 1280, "height": 900})


def phone(browser):
    """Open a context like a phone."""
    return browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


class Visit:
    """One open page and what a person does on it. `ready`: what is there as soon as a person can do something."""

    ready = "svg.plan"

    def __init__(self, context, url: str, **media) -> None:
        self.page = context.new_page()
        self.page.emulate_media(**media)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)
        self.page.wait_for_selector(self.ready)
        self.page.wait_for_function("window.did_handshake")

    def pick(self, user: str) -> None:
        """Take a person's badge in hand."""
        card = self.page.locator(f".card[data-user={user}]")
        if card.get_attribute("aria-pressed") != "true":
            card.click()

    def tap(self, user: str, reader: str) -> None:
        """Hold a person's badge before a reader."""
        self.pick(user)
        self.page.locator(f"[data-reader={reader}]").click()

    def bubble(self, reader: str):
        """Find what a reader says."""
        return self.page.locator(f"[data-bubble={reader}]")

    def panel(self, title: str):
        """Find a panel by its title."""
        return self.page.get_by_role("region", name=title)

    def serious(self) -> list:
        """Return what axe finds that keeps people out."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.evaluate("document.activeElement.blur()")
        violations = Axe().run(self.page).response["violations"]
        return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in violations if v["impact"] in ("serious", "critical")]

    def shoot(self, name: str, full_page: bool = False) -> None:
        """Keep a picture among the build's results."""
        BUILD.mkdir(exist_ok=True)
        self.page.screenshot(path=BUILD / name, full_page=full_page)
