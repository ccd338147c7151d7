"""The real console in a subprocess; its broker, its boards and their badges in this process."""

import json
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import expect

from host_sim.broker import EmbeddedBroker
from tests.broker.site import Boards
from tests.tools.sites import changed
from tests.web import browser as web
from tests.web.console_process import Console
from tools.console.accounts.accounts import Accounts
from tools.console.accounts.book import BookQuery
from tools.console.history import opened
from tools.console.sitefile import SiteFile
from tools.site import load
from tools.site.compiler.keys import made_up, write

PASSWORD = "tallow brisk 77 parsnip"
ROLES = {"ada": "site_admin", "max": "site_manager", "vic": "viewer", "zoe": "viewer"}
HOSTILE = "<script>window.hacked = 1</script>"
_FRAME_S = 0.2  # a card's frame ends with a silence
_CARDS = {"kim": "H10301:118:1603", "noa": "H10301:118:1604", "sam": "H10301:118:1605", "rio": "H10301:118:1606"}
_PEOPLE = {name: {"groups": ["staff"], "cards": [card], "label": f"{name.title()} {HOSTILE}"} for name, card in _CARDS.items()}


class Place:
    """`with Place(folder) as place`: a site at work with a console, which can be stopped and started again.

    `changes`: to its site, as tests.tools.sites.changed takes them.
    """

    def __init__(self, folder: Path, *changes: tuple):
        self.file = folder / "demo.json"
        self.file.write_text(json.dumps(changed(
            ("operators", {name: {"role": role} for name, role in ROLES.items()}), ("users", _PEOPLE),
            ("label", f"Head {HOSTILE}"), ("areas", "office", "label", f"Office {HOSTILE}"), ("people_days", 30),
            *changes,
        )))  # fmt: skip
        self._site = load(self.file)
        self._keys = made_up(self._site, 1)
        write(folder / "demo.keys", self._keys)
        self.engine = opened(str(folder / "demo.sqlite"))
        self.accounts = Accounts(self.engine, SiteFile(self.file))
        self._open = ExitStack()

    def __enter__(self) -> "Place":
        for name in ("ada", "max", "vic"):
            assert self.accounts.set_password(name, PASSWORD, "test") is None
        self.broker = self._open.enter_context(EmbeddedBroker())
        settings = {"host": "127.0.0.1", "port": int(self.broker.rpartition(":")[2]), "user": None, "password": None, "tls": None}
        self._open.callback(self.engine.dispose)
        self.boards = self._open.enter_context(Boards(self._site, self._keys, lambda _: settings))
        self._console = Console(self.file, self.broker)
        self.url = self._console.url
        self._open.callback(self.stop)
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self._open.close()

    def start(self) -> None:
        self._console.start()

    def stop(self) -> str:
        """End the console as Ctrl+C does. Returns what it printed."""
        return self._console.stop()

    def badge(self, user: str, reader: str) -> None:
        self.boards["c1"].badge(reader, _CARDS[user])
        time.sleep(_FRAME_S)

    def passback(self, user: str) -> None:
        """Somebody comes in, and his card once more."""
        for _ in range(2):
            self.badge(user, "lobby_in")

    def booked(self, **query) -> list[tuple]:
        """(operator, action, reason, result) of the console's book, the newest first."""
        return [(entry.operator, entry.action, entry.reason, entry.result) for entry in self.accounts.book.search(BookQuery(**query))]

    @contextmanager
    def client(self, name: str):
        """Somebody who is signed in, with no browser."""
        with httpx.Client(base_url=self.url, headers={"Origin": self.url}) as client:
            assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
            yield client


class Seat(web.Visit):
    """An open page of the console."""

    ready = "div.page"

    def row(self, user: str):
        """Find somebody in the list of those in violation."""
        return self.page.get_by_role("group", name=f"{user.title()} {HOSTILE}")

    def notice(self):
        return self.page.locator(".q-notification").last


def signed_in(context, place: Place, name: str):
    """Sign in as a person does; the context stays signed in."""
    page = context.new_page()
    page.goto(place.url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(place.url + "/")
    page.close()
    return context
