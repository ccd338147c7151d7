"""What may be asked of a broker's configuration, and remembered until somebody asks for something else."""

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.site.errors import Fault, SiteError, shown
from tools.site.model import Site

FILE = "options.json"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")
# The common name of a certificate has no room for more.
_HOST_LEN_MAX = 64


class Options(BaseModel):
    """What the files are made for."""

    model_config = ConfigDict(extra="forbid")

    site: str
    host: str = "localhost"
    also: list[str] = []
    """Names or addresses of more nodes, where the broker is a cluster."""
    at: str = ""
    """The folder in which the broker finds its files; "" = where they were written."""
    bind: str = ""
    """The address to listen on; "" = all."""
    psk_port: int = 8883
    certificate_port: int = 8884
    password_port: int = 8885
    plain_port: int = 0
    """Without TLS, on the loopback; 0 = no such listener."""
    days: int = 825
    """How long new certificates hold."""


def options(site: Site, out: Path, earlier: bytes | None, given: dict[str, Any]) -> Options:
    """What is given, else what an earlier run was given, else what the site file says. Raises: SiteError."""
    host = _host_of(site.broker)
    start = {"site": site.site} | ({"host": host} if host else {})
    asked = {key: value for key, value in given.items() if value not in (None, ())}
    if "also" in asked:
        asked["also"] = [name for name in asked["also"] if name]
    found = Options(**(start | _remembered(site.site, out, earlier) | asked))
    faults = list(_faults(found, folder(found, out)))
    if faults:
        raise SiteError("options", faults)
    return found


def folder(asked: Options, out: Path) -> str:
    """Where the broker finds its files."""
    return asked.at or str(out.resolve() / "broker")


def is_address(host: str) -> bool:
    """Whether a host is given by number."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _remembered(site: str, out: Path, text: bytes | None) -> dict:
    if text is None:
        return {}
    try:
        found = Options.model_validate_json(text)
    except ValidationError:
        fault = Fault("", "this cannot be read any more", "Put its copy back")
        raise SiteError(str(out / FILE), [fault]) from None
    if found.site != site:
        message = f"these are the files of site {shown(found.site)}, not of {shown(site)}"
        raise SiteError(str(out), [Fault("", message, "Name another folder for --out")])
    return found.model_dump()


def _host_of(broker: str) -> str:
    """The host of a URL such as mqtts://broker.example:8883, "" for the embedded broker."""
    rest = broker.partition("://")[2].partition("/")[0].rpartition("@")[2]
    numbered = re.match(r"\[([^]]*)\]", rest)
    return numbered[1] if numbered else rest.partition(":")[0]


def _faults(found: Options, at: str) -> Iterator[Fault]:
    for option, host in (("--host", found.host), *(("--also", host) for host in found.also)):
        if not is_address(host) and (not _HOST.fullmatch(host) or len(host) > _HOST_LEN_MAX):
            message = f"{shown(host)} is no name or address of a machine"
            yield Fault(option, message, 'Use one such as "broker.example"')
    if found.bind and not is_address(found.bind):
        yield Fault("--bind", f"{shown(found.bind)} is no address", "Use one such as 192.0.2.7")
    if not at.isprintable() or not at.startswith("/"):
        message = f"{shown(at)} is no folder that mosquitto could be told of"
        yield Fault("--at", message, "Use a full path of plain characters")
    ports = [port for port in (found.psk_port, found.certificate_port, found.password_port, found.plain_port) if port]
    if len(set(ports)) < len(ports):
        yield Fault("--*-port", "two listeners would share one port", "Give each its own")
