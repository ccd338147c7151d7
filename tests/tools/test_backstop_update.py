"""`update` without a broker: for whom, one after the other, what is said of it, and how it ends."""

import json

import pytest
from click.testing import CliRunner

from firmware.wire import seal
from tests.tools.sites import changed
from tools.backstop import updating
from tools.backstop.cli import cli
from tools.backstop.shipment import Shipment, build
from tools.build import manifest, rom
from tools.site import parse
from tools.site.compiler.keys import opened, write
from tools.site.compiler.release import release

OPERATORS = {"ada": {"role": "site_admin"}, "max": {"role": "site_manager"}}
DATA = changed(("operators", OPERATORS), ("consoles", ["console"]), ("controllers", "c3", {}))
OLD = "fw-00000001"
FILES = {"tree/firmware/__init__.mpy": b"M\x06\x00\x1f", "tree/firmware/start.mpy": b"M\x06\x00\x1f more", "main.py": b"#", "boot.py": b"#"}


class Line:
    """Three controllers; what each makes of a release is in `plans`. `sent`: to whom manifests went, in order."""

    def __init__(self):
        self.now_s, self.sent, self._waiting = 0.0, [], []
        self.status = {name: running(OLD, "0.1.0") for name in ("c1", "c2", "c3")}
        self.plans = {name: works for name in self.status}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def settle(self):
        pass

    def send(self, topic, payload, is_retained=False):
        name, told = topic.removeprefix("config/"), json.loads(seal.content(payload))
        self.sent.append(name)
        self.plans[name](self.status, name, told)

    def take(self, patience_s):
        self.now_s += patience_s
        return []


def running(tree, firmware, **fields):
    return {"online": True, "release": tree, "firmware": firmware, **fields}


def works(status, name, told):
    status[name] = running(told["release"], told["firmware"], **{key: True for key in ("rom",) if key in status[name]})


def goes_back(status, name, told):
    status[name] = running(OLD, "0.1.0", rolled_back=[told["version"], "self-test: no link to the broker within 60 s"])


def refuses(status, name, told):
    status[name] = running(OLD, "0.1.0", refused_update=[told["version"], "no room in the flash for 7 blocks"])


def says_nothing(status, name, told):
    pass


@pytest.fixture
def line(monkeypatch):
    made = Line()
    monkeypatch.setattr("tools.backstop.line.Line", lambda station, filters: made)
    monkeypatch.setattr(updating.time, "monotonic", lambda: made.now_s)
    return made


def built(folder, version="0.2.0", files=FILES):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    manifest.write(manifest.of(folder)._replace(version=version), folder)
    return folder


@pytest.fixture
def place(tmp_path):
    (tmp_path / "site.json").write_text(json.dumps(DATA))
    release(tmp_path / "site.json", tmp_path / "parts", is_new_site=True)
    built(tmp_path / "build")
    return tmp_path


def run(place, *words, operator="ada", **given):
    environment = {"BACKSTOP_SITE": str(place / "site.json"), "BACKSTOP_BROKER": "mqtt://127.0.0.1:1", "BACKSTOP_OPERATOR": operator}
    return CliRunner().invoke(cli, ["update", "--build", str(place / "build"), *words], env=environment | given)


def test_all_controllers_get_it_one_after_the_other(place, line):
    done, name = run(place, "--all"), Shipment(build(place / "build"), False).name
    assert done.exit_code == 0 and done.stdout.splitlines() == [f"{one}: runs {name}" for one in ("c1", "c2", "c3")]
    assert line.sent == ["c1", "c2", "c3"]
    again = run(place, "--all")
    assert again.exit_code == 0 and again.stdout.count("already") == 3 and len(line.sent) == 3


def test_doors_may_pause_only_where_somebody_says_so(place, line):
    told = {}
    line.plans = dict.fromkeys(line.plans, lambda status, name, manifest: told.update({name: manifest}) or works(status, name, manifest))
    run(place, "--controller", "c1")
    run(place, "--controller", "c2", "--pause-doors")
    assert "pause" not in told["c1"] and told["c2"]["pause"] is True


def test_only_the_named_ones_get_it_each_once_and_as_they_were_named(place, line):
    done = run(place, "--controller", "c3", "--controller", "c1", "--controller", "c3")
    assert done.exit_code == 0 and line.sent == ["c3", "c1"] and len(done.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("plan", "status", "words"),
    [
        (goes_back, 1, "c2: went back to the release before: self-test: no link to the broker within 60 s"),
        (refuses, 1, "no room in the flash for 7 blocks"),
        (says_nothing, 3, "c2: does not answer any more. It runs what it ran"),
    ],
)
def test_where_one_fails_the_rest_is_left_alone_and_a_later_try_goes_on_there(place, line, plan, status, words):
    line.plans["c2"] = plan
    failed = run(place, "--all")
    assert failed.exit_code == status and words in failed.stderr and "not updated: c2; not begun with: c3" in failed.stderr
    assert set(line.sent) == {"c1", "c2"} and line.status["c3"]["release"] == OLD
    line.plans["c2"] = works
    line.sent.clear()
    done = run(place, "--all")
    assert done.exit_code == 0 and "c1: runs fw-" in done.stdout and line.sent == ["c2", "c3"]


def test_scripts_read_what_came_of_it(place, line):
    line.plans["c2"] = goes_back
    result = run(place, "--all", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1 and {name: step["what"] for name, step in told.items()} == {"c1": "updated", "c2": "rolled back", "c3": "not begun"}
    assert "no link to the broker" in told["c2"]["reason"]


def test_whoever_is_offline_is_left_out_and_named(place, line):
    line.status["c1"] = {"online": False}
    line.status["c2"] |= {"online": False, "minimal": True}
    result = run(place, "--controller", "c1", "--controller", "c2", "--controller", "c3")
    assert result.exit_code == 3 and "c1: offline" in result.stderr and "not updated: c1" in result.stderr and set(line.sent) == {"c2", "c3"}


@pytest.mark.parametrize(
    ("words", "operator", "message"),
    [
        (["--controller", "c4"], "ada", 'the site has no controller "c4"'),
        ([], "ada", "for which controllers?"),
        (["--all", "--controller", "c1"], "ada", "for which controllers?"),
        (["--all"], "max", "only a site_admin may update"),
        (["--all"], "eve", 'knows no operator "eve"'),
        (["--all", "--build", "nowhere"], "ada", "nowhere: there is no build. `make build` makes one"),
    ],
)
def test_wrong_usage_ends_with_2_and_sends_nothing(place, line, words, operator, message):
    result = run(place, *words, operator=operator)
    assert result.exit_code == 2 and message in result.stderr and line.sent == []


def test_a_build_that_is_damaged_is_sent_to_nobody(place, line):
    (place / "build/tree/firmware/start.mpy").write_bytes(b"M\x06\x00\x1f less")
    result = run(place, "--all")
    assert result.exit_code == 2 and "is not what the manifest says" in result.stderr and line.sent == []


def test_a_build_that_does_not_fit_one_controller_is_sent_to_nobody(place, line):
    for spoilt, message in (
        (running(OLD, "0.1.0", rom=True), "the build has no rom.z"), ({"online": True}, "c3: its firmware takes no updates over the network"),
        (running(OLD, "0.10.0"), "c3 runs 0.10.0, and this build is 0.2.0: give --older"),
    ):  # fmt: skip
        line.status["c3"] = spoilt
        result = run(place, "--all")
        assert result.exit_code == 2 and message in result.stderr and line.sent == [], message


def test_an_older_release_goes_out_where_somebody_says_so_and_what_runs_already_is_not_older(place, line):
    line.status["c1"] = running(OLD, "0.10.0")
    assert run(place, "--controller", "c1", "--older").exit_code == 0 and line.status["c1"]["firmware"] == "0.2.0"
    line.status["c1"]["firmware"] = "0.10.0"
    assert run(place, "--controller", "c1").exit_code == 0
    line.status["c1"] = running(OLD, "of my own")
    assert run(place, "--controller", "c1").exit_code == 0, "nobody can say what is older"


def test_boards_that_run_code_in_place_get_the_image_and_others_the_files(place, line):
    (place / "build").rename(place / "other")
    built(place / "build", files=FILES | {"rom.z": rom.compressed(b"image" * 99)})
    line.status["c2"]["rom"] = True
    assert run(place, "--all").exit_code == 0
    made = build(place / "build")
    names = {is_rom: Shipment(made, is_rom).name for is_rom in (True, False)}
    assert [line.status[name]["release"] for name in ("c1", "c2", "c3")] == [names[False], names[True], names[False]]


def test_without_the_secret_for_configurations_nobody_updates(place, line):
    keys = opened(place / "demo.keys", parse(DATA), is_new=False)
    write(place / "demo.keys", keys.model_copy(update={"configurations": None}))
    result = run(place, "--all")
    assert result.exit_code == 2 and "no secret for configurations" in result.stderr and line.sent == []


def test_a_broker_that_is_not_there_ends_with_3(place, monkeypatch):
    monkeypatch.setattr("tools.backstop.line._CONNECTED_S", 0.2)
    result = run(place, "--all")
    assert result.exit_code == 3 and "no connection to the broker at 127.0.0.1:1: nothing was sent" in result.stderr


def test_status_shows_what_runs_where_and_what_went_wrong(place, line):
    line.status = {"c1": running("fw-00000002", "0.2.0", rom=True, trial=True), "c2": running(OLD, "0.1.0", rolled_back=[7, "no link"])}
    result = run(place, "--status")
    rows = [row.split() for row in result.stdout.splitlines()]
    assert result.exit_code == 0 and rows[1][:7] == ["c1", "online", "0.2.0", "fw-00000002", "in", "place", "on"]
    assert rows[2][-2:] == ["no", "link"] and rows[3][:2] == ["c3", "OFFLINE"]
    line.status = {"c1": {"online": False, "minimal": True, "release": OLD, "firmware": "0.1.0", "refused_update": [7, "no room"]}}
    told = json.loads(run(place, "--status", "--json").stdout)
    assert (told["c1"]["link"], told["c1"]["fault"]) == ("MINIMAL MODE", "no room")
    line.status = {"c1": running(OLD, "0.1.0", pause=7), "c2": {**running(OLD, "0.1.0", pause=7), "online": False, "minimal": True}}
    told = json.loads(run(place, "--status", "--json").stdout)
    assert (told["c1"]["state"], told["c2"]["state"]) == ("waits to pause doors", "doors pause")
    line.status = {}
    assert run(place, "--status").exit_code == 3
