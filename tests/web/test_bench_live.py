"""The live bench: real processes on CPython and MicroPython at a broker of its own, used in a real browser."""

import json
import os
import re
import shlex
import signal
import subprocess
from urllib.parse import urlsplit

import pytest
from paho.mqtt import client as paho
from playwright.sync_api import expect

from tests import interpreters
from tests.brokers import UMQTT, need, wait_for
from tests.web import browser as web

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.slow]
BACK_S = 40  # a link waits for longer after each attempt that failed
ROOT = "backstop/v1/hq/"


@pytest.fixture(scope="module")
def bench():
    """The yard's controller runs on MicroPython, the others on CPython."""
    need(interpreters.ROOT / ".cache/micropython64/micropython", "MicroPython")
    need(UMQTT, "umqtt.simple")
    with web.served("--micropython", "back") as url:
        yield url


class Ear:
    """Somebody at the broker, as mosquitto_sub is. `heard`: [(topic below the root, payload, is_retained)]."""

    def __init__(self, url: str):
        self.heard: list[tuple[str, bytes, bool]] = []
        address = urlsplit(url)
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe(ROOT + "#")
        self._client.on_message = lambda _client, _data, m: self.heard.append((m.topic[len(ROOT) :], m.payload, m.retain))
        self._client.connect(address.hostname, address.port)
        self._client.loop_start()

    def close(self) -> None:
        self._client.loop_stop()
        self._client.disconnect()

    def events(self) -> list[dict]:
        return [event for topic, payload, _ in self.heard if topic.startswith("log/") for event in json.loads(payload)["entries"]]

    def online(self, name: str) -> list[bool]:
        """Return what was told of a controller's link, in order."""
        return [json.loads(payload)["online"] for topic, payload, _ in self.heard if topic == f"status/{name}"]


@pytest.fixture
def one(visit):
    """A page on which all controllers are online, and nobody is anywhere."""
    page = visit()
    for name in ("Front desk", "Yard", "Garage", "Laboratory and vault"):
        expect(controller(page, name).locator(".state")).to_have_text(re.compile("Online|Restarted"), timeout=BACK_S * 1000)
    for area in ("Garage", "Office"):
        page.page.get_by_role("button", name=f"Forgive everybody in {area}").click()
    expect(page.panel("In violation")).to_contain_text("Nobody is in violation")
    return page


@pytest.fixture
def ear(one):
    made = Ear(re.search(r"mqtt://\S+", one.page.locator(".banner").inner_text())[0])
    wait_for(lambda: made.online("front"), "the broker hands out nothing")
    yield made
    made.close()


def controller(one: web.Visit, name: str):
    return one.page.get_by_role("group", name=f"Controller {name}")


def state(one: web.Visit, name: str):
    return controller(one, name).locator(".state")


def power(one: web.Visit, name: str) -> None:
    controller(one, name).get_by_role("button", name=f"Power of {name}").click()


def pid(one: web.Visit, name: str, kind: str) -> int:
    return int(re.search(rf"(?<!\w){kind} (\d+)", controller(one, name).inner_text())[1])


def test_a_passback_at_real_processes_is_denied_until_an_operator_clears_it(one, ear):
    expect(one.page.locator(".banner")).to_contain_text("Live")
    expect(one.page.locator(".banner")).to_contain_text("3 CPython and 1 MicroPython controllers")
    one.tap("kim", "lobby_in")
    expect(one.bubble("lobby_in")).to_contain_text("Kim Larsson, come in")
    expect(one.panel("Areas")).to_contain_text("Kim Larsson")
    expect(one.panel("Events")).to_contain_text("Kim Larsson went through Lobby")
    expect(one.page.locator(".door.is-closed[data-door=lobby]")).to_have_count(1)

    one.tap("kim", "yard_in")  # the MicroPython board knows from the other one that she is inside
    expect(one.bubble("yard_in")).to_contain_text("already inside Office")
    expect(one.panel("In violation")).to_contain_text("Kim Larsson")
    expect(one.panel("Events")).to_contain_text("Kim Larsson denied at yard_in: already inside Office")
    one.page.wait_for_timeout(500)
    one.shoot("bench-live.png", full_page=True)

    one.page.get_by_role("button", name="Clear Kim Larsson").click()
    expect(one.panel("In violation")).to_contain_text("Nobody is in violation")
    one.tap("kim", "yard_out")
    expect(one.bubble("yard_out")).to_contain_text("Kim Larsson, goodbye")
    assert not one.errors

    told = {event["type"]: event for event in ear.events()}
    assert told["access.granted"]["user"] == told["access.denied"]["user"] == "kim"
    assert (told["access.denied"]["controller"], told["access.denied"]["reason"]) == ("back", "double_entrance")
    assert (told["apb.cleared"]["operator"], told["apb.cleared"]["by"]) == ("ada", "operator")
    assert any(topic.startswith("command/") and b'"clear"' in payload for topic, payload, _ in ear.heard)


def test_fire_force_and_a_pin_reach_the_pins_and_an_operator_without_the_role_is_refused(one):
    vault = one.page.get_by_role("group", name="Door Vault")
    fire = one.page.get_by_role("button", name="Fire input of Front desk")
    fire.click()
    expect(vault).to_contain_text("Closed, unlocked")
    expect(one.page.get_by_role("alert")).to_contain_text("fire at Front desk")
    expect(one.page.locator(".output.is-on")).to_contain_text("Emergency beacon")
    fire.click()
    expect(vault).to_contain_text("Closed, locked")
    vault.get_by_role("button", name="Force leaf").click()
    expect(vault).to_contain_text("forced")
    vault.get_by_role("button", name="Close leaf").click()
    expect(vault).not_to_contain_text("forced")

    one.tap("theo", "lobby_in")
    expect(one.panel("Areas")).to_contain_text("Theo Brandt")
    one.tap("theo", "vault_in")
    one.page.get_by_role("button", name="Type Theo Brandt's PIN and #").click()
    expect(one.bubble("vault_in")).to_contain_text("come in")
    expect(one.page.locator(".card[data-user=theo]")).to_contain_text("In Vault")
    one.page.get_by_label("Operator", exact=True).select_option("vic")
    one.page.get_by_role("button", name="Unlock Lobby").click()
    expect(one.page.locator(".q-notification").first).to_contain_text("Refused: role viewer")


def test_a_board_whose_power_was_cut_comes_back_and_knows_who_is_inside(one, ear):
    one.tap("noa", "yard_in")
    expect(one.panel("Areas")).to_contain_text("Noa Lindqvist")
    expect(one.page.locator(".door.is-open")).to_have_count(0)
    power(one, "Yard")
    expect(state(one, "Yard")).to_have_text("No power")
    one.tap("noa", "yard_in")
    expect(one.bubble("yard_in")).to_contain_text("Yard has no power")
    wait_for(lambda: ear.online("back")[-1] is False, "nobody heard its last will")
    power(one, "Yard")
    expect(state(one, "Yard")).to_have_text("Online", timeout=BACK_S * 1000)
    one.tap("noa", "yard_in")
    expect(one.bubble("yard_in")).to_contain_text("already inside Office")


def test_a_board_without_network_decides_alone_and_tells_it_later(one, ear):
    controller(one, "Front desk").get_by_role("button", name="network cut").click()
    expect(state(one, "Front desk")).to_have_text("No network")
    expect(one.panel("Events")).to_contain_text("no answer from front")
    wait_for(lambda: ear.online("front")[-1] is False, "nobody heard its last will")
    one.tap("finn", "lobby_in")
    expect(one.bubble("lobby_in")).to_contain_text("The reader shows: come in")
    expect(one.panel("Areas").locator(".area", has_text="Office")).not_to_contain_text("Finn Moreau")
    expect(one.page.get_by_role("group", name="Door Lobby")).to_contain_text("last told")
    one.page.get_by_role("button", name="Join the network again").click()
    expect(state(one, "Front desk")).to_have_text("Online", timeout=BACK_S * 1000)
    expect(one.panel("Areas").locator(".area", has_text="Office")).to_contain_text("Finn Moreau")
    expect(one.panel("Events")).to_contain_text("Finn Moreau went through Lobby")


def test_processes_that_ended_show_their_last_words_and_are_started_again(one):
    yard, garage, was = controller(one, "Yard"), controller(one, "Garage"), pid(one, "Yard", "MicroPython")
    os.kill(was, signal.SIGKILL)
    os.kill(pid(one, "Garage", "CPython"), signal.SIGINT)
    expect(yard.locator("pre")).to_contain_text("Killed by SIGKILL")
    expect(garage.locator("pre")).to_contain_text("KeyboardInterrupt")
    expect(state(one, "Garage")).to_have_text("Failed")
    one.shoot("bench-live-failed.png", full_page=True)
    assert not one.serious()
    yard.get_by_role("button", name="Start Yard again").click()
    power(one, "Garage")
    expect(state(one, "Garage")).to_have_text("No power")
    power(one, "Garage")
    for name in ("Yard", "Garage"):
        expect(state(one, name)).to_have_text("Online", timeout=BACK_S * 1000)
        expect(controller(one, name).locator("pre")).to_be_hidden()
    assert pid(one, "Yard", "MicroPython") != was


def test_boards_decide_without_a_broker_and_come_back_to_it(one):
    one.page.get_by_role("button", name="Stop broker").click()
    expect(one.page.locator(".banner")).to_contain_text("Broker is stopped")
    for name in ("Front desk", "Yard"):
        expect(state(one, name)).to_have_text("Not at the broker")
    one.tap("ines", "lobby_in")
    expect(one.bubble("lobby_in")).to_contain_text("The reader shows: come in")
    one.page.get_by_role("button", name="Start broker").click()
    for name in ("Front desk", "Yard"):
        expect(state(one, name)).to_have_text("Online", timeout=BACK_S * 1000)
    expect(one.panel("Areas").locator(".area", has_text="Office")).to_contain_text("Inês Duarte", timeout=BACK_S * 1000)


def test_the_lines_for_a_terminal_work_as_they_are_and_no_clock_fault_is_offered(one):
    line = one.page.locator(".command", has_text="Ask and order").locator("code").inner_text()
    run = subprocess.run(shlex.split(line), cwd=web.ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    hear = one.page.locator(".command", has_text="Hear all of it").locator("code").inner_text()
    assert re.fullmatch(rf"mosquitto_sub -h 127\.0\.0\.1 -p \d+ -t '{ROOT}#' -v", hear)
    assert re.search(r"^back +online", run.stdout, re.MULTILINE)
    assert one.page.get_by_label("seconds off").count() == 0
    expect(controller(one, "Yard")).to_contain_text("Clock faults: --simulated")
