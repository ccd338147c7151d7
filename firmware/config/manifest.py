"""A signed manifest, and the pieces of the pages it names: what a board believes of them, and how a console writes them.

Layout of a manifest: {"t": "config", "from": console, "to": controller, "site", "version": number, "operator",
    "pages": {table: how many}, "list": [SHA-256 of each page of the list, in hex],
    and where so "pause": Unix time when it was ordered that doors may pause for it, "mac"}
Layout of a piece: {"t": "piece", "from", "to", "version", "page": [table, number], "offset", "size": of the page,
    "bytes": base64 of what `masked` made, "mac"}
Both are sealed (wire/seal.py) under the key of configurations that the console and this one controller have.
The tables are TABLES, in this order; settings are one of them. The list is all pages' SHA-256, 32 bytes each, in the order
of the tables, in pages of LISTED. It is fetched like a table, under the name LIST.
Pages hold the keys with which operators command this board: whoever carries them must not read them. Each 32 bytes are
XORed with the SHA-256 of: a key of this pair, the page's own SHA-256, and the place. No two contents have one keystream.
"""

import json
from binascii import a2b_base64, b2a_base64, hexlify, unhexlify
from hashlib import sha256

from firmware.const import const
from firmware.config import KEY_NAME
from firmware.wire import messages, seal

TABLES = ("cards", "ids", "keys", "people", "pins", "settings")
LIST = "list"
LISTED = 128  # SHA-256 in one page of the list
PIECE_BYTES = 192  # what a board asks for: a heap that has been in use for long has room for its message. A multiple of 32
_PIECE_MAX = const(2700)
_PAGE_MAX = const(4096)
_SHA_BYTES = const(32)
_VERSION_END = const(1 << 31)
_PAGES_MAX = const(0xFFFF)


class Manifest:
    """What a board knows of one configuration. `list`: the SHA-256 of each page of the list, as bytes.

    `order`: what rises from one order to the next by which doors may pause for it; 0: they may not.
    """

    tables = TABLES

    def __init__(self, message: dict, payload: bytes):
        self.console, self.version = message["from"], message["version"]
        self.site, self.controller = message["site"], message["to"]
        self.counts = [message["pages"][table] for table in self.tables]
        self.list = [unhexlify(text) for text in message["list"]]
        self.total = sum(self.counts)
        self.payload = payload
        order = message.get("pause")
        self.order = order if type(order) is int and 0 < order < _VERSION_END else 0

    def place(self, index: int) -> tuple:
        """Return (table, number) of a page, counted over all tables."""
        for table, count in zip(self.tables, self.counts):
            if index < count:
                return (table, index)
            index -= count
        raise IndexError(index)

    def index(self, table: str, number: int) -> int | None:
        """Return which page of all that is, or None where there is none."""
        before = 0
        for name, count in zip(self.tables, self.counts):
            if name == table:
                return before + number if number < count else None
            before += count
        return None


def opened(payload: bytes, settings: dict, keys, make=None) -> tuple:
    """Return (None, None, Manifest), or (kind of fault, reason, Manifest of what was sealed rightly or None).

    `make(payload)`: of what was sealed rightly, a Manifest or None.
    """
    if len(payload) > messages.BYTES_MAX:
        return ("size", "too long", None)
    key = seal.find_key(keys, KEY_NAME)
    if key is None:
        return ("key", "this board has no key for configurations", None)
    if not seal.is_sealed(payload, key):
        return ("seal", "wrong seal", None)
    found = (make or _made)(payload)
    if found is None:
        return ("form", "not a manifest", None)
    for field, told, wanted in (("site", found.site, settings["site"]), ("to", found.controller, settings["controller"])):
        if told != wanted:
            return (field, "wrong " + field, found)
    return (None, None, found)


def _made(payload: bytes) -> Manifest | None:
    told = read(payload)
    return Manifest(told, payload) if told else None


def read(payload: bytes, is_right=None) -> dict | None:
    """Return what a manifest says, or None where the bytes are none. Its seal is not looked at."""
    try:
        message = json.loads(seal.content(payload).decode())
        return message if (is_right or _is_manifest)(message) else None
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, UnicodeError):
        return None


def _is_manifest(message) -> bool:
    return is_for_pages(message, "config", TABLES) and message["pages"]["settings"] > 0 and message["pages"]["keys"] > 0


def is_for_pages(message, kind: str, tables: tuple) -> bool:
    """Say whether somebody tells somebody else of pages of these tables, which are sorted."""
    names = [message[field] for field in ("from", "to", "site", "operator")]
    pages, listed = message["pages"], message["list"]
    if message["t"] != kind or not all([messages.is_text(name) for name in names]):
        return False
    if type(message["version"]) is not int or not 0 < message["version"] < _VERSION_END:
        return False
    if not isinstance(pages, dict) or sorted(pages) != list(tables) or not isinstance(listed, list):
        return False
    if not all([type(count) is int and 0 <= count <= _PAGES_MAX for count in pages.values()]):
        return False
    total = sum(pages.values())
    return len(listed) == (total + LISTED - 1) // LISTED and all([_is_sha(text) for text in listed])


def _is_sha(text) -> bool:
    return isinstance(text, str) and len(text) == 2 * _SHA_BYTES and len(unhexlify(text)) == _SHA_BYTES


# -- pieces ----------------------------------------------------------------------------------------


def piece(payload: bytes, settings: dict, keys) -> dict | None:
    """Return a piece of a page that its console has sealed for this controller, or None. Its `bytes` are still masked."""
    key = seal.find_key(keys, KEY_NAME)
    if key is None or len(payload) > messages.BYTES_MAX or not seal.is_sealed(payload, key):
        return None
    try:
        message = json.loads(seal.content(payload).decode())
        table, number = message["page"]
        message["bytes"] = a2b_base64(message["bytes"].encode())
        is_right = message["t"] == "piece" and message["to"] == settings["controller"] and isinstance(table, str)
        is_right &= all([messages.is_number(value) for value in (message["version"], number, message["offset"])])
        is_right &= messages.is_number(message["size"]) and message["size"] <= _PAGE_MAX and isinstance(message["from"], str)
        return message if is_right and len(message["bytes"]) <= _PIECE_MAX else None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError, UnicodeError):
        return None


def page_key(key: bytes) -> bytes:
    """Return the key of the mask of pages, of the key of configurations for a controller."""
    return seal.hmac(key, b"pages")


def masked(data: bytes, key: bytes, sha: bytes, offset: int) -> bytes:
    """Mask a piece of a page, or take the mask off. `key`: of `page_key`; `offset`: a multiple of 32."""
    out = bytearray(data)
    for start in range(0, len(out), _SHA_BYTES):
        stream = sha256(key + sha + (offset + start).to_bytes(4, "big")).digest()
        for place in range(start, min(start + _SHA_BYTES, len(out))):
            out[place] ^= stream[place - start]
    return bytes(out)


def encoded(data: bytes) -> str:
    return b2a_base64(data).decode().strip()


def sha(page: bytes) -> bytes:
    return sha256(page).digest()


def hexes(list_pages) -> list:
    """Return the SHA-256 of each page of a list, as a manifest has them."""
    return [hexlify(sha(page)).decode() for page in list_pages]
