"""What a site keeps over restarts: a new site file on the same flash, removed people, locks, nonces; and what others may send."""

import copy
import json

from firmware.core import stamp
from firmware.wire import seal
from host_sim.world import World
from tests.model import small
from tools.site import parse, parts

START_MS = 1767603600000  # Monday, 2026-01-05 09:00 UTC
BAD_SETTINGS = (
    {"parent": "hall"},
    {"parent": "moon"},
    {"schedule": "moon"},
    {"anti_passback": {"entrances": "hard"}},
    {"anti_passback": 5},
    {"exempt_groups": 5},
    {"reset_at": "x"},
    {"controllers": []},
    {"violation_timeout_s": -1},
)


def opened(where: dict) -> World:
    return World(parse(where, "site"), START_MS)


def badge(world: World, at_s: float, reader: str, user: str = "kim") -> str:
    """Present a card. Returns why it was denied, or "granted"."""
    world.run_until(round(at_s * 1000))
    world.badge(reader, user=user)
    world.run_until(world.now_ms + 900)
    answer = [event for event in world.events if event["type"] in ("access.granted", "access.denied")][-1]
    assert answer["user"] == user
    return answer.get("reason", "granted")


def command(world: World, at_s: float, action: str, **fields) -> None:
    world.run_until(round(at_s * 1000))
    world.command({"operator": "ada", "action": action, "reason": "test", **fields})
    world.run_until(world.now_ms + 500)


def install(world: World, where: dict, at_s: float, version: int = 2) -> None:
    """Give every board the parts of a new site file; people keep the numbers that they have."""
    world.run_until(round(at_s * 1000))
    site = parse(where, "site")
    new = parts(site, start_s=START_MS // 1000)
    for name in world.boards:
        world.power(name, False)
    world.site = site
    for name, board in world.boards.items():
        new[name].settings["version"] = version
        board.part = new[name]
    for name in world.boards:
        world.power(name, True)
    world.run_until(world.now_ms + 3000)


def said(world: World, kind: str, **fields) -> list:
    """Every event of a type with these fields."""
    return [event for event in world.events if event["type"] == kind and fields.items() <= event.items()]


def standing(world: World, user: str = "kim", area: str = "office") -> tuple:
    """(presence, violation, suspicion), the same on every board of the area."""
    assert world.agree() == []
    seen = [world.row(name, area, user) for name in world.holders(area)]
    assert seen
    return tuple(seen[0][key] for key in ("presence", "violation", "suspected"))


# -- a new site file --------------------------------------------------------------------------------


def test_a_new_site_file_judges_nobody_by_rules_that_were_not_his():
    world = opened(small.office())
    assert badge(world, 1, "lobby_out") == "granted"
    install(world, small.office(first_use="entrance"), 5)
    assert standing(world) == ("out", None, None)
    assert badge(world, 15, "lobby_in") == "granted"
    assert badge(world, 20, "lobby_out", "lee") == "exit_without_entrance"


def test_a_new_site_file_keeps_presence_violation_and_pardon():
    world = opened(small.office())
    badge(world, 1, "lobby_in", "kim")
    badge(world, 3, "lobby_in", "kim")
    badge(world, 5, "lobby_in", "sam")
    command(world, 7, "pass", area="office", user="sam")
    install(world, small.office(confirm_ms=500, presence_timeout_s=9999), 10)
    assert standing(world, "kim") == ("in", "double_entrance", None)
    assert badge(world, 20, "lobby_out", "kim") == "in_violation"
    assert badge(world, 22, "lobby_in", "sam") == "granted"
    assert badge(world, 24, "lobby_in", "sam") == "double_entrance"


def test_a_stricter_site_file_ends_violations_and_keeps_presence():
    world = opened(small.office("soft"))
    badge(world, 1, "lobby_in")
    badge(world, 3, "lobby_in")
    assert standing(world) == ("in", "double_entrance", None)
    install(world, small.office("hard"), 5)
    assert standing(world) == ("in", None, None)
    assert len(said(world, "apb.cleared", by="settings", user="kim")) == 1
    assert badge(world, 15, "lobby_out") == "granted"


def test_a_new_site_file_is_newer_than_an_earlier_command():
    world = opened(small.office("hard"))
    command(world, 1, "set", area="office", anti_passback="soft")
    install(world, small.office("deny"), 5)
    assert len(said(world, "area.set", configuration=2)) == 1
    badge(world, 15, "lobby_in")
    assert badge(world, 17, "lobby_in") == "double_entrance"
    assert badge(world, 19, "lobby_out") == "granted"


def test_the_same_configuration_again_changes_nothing_that_was_set():
    world = opened(small.office("hard"))
    command(world, 1, "set", area="office", anti_passback="soft")
    install(world, small.office("hard"), 5, version=1)
    badge(world, 15, "lobby_in")
    assert badge(world, 17, "lobby_in") == "granted"


def test_one_board_of_an_area_writes_its_new_settings():
    world = opened(small.hall("soft"))
    badge(world, 1, "north_in")
    install(world, small.hall("hard"), 5)
    assert [event["controller"] for event in said(world, "area.set", configuration=2)] == ["c1"]
    assert badge(world, 15, "south_in") == "double_entrance"


# -- people who leave -------------------------------------------------------------------------------


def without(where: dict, *users: str) -> dict:
    where = copy.deepcopy(where)
    for user in users:
        del where["users"][user]
    return where


def test_whoever_is_removed_loses_presence_and_violation_once():
    world = opened(small.office())
    badge(world, 1, "lobby_in", "sam")
    badge(world, 3, "lobby_in", "sam")
    number = world.boards["c1"].node.controller.people.number_of("sam")
    install(world, without(small.office(), "sam"), 5)
    moved = said(world, "apb.moved", by="removed")
    assert [(event["area"], event["presence"], event["no"]) for event in moved] == [("office", "unknown", number)]
    assert moved[0]["user"], "an event about a person names one"
    view = world.boards["c1"].node.controller.presence.view(number, START_MS + world.now_ms)["office"]
    assert (view.presence, view.violation) == ("unknown", None)
    install(world, without(small.office(), "sam"), 20)
    assert len(said(world, "apb.moved", by="removed")) == 1
    assert badge(world, 30, "lobby_in", "kim") == "granted"


def test_a_board_starts_though_everybody_has_left():
    world = opened(small.office())
    badge(world, 1, "lobby_in", "kim")
    install(world, without(small.office(), "kim", "lee", "pat", "sam"), 5)
    assert len(said(world, "apb.moved", by="removed")) == 1
    world.badge("lobby_in", card="H10301:118:1000")
    world.run_until(world.now_ms + 900)
    assert said(world, "access.denied", reason="unknown_credential")


# -- locks ------------------------------------------------------------------------------------------


def fail_safe() -> dict:
    where = small.hall()
    for door in where["doors"].values():
        door["lock"] = "fail_safe"
    return where


def test_a_start_in_an_emergency_never_energises_a_fail_safe_lock(monkeypatch):
    world = opened(fail_safe())
    world.fire("c1", True)
    world.run_until(2000)
    driven = []
    for name, board in world.boards.items():
        world.power(name, False)
        monkeypatch.setattr(board, "_do_lock", lambda door, is_locked, do=board._do_lock: (driven.append((door, is_locked)), do(door, is_locked)))
    for name in world.boards:
        world.power(name, True)
    world.run_until(10_000)
    assert {door for door, _ in driven} == {"north", "south"}
    assert not any(is_locked for _, is_locked in driven)
    assert not world.door("north")["locked"] and not world.door("south")["locked"]


# -- commands and messages --------------------------------------------------------------------------


def test_a_command_that_had_its_effect_has_none_after_a_restart():
    world = opened(small.hall())
    command(world, 1, "lockdown", doors=["north"], nonce="one")
    command(world, 3, "release", doors=["north"], nonce="two")
    before = len(said(world, "lockdown.started"))
    world.power("c2", False)
    world.run_until(6000)
    world.power("c2", True)
    world.run_until(9000)
    again = {"operator": "ada", "action": "lockdown", "doors": ["north"], "reason": "test", "nonce": "one"}
    world.command_to("c2", again)
    world.run_until(11_000)
    assert len(said(world, "lockdown.started")) == before
    answer = world.replies[-1][2]
    assert answer["nonce"] == "one" and answer["event"]["type"] == "lockdown.started"
    assert badge(world, 12, "north_in") == "granted"


def test_what_was_lost_with_the_power_hides_nothing_that_comes_after():
    world = opened(small.office("soft"))
    world.run_until(1000)
    world.badge("lobby_in", user="kim")
    while not said(world, "access.granted"):
        world.run_until(world.now_ms + 1)
    world.power("c1", False)  # before the flash has it
    world.run_until(2000)
    world.power("c1", True)
    assert badge(world, 4, "lobby_in", "lee") == "granted"
    assert len(said(world, "controller.started")) == 2 and len(said(world, "clock.set")) == 2


def test_an_action_that_is_no_word_is_refused():
    world = opened(small.office())
    for number, action in enumerate(([], {}, ["clear"], None, 5, True)):
        command(world, number + 1, action, area="office", user="kim", nonce=f"odd{number}")
        assert "refused" in world.replies[-1][2], action
    assert badge(world, 20, "lobby_in") == "granted"


def forged(world: World, inc: int, heads: dict, settings: dict) -> bytes:
    """A message in the name of c2 with one more `area.set`."""
    now = START_MS + world.now_ms
    event = {"type": "area.set", "stream": "facts", "controller": "c2", "inc": inc, "seq": heads["facts"], "at_ms": now, "err_ms": 100}
    event |= {"stamp": stamp.text(stamp.at(now)), "area": "hall", "settings": settings}
    made = {"t": "log", "from": "c2", "inc": inc, "heads": heads, "stamp": event["stamp"], "entries": [event]}
    return seal.seal(json.dumps(made).encode(), bytes.fromhex(world.secrets.event_key))


def test_settings_from_a_message_that_make_no_sense_change_nothing_and_stop_nothing():
    world = opened(small.hall())
    badge(world, 1, "north_in")
    world.run_until(3000)
    world.power("c2", False)  # who speaks for c2 from here on is a stranger
    board, inc = world.boards["c1"], world.start_ms // 1000
    heads = {kind: board.node.log.last("c2", inc, kind) for kind in ("facts", "notes", "site")}
    for settings in BAD_SETTINGS:
        heads["facts"] += 1
        board.handle(("message", "log/c2", forged(world, inc, heads, settings), False))
        world.run_until(world.now_ms + 100)
    assert len(list(board.node.log.between("c2", inc, "facts", heads["facts"], heads["facts"]))) == 1, "it was taken"
    rules = board.node.controller.presence.rules["hall"]
    assert rules["parent"] is None and rules["controllers"] == ["c1", "c2"]
    assert badge(world, 10, "north_out") == "granted"
    assert badge(world, 12, "north_in") == "granted"
