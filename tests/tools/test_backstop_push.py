"""`config push` without a broker: what it publishes, whom it answers, and what it makes of what controllers say."""

import json
import time

import pytest
from click.testing import CliRunner

from firmware.config import manifest
from firmware.wire import seal
from tests.tools.sites import changed
from tools.backstop import pause, push
from tools.backstop.cli import cli
from tools.backstop.push import Push, Result
from tools.site import parse
from tools.site.compiler.keys import made_up, opened, write
from tools.site.compiler.release import release

OPERATORS = {"ada": {"role": "site_admin"}, "max": {"role": "site_manager"}, "vic": {"role": "viewer"}}
DATA = changed(("operators", OPERATORS), ("consoles", ["console"]))
WANT = {"t": "want", "from": "c1", "to": "console", "version": 1, "page": ["settings", 0], "offset": 0, "size": 192}


class Line:
    """What controllers say is put in `waiting`; `status` is what the broker keeps of them."""

    def __init__(self):
        self.sent, self.waiting = [], []
        self.status = {name: {"online": True, "configuration": 0} for name in ("c1", "c2")}

    def send(self, topic, payload, is_retained=False):
        self.sent.append((topic, payload, is_retained))

    def take(self, patience_s):
        found, self.waiting = self.waiting, []
        return found

    def online(self):
        return [name for name in sorted(self.status) if self.status[name]["online"]]

    def note(self, name, kind, **fields):
        self.waiting.append((f"log/{name}", {"t": "log", "from": name, "entries": [{"controller": name, "type": kind, **fields}]}))


@pytest.fixture
def place(tmp_path):
    (tmp_path / "site.json").write_text(json.dumps(DATA))
    release(tmp_path / "site.json", tmp_path / "parts", is_new_site=True)
    return tmp_path


@pytest.fixture
def made(place):
    return release(place / "site.json", None)


def key(made, name) -> bytes:
    return made.keys.configuration_key(name)


def test_every_controller_gets_a_manifest_that_the_broker_keeps_signed_for_it_alone(made):
    line = Line()
    list(Push(line, made, "console", "ada").push(0))
    assert [(topic, is_retained) for topic, _, is_retained in line.sent] == [("config/c1", True), ("config/c2", True)]
    for topic, payload, _ in line.sent:
        name = topic.removeprefix("config/")
        assert seal.is_sealed(payload, key(made, name)) and not seal.is_sealed(payload, key(made, "c1" if name == "c2" else "c2"))
        told = manifest.read(payload)
        assert (told["to"], told["version"], told["from"], told["operator"]) == (name, 1, "console", "ada")


def test_pages_are_served_to_whom_they_are_for(made):
    line = Line()
    for fields in ({}, {"from": "c2"}, {"page": ["list", 0], "size": 9999}):
        line.waiting = [("want/x", WANT | fields)]
        list(Push(line, made, "console", "ada").push(0.01))
        topic, payload, is_retained = line.sent.pop()
        assert topic == f"config/{fields.get('from', 'c1')}" and not is_retained
        piece = json.loads(seal.content(payload))
        assert seal.is_sealed(payload, key(made, piece["to"])) and piece["page"] == (WANT | fields)["page"]
    wrong = ({"version": 2}, {"to": "desk"}, {"page": ["moon", 0]}, {"page": ["people", 99]}, {"page": ["list", 1]}, {"offset": 99968})
    for fields in (*wrong, {"offset": 7}, {"size": 0}):
        line.sent.clear()
        line.waiting = [("want/c1", WANT | fields)]
        list(Push(line, made, "console", "ada").push(0.01))
        assert {is_retained for _, _, is_retained in line.sent} == {True}, fields


def test_it_ends_as_soon_as_all_have_it_in_force(made):
    line = Line()
    pushing = Push(line, made, "console", "ada").push(60)
    line.status["c2"]["configuration"] = 1
    assert next(pushing) == Result("c2", "applied")
    line.status["c1"]["configuration"] = 1
    assert list(pushing) == [Result("c1", "applied")]


def test_who_refuses_says_why_and_who_does_not_answer_is_named(made):
    line = Line()
    line.status["c1"]["online"] = False
    line.note("c2", "config.refused", version=1, reason="no room in the flash")
    assert list(Push(line, made, "console", "ada").push(0.05)) == [Result("c2", "refused", "no room in the flash"), Result("c1", "offline")]
    line = Line()
    line.status["c1"]["refused"] = [None, "wrong seal"]
    line.status["c2"]["refused"] = [7, "of another version"]
    line.note("c1", "config.refused", version=7, reason="of another version")
    line.note("c1", "door.opened", door="lobby")
    assert list(Push(line, made, "console", "ada").push(0.05)) == [Result("c1", "refused", "wrong seal"), Result("c2", "silent")]


def test_who_refused_an_earlier_try_may_have_it_now(made):
    line = Line()
    line.note("c1", "config.refused", version=None, reason="wrong seal")
    pushing = Push(line, made, "console", "ada")
    found = pushing.push(0.05)
    assert next(found).what == "refused"
    line.status["c1"]["configuration"] = 1
    assert next(found) == Result("c1", "applied") and pushing.results["c1"].what == "applied"


def test_a_broker_that_was_away_is_told_again(made):
    line = Line()
    line.waiting = [("link", False), ("link", True)]
    list(Push(line, made, "console", "ada").push(0.01))
    assert [topic for topic, _, _ in line.sent] == ["config/c1", "config/c2"] * 2


def run(place, *words, operator="ada"):
    environment = {"BACKSTOP_SITE": str(place / "site.json"), "BACKSTOP_BROKER": "mqtt://127.0.0.1:1", "BACKSTOP_OPERATOR": operator}
    return CliRunner().invoke(cli, ["config", *words], env=environment)


@pytest.mark.slow
def test_only_a_site_admin_may_push_and_nothing_is_compiled_for_others(place):
    (place / "site.json").write_text(json.dumps(changed(("operators", OPERATORS), ("users", "kim", "cards", ["H10301:1:1"]))))
    before = (place / "demo.ids").read_text()
    for operator in ("max", "vic"):
        result = run(place, "push", operator=operator)
        assert result.exit_code == 2 and "only a site_admin may push" in result.stderr
    assert (place / "demo.ids").read_text() == before
    assert run(place, "push", operator="eve").exit_code == 2
    result = run(place, "push")
    assert result.exit_code == 3 and "no connection to the broker" in result.stderr


def test_without_the_secret_for_configurations_nobody_pushes(place):
    keys = opened(place / "demo.keys", parse(DATA), is_new=False)
    write(place / "demo.keys", keys.model_copy(update={"configurations": None}))
    result = run(place, "push")
    assert result.exit_code == 2 and "no secret for configurations" in result.stderr
    assert opened(place / "demo.keys", parse(DATA), is_new=False).configurations is None, "none is made up"
    write(place / "other.keys", made_up(parse(DATA)))
    result = CliRunner().invoke(cli, ["--keys", str(place / "other.keys"), "config", "push"], env={
        "BACKSTOP_SITE": str(place / "site.json"), "BACKSTOP_BROKER": "mqtt://127.0.0.1:1", "BACKSTOP_OPERATOR": "ada"})  # fmt: skip
    assert result.exit_code == 2 and "leave --keys out" in result.stderr


def test_a_site_that_was_never_compiled_is_not_pushed(place):
    (place / "demo.ids").unlink()
    result = run(place, "push")
    assert result.exit_code == 2 and "--new-site" in result.stderr


def test_what_came_of_it_is_told_by_lines_and_by_the_exit_status(place, monkeypatch):
    line = Line()

    class Connected:
        def __init__(self, station, filters):
            assert filters == ["status/+", "want/+", "log/+"]

        def __enter__(self):
            return line

        def __exit__(self, *_):
            pass

    line.settle = lambda: None
    monkeypatch.setattr("tools.backstop.line.Line", Connected)
    monkeypatch.setattr(push, "_TURN_S", 0.01)
    line.status["c1"]["configuration"] = 1
    result = run(place, "push", "--for", "0.1")
    assert result.exit_code == 3 and result.stdout == "c1: applied version 1\n"
    assert "c2: has not said" in result.stderr and "not in force at c2" in result.stderr
    line.note("c2", "config.refused", version=1, reason="wrong to")
    result = run(place, "push", "--for", "0.1")
    assert result.exit_code == 1 and "c2: refused version 1: wrong to" in result.stderr and "refused by c2" in result.stderr
    line.status["c2"]["configuration"] = 1
    result = run(place, "push", "--json")
    told = {"c1": {"controller": "c1", "what": "applied", "reason": ""}, "c2": {"controller": "c2", "what": "applied", "reason": ""}}
    assert result.exit_code == 0 and json.loads(result.stdout) == {"version": 1, "controllers": told}


# -- doors that pause for it -----------------------------------------------------------------------

LACK = "not enough memory: it takes 28 kB of heap, and 12 are free"


def short(line, *names):
    """Controllers say that they have no memory for version 1."""
    for name in names:
        line.status[name] = {"online": True, "configuration": 0, "refused": [1, LACK]}


def orders(line, made):
    """[controller, when that was ordered] of the manifests by which doors may pause; none of them is one that a broker keeps."""
    told = [(topic, json.loads(seal.content(payload)), is_retained) for topic, payload, is_retained in line.sent if topic.startswith("config/")]
    assert not any(is_retained for _, message, is_retained in told if "pause" in message)
    return [(topic.removeprefix("config/"), message["pause"]) for topic, message, _ in told if "pause" in message]


def test_without_the_word_nobody_has_doors_pause_and_the_refusal_says_what_would_help(made):
    line = Line()
    line.take = lambda patience_s: short(line, "c1", "c2") or []
    found = list(Push(line, made, "console", "ada").push(60))
    assert [(result.controller, result.what) for result in found] == [("c1", "refused"), ("c2", "refused")] and not orders(line, made)
    assert all(result.reason.startswith(LACK) and "--pause-doors" in result.reason for result in found)


def test_with_it_they_pause_one_controller_after_the_other_and_only_where_memory_is_short(made):
    line, begun_s, seen = Line(), int(time.time()), []

    def story():
        short(line, "c1")
        yield
        ((name, order),) = orders(line, made)
        assert name == "c1" and begun_s <= order <= time.time(), "one after the other"
        line.status["c1"] = line.status["c1"] | {"pause": order}
        yield
        short(line, "c2")
        yield
        for fields in ({}, {"want": WANT}):
            line.status["c1"] = {"online": False, "minimal": True, "pause": order} | fields
            yield
        assert line.sent[-1][0] == "config/c1" and json.loads(seal.content(line.sent[-1][1]))["t"] == "piece"
        assert orders(line, made) == [("c1", order)]
        line.status["c1"] = {"online": True, "configuration": 1}
        yield
        assert orders(line, made)[-1][0] == "c2"
        line.status["c2"] = {"online": True, "configuration": 0, "refused": [1, "doors have paused for it, and it did not get through"]}
        yield
        raise AssertionError("it was over")

    told = story()
    line.take = lambda patience_s: next(told) or []
    for result in Push(line, made, "console", "ada", may_pause=True).push(60):
        seen.append(tuple(result))
    refused = ("c2", "refused", "doors have paused for it, and it did not get through")
    assert seen == [("c1", "waits", ""), ("c1", "pauses", ""), ("c1", "applied", ""), refused]


def test_an_order_is_repeated_while_nothing_is_fetched(made, monkeypatch):
    monkeypatch.setattr(pause, "_AGAIN_S", 0.02)
    line = Line()
    line.take = lambda patience_s: short(line, "c1") or []
    assert {result.what for result in Push(line, made, "console", "ada", may_pause=True).push(0.3)} == {"silent"}
    found = orders(line, made)
    assert len(found) > 3 and len(set(found)) == 1


def test_a_refusal_that_is_an_old_story_has_nobody_pause(made):
    line = Line()
    short(line, "c1")
    line.take = lambda patience_s: []
    assert list(Push(line, made, "console", "ada", may_pause=True).push(0.05)) == [Result("c1", "refused", LACK), Result("c2", "silent")]
    assert not orders(line, made)


def test_memory_that_ended_on_the_way_is_such_a_refusal_too(made):
    line = Line()
    line.note("c1", "config.refused", version=1, reason="not enough memory: start the controller anew and try again")
    list(Push(line, made, "console", "ada", may_pause=True).push(0.05))
    assert {name for name, _ in orders(line, made)} == {"c1"}
