"""What one client needs to connect: its secrets, kept for ever, and where to go with them.

Layout of mqtt.json: {host, port, user, password, tls}, tls one of {psk_identity, psk_key}, {ca, cert, key}, {ca}; files by
their names beside it. Where the broker has more nodes, also others: [[host, port], ...].
"""

import json
import re
import secrets
import zlib
from pathlib import Path

from tools.addresses import addressed
from tools.broker.identities import Identity
from tools.broker.options import Options
from tools.site.errors import Fault, SiteError

SETTINGS = "mqtt.json"
# Mbed TLS on boards takes no longer key.
_PSK_BYTES = 32
_PASSWORD_BYTES = 24


def settings(out: Path, name: str) -> dict:
    """How an identity connects, with full paths of its files. out: where the tool wrote. Raises: OSError, ValueError."""
    return opened(out / "clients" / name / SETTINGS)


def opened(path: Path) -> dict:
    """What an mqtt.json holds, with full paths of its files. Raises: OSError; ValueError, KeyError, TypeError where it is none."""
    folder = path.resolve().parent
    found = json.loads(path.read_text())
    tls = found["tls"] or {}  # a trial's listener has none
    files = {key: str(folder / tls[key]) for key in ("ca", "cert", "key") if key in tls}
    return found | {"tls": tls | files or None}


def mqtt_settings(identity: Identity, asked: Options, earlier: bytes | None, path: str) -> dict:
    """The content of mqtt.json, with the secrets of an earlier one. path: its place, for messages. Raises: SiteError."""
    kept = _kept(earlier, path)
    found = _places(identity, asked) | {"user": identity.name}
    found["password"] = kept.get("password") or secrets.token_urlsafe(_PASSWORD_BYTES)
    return found | {"tls": _tls(identity, kept)}


def _places(identity: Identity, asked: Options) -> dict:
    """Where to go: by its name each begins with another node, and keeps to it however many there are beside it."""
    port = _port(identity, asked)
    return addressed([[host, port] for host in (asked.host, *asked.also)], zlib.crc32(identity.name.encode()))


def _port(identity: Identity, asked: Options) -> int:
    ports = {"controller": asked.psk_port, "console": asked.certificate_port, "viewer": asked.password_port}
    return ports[identity.kind]


def _tls(identity: Identity, kept: dict) -> dict:
    if identity.kind == "controller":
        return {"psk_identity": identity.name, "psk_key": kept.get("psk_key") or secrets.token_hex(_PSK_BYTES)}
    return {"ca": "ca.crt"} | ({"cert": "client.crt", "key": "client.key"} if identity.kind == "console" else {})


def _kept(earlier: bytes | None, path: str) -> dict:
    """The secrets of an earlier file."""
    if earlier is None:
        return {}
    try:
        found = json.loads(earlier)
        kept = {"password": found["password"], "psk_key": found["tls"].get("psk_key", "")}
        sound = re.fullmatch(r"[\w-]{16,}", kept["password"]) and re.fullmatch(r"([0-9a-f]{32,64})?", kept["psk_key"])
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        fault = Fault("", "the secrets in here cannot be read any more", "Put its copy back, or use --renew")
        raise SiteError(path, [fault])
    return kept
