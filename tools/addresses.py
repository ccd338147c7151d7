"""A broker's addresses in the settings of a link, as firmware/hal/addresses.py reads them: [[host, port], ...]."""

import re


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


def urls(text: str) -> list[str]:
    """Return the parts of URL,URL. A password may have a comma."""
    return re.split(r",(?=\w+://)", text)
