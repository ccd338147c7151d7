"""mosquitto's own configuration files: mosquitto.conf and the access list."""

from collections.abc import Iterable

from tools.broker.identities import Identity
from tools.broker.options import Options

_HEAD = """\
# mosquitto for the Backstop site {site}, written by `python -m tools.broker`, which overwrites what is changed here.
per_listener_settings true
# Boards and consoles say again what is so when they connect. A broker that remembers would tell of boards long gone.
persistence false
# No message of Backstop is longer.
message_size_limit 4096
set_tcp_nodelay true
log_dest stderr
"""
_PSK = """
# Controllers: TLS with a key for each. A board cannot afford the arithmetic of certificates.
listener {port}{bind}
tls_version tlsv1.2
psk_hint backstop
psk_file {at}/psk
use_identity_as_username true
# Else a board could throw another one out by connecting under its client id.
use_username_as_clientid true
allow_anonymous false
acl_file {at}/acl
"""
_CERTIFICATES = """
# Consoles: TLS with a certificate for each.
listener {port}{bind}
tls_version tlsv1.2
cafile {at}/ca.crt
certfile {at}/server.crt
keyfile {at}/server.key
crlfile {at}/crl.pem
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file {at}/acl
"""
_PASSWORDS = """
# Consoles and those who only look: TLS with a password for each. No listener can take certificates or passwords.
listener {port}{bind}
tls_version tlsv1.2
certfile {at}/server.crt
keyfile {at}/server.key
password_file {at}/passwords
allow_anonymous false
acl_file {at}/acl
"""
_PLAIN = """
# Trials on this machine: no TLS, passwords for all.
listener {port} 127.0.0.1
password_file {at}/passwords_plain
allow_anonymous false
acl_file {at}/acl
"""


def mosquitto_conf(asked: Options, at: str) -> str:
    """The configuration, with its files in the folder `at`."""
    listeners = [(_PSK, asked.psk_port), (_CERTIFICATES, asked.certificate_port)]
    listeners += [(_PASSWORDS, asked.password_port), (_PLAIN, asked.plain_port)]
    bind = f" {asked.bind}" if asked.bind else ""
    text = [_HEAD.format(site=asked.site)]
    return "".join(text + [listener.format(port=port, bind=bind, at=at) for listener, port in listeners if port])


def acl(known: Iterable[Identity]) -> str:
    """The access list. Whoever has no line for a topic may neither publish nor read it."""
    return "\n".join(_rights(identity) for identity in known)


def _rights(identity: Identity) -> str:
    lines = [f"# {identity.kind}", f"user {identity.name}"]
    lines += [f"topic write {topic}" for topic in identity.writes]
    lines += [f"topic read {topic}" for topic in identity.reads]
    return "\n".join(lines) + "\n"
