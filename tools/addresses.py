"""A broker's addresses: as people write them, and in the settings of a link, as firmware/hal/addresses.py reads them: [[host, port], ...]."""

import re
from urllib.parse import unquote, urlsplit

_PORTS = {"mqtt": 1883, "mqtts": 8883}


def addresses(settings: dict) -> list[list]:
    """Return all of them, in the order in which they are tried."""
    return [[settings["host"], settings["port"]], *settings.get("others", [])]


def addressed(found: list[list], turn: int = 0) -> dict:
    """Return them as settings that begin with another one each turn: not everybody shall go to the same node first."""
    place = turn % len(found)
    first, *others = found[place:] + found[:place]
    return {"host": first[0], "port": first[1]} | ({"others": others} if others else {})


def where(settings: dict) -> str:
    """Return them for people to read."""
    return ", ".join(f"{host}:{port}" for host, port in addresses(settings))


def joined(each: list[dict]) -> dict:
    """Return the settings of links to one broker each as those to the nodes of one. Raises: ValueError where these differ."""
    first = each[0]
    if any(one | addressed(addresses(first)) != first for one in each):
        raise ValueError("the nodes of one broker have the same user, password and scheme")
    return first | addressed([address for one in each for address in addresses(one)])


def of_url(url: str) -> dict | None:
    """The settings of mqtt://[user:password@]host[:port], or mqtts:// with TLS by the system's authorities; None where it is neither."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or "," in host or parts.path.strip("/") or parts.scheme not in _PORTS:
        return None
    user, password = (unquote(text) if text else None for text in (parts.username, parts.password))
    tls = {"ca": None} if parts.scheme == "mqtts" else None
    return {"host": host, "port": port or _PORTS[parts.scheme], "user": user, "password": password, "tls": tls}


def urls(text: str) -> list[str]:
    """Return the parts of URL,URL. A password may have a comma."""
    return re.split(r",(?=\w+://)", text)
