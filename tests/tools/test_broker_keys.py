"""Certificates: whose, for whom, how long; and what is kept of them."""

import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.tools.sites import changed
from tools.broker.identities import identities
from tools.broker.make import Maker
from tools.broker.options import options
from tools.site import SiteError, parse

NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
SITE = parse(changed())


def made(old: dict, now=NOW, renewed=(), site=SITE, **given) -> dict:
    asked = options(site, Path("out"), old.get("options.json"), given)
    return Maker(Path("out"), old, asked, now).make(identities(site), renewed)


@pytest.fixture(scope="module")
def first():
    return made({}, host="broker.example")


def certificate(files: dict, path: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files[path])


def revoked(files: dict) -> set:
    return {entry.serial_number for entry in x509.load_pem_x509_crl(files["broker/crl.pem"])}


def test_all_keys_are_of_one_small_curve_and_all_certificates_of_the_sites_authority(first):
    ours = certificate(first, "ca/ca.crt")
    for path in ("broker/server.crt", "clients/console/client.crt", "ca/ca.crt"):
        found = certificate(first, path)
        assert isinstance(found.public_key().curve, ec.SECP256R1)
        found.verify_directly_issued_by(ours)
    assert first["broker/ca.crt"] == first["clients/console/ca.crt"] == first["ca/ca.crt"]


def test_a_certificate_says_who_and_what_for(first):
    server, client = certificate(first, "broker/server.crt"), certificate(first, "clients/console/client.crt")
    for found, purpose in ((server, ExtendedKeyUsageOID.SERVER_AUTH), (client, ExtendedKeyUsageOID.CLIENT_AUTH)):
        assert list(found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [purpose]
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == {"broker.example", "localhost", "127.0.0.1"}
    assert client.subject.rfc4514_string() == "CN=console"


def test_certificates_hold_as_long_as_asked_and_never_longer_than_their_authority(first):
    assert certificate(first, "broker/server.crt").not_valid_after_utc == NOW + 825 * DAY
    late = NOW + 7200 * DAY
    later = made(first, late)
    for path in ("broker/server.crt", "clients/console/client.crt"):
        assert late < certificate(later, path).not_valid_after_utc <= certificate(later, "ca/ca.crt").not_valid_after_utc


def test_a_certificate_about_to_end_is_made_anew_for_the_same_key(first):
    assert made(first, NOW + 794 * DAY) == first
    later = made(first, NOW + 796 * DAY)
    changed_ = {path for path in first if first[path] != later[path]}
    assert changed_ == {"broker/server.crt", "clients/console/client.crt"}
    assert not revoked(later)


def test_an_authority_that_ended_is_said(first):
    with pytest.raises(SiteError, match="has ended"):
        made(first, NOW + 7301 * DAY)


def test_renewed_secrets_are_new_and_the_old_certificate_is_revoked_for_ever(first):
    serial = certificate(first, "clients/console/client.crt").serial_number
    renewed = made(first, renewed=("console", "c1"))
    same = {path for path in first if first[path] == renewed[path]}
    assert same == first.keys() - {
        "clients/c1/mqtt.json", "clients/console/mqtt.json", "clients/console/client.crt", "clients/console/client.key",
        "broker/psk", "broker/passwords", "broker/crl.pem",
    }
    assert revoked(renewed) == {serial}
    again = made(renewed, renewed=("console",))
    assert revoked(again) == {serial, certificate(renewed, "clients/console/client.crt").serial_number}
    assert revoked(made(again)) == revoked(again)


def test_the_certificate_of_a_console_that_is_gone_is_revoked(first):
    without = made(first, site=parse(changed(("consoles", []))))
    assert revoked(without) == {certificate(first, "clients/console/client.crt").serial_number}
    assert not [path for path in without if path.startswith("clients/console/")]


def test_a_console_that_becomes_a_controller_keeps_no_certificate(first):
    after = made(first, site=parse(changed(("consoles", ["desk"]), ("controllers", "console", {}))))
    assert "clients/console/client.crt" not in after and len(revoked(after)) == 1
    assert b"\nconsole:" in after["broker/psk"] and b"console" not in after["broker/passwords"]


def test_a_host_given_by_number_is_named_as_one(first):
    for host in ("192.0.2.7", "2001:db8::7"):
        names = certificate(made({}, host=host), "broker/server.crt").extensions
        assert host in {str(name.value) for name in names.get_extension_for_class(x509.SubjectAlternativeName).value}
