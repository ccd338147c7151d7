"""What a board announces to Home Assistant: when, where, and how much at a time."""

import json

from firmware.wire.home_assistant import HomeAssistant
from tests.core.parts import door, hall, part, settings
from tests.wire.test_node_portable import Board


def announced(actions):
    """[topic] of what went to Home Assistant."""
    return [action[1] for action in actions if action[0] == "send" and action[1].startswith("/homeassistant/")]


def all_of(home, now_ms=0):
    told = []
    while home.due_ms is not None:
        assert home.due_ms >= now_ms
        now_ms = home.due_ms
        told.append(home.tell(now_ms))
    return told


def test_doors_outputs_and_areas_are_announced_retained_once_the_link_is_up():
    board = Board(part(home_assistant=True))
    board.actions = []
    board.do("link", True)
    board.until(5000)
    names = sorted([topic[len("/homeassistant/") : -len("/config")] for topic in announced(board.actions)])
    expected = ["front_contact", "front_forced", "front_held", "front_lock", "vault_contact", "vault_forced", "vault_held", "vault_lock"]
    expected = ["binary_sensor/backstop_small/door_" + name for name in expected]
    expected += ["binary_sensor/backstop_small/output_strobe_active"]
    expected += ["sensor/backstop_small/area_hall_occupancy", "sensor/backstop_small/area_hall_violations"]
    assert names == expected
    assert all([action[3] for action in board.actions if action[0] == "send" and action[1].startswith("/homeassistant/")])


def test_without_being_asked_to_a_board_announces_nothing():
    board = Board(part())
    board.actions = []
    board.do("link", True)
    board.until(5000)
    assert board.node.home is None and announced(board.actions) == []


def test_it_comes_one_by_one():
    board = Board(part(home_assistant=True))
    board.do("link", True)
    for _ in range(20):
        board.actions = []
        board.until(board.now_ms + 100)
        assert len(announced(board.actions)) <= 2


def test_a_new_link_is_told_all_again_and_a_broken_one_nothing_more():
    home = HomeAssistant(settings())
    home.link(True, 0)
    home.lead(["hall"], 0)
    count = len(all_of(home))
    assert count == 11
    home.lead(["hall"], 50)
    assert home.due_ms is None
    home.link(True, 100)
    home.tell(100)
    home.link(False, 150)
    assert home.due_ms is None
    home.link(True, 200)
    home.lead(["hall"], 200)
    assert len(all_of(home, 200)) == count


def test_an_area_is_announced_by_who_comes_to_lead_it():
    home = HomeAssistant(settings())
    home.lead([], 0)
    assert home.due_ms is None
    home.lead(["hall"], 10)
    assert [action[1] for action in all_of(home, 10)] == [
        "/homeassistant/sensor/backstop_small/area_hall_occupancy/config",
        "/homeassistant/sensor/backstop_small/area_hall_violations/config",
    ]


def test_a_door_without_a_sensor_has_only_a_lock():
    home = HomeAssistant(settings(doors={"back": door([], sensor=False)}, outputs={}))
    home.link(True, 0)
    assert [action[1] for action in all_of(home)] == ["/homeassistant/binary_sensor/backstop_small/door_back_lock/config"]


def test_the_longest_names_and_64_controllers_fit_into_a_message():
    controllers = ["controller-%02d-%s" % (no, "x" * 10) for no in range(64)]
    name = "a" * 24
    made = settings(doors={}, outputs={})
    made["site"], made["areas"] = "s" * 24, {name: hall(controllers=controllers)}
    home = HomeAssistant(made)
    home.lead([name], 0)
    for action in all_of(home):
        assert len(action[2]) < 2048, len(action[2])
        assert len(json.loads(action[2])["availability"]) == 8
