"""A site's own certificate authority: EC P-256 keys, certificates of the broker and of consoles, what was revoked."""

import datetime
import ipaddress
from collections.abc import Iterable
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tools.broker.options import is_address

AUTHORITY_DAYS = 7300
# A certificate that ends sooner is made anew, for the same key.
RENEW_DAYS = 30
# Whose clock is a little behind must not find a certificate of the future.
_EARLIER = datetime.timedelta(hours=1)
_ONLY_SIGNS = dict.fromkeys(
    ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
)


class Pair(NamedTuple):
    """A private key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def new_authority(site: str, now: datetime.datetime) -> Pair:
    """An authority that signs its own certificate."""
    key, name = new_key(), _name(f"Backstop {site}")
    usage = x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **_ONLY_SIGNS)
    builder = _builder(name, name, key, key, now, AUTHORITY_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return Pair(key, builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()))


def issue(authority: Pair, key, name: str, now: datetime.datetime, days: int, hosts: Iterable[str] = ()) -> x509.Certificate:
    """A certificate for a key: of a server with these hosts, or of a client where there are none."""
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if hosts else ExtendedKeyUsageOID.CLIENT_AUTH
    usage = x509.KeyUsage(digital_signature=True, key_cert_sign=False, crl_sign=False, **_ONLY_SIGNS)
    builder = _builder(_name(name), authority.certificate.subject, authority.key, key, now, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(usage, critical=True).add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
    return builder.sign(authority.key, hashes.SHA256())


def is_good(pair: Pair, authority: Pair, now: datetime.datetime, hosts: Iterable[str] = ()) -> bool:
    """Whether a certificate still serves: ours, of this key, for these hosts, and not about to end."""
    try:
        pair.certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    lasts = pair.certificate.not_valid_after_utc - now > datetime.timedelta(days=RENEW_DAYS)
    return lasts and pair.certificate.public_key() == pair.key.public_key() and _hosts_of(pair.certificate) == set(hosts)


def revocations(authority: Pair, serials: set[int], earlier, now: datetime.datetime) -> x509.CertificateRevocationList:
    """The list of what is revoked: all of an earlier list, and these. It holds as long as the authority."""
    known = {entry.serial_number for entry in earlier or ()}
    if earlier is not None and serials <= known:
        return earlier
    subject, end = authority.certificate.subject, authority.certificate.not_valid_after_utc
    builder = x509.CertificateRevocationListBuilder(subject, now - _EARLIER, end)
    for entry in earlier or ():
        builder = builder.add_revoked_certificate(entry)
    for serial in sorted(serials - known):
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(serial, now).build())
    return builder.sign(authority.key, hashes.SHA256())


def pem(thing) -> bytes:
    """A key, certificate or list as the text that is kept in files."""
    encoding = serialization.Encoding.PEM
    if isinstance(thing, ec.EllipticCurvePrivateKey):
        return thing.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return thing.public_bytes(encoding)


def _builder(name: x509.Name, issuer: x509.Name, issuer_key, key, now, days: int) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - _EARLIER).not_valid_after(now + datetime.timedelta(days=days))
    # Strict clients want to know which key signed which.
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(host: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(host)) if is_address(host) else x509.DNSName(host)


def _hosts_of(certificate: x509.Certificate) -> set:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in names}
