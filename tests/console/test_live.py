"""The console over a real broker, with controllers that are processes of their own."""
import contextlib
import json
import subprocess
import sys

import pytest

from firmware.wire import topics
from tests.brokers import Mosquitto, wait_for
from tests.interpreters import ROOT
from tests.model import small
from tools.console.history import History, Query
from tools.console.picture import Picture
from tools.console.replica import KINDS, Replica
from tools.console.switchboard import SUBSCRIPTIONS, Switchboard
from tools.mqtt import MqttLink
from tools.site import parse
from tools.site.compiler.keys import made_up

pytestmark = [pytest.mark.broker, pytest.mark.slow]
SITE = parse(small.hall(), "site")


@contextlib.contextmanager
def controllers(folder, port: int):
    """{name: its standard input} of both controllers."""
    (folder / "site.json").write_text(json.dumps(small.hall()))
    command = [sys.executable, "-m", "host_sim", "node"]
    more = ["--site", str(folder / "site.json"), "--broker", f"mqtt://127.0.0.1:{port}"]
    made = {name: subprocess.Popen([*command, name, *more], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) for name in SITE.controllers}
    try:
        yield {name: process.stdin for name, process in made.items()}
    finally:
        for process in made.values():
            process.terminate()
            process.wait()
            process.stdin.close()


@contextlib.contextmanager
def console(folder, settings: dict):
    """(replica, history, picture) at work."""
    board = Switchboard(MqttLink(settings, "console", topics.root(SITE.site), SUBSCRIPTIONS, None, 1))
    history, pictures, key = History(str(folder / "history.sqlite")), [], bytes.fromhex(made_up(SITE).event_key)
    replica = Replica(SITE, "console", key, board.end(*KINDS), history, lambda events: pictures[0].take(events))
    pictures.append(Picture(SITE, history, peers=replica.peers))
    board.start()
    replica.start()
    try:
        yield replica, history, pictures[0]
    finally:
        replica.stop()
        board.stop()
        history.close()


def badge(pins, reader: str, user: str) -> None:
    pins.write(json.dumps({"badge": {"reader": reader, "user": user}}) + "\n")
    pins.flush()


def is_in_step(replica) -> bool:
    return all(peer.is_online and not peer.behind for peer in replica.peers().values())


def test_it_follows_controllers_over_a_broker_that_dies_and_a_restart_of_its_own(tmp_path):
    with Mosquitto(tmp_path) as broker, controllers(tmp_path, broker.port) as pins:
        with console(tmp_path, broker.settings) as (replica, history, picture):
            wait_for(lambda: is_in_step(replica))
            badge(pins["c1"], "north_in", "kim")
            wait_for(lambda: [person.user for person in picture.inside("hall").people] == ["kim"])
            badge(pins["c2"], "south_in", "kim")
            wait_for(lambda: [(each.kind, each.is_sure) for each in picture.violations()] == [("double_entrance", True)])
            broker.kill()
            wait_for(lambda: not any(peer.is_online for peer in replica.peers().values()))
            badge(pins["c1"], "north_in", "lee")
            broker.start()
            wait_for(lambda: len(picture.inside("hall").people) == 2)
            before = history.count()
        badge(pins["c2"], "south_in", "sam")
        with console(tmp_path, broker.settings) as (replica, history, picture):
            wait_for(lambda: len(picture.inside("hall").people) == 3 and is_in_step(replica))
            names = [(e["controller"], e["inc"], e["stream"], e["seq"]) for e in history.search(Query(limit=1000)).events]
            assert len(names) == len(set(names)) == history.count() > before
            assert replica.state().faults == {} and replica.state().trouble is None
