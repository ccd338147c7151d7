"""Addresses of messages: URLs with passwords in them. The database knows them by a digest; pages and errors by what is no secret."""

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

_DIGITS = 32
# Of these the host is a host. Of many others it is a token, or the topic that is the only secret.
_WITH_HOST = {"json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos"}
_HIDDEN = "•••"
_SEPARATORS = re.compile(r"[:/@?&=#,;+\s]+")
_SHORT = 3
_TEXT_MAX = 300


class Addresses:
    """The addresses that a site file names now, by their digests."""

    def __init__(self, urls: Iterable[str]):
        self._urls = {digest(url): url for url in urls}

    def url(self, name: str) -> str | None:
        return self._urls.get(name)

    def label(self, name: str) -> str | None:
        return label(self._urls[name]) if name in self._urls else None


def digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:_DIGITS]


def label(url: str) -> str:
    """What people may see: "mailto://example.org", "slack://…". Never more than scheme, host and port."""
    scheme = url.partition("://")[0].lower()
    host = _host(url) if scheme in _WITH_HOST else ""
    return f"{scheme}://{host or '…'}"


def hidden(text: str, url: str) -> str:
    """A text that somebody wrote about an address, such as an error, without anything of it that is not in its label."""
    shown = set(_SEPARATORS.split(label(url).lower()))
    text = text.replace(url, _HIDDEN)
    for part in sorted(_parts(url), key=len, reverse=True):
        if part.lower() not in shown:
            # A part of a letter or two is hidden where it stands alone: else nothing would be left of the text.
            pattern = re.escape(part) if len(part) >= _SHORT else rf"(?<!\w){re.escape(part)}(?!\w)"
            text = re.sub(pattern, _HIDDEN, text, flags=re.IGNORECASE)
    return text[:_TEXT_MAX]


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return ""


def _parts(url: str) -> set[str]:
    """Everything in it that could be a secret, as it stands there and as it is meant."""
    rest = url.partition("://")[2]
    found = {text for each in (rest, unquote(rest)) for text in [each, *_SEPARATORS.split(each)]}
    try:
        parts = urlsplit(url)
        found |= {text for each in (parts.username, parts.password, parts.path, parts.query) if each for text in (each, unquote(each))}
    except ValueError:
        pass  # no URL in the strict sense: its pieces are in already
    return {text for text in found if text.strip()}
