"""What a site's clients notice when the tool has run again."""

import datetime
import json
import ssl

import pytest

from tests.broker.client import Client, tls
from tests.broker.live import ROOT, SITE, Live
from tests.broker.test_entrance import authority_of, handshake, is_refused, key_of
from tests.programs import find
from tools.broker import authority
from tools.broker.authority import pem
from tools.broker.clients import settings

pytestmark = pytest.mark.broker


@pytest.fixture
def own(tmp_path):
    """A broker of this test alone, configured once."""
    find("mosquitto")
    found = Live(tmp_path)
    found.configure()
    return found


def test_secrets_that_were_handed_out_stay_good(own):
    before = {name: settings(own.out, name) for name in ("c1", "c2", "console", "viewer")}
    own.file.write_text(json.dumps(SITE | {"controllers": SITE["controllers"] | {"c3": {}}}))
    own.configure()
    assert before == {name: settings(own.out, name) for name in before}
    with own.mosquitto():
        for name in (*before, "c3"):
            with own.client(name):
                pass


def test_a_controller_that_was_taken_out_gets_in_no_more(own):
    key = key_of(own, "c2")
    doors = SITE["doors"] | {"gate": {"controller": "c1"}}
    own.file.write_text(json.dumps(SITE | {"controllers": {"c1": {}}, "outputs": {}, "doors": doors}))
    own.configure()
    with own.mosquitto():
        assert "alert unknown psk identity" in handshake(own, "c2", key)
        with own.witness() as witness, own.client("c1") as client:
            witness.subscribe("#")
            client.publish(ROOT + "door/gate", "open")
            witness.hears(ROOT + "door/gate", "open")


def test_a_stolen_certificate_opens_nothing_once_it_was_renewed(own, tmp_path):
    found = settings(own.out, "console")["tls"]
    stolen = tls(found["ca"], *(_copied(tmp_path / name, found[name]) for name in ("cert", "key")))
    with own.mosquitto():
        assert not is_refused(own, stolen)
    own.configure("--renew", "console")
    own.configure()
    with own.mosquitto():
        assert is_refused(own, stolen)
        with own.client("console"):
            pass


def test_a_broker_whose_certificate_ended_is_not_believed(own):
    ours, key = authority_of(own), authority.new_key()
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=90)
    old = authority.issue(ours, key, "localhost", then, 60, ["127.0.0.1"])
    for name, thing in (("server.key", key), ("server.crt", old)):
        (own.out / "broker" / name).write_bytes(pem(thing))
    with own.mosquitto(), pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        Client(own.ports["password"], tls(settings(own.out, "viewer")["tls"]["ca"])).enter()


def _copied(path, source: str) -> str:
    with open(source) as file:
        path.write_text(file.read())
    return str(path)
