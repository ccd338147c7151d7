"""Where the keys of one reader are kept: a file that only its owner reads.

Layout: JSON with "keys", in hex, "identity", in hex or null, and "address", which is for people only. Two keys: the reader
    has one of them. A file with nothing but the 32 digits of a key is read, too.
"""

import json
import os
import re
from pathlib import Path

from firmware.wire.osdp_secure import is_weak
from tools.osdp.unusable import Unusable

_BYTES_MAX = 4096


class KeyFile:
    """The file at `place`. It is made before the first new key goes out, and never over one that is there."""

    def __init__(self, path: Path, address: int, is_there: bool = False, shows_key: bool = False):
        self.place = str(path)
        self._path, self._address = path, address
        self._is_ours, self._shows_key = is_there, shows_key

    def make(self) -> None:
        """Be sure that there is a file. Raises: OSError, also where somebody else's is there."""
        if not self._is_ours:
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            self._is_ours = True

    def keep(self, keys: list, identity: bytes | None) -> None:
        """Write all of it anew, or nothing. Raises: OSError."""
        if not self._is_ours:
            return
        content = {"address": self._address, "identity": identity and identity.hex(), "keys": [bytes(key).hex() for key in keys]}
        beside = self._path.with_name(self._path.name + ".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(json.dumps(content, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        _sync(self._path.parent)

    def drop(self) -> None:
        """Nobody has the key in it."""
        if self._is_ours:
            self._path.unlink(missing_ok=True)
            self._is_ours = False

    def tell(self, key: bytes) -> dict:
        """Return what a person may know: where it is, and the key itself for who asked to see it."""
        return {"key_file": self.place} | ({"key": bytes(key).hex()} if self._shows_key else {})


def read(path: Path) -> tuple[list[bytes], bytes | None]:
    """Return (keys, identity). Raises: Unusable."""
    try:
        with path.open() as file:
            text = file.read(_BYTES_MAX)
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'this is no text'}") from error
    if len(text.split()) == 1 and not text.lstrip().startswith("{"):
        return [key_of(text.strip(), path)], None
    return _content(path, text)


def _content(path: Path, text: str) -> tuple[list[bytes], bytes | None]:
    try:
        made = json.loads(text)
        keys, identity = [key_of(key, path) for key in made["keys"]], made["identity"]
        identity = identity and bytes.fromhex(identity)
    except (ValueError, KeyError, TypeError) as error:
        raise Unusable(f"{path}: this is no key file") from error
    if not 0 < len(keys) <= 2:
        raise Unusable(f"{path}: there is no key in it")
    return keys, identity


def key_of(text: str, place) -> bytes:
    """Return a key as people write it. Raises: Unusable, which names the place."""
    if not re.fullmatch("[0-9a-fA-F]{32}", text):
        raise Unusable(f"{place}: a key is 32 hex digits, which this is not")
    key = bytes.fromhex(text)
    if is_weak(key):
        raise Unusable(f"{place}: others would try this key first: it is a default, a sample, or has a pattern. --pair makes a good one")
    return key


def _sync(folder: Path) -> None:
    """Be sure that the new name is on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
