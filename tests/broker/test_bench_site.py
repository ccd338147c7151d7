"""The site of a live bench without its page: failures, other people's brokers, what a console concludes."""

import json
import shlex
import socket
import subprocess
import sys
import time

import pytest

from host_sim.bench.live import site as bench_site
from host_sim.bench.live.broker import OwnBroker
from host_sim.bench.live.driver import Live
from host_sim.bench.live.start import start
from host_sim.broker import EmbeddedBroker
from host_sim.live.settings import settings
from host_sim.views import WorldError
from tests.brokers import free_port, wait_for
from tests.interpreters import ROOT
from tests.tools.sites import changed, small
from tools.mqtt import MqttLink
from tools.site import parse

pytestmark = [pytest.mark.broker, pytest.mark.slow]
PATIENCE_S = 40


def made(data: dict, url: str = "", micropython=frozenset()) -> Live:
    return start(parse(data, "site"), data, time.time_ns() // 1_000_000, set(micropython), url, 0)


def go(driver: Live, is_so):
    """Let time pass until something is so; return what it says."""
    end_s = time.monotonic() + PATIENCE_S
    while not (found := is_so()):
        assert time.monotonic() < end_s, (driver.look().boards, driver.faults.newest, list(driver.events)[-5:])
        driver.advance()
        time.sleep(0.02)
    assert not driver.faults.counts["simulator"], driver.faults.newest
    return found


def states(driver: Live) -> dict:
    return {name: board.state for name, board in driver.look().boards.items()}


def event(driver: Live, **fields) -> dict | None:
    return next((each for each in driver.events if fields.items() <= each.items()), None)


def is_online(driver: Live) -> bool:
    return set(states(driver).values()) == {"Online"}


@pytest.fixture
def opened():
    drivers = []

    def opening(*args, **more) -> Live:
        drivers.append(made(*args, **more))
        return drivers[-1]

    yield opening
    for driver in drivers:
        driver.close()


def test_firmware_that_failed_after_good_work_restarts_by_itself_and_at_once_again_does_not(opened, monkeypatch):
    monkeypatch.setattr(bench_site, "_PROVED_MS", 0)
    driver = opened(small())
    go(driver, lambda: is_online(driver))
    driver.world.boards["c1"].handle(("leaf", "no such door", True))  # breaks the firmware, as a bug would
    go(driver, lambda: states(driver)["c1"] == "Failed")
    go(driver, lambda: states(driver)["c1"] == "Restarted")
    assert "no such door" in driver.look().boards["c1"].last_words
    assert go(driver, lambda: event(driver, controller="c1", type="controller.started", reset_cause="crash"))

    monkeypatch.setattr(bench_site, "_PROVED_MS", 10**9)
    driver.world.boards["c1"].handle(("leaf", "no such door", True))
    go(driver, lambda: states(driver)["c1"] == "Failed")
    wait_s = time.monotonic() + 1.5
    go(driver, lambda: time.monotonic() > wait_s)
    board = driver.look().boards["c1"]
    assert (board.state, board.can_start) == ("Failed", True) and "The firmware failed" in board.last_words
    assert driver.act("start_again", "c1") is None
    go(driver, lambda: is_online(driver))
    assert "has not failed" in driver.act("start_again", "c1")


def test_a_process_that_cannot_even_begin_is_shown_with_its_last_words(opened):
    driver = opened(small())
    go(driver, lambda: is_online(driver))
    station = driver.world.boards["c2"]
    right, station.command = station.command, [sys.executable, "-c", "import sys; sys.exit('no such thing here')"]
    driver.act("power", "c2", False)
    driver.act("power", "c2", True)
    board = go(driver, lambda: (board := driver.look().boards["c2"]).can_start and board)
    assert board.last_words == "Ended with status 1.\nno such thing here"
    station.command = right
    driver.act("start_again", "c2")
    go(driver, lambda: is_online(driver))


def test_a_command_goes_to_the_next_controller_of_an_area_when_the_first_is_silent(opened):
    """Its cable is pulled without anybody's knowing: for a moment it is still held for online."""
    driver = opened(changed(("areas", "office", "entrances", ["lobby_in", "gate_in"])))
    go(driver, lambda: is_online(driver))
    driver.world.listener.online = lambda: ["c1", "c2"]
    driver.connect({"c1": "cut"})
    assert driver.act("command", {"operator": "ada", "action": "move", "area": "office", "user": "kim", "presence": "in"}) is None
    moved = go(driver, lambda: event(driver, type="apb.moved"))
    assert (moved["controller"], moved["operator"]) == ("c2", "ada")
    assert driver.look().people["kim"].place == "office"


def test_where_nobody_can_be_reached_nothing_is_sent(opened):
    driver = opened(small())
    go(driver, lambda: is_online(driver))
    driver.connect({"c1": "cut", "c2": "cut"})
    go(driver, lambda: set(states(driver).values()) == {"No network"} and not driver.world.listener.online())
    said = driver.act("command", {"operator": "ada", "action": "unlock", "door": "lobby"})
    assert said == "Nobody is reachable of c1: nothing was sent."
    driver.connect({"c1": "on", "c2": "on"})
    go(driver, lambda: is_online(driver))
    assert driver.act("command", {"operator": "ada", "action": "unlock", "door": "lobby"}) is None
    assert go(driver, lambda: event(driver, type="door.unlocked", why="operator"))
    assert "cannot start" in driver.act("work_broker", "start")


def test_nothing_stays_at_somebodys_broker_and_two_of_one_site_are_refused_there():
    with EmbeddedBroker() as url:
        driver = made(small(), url)
        try:
            go(driver, lambda: is_online(driver))
            go(driver, lambda: driver.world.listener.state("door", "lobby"))
            assert driver.broker.is_up and driver.broker.verbs() == ()
            with pytest.raises(WorldError, match="online already: c1, c2"):
                made(small(), url)
        finally:
            driver.close()
        link = MqttLink(settings(url), "look", "backstop/v1/demo", ["#"], None, 0)
        link.start()
        try:
            end_s = time.monotonic() + 1
            heard = []
            while time.monotonic() < end_s:
                heard += link.take()
                time.sleep(0.05)
        finally:
            link.stop()
        assert heard == [("link", True)]


def test_of_several_nodes_of_a_broker_controllers_find_the_one_that_is_there():
    with EmbeddedBroker() as url:
        driver = made(small(), f"mqtt://ada:secret@127.0.0.1:{free_port()},{url.replace('//', '//ada:secret@')}")
        try:
            assert "secret" not in str(driver.introduction) and url in driver.introduction.text
            go(driver, lambda: is_online(driver))
            driver.connect({"c1": "cut", "c2": "on"})
            go(driver, lambda: driver.world.listener.online() == ["c2"])
        finally:
            driver.close()


def test_a_stranger_at_the_broker_is_counted_and_believed_nothing(opened):
    driver = opened(small())
    go(driver, lambda: is_online(driver))
    stranger = MqttLink(settings(driver.broker.url), "stranger", "backstop/v1/demo", ["have/+"], None, 0)
    stranger.start()
    try:
        go(driver, lambda: ("link", True) in stranger.take())
        for payload in (b"{", b"\xff", json.dumps({"t": "status", "from": "c1", "online": False}).encode()):
            for topic in ("status/c1", "door/lobby", "log/c1", "reply/ada"):
                stranger.put(topic, payload)
        go(driver, lambda: driver.faults.counts["broker"] == 12)
        assert is_online(driver)
    finally:
        stranger.stop()


def test_a_broker_that_cannot_come_back_says_why_and_may_be_started_again():
    broker = OwnBroker()
    try:
        broker.work("stop")
        assert broker.verbs() == () or broker.verbs() == ("start",)
        wait_for(lambda: broker.verbs() == ("start",))
        assert (broker.is_up, broker.state) == (False, "Broker is stopped")
        with socket.create_server(("127.0.0.1", settings(broker.url)["port"])):
            broker.work("start")
            wait_for(lambda: broker.verbs() == ("start",))
            assert broker.state.startswith("Broker failed: a broker cannot listen on 127.0.0.1") and not broker.is_up
        broker.work("start")
        wait_for(lambda: broker.is_up)
        with pytest.raises(WorldError, match="cannot start now"):
            broker.work("start")
        with pytest.raises(WorldError, match="cannot listen"):
            OwnBroker(settings(broker.url)["port"])
    finally:
        broker.close()


def test_what_cannot_be_is_said_before_anything_is_started():
    with pytest.raises(WorldError, match="there is no controller 'c9'; the site has c1, c2"):
        made(small(), micropython={"c9"})
    with pytest.raises(WorldError, match="has no controllers"):
        made({"site": "empty"})
    with pytest.raises(WorldError, match="no broker at 127.0.0.1"):
        made(small(), f"mqtt://127.0.0.1:{free_port()}")


def backstop(driver: Live, *words: str):
    """Run the command line as the page says, with other words at its end. Returns (status, output, errors)."""
    line = shlex.split(dict(driver.introduction.commands)["Ask and order"])[:-1]
    run = subprocess.Popen([sys.executable, *line[1:], *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        go(driver, lambda: run.poll() is not None)
    finally:
        run.kill()
    return run.returncode, *run.communicate()


def test_a_reader_that_lost_its_key_is_paired_on_the_command_line_on_both_interpreters(opened):
    osdp = {"door": "lobby", "protocol": "osdp", "bus": "one", "address": 3}
    for micropython in ((), ("c1",)):
        driver = opened(changed(("readers", "lobby_out", osdp)), micropython=micropython)
        go(driver, lambda driver=driver: is_online(driver) and event(driver, type="reader.online", reader="lobby_out"))
        assert driver.act("reader", "lobby_out", "lose_key", True) is None
        go(driver, lambda driver=driver: event(driver, type="reader.tamper", reader="lobby_out"))
        status, said, _ = backstop(driver, "readers", "pair", "lobby_out", "--reason", "new reader")
        assert status == 0 and said == "c1: done\nlobby_out: has a new key, and has proved it\n"
        paired = event(driver, type="reader.paired", reader="lobby_out")
        assert (paired["operator"], paired["reason"]) == ("ada", "new reader")
        status, said, _ = backstop(driver, "readers", "rotate", "lobby_out", "--json")
        assert status == 0 and json.loads(said)["event"]["type"] == "reader.paired"
        status, _, errors = backstop(driver, "readers", "pair", "lobby_in")
        assert status == 1 and "reader 'lobby_in' has no key: it is no OSDP reader" in errors
        driver.act("badge", "lobby_out", user="kim")
        go(driver, lambda driver=driver: event(driver, type="access.granted", reader="lobby_out", user="kim"))
