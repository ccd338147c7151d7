"""Files that are no scenarios: each fault is told with its key, nothing runs, the exit status is 2."""

import copy
import json
import shutil

import pytest
from click.testing import CliRunner

from host_sim.__main__ import main
from host_sim.script.scenario import ScenarioError, load

SITE = {
    "site": "demo",
    "timezone": "Europe/Lisbon",
    "controllers": {"c1": {}, "c2": {}},
    "doors": {"lobby": {"controller": "c1"}, "yard": {"controller": "c2"}},
    "readers": {
        "lobby_in": {"door": "lobby"},
        "yard_in": {"door": "yard", "protocol": "osdp", "bus": "RS485", "address": 1},
    },
    "areas": {"office": {"entrances": ["lobby_in"]}},
    "users": {"kim": {"groups": [], "cards": ["H10301:118:1603"]}, "lee": {"groups": []}},
    "operators": {"ada": {"role": "site_admin"}},
    "outputs": {"strobe": {"controller": "c1"}},
    "inputs": {"bell": {"controller": "c1", "kind": "other"}},
}
GOOD = {"title": "good", "start": "2026-01-05T09:00:00", "seed": 1, "site": SITE, "steps": [{"at": 1, "open": "lobby"}]}


def with_step(**step) -> dict:
    return GOOD | {"steps": [{"at": 1} | step]}


def with_command(**fields) -> dict:
    return with_step(command={"operator": "ada"} | fields)


def with_expectation(**fields) -> dict:
    return with_step(expect=[fields])


BROKEN = {
    # what is wrong: (the file, what stands in the message)
    "no steps": ({k: v for k, v in GOOD.items() if k != "steps"}, "steps: missing"),
    "no start": ({k: v for k, v in GOOD.items() if k != "start"}, "start: missing"),
    "no site": ({k: v for k, v in GOOD.items() if k != "site"}, "site: missing"),
    "unknown key": (GOOD | {"stepz": []}, "stepz: unknown key"),
    "steps no list": (GOOD | {"steps": {}}, "steps: Input should be a valid list"),
    "title no text": (GOOD | {"title": 3}, "title: Input should be a valid string"),
    "seed no number": (GOOD | {"seed": "1"}, "seed: Input should be a valid integer"),
    "seed true": (GOOD | {"seed": True}, "seed: Input should be a valid integer"),
    "seed below zero": (GOOD | {"seed": -1}, "seed: Input should be greater than or equal to 0"),
    "start no time": (GOOD | {"start": "soon"}, "start: no date and time"),
    "start a number": (GOOD | {"start": 5}, "start: no date and time"),
    "start with offset": (GOOD | {"start": "2026-01-05T09:00:00Z"}, "start: this is local time of the site"),
    "start in 9999": (GOOD | {"start": "9999-01-05T09:00:00"}, "start: the year must be 2001 to 2090"),
    "site a number": (GOOD | {"site": 7}, "site: give a site as a table, or the path"),
    "site file missing": (GOOD | {"site": "none.toml"}, "none.toml: cannot be read"),
    "site broken": (
        GOOD | {"site": SITE | {"doors": {"lobby": {"controller": "c9"}}}}, "site: doors.lobby.controller:"
    ),
    "step no table": (GOOD | {"steps": [3]}, "steps[0]: not a table of keys"),
    "step without at": (GOOD | {"steps": [{"open": "lobby"}]}, "steps[0].at: missing"),
    "step without action": (GOOD | {"steps": [{"at": 1}]}, "steps[0]: a step is `at` and one action, here is no action"),
    "step with two actions": (with_step(open="lobby", close="lobby"), "here is close and open"),
    "unknown action": (with_step(jump=1), "steps[0].jump: unknown key"),
    "at below zero": (GOOD | {"steps": [{"at": -0.1, "open": "lobby"}]}, "steps[0].at: Input should be greater"),
    "at huge": (GOOD | {"steps": [{"at": 1e300, "open": "lobby"}]}, "steps[0].at: Input should be less"),
    "at a text": (GOOD | {"steps": [{"at": "1", "open": "lobby"}]}, "steps[0].at: Input should be a valid number"),
    "at true": (GOOD | {"steps": [{"at": True, "open": "lobby"}]}, "steps[0].at: Input should be a valid number"),
    "at decreasing": (
        GOOD | {"steps": [{"at": 5, "open": "lobby"}, {"at": 4, "close": "lobby"}]},
        "steps[1].at: 4 after 5; steps stand in the order of time",
    ),
    "badge without reader": (with_step(badge={"user": "kim"}), "steps[0].badge.reader: missing"),
    "badge of nothing": (with_step(badge={"reader": "lobby_in"}), "steps[0].badge: give either card or user"),
    "badge of both": (
        with_step(badge={"reader": "lobby_in", "user": "kim", "card": "H10301:1:1"}), "give either card or user"
    ),
    "unknown reader": (
        with_step(badge={"reader": "loby_in", "user": "kim"}),
        "steps[0].badge.reader: unknown reader 'loby_in'; did you mean 'lobby_in'?",
    ),
    "unknown user": (with_step(badge={"reader": "lobby_in", "user": "zoe"}), "unknown user 'zoe'; the site has kim, lee"),
    "user without card": (with_step(badge={"reader": "lobby_in", "user": "lee"}), "'lee' has no card"),
    "card beyond its format": (
        with_step(badge={"reader": "lobby_in", "card": "H10301:256:1"}), "steps[0].badge.card: H10301:256:1"
    ),
    "card of no format": (with_step(badge={"reader": "lobby_in", "card": "X:1:1"}), "steps[0].badge.card:"),
    "bits no bits": (with_step(bits={"reader": "lobby_in", "bits": "012"}), "steps[0].bits.bits: String should match"),
    "bits at an OSDP reader": (with_step(bits={"reader": "yard_in", "bits": "01"}), "'yard_in' is no Wiegand reader"),
    "keys no keys": (with_step(keys={"reader": "lobby_in", "digits": "12a"}), "steps[0].keys.digits:"),
    "unknown door": (with_step(open="attic"), "steps[0].open: unknown door 'attic'"),
    "rex not told": (with_step(rex={"door": "lobby"}), "steps[0].rex.pressed: missing"),
    "rex a word": (with_step(rex={"door": "lobby", "pressed": "yes"}), "steps[0].rex.pressed: Input should be a valid bool"),
    "unknown controller": (with_step(fire={"controller": "c3", "active": True}), "unknown controller 'c3'"),
    "unknown input": (with_step(input={"input": "gong", "active": True}), "steps[0].input.input: unknown input 'gong'"),
    "fault of a Wiegand reader": (with_step(reader={"reader": "lobby_in", "mute": True}), "'lobby_in' is no OSDP reader"),
    "a fault that no reader has": (with_step(reader={"reader": "yard_in", "deaf": True}), "steps[0].reader.deaf: unknown key"),
    "reader without fault": (with_step(reader={"reader": "yard_in"}), "give one of tamper, mute, noise, lose_key"),
    "reader with two faults": (
        with_step(reader={"reader": "yard_in", "mute": True, "noise": True}), "give one of tamper, mute"
    ),
    "group empty": (with_step(network={"groups": [[]]}), "steps[0].network.groups[0]: List should have at least 1"),
    "group twice": (with_step(network={"groups": [["c1"], ["c1"]]}), "steps[0].network: named more than once: c1"),
    "group unknown": (with_step(network={"groups": [["c7"]]}), "steps[0].network.groups: unknown controller 'c7'"),
    "groups a word": (with_step(network={"groups": "some"}), "steps[0].network.groups: Input should be 'all'"),
    "clock without end": (with_step(clock={"controller": "c1", "offset_s": 1e99}), "steps[0].clock.offset_s:"),
    "unknown command": (with_command(action="explode"), "steps[0].command.action: Input should be 'clear'"),
    "unknown operator": (
        with_step(command={"operator": "bob", "action": "reset", "area": "office"}), "unknown operator 'bob'"
    ),
    "command without its key": (with_command(action="clear", area="office"), "steps[0].command: clear needs user"),
    "command with another's key": (
        with_command(action="reset", area="office", door="lobby"), "steps[0].command: reset takes no door"
    ),
    "move to nowhere": (
        with_command(action="move", area="office", user="kim", presence="up"), "steps[0].command.presence:"
    ),
    "nothing expected": (with_step(expect=[]), "steps[0].expect: List should have at least 1 item"),
    "no form": (with_expectation(foo=1), "steps[0].expect[0]: an expectation names one of event"),
    "expectation no table": (with_step(expect=["x"]), "steps[0].expect[0]: an expectation names one of"),
    "event of no field": (with_expectation(event={}), "steps[0].expect[0].event: name at least one field"),
    "event of no type": (with_expectation(event={"type": "door.open"}), "there is no event type 'door.open'"),
    "event of an unknown door": (with_expectation(no_event={"door": "loby"}), "no_event.door: unknown door 'loby'"),
    "row says nothing": (with_expectation(area="office", user="kim"), "give presence, violation or suspected"),
    "row of never": (with_expectation(area="office", user="kim", presence="never"), "expect[0].presence:"),
    "row of an unknown kind": (with_expectation(area="office", user="kim", violation="theft"), "expect[0].violation:"),
    "row of an unknown area": (with_expectation(area="ofice", user="kim", presence="in"), "unknown area 'ofice'"),
    "row of a stranger": (with_expectation(area="office", user="zoe", presence="in"), "expect[0].user: unknown user 'zoe'"),
    "row at another's controller": (
        with_expectation(area="office", user="kim", presence="in", controller="c2"), "'c2' has no reader of 'office'"
    ),
    "door says nothing": (with_expectation(door="lobby"), "steps[0].expect[0]: give locked or open"),
    "door a number": (with_expectation(door="lobby", locked=1), "expect[0].locked: Input should be a valid boolean"),
    "output unknown": (with_expectation(output="horn", on=True), "expect[0].output: unknown output 'horn'"),
    "occupancy true": (with_expectation(area="office", occupancy=True), "expect[0].occupancy: Input should be a valid int"),
    "occupancy below zero": (with_expectation(area="office", occupancy=-1), "expect[0].occupancy:"),
    "agree false": (with_expectation(agree=False), "expect[0].agree: only true can be expected"),
    "key too many": (with_expectation(door="lobby", locked=True, shut=True), "steps[0].expect[0].shut: unknown key"),
}
RAW = {
    # name and bytes of the file: what stands in the message
    ("empty.json", b""): "is not valid JSON",
    ("half.json", b'{"title": '): "is not valid JSON",
    ("list.json", b"[]"): "holds a list",
    ("word.toml", b"steps = oops"): "is not valid TOML",
    ("nan.json", json.dumps(GOOD).replace('"at": 1', '"at": NaN').encode()): "NaN is no number of JSON",
    ("endless.json", json.dumps(GOOD).replace('"at": 1', '"at": 1e999').encode()): "steps[0].at:",
    ("twice.json", b'{"seed": 1, "seed": 2}'): "stands twice",
    ("deep.json", b"[" * 100_000): "deep",
    ("latin.json", b'{"title": "caf\xe9"}'): "is not UTF-8 text",
    ("scenario.txt", b"{}"): "neither .toml nor .json",
    ("long.json", b'{"seed": ' + b"9" * 5000 + b"}"): "long.json",
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run files by name in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    return lambda *files: CliRunner().invoke(main, ["run", *files])


def wrote(path, data) -> str:
    path.write_text(json.dumps(data))
    return path.name


def test_the_good_file_is_good(run, tmp_path):
    assert run(wrote(tmp_path / "good.json", GOOD)).exit_code == 0


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_says_which_key_and_why(run, tmp_path, data, message):
    result = run(wrote(tmp_path / "bad.json", data))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert all(line.startswith("bad.json: ") for line in result.stderr.splitlines())


@pytest.mark.parametrize(("file", "message"), RAW.items(), ids=[name for name, _ in RAW])
def test_bytes_that_are_no_scenario_are_told(run, tmp_path, file, message):
    name, data = file
    (tmp_path / name).write_bytes(data)
    result = run(name)
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr.startswith(f"{name}: ") and message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_cannot_be_read_is_told(run, tmp_path):
    (tmp_path / "folder.json").mkdir()
    result = run("none.json", "folder.json")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "none.json: cannot be read: No such file or directory",
        "folder.json: is a folder",
    ]


def test_one_bad_file_and_nothing_of_any_file_is_run(run, tmp_path):
    good = wrote(tmp_path / "good.json", GOOD)
    result = run(good, wrote(tmp_path / "bad.json", GOOD | {"seed": -1}), good)
    assert result.exit_code == 2 and result.stdout == ""


def test_every_fault_of_a_file_is_told(run, tmp_path):
    data = copy.deepcopy(GOOD) | {"seed": -1, "start": "soon", "site": SITE | {"timezone": "Mars"}}
    data["steps"] = [{"at": -1, "open": "lobby"}, {"at": 2, "expect": [{"agree": 1}, {"door": "lobby"}]}]
    result = run(wrote(tmp_path / "bad.json", data))
    keys = ("seed", "start", "steps[0].at", "steps[1].expect[0].agree", "steps[1].expect[1]", "site: timezone")
    for key in keys:
        assert f"bad.json: {key}: " in result.stderr
    assert len(result.stderr.splitlines()) == len(keys)


def test_no_file_and_a_wrong_option_are_told(run):
    assert run().exit_code == 2
    assert "FILE" in run().stderr
    assert run("--sead", "1", "x.json").exit_code == 2
    assert run("--seed", "-1", "x.json").exit_code == 2


def test_a_site_is_found_beside_the_scenario_not_beside_the_caller(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "site.json").write_text(json.dumps(SITE))
    wrote(tmp_path / "a" / "good.json", GOOD | {"site": "site.json"})
    monkeypatch.chdir(tmp_path)
    assert load("a/good.json").site.site == "demo"
    shutil.move("a/site.json", "site.json")
    with pytest.raises(ScenarioError, match=r"a/site\.json: cannot be read"):
        load("a/good.json")


def test_a_scenario_may_be_toml(tmp_path):
    (tmp_path / "site.json").write_text(json.dumps(SITE))
    (tmp_path / "good.toml").write_text(
        'start = 2026-01-05T09:00:00\nsite = "site.json"\n'
        "[[steps]]\nat = 1\nopen = 'lobby'\n"
        "[[steps]]\nat = 2.5\n"
        "expect = [{ area = 'office', user = 'kim', presence = 'unknown', violation = 'none' }]\n"
    )
    scenario = load(str(tmp_path / "good.toml"))
    assert scenario.seed == 1 and [step.at_ms for step in scenario.steps] == [1000, 2500]
    assert scenario.steps[1].expect[0].wanted == {"presence": "unknown", "violation": None}


@pytest.mark.parametrize(
    ("start", "unix_s"),
    [
        ("2026-01-05T09:00:00", 1767603600),
        ("2026-07-05T09:00:00", 1783238400),
        ("2026-03-29T01:30:00", 1774746000),  # does not exist: the first moment that does, 02:00
        ("2026-10-25T01:30:00", 1792888200),  # occurs twice: the first
        ("2026-01-05", 1767571200),
    ],
)
def test_start_is_local_time_of_the_site(tmp_path, start, unix_s):
    wrote(tmp_path / "good.json", GOOD | {"start": start})
    assert load(str(tmp_path / "good.json")).start_ms == unix_s * 1000


def test_wrong_names_in_commands_are_the_firmwares_to_refuse(tmp_path):
    for command in (
        {"action": "clear", "area": "nowhere", "user": "nobody"},
        {"action": "unlock", "door": "none"},
        {"action": "set", "area": "office", "colour": "red"},
    ):
        wrote(tmp_path / "good.json", with_command(**command))
        assert load(str(tmp_path / "good.json")).steps[0].command.fields == {"operator": "ada"} | command
