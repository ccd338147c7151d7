"""What the command line works with: the site file, the keys beside it, the operator, and the way to the broker."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

from tools.addresses import joined, of_url, urls
from tools.backstop.errors import Unusable
from tools.broker import clients
from tools.mqtt import context
from tools.site.check import load
from tools.site.compiler import keys as secrets
from tools.site.compiler import ledger
from tools.site.compiler.release import Release, release, released
from tools.site.errors import SiteError, shown, suggestion
from tools.site.model import Site

_T = TypeVar("_T")
_NEEDED = {
    "site": ("the site file", "--site FILE", "BACKSTOP_SITE"),
    "operator": ("your name as operator", "--operator NAME", "BACKSTOP_OPERATOR"),
}


class Given(NamedTuple):
    """What was asked for on the command line or in the environment."""

    site: Path | None
    broker: str | None
    client: Path | None
    console: str | None
    keys: Path | None
    operator: str | None


class Station:
    """Opens each file when it is needed. Raises: Unusable where it cannot be."""

    def __init__(self, given: Given):
        self._given = given

    @cached_property
    def site(self) -> Site:
        path = self._needed("site")
        try:
            return load(path)
        except (SiteError, OSError) as error:
            raise Unusable(_text(error, path)) from None

    @cached_property
    def keys(self) -> secrets.Keys:
        path = self._given.keys or secrets.beside(self._needed("site"), self.site)
        try:
            return secrets.opened(path, self.site, is_new=False)
        except (SiteError, OSError) as error:
            raise Unusable(_text(error, path)) from None

    @cached_property
    def operator(self) -> str:
        return self.signer(self._needed("operator"))

    def signer(self, name: str) -> str:
        """Return the name of an operator for whom this station can sign. Raises: Unusable."""
        for known, where in ((self.site.operators, "the site file"), (self.keys.operators, "the keys file")):
            if name not in known:
                close = suggestion(name, known)
                raise Unusable(f"{where} knows no operator {shown(name)}" + (f"; did you mean {close}?" if close else ""))
        return name

    @property
    def role(self) -> str:
        return self.site.operators[self.operator].role

    def compiled(self) -> Release:
        """Compile the site file: numbers, keys and the version are those of the files beside it."""
        self.check_compiles()
        return self._made(lambda path: release(path, None))

    def released(self) -> Release | None:
        """Return what the last compile made of the site file; None where it says something else now."""
        self.check_compiles()
        return self._made(released)

    def check_compiles(self) -> None:
        """Raises: Unusable where this station cannot sign a configuration."""
        if self._given.keys:
            raise Unusable("a configuration is signed with the keys beside the site file: leave --keys out")
        if not self.keys.configurations:
            raise Unusable("the keys file has no secret for configurations: who compiles the site has it")
        self._made(lambda path: ledger.opened(ledger.beside(path, self.site), self.site, is_new=False))

    def _made(self, make: Callable[[Path], _T]) -> _T:
        path = self._needed("site")
        try:
            return make(path)
        except (SiteError, OSError) as error:
            raise Unusable(_text(error, path)) from None

    @cached_property
    def console(self) -> str:
        """The name under which the line asks controllers for entries: they listen to consoles of the site only."""
        name = self._given.console or self.settings["user"]
        if name not in self.site.consoles:
            name = self.site.consoles[0] if self.site.consoles and not self._given.console else name
        if name not in self.site.consoles:
            raise Unusable(f"the site file names no console {shown(name)}")
        return name

    @cached_property
    def settings(self) -> dict:
        """How to reach the broker, as a link wants it."""
        if self._given.client:
            return _checked(_of_client(self._given.client), self._given.client)
        url = self._given.broker or self.site.broker
        if url == "embedded":
            raise Unusable("the site file names no broker: give --client mqtt.json or --broker URL")
        return _of_url(url)

    def check(self, section: str, name: str) -> str:
        """Return a name that the site file has. Raises: Unusable."""
        known = getattr(self.site, section)
        if name in known:
            return name
        close = suggestion(name, known)
        raise Unusable(f"the site has no {section[:-1]} {shown(name)}" + (f"; did you mean {close}?" if close else ""))

    def _needed(self, what: str):
        given = getattr(self._given, what)
        if given is None:
            name, option, variable = _NEEDED[what]
            raise Unusable(f"which is {name}? Give {option}, or set {variable}")
        return given


def _of_client(path: Path) -> dict:
    try:
        return clients.opened(path)
    except OSError as error:
        raise Unusable(_text(error, path)) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unusable(f"{path}: this is no mqtt.json as tools.broker writes it") from None


def _checked(settings: dict, path: Path) -> dict:
    """Settings with which a link can at least begin to connect: its thread could not tell anybody."""
    try:
        if settings["tls"]:
            context(settings["tls"])
    except (OSError, ValueError) as error:
        raise Unusable(f"{path}: its keys or certificates cannot be used: {error}") from None
    return settings


def _of_url(url: str) -> dict:
    """One URL, or with commas between those of a cluster's nodes."""
    try:
        return joined([_of_one(one) for one in urls(url)])
    except ValueError as error:
        raise Unusable(f"{shown(url)}: {error}") from None


def _of_one(url: str) -> dict:
    found = of_url(url)
    if found is None:
        raise Unusable(f"{shown(url)} is no broker: use one such as mqtt://broker.example:1883")
    return found


def _text(error: SiteError | OSError, path: Path) -> str:
    return str(error) if isinstance(error, SiteError) else f"{path}: {error.strerror or error}"
