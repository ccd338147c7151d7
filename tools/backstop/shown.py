"""What people read: tables, and events as lines. Scripts get JSON."""

import datetime
import json
import zoneinfo
from collections.abc import Iterable

import click

# Said elsewhere in the line, or for boards and not for people.
_LEFT_OUT = {"at", "at_ms", "err_ms", "stamp", "stream", "seq", "inc", "controller", "type", "no", "nonce"}
_LEFT_OUT |= {"judge", "after", "because"}
_FIRST = ("area", "door", "reader", "user")
_GAP = "  "
_CHARACTERS_MAX = 100


def table(heads: tuple[str, ...], rows: Iterable[Iterable]) -> None:
    """Print a table; without rows nothing."""
    lines = [[_cell(cell) for cell in row] for row in rows]
    if not lines:
        return
    lines.insert(0, [head.upper() for head in heads])
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        click.echo(_GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def as_json(value) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def printed(event: dict) -> dict:
    """An event as scenarios print it: `at` in seconds, since 1970 here."""
    return {"at": event["at_ms"] / 1000, **event}


def line(event: dict, zone: str) -> str:
    """An event for people, at the local time of the site."""
    at = datetime.datetime.fromtimestamp(event["at_ms"] / 1000, zoneinfo.ZoneInfo(zone))
    keys = [key for key in _FIRST if key in event] + [key for key in event if key not in _LEFT_OUT and key not in _FIRST]
    fields = " ".join(f"{key}={_cut(_cell(event[key]))}" for key in keys if event[key] not in ("", None))
    return f"{at:%Y-%m-%d %H:%M:%S}.{event['at_ms'] % 1000:03} {event['controller']:<8} {event['type']:<18} {fields}".rstrip()


def _cut(text: str) -> str:
    """Settings are long; --json has all of them."""
    return text if len(text) <= _CHARACTERS_MAX else text[:_CHARACTERS_MAX] + "…"


def _cell(value) -> str:
    """A value in one word or two. Others' text must not move the cursor."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(part, str | int) for part in value):
        value = ",".join(str(part) for part in value)
    if isinstance(value, dict) and all(isinstance(part, str) for part in value.values()):
        value = ",".join(f"{key}:{part}" for key, part in value.items())
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else "?" for each in text)
