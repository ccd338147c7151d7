"""The hard rules of RULES.md over random input, faults included: no setting, command, fault or combination may break them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.wire import seal
from tests.model.profiles import examples
from tests.model.small import START, area, site
from tests.model.stage import TOLD, Stage, play

pytestmark = pytest.mark.slow

REX_MS = 50  # from the contact to the lock, while the program runs
DOORS = ("gate", "safe", "side")
READERS = tuple(f"{door}_{side}" for door in DOORS for side in ("in", "out"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def place(rex="unlock", **settings) -> dict:
    """Two boards; a fail-safe and a fail-secure door on one, a fail-safe one on the other; a siren and a strobe."""
    where = site({"hall": area("gate safe side", anti_passback="hard", **settings)}, {"gate": "c1", "safe": "c1", "side": "c2"})
    for door in DOORS:
        where["doors"][door] |= {"rex": rex, "lock": "fail_secure" if door == "gate" else "fail_safe", "unlock_s": 3}
    where["outputs"] = {"siren": {"controller": "c1", "follows": "emergency"}, "strobe": {"controller": "c1"}}
    where["links"] = [{"when": "access.denied", "output": "strobe"}]
    return where


def of(name: str, values, **more):
    return st.fixed_dictionaries({name: st.fixed_dictionaries(values | more)})


CONTROLLERS, FLAG = st.sampled_from(["c1", "c2"]), st.booleans()
BITS = st.text("01", min_size=1, max_size=80)
NAMES = {"operator": st.sampled_from(["ada", "max", "vic", "eve", ""]), "area": st.sampled_from(["hall", "moon"]),
         "user": st.sampled_from(["kim", "lee", "nobody"]), "door": st.sampled_from([*DOORS, "none"]), "output": st.just("strobe"),
         "doors": st.lists(st.sampled_from([*DOORS, "none"]), max_size=4), "controller": CONTROLLERS, "active": FLAG,
         "presence": st.sampled_from(["in", "out", "unknown", "up"]), "reason": st.just("test")}
ACTIONS = st.sampled_from(["clear", "reset", "move", "pass", "unlock", "lockdown", "lockdown", "release", "silence", "emergency",
                           "retire", "restore", "set", "explode"])
COMMANDS = of("command", {"action": ACTIONS, **NAMES})
FAULTS = st.one_of(
    of("power", {"controller": CONTROLLERS, "on": FLAG}),
    of("clock", {"controller": CONTROLLERS, "offset_s": st.sampled_from([-90_000, -3, 0, 3, 90_000])}),
    st.sampled_from([{"network": {"groups": g}} for g in ("all", [], [["c1"]], [["c1"], ["c2"]])]),
    of("bits", {"reader": st.sampled_from(READERS), "bits": BITS}),
)
LIFE = st.one_of(
    of("badge", {"reader": st.sampled_from(READERS), "user": st.sampled_from(["kim", "sam", "lee"])}),
    st.sampled_from([{verb: door} for verb in ("open", "close") for door in DOORS]),
    of("rex", {"door": st.sampled_from(DOORS), "pressed": FLAG}),
    of("fire", {"controller": CONTROLLERS, "active": FLAG}),
)
ANYTHING = st.one_of(LIFE, LIFE, COMMANDS, FAULTS)
GAPS_MS = st.sampled_from([1, 10, 49, 50, 51, 100, 300, 1000, 3000, 5000, 31_000, 600_000])
STORY = st.lists(st.tuples(GAPS_MS, ANYTHING), min_size=4, max_size=30)


class Wires:
    """What the contacts say, whatever the program thinks. Times are when they came to be so, None while they are not."""

    def __init__(self, where: dict):
        self.doors = {door: written["controller"] for door, written in where["doors"].items()}
        self.pressed, self.burning = dict.fromkeys(DOORS), dict.fromkeys(("c1", "c2"))
        self.booted = {"c1": 0, "c2": 0}

    def take(self, step: dict, now_ms: int) -> None:
        if "rex" in step:
            self.hold(self.pressed, step["rex"]["door"], step["rex"]["pressed"], now_ms)
        if "fire" in step:
            self.hold(self.burning, step["fire"]["controller"], step["fire"]["active"], now_ms)
        if "power" in step:
            self.hold(self.booted, step["power"]["controller"], step["power"]["on"], now_ms)

    def hold(self, there: dict, name: str, on: bool, now_ms: int) -> None:
        there[name] = (now_ms if there[name] is None else there[name]) if on else None

    def lasts(self, since_ms, door: str, now_ms: int) -> bool:
        """So for long enough, seen by a running program."""
        booted_ms = self.booted[self.doors[door]]
        return None not in (since_ms, booted_ms) and now_ms - max(since_ms, booted_ms) >= REX_MS


def act_out(where: dict, story: list, name: str) -> Stage:
    """The story, with a look at every lock after each act, and once more REX_MS later."""
    stage, wires, at_ms = Stage(where, START, name), Wires(where), 2000
    for gap_ms, step in story:
        at_ms += gap_ms
        settle(stage, wires, where, at_ms)
        stage.steps.append({"at": at_ms / 1000, **step})
        attempt(stage)
        wires.take(step, at_ms)
        look(stage, wires, where)
    settle(stage, wires, where, at_ms + 60_000)
    return stage


def settle(stage: Stage, wires: Wires, where: dict, until_ms: int) -> None:
    for moment_ms in sorted({min(stage.world.now_ms + REX_MS, until_ms), until_ms}):
        stage.world.run_until(moment_ms)
        look(stage, wires, where)


def attempt(stage: Stage) -> None:
    """The last step. One with a name nobody knows is refused, and that is all."""
    from host_sim.world import WorldError

    try:
        play(stage.world, stage.steps[-1])
    except WorldError:
        stage.steps.pop()


def look(stage: Stage, wires: Wires, where: dict) -> None:
    for door, written in where["doors"].items():
        locked, now_ms = stage.world.door(door)["locked"], stage.world.now_ms
        free = written["lock"] == "fail_safe"
        expect = {"door": door, "locked": False}
        if wires.booted[wires.doors[door]] is None:
            stage.check(locked != free, f"{door} is not as it is without power", {"door": door, "locked": not free})
        elif written["rex"] == "unlock" and wires.lasts(wires.pressed[door], door, now_ms):
            stage.check(not locked, f"{door} is locked while its REX is pressed", expect)
        elif free and wires.lasts(wires.burning[wires.doors[door]], door, now_ms):
            stage.check(not locked, f"{door} is locked while its controller sees fire", expect)


@examples(60)
@given(STORY)
def test_no_software_state_holds_a_lock_against_rex_or_an_emergency(story):
    act_out(place(), story, "egress")


@examples(15)
@given(STORY, CONTROLLERS)
def test_an_emergency_reaches_every_fail_safe_door_of_the_site(story, controller):
    stage = act_out(place("report"), story, "fire_everywhere")
    for name in ("c1", "c2"):
        stage.do(3, power={"controller": name, "on": True})
    stage.do(3, network={"groups": "all"})
    stage.wait(5)
    stage.do(3, fire={"controller": controller, "active": False})
    stage.do(3, fire={"controller": controller, "active": True})
    stage.wait(1)
    stage.check(not stage.world.door("safe")["locked"] and not stage.world.door("side")["locked"], "locked in a fire")


@examples(25)
@given(STORY, CONTROLLERS)
def test_without_power_every_output_is_de_energised_at_once(story, controller):
    stage = act_out(place(), story, "dark")
    stage.do(2, power={"controller": controller, "on": True})
    stage.wait(2)
    at_s = stage.now_s
    stage.steps.append({"at": at_s, "power": {"controller": controller, "on": False}})
    stage.world.power(controller, False)
    doors = [door for door, written in stage.site["doors"].items() if written["controller"] == controller]
    stage.check(all(stage.world.door(d)["locked"] == (d == "gate") for d in doors), "a lock is energised without power")
    stage.check(controller != "c1" or not any(stage.world.output(o) for o in ("siren", "strobe")), "an output is on without power")


def still_works(stage: Stage) -> None:
    """The board answers a badge, and REX opens the door."""
    for name in ("c1", "c2"):
        stage.do(2, power={"controller": name, "on": True})
    stage.do(2, network={"groups": "all"})
    for door in DOORS:
        stage.do(1, rex={"door": door, "pressed": False})
    stage.wait(70)
    for reader in READERS:
        stage.check(stage.badge(reader, "lee") is not None, f"{reader} does not answer any more")
    stage.wait(30)
    for door in DOORS:
        stage.do(2, rex={"door": door, "pressed": True})
        stage.check(not stage.world.door(door)["locked"], f"REX does not open {door} any more")
        stage.do(2, rex={"door": door, "pressed": False})


@examples(30)
@given(STORY)
def test_no_fault_stops_the_door_loop(story):
    still_works(act_out(place(), story, "loop"))


@examples(30)
@given(st.lists(st.tuples(st.sampled_from(READERS), BITS), min_size=1, max_size=20))
def test_noise_on_the_wire_grants_nothing_and_is_counted(noise):
    stage = Stage(place(), START, "noise")
    for reader, bits in noise:
        stage.do(1, bits={"reader": reader, "bits": bits})
    told = [e for e in stage.events if e["type"] in TOLD]
    stage.check(not stage.told(type="access.granted"), f"noise was let in: {told}")
    stage.check({e["reason"] for e in told} <= {"bad_read", "unknown_credential"} and told, f"noise was not counted: {told}")
    still_works(stage)


@examples(60)
@given(st.dictionaries(st.sampled_from([*NAMES, "action", "settings", "anti_passback", "x"]), JSON | ACTIONS, max_size=7))
def test_any_json_as_a_command_is_refused_or_done_and_never_stops_anything(fields):
    from host_sim.world import WorldError

    stage = Stage(place(), START, "garbage")
    stage.run_until(2)
    try:
        stage.world.command(fields)
    except WorldError:
        pass
    stage.steps.append({"at": 2, "command": fields})
    stage.wait(3)
    still_works(stage)


MESSAGES = st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode())


@examples(40)
@given(st.lists(MESSAGES, min_size=1, max_size=8), st.integers(0, 30), st.binary(min_size=1, max_size=4))
def test_any_bytes_as_a_message_never_stop_anything(messages, offset, spoilt):
    """Noise, and what the boards really say with some bytes of it spoilt."""
    stage, heard = Stage(place(), START, "messages"), []
    send = stage.world.send
    stage.world.send = lambda sender, topic, payload, is_retained=False: (
        heard.append((topic, payload)), send(sender, topic, payload, is_retained))
    stage.badge("gate_in")
    stage.badge("side_in")
    key = bytes.fromhex(stage.world.secrets.event_key)
    spoils = [(topic, payload[:offset] + spoilt + payload[offset + len(spoilt):]) for topic, payload in heard]
    noise = [(topic, made) for payload in messages for topic, made in (("log/c2", payload), ("have/c2", seal.seal(payload, key)))]
    sealed = [(topic, seal.seal(seal.content(payload), key)) for topic, payload in spoils]
    for topic, payload in [*noise, *spoils, *sealed, *heard]:
        for is_retained in (False, True):
            for each in (topic, "command/c1"):
                stage.world.boards["c1"].handle(("message", each, payload, is_retained))
    stage.wait(3)
    still_works(stage)


@examples(20)
@given(st.sampled_from([300, 2000]), st.integers(0, 250), st.sampled_from(DOORS))
def test_the_door_loop_does_not_wait_for_an_answer(confirm_ms, after_ms, door):
    stage = Stage(place(confirm_ms=confirm_ms), START, "waits")
    stage.badge("gate_in")
    stage.do(2, network={"groups": [["c1"], ["c2"]]})
    stage.wait(2)
    at_ms = stage.world.now_ms
    stage.world.badge("gate_in", user="kim")  # a double entrance: asks a board that cannot answer
    stage.world.run_until(at_ms + 80 + after_ms)
    stage.world.rex(door, True)
    stage.world.badge("safe_in", user="sam")
    stage.world.run_until(stage.world.now_ms + REX_MS)
    stage.check(not stage.world.door(door)["locked"], "REX waited")
    stage.world.run_until(stage.world.now_ms + 100)
    stage.check(bool(stage.told(type="access.granted", user="sam")), "another reader waited")
    stage.world.run_until(at_ms + 80 + 2 * confirm_ms + 200)
    stage.check(len(stage.told(type="access.granted", user="kim")) == 2, "no verdict after the time to wait")
