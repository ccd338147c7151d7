"""The console of a real site: controllers that are processes, CPython and MicroPython, on mosquitto; Chromium; a web hook, a mail server."""

import re
import time
from contextlib import ExitStack

import pytest
import tomlkit
from playwright.sync_api import expect

from firmware.core.events import stream_of
from tests.broker.controller import Controller
from tests.brokers import Mosquitto, wait_for
from tests.console.receivers import hook, mail_server
from tests.model import small
from tests.web.console import PASSWORD, Seat
from tests.web.console_process import Console
from tools.console.accounts.accounts import Accounts
from tools.console.history import History, opened
from tools.console.sitefile import SiteFile
from tools.site import load
from tools.site.compiler.keys import made_up, write
from tools.site.compiler.release import release

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.slow]
DOORS = {f"d{number}": "c1" if number < 8 else "c2" for number in range(16)}
REMARK = "# nobody is shut in: every door has a crash bar"
KIM, SAM = "H10301:118:1000", "H10301:118:1003"
CROWD = {f"u{number}": f"H10301:7:{number}" for number in range(2 * len(DOORS))}
EVENTS = 5000
_CATCH_UP_S = 240


def site(addresses: list[str]) -> str:
    """A hall that is hard over two controllers, and a yard that is soft, as a person writes a site file."""
    areas = {"hall": small.area(" ".join(DOORS), anti_passback="hard"), "yard": small.area("gate", anti_passback="soft")}
    data = small.site(areas, DOORS | {"gate": "c2"}, consoles=["console"])
    for door in data["doors"].values():
        door["sensor"] = False  # whoever is granted has passed, and there is one event of it
    data["users"] |= {name: {"groups": ["staff"], "cards": [card]} for name, card in CROWD.items()}
    data["alerts"] = [{"when": ["apb.violation"], "areas": ["hall"], "quiet_s": 0, "send": addresses}]
    return tomlkit.dumps(data).replace("[areas.yard]", f"{REMARK}\n[areas.yard]")


class Place:
    """`with Place(folder, addresses) as place`: the site at work with its console."""

    def __init__(self, folder, addresses: list[str]):
        self.folder, self.file = folder, folder / "site.toml"
        for name in ("site", "flashed"):
            (folder / f"{name}.toml").write_text(site(addresses))
        write(folder / "small.keys", made_up(load(self.file), 0))
        assert release(self.file, None, is_new_site=True).version == 1
        self.engine = opened(str(folder / "small.sqlite"))
        self._open = ExitStack()
        self.boards: dict[str, Controller] = {}

    def __enter__(self) -> "Place":
        accounts = Accounts(self.engine, SiteFile(self.file))
        for name in ("ada", "max", "vic"):
            assert accounts.set_password(name, PASSWORD, "test") is None
        self._open.callback(self.engine.dispose)
        broker = self._open.enter_context(Mosquitto(self.folder))
        url = f"mqtt://127.0.0.1:{broker.port}"
        for name, more in (("c1", ()), ("c2", ("--micropython",))):
            self.boards[name] = Controller(name, self.folder / "flashed.toml", url, *more)
            self._open.callback(self.boards[name].stop)
        self.console = Console(self.file, url)
        self.url = self.console.url
        self._open.callback(self.console.stop)
        self.console.start()
        return self

    def __exit__(self, *_) -> None:
        self._open.close()

    def names(self, kind: str | None = None) -> list[tuple]:
        """(controller, inc, stream, seq) of everything that the controllers have told of themselves."""
        told = [event for name, board in self.boards.items() for event in board.events if event["controller"] == name]
        return sorted((e["controller"], e["inc"], stream_of(e["type"]), e["seq"]) for e in told if kind in (None, e["type"]))

    def let_the_crowd_through(self, is_first_way: bool) -> None:
        """Two at each door, one in and one out; the next time the other way. It takes as long as the slowest door."""
        before, ways = {name: len(board.events) for name, board in self.boards.items()}, ("in", "out") if is_first_way else ("out", "in")
        cards = iter(CROWD.values())
        badges = {name: [] for name in self.boards}
        for door, name in DOORS.items():
            badges[name] += [(f"{door}_{way}", next(cards)) for way in ways]
        for name, board in self.boards.items():
            board.present(*badges[name])

        def are_through() -> bool:
            told = [event for name, board in self.boards.items() for event in board.events[before[name] :]]
            return sum(event["type"] == "access.granted" for event in told) == len(CROWD)

        wait_for(are_through, "a badge was not answered")


@pytest.fixture(scope="module")
def receivers():
    with hook() as web_hook, mail_server() as mails:
        yield web_hook, mails


@pytest.fixture(scope="module")
def place(tmp_path_factory, receivers):
    with Place(tmp_path_factory.mktemp("site"), [receiver.url for receiver in receivers]) as made:
        yield made


def row(seat: Seat, user: str):
    return seat.page.get_by_role("group", name=user)


def is_confirmed(seat: Seat):
    """The page says that every controller works with the newest version."""
    return expect(seat.panel("Configuration").get_by_text(re.compile(r"Version \d+ is in force everywhere\.")))


def test_a_passback_over_two_controllers_is_seen_told_once_reviewed_and_cleared(place, receivers, sit):
    web_hook, mails = receivers
    manager, viewer = sit("max"), sit("vic")
    is_confirmed(sit("vic", "/areas/hall")).to_be_visible(timeout=60_000)
    assert place.boards["c1"].badge("d0_in", KIM)["type"] == "access.granted"
    wait_for(lambda: place.boards["c2"].of("area.set"), "the two have not met")
    assert place.boards["c2"].badge("d9_in", KIM)["reason"] == "double_entrance"
    for seat in (manager, viewer):
        expect(row(seat, "kim")).to_contain_text("hard")
    assert row(viewer, "kim").get_by_role("button").count() == 0
    wait_for(lambda: web_hook.confirmed and mails.mails, "nobody was told")
    assert place.boards["c1"].badge("d1_out", KIM)["reason"] == "in_violation"

    row(viewer, "kim").get_by_role("link").click()
    expect(viewer.page.locator(".why")).to_have_text(re.compile(r"In by d0_in at [\d:]+, not out again; at [\d:]+ a badge at d9_in\."))
    entries = viewer.page.locator("ol.timeline .entry").all_inner_texts()
    order = [next(at for at, text in enumerate(entries) if words in text) for words in ("was let in at d0_in", "denied at d9_in", "in violation in")]
    assert order == sorted(order)

    row(manager, "kim").get_by_role("button", name="Clear").click()
    manager.page.get_by_label("Reason", exact=True).last.fill("held the door")
    manager.page.get_by_role("button", name="Do it").click()
    expect(manager.notice()).to_contain_text("Done by c1")
    expect(row(manager, "kim")).to_have_count(0)
    expect(viewer.page.locator(".review")).to_contain_text("Cleared by an operator (max: held the door)")
    wait_for(lambda: place.boards["c1"].badge("d2_out", KIM)["type"] == "access.granted", "the badge does not work again")


def test_an_area_becomes_hard_in_the_site_file_and_at_the_controllers(place, sit):
    assert place.boards["c2"].badge("gate_in", SAM)["type"] == "access.granted"
    assert place.boards["c2"].badge("gate_in", SAM)["type"] == "access.granted", "soft only records it"
    expect(row(sit("vic"), "sam")).to_be_visible()
    seat = sit("ada", "/areas/yard?entrances=hard&exits=hard")
    preview = seat.panel("What would change")
    expect(preview).to_contain_text("1 person would have been denied, 1 would be locked out now")
    expect(preview.locator(".line", has_text="sam")).to_contain_text("came in twice, 1 denial")
    expect(preview).to_contain_text("written into the site file")
    before = place.file.read_text()
    preview.get_by_label("Reason", exact=True).fill("a policy of the house")
    preview.get_by_role("button", name="Put it in force").click()
    expect(seat.notice()).to_contain_text("Version 2 is signed and on its way")
    expect(seat.panel("Configuration")).to_contain_text("Version 2 is in force everywhere.", timeout=60_000)
    seat.shoot("console-configuration.png", full_page=True)
    assert place.file.read_text() == before.replace('anti_passback = "soft"', 'anti_passback = "hard"') and REMARK in before
    assert [board.of("config.applied")[0]["version"] for board in place.boards.values()] == [2, 2]
    expect(sit("vic", "/areas").panel("yard")).to_contain_text("Anti-passback hard")
    assert place.boards["c2"].badge("gate_in", SAM)["type"] == "access.denied"


def test_events_of_its_absence_are_all_there_once_each_and_nobody_is_told_twice(place, receivers, sit):
    web_hook, mails = receivers
    waiting = sit("max")
    assert "Traceback" not in place.console.stop()
    for turn in range(-(-EVENTS // len(CROWD))):
        place.let_the_crowd_through(is_first_way=turn % 2 == 0)
    missed = place.names("access.granted")
    assert len(missed) >= EVENTS
    place.console.start()
    history = History(opened(str(place.folder / "small.sqlite")))

    def kept() -> list[tuple]:
        return [(e["controller"], e["inc"], e["stream"], e["seq"]) for _, e in history.since(0, 10 * EVENTS)]

    def are_all_there() -> bool:
        time.sleep(1)  # this process must not keep the console from its work
        return set(place.names()) <= set(kept())

    wait_for(are_all_there, "some are missing", _CATCH_UP_S)
    assert len(kept()) == len(set(kept())), "something is there twice"
    expect(row(waiting, "sam").first).to_be_visible(timeout=60_000)
    expect(sit("max", "/areas").panel("hall")).to_contain_text("inside", timeout=60_000)
    violations = [event for board in place.boards.values() for event in board.of("apb.violation") if event["area"] == "hall"]
    assert len({(event["controller"], event["seq"]) for event in violations}) == 1 == len(web_hook.confirmed) == len(mails.mails)
    assert web_hook.unconfirmed == []
    history.close()
