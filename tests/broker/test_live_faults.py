"""A mixed site of processes whose broker is killed, frozen and flooded: every badge is answered at its door."""

import subprocess
import sys

import pytest

from host_sim.live import LiveSite
from host_sim.live.interpreters import MICROPYTHON
from tests import interpreters
from tests.broker import flood
from tests.broker.crowd import Crowd, site
from tests.brokers import UMQTT, Mosquitto, need
from tools.site import parse

pytestmark = [pytest.mark.broker, pytest.mark.slow]
NINE_MS = 1767603600000
LATE_MS = 2000  # ten times the goal, which is 50 ms more than without trouble, and what else this machine has to do
FROZEN_S, FLOOD_S, FLOOD_RATE = 20, 10, 5000
HEALED_S = 60


@pytest.fixture
def broker(tmp_path):
    with Mosquitto(tmp_path) as broker:
        yield broker


@pytest.fixture
def crowd(broker):
    """Two controllers on CPython, two on MicroPython."""
    if not interpreters.find(MICROPYTHON):
        need(interpreters.ROOT / ".cache/micropython64/micropython", "MicroPython")
    need(UMQTT, "umqtt.simple")
    kinds = {"c2": MICROPYTHON, "c4": MICROPYTHON}
    with LiveSite(parse(site(4, 24), "site"), NINE_MS, broker.settings, kinds=kinds) as live:
        crowd = Crowd(live)
        live.run_until(3000)
        yield crowd
        assert not live.crashes, live.crashes


def assert_answered(crowd) -> None:
    crowd.wait_for_answers(LATE_MS / 1000)
    print(crowd.told())
    assert crowd.longest_ms() < LATE_MS, crowd.told()


def assert_heals(crowd) -> None:
    """All links come back, and all agree about everybody."""
    live = crowd.live
    assert live.time.wait_for(lambda: all(station.has_link for station in live.boards.values()), HEALED_S)
    end_ms = live.now_ms + HEALED_S * 1000
    while live.agree():
        assert live.now_ms < end_ms, live.agree()
        live.run_until(live.now_ms + 500)


def test_badges_are_answered_while_the_broker_is_killed_and_comes_back(crowd, broker):
    crowd.go(5)
    crowd.phase = "killed"
    broker.kill()
    crowd.go(8)
    broker.start()
    crowd.phase = "back"
    crowd.go(8)
    assert_answered(crowd)
    assert_heals(crowd)


def test_badges_are_answered_while_the_broker_is_frozen(crowd, broker):
    crowd.go(4)
    crowd.phase = "frozen"
    broker.freeze()
    try:
        crowd.go(FROZEN_S)
    finally:
        broker.thaw()
    crowd.phase = "thawed"
    crowd.go(4)
    assert_answered(crowd)
    assert_heals(crowd)


@pytest.mark.parametrize("topic", ["elsewhere/log/stranger", "log/stranger"])
def test_badges_are_answered_in_a_flood_of_foreign_messages(crowd, broker, topic):
    """To a site that is none of the four's business; and, worse, to the four, which a broker with rights would not allow."""
    crowd.go(4)
    crowd.phase = "flood"
    topic = topic if topic.startswith("elsewhere") else crowd.live.root + topic
    words = [str(broker.port), topic, str(FLOOD_RATE), str(FLOOD_S)]
    with subprocess.Popen([sys.executable, flood.__file__, *words], stdout=subprocess.PIPE, text=True) as flooder:
        crowd.go(FLOOD_S)
        sent = int(flooder.communicate()[0])
    crowd.phase = "after"
    crowd.go(4)
    print(f"{sent / FLOOD_S:.0f} foreign messages a second", {n: s.ask("faults") for n, s in crowd.live.boards.items()})
    assert_answered(crowd)
    assert sent > FLOOD_RATE * FLOOD_S * 0.9
    assert_heals(crowd)
