"""The access list line by line, and the formats mosquitto reads."""

import base64
import hashlib

from tests.tools.sites import changed
from tools.broker import conf, passwords
from tools.broker.identities import identities
from tools.broker.options import Options
from tools.site import parse

R = "backstop/v1/demo/"


def rights(*changes) -> dict:
    """{name: (writes, reads)} without the root of the site's topics."""
    return {
        one.name: (_short(one.writes), _short(one.reads))
        for one in identities(parse(changed(("areas", "office", "entrances", ["lobby_in", "gate_in"]), *changes)))
    }


def _short(topics) -> set:
    return {topic.removeprefix(R) for topic in topics}


def test_a_controller_publishes_what_is_its_own_and_reads_what_it_needs():
    own = {"log/c2", "have/c2", "want/c2", "status/c2", "echo/c2", "door/gate", "output/strobe", "area/office"}
    reads = {"log/+", "have/+", "want/+", "status/+", "ask/office", "command/c2", "config/c2", "echo/c2"}
    assert rights()["c2"] == (own | {"ask/office", "reply/+"}, reads)


def test_an_area_around_its_own_is_asked_and_not_shown():
    """The gate leads into the vault alone, which lies in the office."""
    moved = ("areas", "vault", "entrances", ["gate_in"]), ("areas", "office", "entrances", ["lobby_in"])
    writes, reads = rights(*moved)["c2"]
    assert {"ask/vault", "ask/office", "area/vault"} <= writes and "area/office" not in writes
    assert {"ask/vault", "ask/office"} <= reads


def test_a_console_commands_and_hears_everything():
    writes = {"log/console", "have/console", "want/console", "status/console", "command/+", "config/+"}
    reads = {"log/+", "have/+", "want/+", "status/+", "reply/+", "config/+", "door/+", "output/+", "area/+"}
    assert rights()["console"] == (writes, reads)


def test_the_viewer_only_looks():
    assert rights()["viewer"] == (set(), {"door/+", "output/+", "area/+", "status/+"})


def test_home_assistant_has_a_line_only_where_the_site_wants_it():
    found = rights(("home_assistant", True), ("controllers", "bare", {}))
    assert "homeassistant/#" in found["c1"][0] & found["c2"][0] & found["viewer"][1]
    assert not [name for name in ("bare", "console") if "homeassistant/#" in found[name][0] | found[name][1]]
    assert not [name for name, (writes, reads) in rights().items() if "homeassistant/#" in writes | reads]


def test_the_list_names_everybody_and_has_no_line_for_all():
    text = conf.acl(identities(parse(changed())))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines[0] == "user c1"
    assert [line[5:] for line in lines if line.startswith("user ")] == ["c1", "c2", "console", "viewer"]
    assert all(line.startswith(("user ", f"topic write {R}", f"topic read {R}")) for line in lines)


def test_a_password_line_is_mosquittos_own():
    """Made with mosquitto_passwd 2.0.11: user `kim`, password `sesame`."""
    theirs = "kim:$7$101$HNLAjxgsVKmutgBd$2a2uFrC0nsLwBEfMdvNIaqxvk8ZGcAAeWT2PgeGoYPFXS4+WQfs2WUXwzR9IyRhk6rjV+bFxEPgJOpH9eKGORQ=="
    assert passwords.is_for(theirs, "kim", "sesame")
    assert not passwords.is_for(theirs, "kim", "Sesame") and not passwords.is_for(theirs, "lee", "sesame")
    salt = base64.b64decode(theirs.split("$")[3])
    assert passwords.line("kim", "sesame", salt) == theirs


def test_a_broken_password_line_fits_nobody():
    digest = base64.b64encode(hashlib.sha512(b"").digest()).decode()
    broken = [f"kim:${kind}${rounds}$AAAA${digest}" for kind, rounds in (("6", "101"), ("7", "x"), ("7", "0"))]
    for line in ("", "kim", "kim:", "kim:$7$101$A$x", *broken):
        assert not passwords.is_for(line, "kim", "")


def test_every_listener_demands_somebody_known():
    text = conf.mosquitto_conf(Options(site="demo", plain_port=1883), "/etc/x")
    head, *listeners = text.split("\nlistener ")
    assert "per_listener_settings true" in head and len(listeners) == 4
    for listener in listeners:
        assert "allow_anonymous false" in listener and "acl_file /etc/x/acl" in listener
    assert [listener.split()[0] for listener in listeners] == ["8883", "8884", "8885", "1883"]
    assert "use_identity_as_username true" in listeners[0] and "require_certificate true" in listeners[1]
    assert listeners[3].startswith("1883 127.0.0.1\n")
    assert "listener 1883" not in conf.mosquitto_conf(Options(site="demo"), "/etc/x")
