"""What is wrong with a site file: where, what, and what to do about it."""

import difflib
import json
import re
from collections.abc import Iterable
from typing import NamedTuple

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN_MAX = 60
# Comparing names is slow, and a file can be all wrong.
_KNOWN_MAX = 500
FAULTS_MAX = 1000


class Fault(NamedTuple):
    """One fault of a site file. key: path of the key, "" for the file as a whole."""

    key: str
    message: str
    remedy: str
    is_warning: bool = False

    def line(self, name: str) -> str:
        """file: key: message. remedy."""
        where = f"{name}: {self.key}" if self.key else name
        end = "" if self.remedy.endswith("?") else "."
        return f"{where}: {self.message}. {self.remedy}{end}"


class SiteError(Exception):
    """A site file that cannot be used. name: the file's; faults: at least one Fault that is no warning."""

    def __init__(self, name: str, faults: Iterable[Fault]):
        self.name = name
        self.faults = list(faults)
        if len(self.faults) > FAULTS_MAX:
            more = Fault("", f"more than {FAULTS_MAX} faults, the rest is not shown", "Mend these and check again")
            self.faults = [*self.faults[:FAULTS_MAX], more]
        super().__init__("\n".join(fault.line(name) for fault in self.faults))


def key_path(parts: Iterable) -> str:
    """("doors", "lobby", "interlock", 0) as doors.lobby.interlock[0]; names that are no plain keys in quotes."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            text = part if _PLAIN.fullmatch(part) else shown(part)
            path += f".{text}" if path else text
    return path


def shown(value) -> str:
    """A value of the file for a message: JSON, cut where long."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number of more than 18 digits"
    text = json.dumps(value if isinstance(value, str | int | float | None) else str(value))
    return text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX] + "…"


def suggestion(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or ""."""
    close = difflib.get_close_matches(name[:100], list(known)[:_KNOWN_MAX], n=1, cutoff=0.6)
    return close[0] if close else ""
