"""A new site file at work: fetched over the network and put in force while doors, readers and people go on."""

import copy

import pytest

from firmware.config import KEY_NAME
from firmware.wire import seal
from tests.model import small
from tests.sim.pushing import Push, opened, said, versions
from tools.site import parse, parts
from tools.site.compiler.keys import made_up
from tools.site.compiler.numbers import by_name_order
from tools.site.compiler.publication import Publication

NEW_CARD = "H10301:7:77"


def with_card(where: dict) -> dict:
    changed = copy.deepcopy(where)
    changed["users"]["kim"]["cards"].append(NEW_CARD)
    return changed


def badge(world, reader: str, card: str) -> str:
    world.badge(reader, card)
    world.run_until(world.now_ms + 900)
    answer = [event for event in world.events if event["type"] in ("access.granted", "access.denied")][-1]
    return answer.get("reason", "granted")


def test_a_new_card_opens_as_soon_as_the_new_configuration_is_in_force():
    world = opened(small.hall())
    assert badge(world, "north_in", NEW_CARD) == badge(world, "south_in", NEW_CARD) == "unknown_credential"
    Push(world, with_card(small.hall())).publish()
    world.run_until(world.now_ms + 20_000)
    assert versions(world) == {"c1": 2, "c2": 2}
    assert badge(world, "south_in", NEW_CARD) == "granted" and badge(world, "north_out", NEW_CARD) == "granted"
    applied = said(world, "config.applied")
    assert sorted((event["controller"], event["version"]) for event in applied) == [("c1", 2), ("c2", 2)]
    assert [event["reset_cause"] for event in said(world, "controller.started")] == ["power_on"] * 2 + ["config"] * 2
    world.run_until(world.now_ms + 3_600_000)
    assert len(said(world, "config.applied")) == 2 and not said(world, "config.refused")


def test_new_settings_are_one_fact_and_what_people_did_stays():
    world = opened(small.hall("soft"))
    badge(world, "north_in", "H10301:118:1000")
    badge(world, "north_in", "H10301:118:1000")
    assert world.row("c2", "hall", "kim")["violation"] == "double_entrance"
    Push(world, small.hall("hard")).publish()
    world.run_until(world.now_ms + 20_000)
    changes = said(world, "area.set")
    assert [(event["controller"], event["configuration"]) for event in changes if event["configuration"] == 2] == [("c1", 2)]
    assert world.agree() == [] and world.row("c2", "hall", "kim")["presence"] == "in"
    assert badge(world, "south_in", "H10301:118:1000") == "double_entrance"


def schedules(**more) -> dict:
    """A door that stands unlocked, a maglock, and a door that opens only after the first person."""
    where = small.hall()
    where["schedules"] = {"day": {"weekly": {"mon-fri": ["08:00-18:00"]}}}
    where["doors"]["north"] |= {"unlock_schedule": "day", "unlock_after_first": True}
    where["doors"]["south"] |= {"lock": "fail_safe", "rex": "unlock"} | more
    return where


def moves(world, change) -> list:
    """Every move of a lock while something happens, as its relay would see it."""
    seen = []
    for name, board in world.boards.items():
        drive = board._do_lock

        def watch(door, is_locked, board=board, drive=drive, name=name):
            if board._locked.get(door) != is_locked:
                seen.append((door, is_locked))
            drive(door, is_locked)

        board._do_lock = watch
    change()
    return seen


def test_no_lock_moves_while_a_configuration_is_put_in_force():
    world = opened(schedules())
    badge(world, "north_in", "H10301:118:1000")
    world.run_until(world.now_ms + 10_000)
    assert not world.door("north")["locked"] and world.door("south")["locked"]

    def change():
        Push(world, with_card(schedules())).publish()
        world.run_until(world.now_ms + 20_000)

    assert moves(world, change) == []
    assert versions(world) == {"c1": 2, "c2": 2} and not world.door("north")["locked"]
    assert not said(world, "door.locked", door="north") and not said(world, "door.forced")


def test_a_new_configuration_that_unlocks_a_door_does_so_once():
    where = schedules()
    world = opened(where)
    changed = copy.deepcopy(where)
    changed["doors"]["south"]["unlock_schedule"] = "day"
    assert moves(world, lambda: (Push(world, changed).publish(), world.run_until(world.now_ms + 20_000))) == [("south", False)]


def needing(world, what: str):
    """Somebody needs c2 now. Returns what ends that."""
    if what == "rex":
        world.rex("south", True)
        return lambda: world.rex("south", False)
    if what == "fire":
        world.fire("c2", True)
        return lambda: (world.fire("c2", False), world.command({"operator": "ada", "action": "emergency", "active": False}))
    if what == "grant":
        world.badge("south_in", "H10301:118:1000")
        return lambda: (world.leaf("south", True), world.leaf("south", False))
    world.leaf("south", True)
    return lambda: world.leaf("south", False)


@pytest.mark.parametrize("what", ["rex", "fire", "grant", "forced"])
def test_it_waits_until_nobody_needs_the_door(what):
    where = schedules(unlock_s=300)
    world = opened(where)
    end = needing(world, what)
    world.run_until(world.now_ms + 500)
    was_locked = world.door("south")["locked"]
    Push(world, with_card(where)).publish("c2")
    world.run_until(world.now_ms + 120_000)
    assert versions(world) == {"c1": 1, "c2": 1} and world.door("south")["locked"] == was_locked
    end()
    world.run_until(world.now_ms + 310_000)
    assert versions(world) == {"c1": 1, "c2": 2} and world.door("south")["locked"]


def test_in_an_emergency_no_board_begins_anew_whatever_its_doors_are():
    world = opened(small.hall())
    world.fire("c2", True)
    Push(world, with_card(small.hall())).publish()
    world.run_until(world.now_ms + 3_600_000)
    assert versions(world) == {"c1": 1, "c2": 1}
    world.fire("c2", False)
    world.run_until(world.now_ms + 20_000)
    assert versions(world) == {"c1": 2, "c2": 2}


def test_a_door_that_is_propped_open_delays_it_by_ten_minutes_at_most():
    where = schedules()
    world = opened(where)
    world.leaf("south", True)
    Push(world, with_card(where)).publish("c2")
    world.run_until(world.now_ms + 590_000)
    assert versions(world)["c2"] == 1
    world.run_until(world.now_ms + 20_000)
    assert versions(world)["c2"] == 2


def test_who_presses_a_rex_in_that_moment_gets_out():
    where = schedules()
    world = opened(where)
    board = world.boards["c2"]
    begin = board._begin

    def begin_pressed(*how):
        board.rex["south"] = True  # while no node is there
        begin(*how)

    board._begin = begin_pressed
    Push(world, with_card(where)).publish("c2")
    world.run_until(world.now_ms + 20_000)
    assert versions(world)["c2"] == 2 and not world.door("south")["locked"]


def test_a_board_that_was_off_takes_it_when_it_is_back():
    world = opened(small.hall())
    world.power("c2", False)
    push = Push(world, with_card(small.hall())).publish()
    world.run_until(world.now_ms + 20_000)
    assert versions(world) == {"c1": 2, "c2": None}
    world.power("c2", True)
    world.run_until(world.now_ms + 20_000)
    assert versions(world) == {"c1": 2, "c2": 2}
    assert badge(world, "south_in", NEW_CARD) == "granted"
    wants = len(push.wants)
    for name in ("c1", "c2"):
        world.power(name, False)
        world.power(name, True)
    world.run_until(world.now_ms + 20_000)
    assert versions(world) == {"c1": 2, "c2": 2} and len(push.wants) == wants and len(said(world, "config.applied")) == 2


def test_a_console_that_goes_in_the_middle_is_waited_for_and_a_power_cut_costs_no_page():
    world = opened(small.hall())
    push = Push(world, with_card(small.hall())).publish("c1")
    while len(push.wants) < 8:
        assert world.now_ms < 60_000
        world.run_until(world.now_ms + 5)
    push.is_there = False
    world.run_until(world.now_ms + 60_000)
    before = [(want["page"], want["offset"]) for want in push.wants]
    world.power("c1", False)
    world.power("c1", True)
    world.run_until(world.now_ms + 60_000)
    push.is_there = True
    push.publish("c1")
    world.run_until(world.now_ms + 20_000)
    assert versions(world)["c1"] == 2
    after = [(want["page"], want["offset"]) for want in push.wants[len(before) :]]
    whole = {tuple(page) for page, _ in before[:-1]} - {tuple(before[-1][0])}
    assert whole and not whole & {tuple(page) for page, _ in after}


def nowhere(settings):
    settings["readers"]["north_in"]["door"] = "nowhere"


def strange(settings):
    settings["readers"]["north_in"]["formats"] = ["nowhere"]  # what no proof looks at


@pytest.mark.parametrize(("spoil", "why"), [(nowhere, "'nowhere' is not there"), (strange, "AssertionError()")])
def test_one_that_cannot_start_is_given_up_and_said_to_be(spoil, why):
    world = opened(small.hall())
    assert badge(world, "north_in", "H10301:118:1000") == "granted"
    world.run_until(world.now_ms + 10_000)
    Push(world, small.hall(), spoil=lambda made: spoil(made["c1"].settings)).publish()
    world.run_until(world.now_ms + 60_000)
    assert versions(world) == {"c1": 1, "c2": 2}
    refused = said(world, "config.refused")
    assert [(event["controller"], event["version"]) for event in refused] == [("c1", 2)] and refused[0]["reason"] == why
    world.power("c1", False)
    world.power("c1", True)
    world.run_until(world.now_ms + 60_000)
    assert len(said(world, "config.refused")) == 1, "the broker repeats it, nobody tries it again"
    assert badge(world, "north_out", "H10301:118:1000") == "granted"
    Push(world, with_card(small.hall()), 3).publish()
    world.run_until(world.now_ms + 20_000)
    assert versions(world) == {"c1": 3, "c2": 3}


class TestAttackers:
    def forged(self, world, key: bytes, to: str = "c1", version: int = 9, where=None) -> bytes:
        site = parse(where or with_card(small.hall()), "site")
        made = parts(site, by_name_order(site)._replace(version=version), world.start_ms // 1000, world.secrets)
        return Publication(made[to], key, "console", "ada").manifest

    def test_no_key_of_a_board_an_operator_or_another_site_is_believed(self):
        world = opened(small.hall())
        table = world.boards["c2"].part.tables["keys"]
        keys = [seal.find_key(table, name) for name in ("", "ada", "max", "vic", KEY_NAME)]
        own = world.boards["c1"].part.tables["keys"]
        keys += [seal.find_key(own, name) for name in ("", "ada", "max", "vic")]
        keys += [made_up(world.site, 5).configuration_key("c1"), bytes(32)]
        for key in keys:
            world.network.send("c2", "config/c1", self.forged(world, key), True)
        world.run_until(world.now_ms + 60_000)
        assert versions(world) == {"c1": 1, "c2": 1} and world.boards["c1"].files.operations == 0
        assert world.boards["c1"].node.faults == {"config": len(keys)}
        assert [event["reason"] for event in said(world, "config.refused")] == ["wrong seal"], "a flood is one event in 10 s"
        world.network.send("c2", "config/c1", self.forged(world, bytes(32)), True)
        world.run_until(world.now_ms + 1000)
        assert said(world, "config.refused")[1]["count"] == len(keys)

    def test_what_is_for_another_board_is_not_taken(self):
        world = opened(small.hall())
        key = world.secrets.configuration_key("c1")
        world.network.send("console", "config/c1", self.forged(world, key, "c2"), True)
        world.run_until(world.now_ms + 10_000)
        assert [event["reason"] for event in said(world, "config.refused")] == ["wrong to"]
        assert versions(world) == {"c1": 1, "c2": 1}

    def test_an_old_manifest_that_is_sent_again_changes_nothing(self):
        world = opened(small.hall())
        old = Push(world, small.hall(first_use="entrance"), 2).publish()
        world.run_until(world.now_ms + 20_000)
        Push(world, with_card(small.hall()), 3).publish()
        world.run_until(world.now_ms + 20_000)
        assert versions(world) == {"c1": 3, "c2": 3}
        for _ in range(3):
            old.publish("c1")
            world.run_until(world.now_ms + 60_000)
        world.power("c1", False)
        world.power("c1", True)
        world.run_until(world.now_ms + 20_000)
        assert versions(world) == {"c1": 3, "c2": 3}
        assert {event["reason"] for event in said(world, "config.refused")} == {"version 2 is older than 3, which is in force"}

    def test_a_manifest_is_no_command_and_no_message(self):
        world = opened(small.hall())
        node, payload = world.boards["c1"].node, self.forged(world, world.secrets.configuration_key("c1"))
        for topic in ("command/c1", "log/console", "have/console", "want/console", "status/console", "config/c2", "config/"):
            world.boards["c1"].handle(("message", topic, payload, False))
        world.run_until(world.now_ms + 10_000)
        assert versions(world)["c1"] == 1 and sum(node.faults.values()) == 7 and "config" not in node.faults


def test_doors_and_commands_go_on_while_it_comes_over_a_bad_network():
    world = opened(small.hall())
    world.network.link("c1", delay_ms=(20, 900), loss=200, duplicate=100, reorder=200)
    Push(world, with_card(small.hall())).publish()
    while versions(world)["c1"] == 1:
        assert world.now_ms < 3_600_000
        assert badge(world, "north_in", "H10301:118:1000") in ("granted", "double_entrance")
        world.command({"operator": "ada", "action": "clear", "area": "hall", "user": "kim", "reason": "test"})
        world.run_until(world.now_ms + 9_000)
    assert badge(world, "south_in", NEW_CARD) in ("granted", "double_entrance")
