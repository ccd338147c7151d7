"""A signed manifest of a release. Pieces of its pages come as those of a configuration do, under the same key.

Layout of a manifest: {"t": "update", "from": console, "to": controller, "site", "version": Unix time when it was signed, "operator",
    "pages": {"catalog": how many, "files": how many}, "list": as of a configuration,
    "release": "fw-<8 hex digits>", "firmware": its version, "mpy": version of its bytecode,
    "rom": bytes of the image to run in place or 0, "blocks": of 4,096 bytes that its files and folders take,
    and where so "pause": true, doors may pause for it, "mac"}
"""

from firmware.config import manifest
from firmware.config.manifest import Manifest
from firmware.const import const

CATALOG, FILES = "catalog", "files"  # the tables: which files there are, and their content
PREFIX = "fw-"
_RELEASE_CHARS = const(11)
_FIRMWARE_CHARS_MAX = const(24)
_NUMBER_MAX = const(1 << 24)
_HEX = const("0123456789abcdef")


class Release(Manifest):
    """What a board knows of one release."""

    tables = (CATALOG, FILES)

    def __init__(self, message: dict, payload: bytes):
        super().__init__(message, payload)
        self.name, self.firmware = message["release"], message["firmware"]
        self.mpy, self.rom_bytes, self.blocks = message["mpy"], message["rom"], message["blocks"]
        self.order = self.version if message.get("pause") is True else 0

    def find_unfit(self, aboard: dict) -> str | None:
        """Return why a board cannot run it, or None. `aboard`: of a Releases."""
        if self.mpy != aboard["mpy"]:
            return "its code is of .mpy version %d, and this MicroPython takes %d" % (self.mpy, aboard["mpy"])
        if self.rom_bytes > aboard["rom_bytes"]:
            return "an image of %d bytes, and for one the board has %d" % (self.rom_bytes, aboard["rom_bytes"])
        return None

    def told(self) -> dict:
        """Return what an event says of it."""
        return {"version": self.firmware, "release": self.name}


def opened(payload: bytes, settings: dict, keys) -> tuple:
    """Return (None, None, Release), or (kind of fault, reason, Release of what was sealed rightly or None)."""
    return manifest.opened(payload, settings, keys, _made)


def _made(payload: bytes) -> Release | None:
    told = manifest.read(payload, _is_release)
    return Release(told, payload) if told else None


def _is_release(message) -> bool:
    if not manifest.is_for_pages(message, "update", Release.tables) or 0 in message["pages"].values():
        return False
    if not is_name(message["release"]) or not isinstance(message["firmware"], str) or len(message["firmware"]) > _FIRMWARE_CHARS_MAX:
        return False
    return all([type(message[field]) is int and 0 <= message[field] < _NUMBER_MAX for field in ("mpy", "rom", "blocks")])


def is_name(text) -> bool:
    """Say whether a folder of this name may hold a release."""
    if not isinstance(text, str) or len(text) != _RELEASE_CHARS or text[:3] != PREFIX:
        return False
    return all([character in _HEX for character in text[3:]])
