"""What the simulated network does to messages, links and last wills."""

import random
from collections import Counter

import pytest

from host_sim.network import Network
from host_sim.timeline import Timeline
from host_sim.world import World, WorldError
from tests.model import small
from tools.site import parse

START_MS = 1767603600000
BACK_MS = 5000  # a restarted broker has everybody again by then


class Station:
    """Writes down what it gets and when."""

    def __init__(self, name: str, timeline: Timeline):
        self.name, self.timeline = name, timeline
        self.got, self.gone, self.kept, self.links = [], [], [], []
        self.echoes = []  # what it sent itself
        self.wanted = ["log/+", "status/+"]

    def handle(self, event: tuple) -> None:
        _, topic, payload, is_retained = event
        if is_retained:
            self.kept.append((topic, payload))
        elif topic.startswith("status/") and payload == "offline":
            self.gone.append(topic[len("status/") :])
        elif topic == "log/" + self.name:
            self.echoes.append(payload)
        else:
            self.got.append((self.timeline.now_ms, payload))

    def subscriptions(self) -> list:
        return self.wanted

    def last_will(self) -> tuple:
        return "status/" + self.name, "offline"

    def link_changed(self) -> None:
        self.links.append(self.timeline.now_ms)

    @property
    def heard(self) -> list:
        return [payload for _, payload in self.got]


class Place:
    """A network between stations a, b and c, and a guest."""

    def __init__(self, seed: int = 1):
        self.timeline, self.faults = Timeline(), Counter()
        self.network = Network(self.timeline, random.Random(seed), self.faults)
        self.stations = {name: Station(name, self.timeline) for name in ("a", "b", "c", "guest")}
        *boards, guest = self.stations.values()
        self.network.join(boards, [guest])

    def send(self, payloads: int, sender: str = "a", gap_ms: int = 10) -> "Place":
        for number in range(payloads):
            self.network.send(sender, "log/" + sender, number)
            self.wait(gap_ms)
        return self.wait(2000)

    def wait(self, ms: int) -> "Place":
        self.timeline.run_until(self.timeline.now_ms + ms)
        return self

    def heard(self) -> dict:
        return {name: station.heard for name, station in self.stations.items()}

    def moments(self, name: str) -> list:
        return [at_ms for at_ms, _ in self.stations[name].got]


def test_everybody_hears_a_message_within_8_ms_in_order():
    place = Place().send(300, gap_ms=1)
    assert place.heard() == {"a": [], "b": [*range(300)], "c": [*range(300)], "guest": [*range(300)]}
    assert all(2 <= at_ms - number <= 8 for number, at_ms in enumerate(place.moments("b")))
    assert place.moments("b") != place.moments("c"), "each link has its own delay"
    assert not +place.faults


def test_who_sends_hears_himself_and_it_moves_nobody_elses_dice():
    alone, listening = Place(), Place()
    alone.stations["a"].wanted = []
    for place in (alone, listening):
        place.network.link("b", loss=300)
        place.send(100)
    assert alone.stations["a"].echoes == [] and listening.stations["a"].echoes == [*range(100)]
    assert alone.heard() == listening.heard()


def test_a_message_reaches_those_who_listen_to_its_topic():
    place = Place()
    place.stations["b"].wanted, place.stations["c"].wanted, place.stations["guest"].wanted = ["log/a"], ["log/b", "log/+/a"], []
    assert place.send(3).heard() == {"a": [], "b": [0, 1, 2], "c": [], "guest": []}


def test_what_a_broker_keeps_is_handed_to_who_comes_later():
    place = Place()
    place.network.set_groups([["a", "b", "guest"]])
    for payload in ("old", "new"):
        place.network.send("a", "status/a", payload, True)
    place.network.send("a", "door/front", "open", True)
    assert place.stations["b"].heard == ["old", "new"] and place.stations["a"].heard == []
    place.network.set_groups("all")
    assert place.stations["c"].kept == [("status/a", "new"), ("status/c", "offline")]
    assert place.network.kept("door/front") == "open" and place.network.kept("door/back") is None
    place.network.send("a", "door/front", "", True)
    assert place.network.kept("door/front") is None


def test_each_side_of_a_split_keeps_what_it_hears_and_the_newest_counts_afterwards():
    place = Place()
    place.network.send("a", "door/front", "open", True)
    place.network.set_groups([["a"], ["b", "c"]])
    place.network.send("a", "door/front", "closed", True)
    place.network.send("b", "door/back", "closed", True)
    assert place.network.kept("door/back") is None and place.network.kept("status/b") == "offline"
    place.network.set_groups([["b", "c"], ["a"]])
    assert place.network.kept("door/front") == "open" and place.network.kept("status/a") == "offline"
    place.network.set_groups("all")
    assert place.network.kept("door/front") == "closed" and place.network.kept("door/back") == "closed"


def test_a_broker_that_restarts_has_forgotten_everything():
    place = Place()
    place.network.send("a", "door/front", "open", True)
    place.network.broker_restart(10)
    assert place.network.kept("door/front") is None
    place.wait(BACK_MS + 100)
    assert place.network.kept("door/front") is None and not any(station.kept for station in place.stations.values())


def test_states_and_commands_move_no_dice():
    heard = []
    for is_busy in (False, True):
        place = Place()
        place.network.link("b", loss=300)
        for number in range(50):
            place.network.send("a", "log/a", number)
            if is_busy:
                place.network.send("a", "status/a", "online", True)
        place.wait(500)
        heard.append([entry for entry in place.stations["b"].got if entry[1] != "online"])
    assert heard[0] == heard[1]


def test_a_lossy_link_loses_on_the_way_in_and_on_the_way_out():
    place = Place()
    place.network.link("a", loss=300)
    place.send(400)
    assert place.heard()["b"] == place.heard()["c"] and 230 < len(place.heard()["b"]) < 330
    place.send(400, sender="b")
    assert 230 < len(place.heard()["a"]) < 330 and len(place.heard()["c"]) - len(place.heard()["b"]) == 400
    lost_echoes = len(place.heard()["b"]) - len(place.stations["a"].echoes)
    assert lost_echoes > 30
    assert place.faults["loss"] == 400 - len(place.heard()["b"]) + 400 - len(place.heard()["a"]) + lost_echoes


def test_a_link_that_loses_all_is_silent_but_up():
    place = Place()
    place.network.link("b", loss=1000)
    place.send(20)
    assert place.heard()["b"] == [] and len(place.heard()["c"]) == 20
    assert place.network.has_link("b") and place.stations["b"].links == []


def test_duplicates_come_later_and_once_more():
    place = Place()
    place.network.link("c", duplicate=200)
    heard = place.send(200).heard()
    assert len(heard["b"]) == 200 and sorted(set(heard["c"])) == [*range(200)]
    assert len(heard["c"]) == 200 + place.faults["duplicate"] > 200


def test_reordered_messages_are_overtaken_and_all_come():
    place = Place()
    place.network.link("c", reorder=200)
    heard = place.send(200).heard()
    assert heard["b"] == [*range(200)] == sorted(heard["c"]) and heard["c"] != heard["b"]
    assert place.faults["reorder"] > 20


def test_a_slow_link_is_slow_both_ways_and_keeps_the_order():
    place = Place()
    place.network.link("c", delay_ms=(500, 900))
    place.send(50)
    assert place.heard()["c"] == [*range(50)]
    assert place.moments("c")[0] >= 500 and place.moments("b")[0] <= 8
    begun_ms = place.timeline.now_ms
    place.send(1, sender="c")
    assert place.moments("a")[0] - begun_ms >= 500
    place.network.link("c")
    begun_ms = place.timeline.now_ms
    place.send(1, sender="c")
    assert place.moments("a")[1] - begun_ms <= 8, "mended"


def test_only_those_in_one_group_hear_each_other_and_guests_go_with_the_first():
    place = Place()
    place.network.set_groups([["a"], ["b", "c"]])
    place.send(2).send(2, sender="b")
    assert place.heard() == {"a": [], "b": [], "c": [0, 1], "guest": [0, 1]}
    place.network.set_groups([["a"], ["b", "guest"]])
    place.send(2, sender="b")
    assert place.heard()["guest"] == [0, 1, 0, 1] and place.heard()["a"] == []
    assert not place.network.has_link("c") and not place.network.has_network("c")
    assert place.faults["split"] == 2


def test_links_change_for_those_who_are_split_or_cut_and_for_nobody_else():
    place = Place()
    place.network.set_groups([["a", "b"]])
    assert {name: len(station.links) for name, station in place.stations.items()} == {"a": 0, "b": 0, "c": 1, "guest": 0}
    place.network.set_groups([["a"], ["b"]])
    assert {name: len(station.links) for name, station in place.stations.items()} == {"a": 1, "b": 1, "c": 1, "guest": 1}


def test_last_wills_tell_each_side_of_the_other_unless_the_cluster_loses_them():
    place = Place()
    place.network.set_groups([["a"], ["b", "c"]])
    assert {name: station.gone for name, station in place.stations.items()} == {
        "a": ["b", "c"], "b": ["a", "guest"], "c": ["a", "guest"], "guest": ["b", "c"]}
    place.network.set_groups("all")
    place.network.lose_wills(True)
    place.network.set_groups([["a", "b"]])
    place.network.tell_gone("a")
    assert place.stations["a"].gone == ["b", "c"]
    place.network.lose_wills(False)
    place.network.tell_gone("a")
    assert place.stations["b"].gone == ["a", "guest", "a"]


def test_what_is_under_way_when_the_broker_dies_is_lost_and_nobody_is_told_of_anybody():
    place = Place()
    place.network.send("a", "log/a", "lost")
    place.network.broker_restart(1000)
    place.wait(500)
    assert [station.links for station in place.stations.values()] == [[0]] * 4
    assert not any(place.network.has_link(name) for name in place.stations)
    assert place.network.has_network("a"), "time servers need no broker"
    place.send(1, sender="b")
    place.wait(BACK_MS + 1000)
    back = [station.links[1] for station in place.stations.values()]
    assert len(set(back)) == 4 and all(1000 <= at_ms < 1000 + BACK_MS for at_ms in back)
    place.send(1)
    assert place.heard() == {"a": [], "b": [0], "c": [0], "guest": [0]}
    assert not any(station.gone for station in place.stations.values())
    assert place.faults["lost_under_way"] == 1


def test_who_is_in_no_group_does_not_come_back_with_the_broker():
    place = Place()
    place.network.broker_restart(100)
    place.network.set_groups([["a", "b"]])
    place.wait(100 + BACK_MS)
    assert [place.network.has_link(name) for name in ("a", "b", "c")] == [True, True, False]
    place.network.broker_restart(100)
    place.network.broker_restart(100 + 2 * BACK_MS)
    place.wait(100 + 2 * BACK_MS)
    assert not place.network.has_link("a"), "the second restart counts"
    place.wait(BACK_MS)
    assert place.network.has_link("a")


def test_one_seed_is_one_course_of_events():
    def played(seed: int) -> dict:
        place = Place(seed)
        place.network.link("b", (1, 90), loss=100, duplicate=100, reorder=100)
        place.send(100).network.broker_restart(300)
        place.send(100)
        return {name: station.got for name, station in place.stations.items()}

    assert played(5) == played(5) != played(6)


def opened() -> World:
    return World(parse(small.hall(), "site"), START_MS)


def test_boards_talk_through_a_bad_network_until_all_agree():
    world = opened()
    for name in world.boards:
        world.network.link(name, (1, 300), loss=200, duplicate=100, reorder=100)
    for number in range(12):
        world.badge("north_in" if number % 2 == 0 else "north_out", user="kim")
        world.run_until(world.now_ms + 4000)
    world.network.broker_restart(2000)
    for name in world.boards:
        world.network.link(name)
    world.run_until(world.now_ms + 60_000)
    assert world.agree() == []
    assert {"loss", "duplicate", "reorder", "slow_link", "broker_restart"} <= set(+world.faults)


def test_a_board_without_power_hears_of_its_link_when_it_boots():
    world = opened()
    world.power("c1", False)
    world.network.set_groups([["c2"]])
    world.power("c1", True)
    world.run_until(2000)
    assert not world.network.has_link("c1") and not world.boards["c1"].node.exchange.has_link
    world.network.set_groups("all")
    assert world.boards["c1"].node.exchange.has_link


def test_commands_reach_who_is_connected_in_the_first_group():
    world = opened()
    world.network.broker_restart(1000)
    world.command({"operator": "ada", "action": "reset", "area": "hall", "reason": "test"})
    assert world.replies == []
    world.run_until(1000 + BACK_MS)
    world.command({"operator": "ada", "action": "reset", "area": "hall", "reason": "test"})
    assert len(world.replies) == 1


def test_a_group_cannot_name_a_stranger():
    with pytest.raises(WorldError, match="unknown controller 'c9'"):
        opened().set_network([["c1", "c9"]])
