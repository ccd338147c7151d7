"""Who gets in at which listener of mosquitto, and who does not."""

import datetime
import re
import ssl
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.broker.client import Client, password, tls
from tests.broker.live import ROOT
from tests.programs import find
from tools.broker import authority
from tools.broker.authority import Pair, pem
from tools.broker.clients import settings

pytestmark = pytest.mark.broker
NOW = datetime.datetime.now(datetime.UTC)
STATUS = ROOT + "status/"


def handshake(live, identity: str, key: str) -> str:
    """What OpenSSL's client says of a connection with a pre-shared key."""
    target = ["-connect", f"127.0.0.1:{live.ports['psk']}", "-psk_identity", identity, "-psk", key, "-tls1_2"]
    run = subprocess.run([find("openssl"), "s_client", *target], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return run.stdout + run.stderr


def key_of(live, name: str) -> str:
    return settings(live.out, name)["tls"]["psk_key"]


def is_refused(live, *ways, port: str = "certificate") -> bool:
    try:
        with Client(live.ports[port], *ways):
            return False
    except (OSError, AssertionError):
        return True


def written(folder, pair: Pair) -> tuple[str, str]:
    """A certificate and its key as files."""
    for name, thing in (("crt", pair.certificate), ("key", pair.key)):
        (folder / name).write_bytes(pem(thing))
    return str(folder / "crt"), str(folder / "key")


def authority_of(live) -> Pair:
    read = {name: (live.out / "ca" / name).read_bytes() for name in ("ca.key", "ca.crt")}
    return Pair(load_pem_private_key(read["ca.key"], None), x509.load_pem_x509_certificate(read["ca.crt"]))


@pytest.mark.parametrize("name", ["c1", "c2", "console", "viewer"])
def test_each_identity_gets_in_by_its_own_way(live, name):
    with live.client(name) as client:
        client.subscribe(STATUS + "+")
    assert re.search(rf"New client connected .*u'{name}'", live.log())


def test_the_right_key_opens_a_connection_with_a_suite_of_pre_shared_keys(live):
    said = handshake(live, "c1", key_of(live, "c1"))
    assert "alert" not in said
    assert re.search(r"Cipher is \S*PSK", said) and "PSK identity: c1" in said and "PSK identity hint: backstop" in said


def test_another_boards_key_is_answered_with_an_alert(live):
    """OpenSSL's client names a cipher all the same: only the alert tells."""
    assert re.search(r"alert (bad record mac|decrypt error)", handshake(live, "c1", key_of(live, "c2")))
    assert "alert" in handshake(live, "c1", "00" * 32)


def test_an_unknown_identity_is_answered_with_an_alert(live):
    for name in ("c3", "console", "viewer", "C1", ""):
        assert "alert unknown psk identity" in handshake(live, name, key_of(live, "c1")), name


@pytest.mark.parametrize("port", ["psk", "certificate", "password"])
def test_a_connection_without_tls_gets_no_answer_from_a_listener_with_it(live, port):
    seen = live.log().count("New client connected")
    assert is_refused(live, password("console", settings(live.out, "console")["password"]), port=port)
    assert live.log().count("New client connected") == seen


def test_a_client_without_certificate_is_refused(live):
    console = settings(live.out, "console")
    ca = console["tls"]["ca"]
    assert is_refused(live, tls(ca))
    assert is_refused(live, tls(ca), password("console", console["password"]))


def test_a_certificate_of_another_authority_is_refused(live, tmp_path):
    other, key = authority.new_authority("demo", NOW), authority.new_key()
    files = written(tmp_path, Pair(key, authority.issue(other, key, "console", NOW, 60)))
    assert is_refused(live, tls(settings(live.out, "console")["tls"]["ca"], *files))


def test_a_certificate_that_ended_is_refused(live, tmp_path):
    """Made like the good one, only a year ago; the same one of today gets in."""
    ours, key, ca = authority_of(live), authority.new_key(), settings(live.out, "console")["tls"]["ca"]
    for before, is_bad in ((datetime.timedelta(days=365), True), (datetime.timedelta(), False)):
        files = written(tmp_path, Pair(key, authority.issue(ours, key, "console", NOW - before, 60)))
        assert is_refused(live, tls(ca, *files)) == is_bad
    assert "certificate verify failed" in live.log()


def test_the_brokers_own_certificate_opens_nothing(live):
    files = [str(live.out / "broker" / name) for name in ("server.crt", "server.key")]
    assert is_refused(live, tls(settings(live.out, "console")["tls"]["ca"], *files))


@pytest.mark.parametrize("port", ["certificate", "password"])
def test_a_client_of_another_authority_does_not_believe_the_broker(live, tmp_path, port):
    ca = written(tmp_path, authority.new_authority("demo", NOW))[0]
    with pytest.raises(ssl.SSLCertVerificationError):
        Client(live.ports[port], tls(ca)).enter()


def test_a_strict_client_believes_the_broker(live):
    """Python is that strict by itself from 3.13 on."""
    found = settings(live.out, "viewer")
    context = ssl.create_default_context(cafile=found["tls"]["ca"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with Client(found["port"], lambda client: client.tls_set_context(context), password("viewer", found["password"])):
        pass


def test_passwords_open_only_their_own_listener_and_only_for_their_user(live):
    viewer, console, board = (settings(live.out, name) for name in ("viewer", "console", "c1"))
    trust = tls(viewer["tls"]["ca"])
    for found in (viewer, console):
        assert not is_refused(live, trust, password(found["user"], found["password"]), port="password")
    wrong = [("viewer", console["password"]), ("viewer", ""), ("viewer", viewer["password"] + "x"), ("", viewer["password"])]
    wrong += [("console", viewer["password"]), ("nobody", viewer["password"]), ("c1", board["password"])]
    for user, word in wrong:
        assert is_refused(live, trust, password(user, word), port="password"), user
    assert is_refused(live, trust, port="password")


def test_the_plain_listener_asks_for_passwords_as_well(live):
    board = settings(live.out, "c1")
    assert not is_refused(live, password("c1", board["password"]), port="plain")
    assert is_refused(live, password("c2", board["password"]), port="plain") and is_refused(live, port="plain")


def test_a_board_cannot_throw_another_one_out_by_its_client_id(live):
    with live.witness() as witness, live.client("c1", client_id="c1") as c1, live.client("c2", client_id="c1") as c2:
        witness.subscribe("#")
        for client, name in ((c2, "c2"), (c1, "c1")):
            client.publish(STATUS + name, "still here")
            witness.hears(STATUS + name, "still here")
        assert not c1.reasons and not c2.reasons


def test_a_message_longer_than_any_of_ours_is_not_carried(live):
    with live.witness() as witness, live.client("c1") as client:
        witness.subscribe(STATUS + "+")
        for size in (4096, 4097, 1):
            client.publish(STATUS + "c1", "x" * size)
        witness.hears(STATUS + "c1", "x")
    assert [len(payload) for _, payload, _ in witness.heard] == [4096, 1]
