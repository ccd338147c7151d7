"""The command line without a broker: options, environment, files, names, completion, and how it ends."""

import json

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from firmware.wire import seal
from tests.tools.sites import changed
from tools.backstop import shown, told
from tools.backstop.cli import cli
from tools.backstop.errors import Unusable
from tools.backstop.moments import since_ms
from tools.backstop.station import Given, Station
from tools.broker import clients
from tools.site import parse
from tools.site.compiler.keys import made_up, write

DATA = changed(("operators", {"ada": {"role": "site_admin"}, "vic": {"role": "viewer"}}), ("users", "kim", "label", "Kim Kowalski"))
NOBODY = "mqtt://127.0.0.1:1"
KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "site.json").write_text(json.dumps(DATA))
    write(tmp_path / "demo.keys", made_up(parse(DATA)))
    return tmp_path


def run(folder, *words, **given):
    environment = {"BACKSTOP_SITE": str(folder / "site.json"), "BACKSTOP_OPERATOR": "ada", "BACKSTOP_BROKER": NOBODY}
    return CliRunner().invoke(cli, list(words), env=environment | given)


@pytest.mark.parametrize(
    ("words", "given", "message"),
    [
        (["clear", "office"], {}, "Missing argument 'USER'"),
        (["clear", "offce", "kim"], {}, "did you mean office?"),
        (["unlock", "front"], {}, 'the site has no door "front"'),
        (["move", "office", "kim", "away"], {}, "is not one of"),
        (["lockdown"], {}, "Missing argument"),
        (["emergency", "start", "--controller", "c1"], {}, "for the end of an emergency"),
        (["log", "c1", "--since", "yesterday"], {}, "is no moment"),
        (["status"], {"BACKSTOP_SITE": "nowhere.toml"}, "nowhere.toml"),
        (["status"], {"BACKSTOP_SITE": None}, "--site FILE"),
        (["status"], {"BACKSTOP_BROKER": None}, "the site file names no broker"),
        (["status"], {"BACKSTOP_BROKER": "http://broker.example"}, "is no broker"),
        (["status"], {"BACKSTOP_CLIENT": "nowhere.json"}, "nowhere.json: No such file"),
        (["clear", "office", "kim"], {"BACKSTOP_OPERATOR": None}, "--operator NAME"),
        (["clear", "office", "kim"], {"BACKSTOP_OPERATOR": "adda"}, "did you mean ada?"),
        (["nonsense"], {}, "No such command"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(folder, words, given, message):
    result = run(folder, *words, **given)
    assert result.exit_code == 2 and message in result.stderr and result.stdout == ""


def test_a_broker_that_is_not_there_ends_with_3(folder, monkeypatch):
    monkeypatch.setattr("tools.backstop.line._CONNECTED_S", 0.2)
    for words in (["status"], ["clear", "office", "kim"]):
        result = run(folder, *words)
        assert result.exit_code == 3 and "no connection to the broker at 127.0.0.1:1: nothing was sent" in result.stderr


def test_ctrl_c_is_no_refusal(folder, monkeypatch):
    def interrupted(_self):
        raise KeyboardInterrupt

    monkeypatch.setattr("tools.backstop.line.Line.__enter__", interrupted)
    assert run(folder, "status").exit_code == 130


@pytest.mark.parametrize("spoil", ["missing", "of another site", "open to others", "damaged"])
def test_keys_that_cannot_be_used_end_with_2(folder, spoil):
    path = folder / "demo.keys"
    if spoil == "missing":
        path.unlink()
    elif spoil == "open to others":
        path.chmod(0o644)
    else:
        text = path.read_text().replace('"demo"', '"else"') if spoil == "of another site" else "{"
        path.write_text(text)
    result = run(folder, "status")
    assert result.exit_code == 2 and "demo.keys" in result.stderr


def test_a_file_with_ones_own_secret_only_is_enough(folder):
    keys = made_up(parse(DATA))
    write(folder / "demo.keys", keys.model_copy(update={"operators": {"vic": keys.operators["vic"]}}))
    assert Station(given_for(folder, "vic")).operator == "vic"
    with pytest.raises(Unusable, match="the keys file knows no operator"):
        _ = Station(given_for(folder, "ada")).operator


def given_for(folder, operator: str) -> Given:
    return Given(folder / "site.json", NOBODY, None, None, None, operator)


def test_an_option_outweighs_the_environment(folder):
    result = run(folder, "--operator", "nobody", "clear", "office", "kim")
    assert 'no operator "nobody"' in result.stderr


def test_the_settings_of_a_client_are_read_with_the_paths_of_its_files(tmp_path):
    given = {"host": "broker.example", "port": 8884, "user": "console", "password": "x", "tls": {"ca": "ca.crt", "cert": "a", "key": "b"}}
    (tmp_path / "mqtt.json").write_text(json.dumps(given))
    settings = clients.opened(tmp_path / "mqtt.json")
    assert settings["tls"] == {name: str(tmp_path / file) for name, file in given["tls"].items()} and settings["port"] == 8884


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "no mqtt.json"),
        ('{"host": "a", "port": 1, "user": "c", "password": "x", "tls": {"ca": "ca.crt"}}', "its keys or certificates cannot be used"),
    ],
)
def test_settings_of_a_client_that_cannot_be_used_are_told_at_once(tmp_path, content, message):
    (tmp_path / "mqtt.json").write_text(content)
    with pytest.raises(Unusable, match=message):
        _ = Station(Given(None, None, tmp_path / "mqtt.json", None, None, None)).settings


def test_a_url_says_where_the_broker_is():
    def settings(url):
        return Station(Given(None, url, None, None, None, None)).settings

    assert settings("mqtt://a%40b:c@broker.example") == {"host": "broker.example", "port": 1883, "user": "a@b", "password": "c", "tls": None}
    three = settings("mqtt://a:b,c@x.example,mqtt://a:b,c@y.example:1884,mqtt://a:b,c@x.example:1885")
    assert three["others"] == [["y.example", 1884], ["x.example", 1885]] and three["host"] == "x.example" and three["port"] == 1883
    with pytest.raises(Unusable, match="the same user, password and scheme"):
        settings("mqtt://a@x.example,mqtt://b@y.example")
    assert settings("mqtts://broker.example:999")["tls"] == {"ca": None} and settings("mqtts://broker.example:999")["port"] == 999


# -- what is told, and shown ---------------------------------------------------------------------


def sealed(**fields) -> bytes:
    return seal.seal(json.dumps(fields).encode(), KEY)


def test_a_state_counts_only_where_it_is_sealed_whole_and_on_its_topic():
    right = {"t": "door", "from": "c1", "locked": True, "open": None, "alarm": None}
    assert told.read("door/lobby", sealed(**right), KEY).locked
    assert told.read("door/lobby", sealed(**right), bytes(32)) == "seal"
    assert told.read("area/lobby", sealed(**right), KEY) == "topic"
    for wrong in ({"locked": 1}, {"alarm": "loud"}, {"t": "roof"}, {"from": None}):
        assert told.read("door/lobby", sealed(**right | wrong), KEY) == "message"


def test_moments_are_ago_or_local_times():
    assert since_ms("90s", "UTC", 100_000) == 10_000 and since_ms("1w", "UTC", 0) == 0
    assert since_ms("2026-01-05T09:00", "Europe/Lisbon", 0) == since_ms("2026-01-05T10:00+01:00", "UTC", 0) == 1767603600000
    with pytest.raises(click.BadParameter):
        since_ms("2h ago", "UTC", 0)


def test_an_event_is_one_line_whatever_is_in_it():
    event = {"at_ms": 1767603600080, "controller": "c1", "type": "apb.reset", "reason": "a\nb\x1b[2J", "area": "office"}
    assert shown.line(event, "Europe/Paris") == "2026-01-05 10:00:00.080 c1       apb.reset          area=office reason=a?b?[2J"
    assert shown.printed(event)["at"] == 1767603600.08


# -- completion ----------------------------------------------------------------------------------


def completed(monkeypatch, words: str, site: str | None) -> list[str]:
    """What bash would offer for the last word, as its script asks for it."""
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
    if site:
        monkeypatch.setenv("BACKSTOP_SITE", site)
    return BashComplete(cli, {"auto_envvar_prefix": "BACKSTOP"}, "backstop", "_BACKSTOP_COMPLETE").complete().split()


def test_commands_and_names_of_the_site_are_completed(folder, monkeypatch):
    site = str(folder / "site.json")
    assert completed(monkeypatch, "backstop vi", site) == ["plain,violations"]
    assert completed(monkeypatch, "backstop clear ", site) == ["plain,office", "plain,vault"]
    assert completed(monkeypatch, "backstop clear office k", site) == ["plain,kim"]
    assert completed(monkeypatch, "backstop lockdown lobby v", site) == ["plain,vault"]
    assert completed(monkeypatch, "backstop move office kim o", site) == ["plain,out"]
    assert completed(monkeypatch, "backstop silence ", site) == ["plain,strobe"]


def test_without_a_readable_site_file_completion_is_silent(monkeypatch, folder):
    assert completed(monkeypatch, "backstop clear ", "nowhere.toml") == []
    monkeypatch.delenv("BACKSTOP_SITE")
    assert completed(monkeypatch, f"backstop --site {folder / 'site.json'} unlock l", None) == ["plain,lobby"]


def test_the_script_for_a_shell_names_the_command():
    for shell in ("bash", "zsh", "fish"):
        result = CliRunner().invoke(cli, ["completion", shell])
        assert result.exit_code == 0 and "_BACKSTOP_COMPLETE" in result.stdout
