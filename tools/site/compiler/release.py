"""Compile a site file into a folder: numbers from the ledger, a version that rises, all or nothing."""

import contextlib
import time
from pathlib import Path
from typing import NamedTuple

from firmware.wire.part import Part
from tools.site import rules
from tools.site.check import load
from tools.site.compiler import disk, keys, ledger
from tools.site.compiler.parts import parts
from tools.site.errors import SiteError
from tools.site.model import Site


class Release(NamedTuple):
    """What a compile made. is_new: something changed since the last one."""

    site: Site
    parts: dict[str, Part]
    version: int
    is_new: bool
    keys: keys.Keys


def release(path: Path, out: Path | None, is_new_site: bool = False, has_new_keys: bool = False) -> Release:
    """Compile a site file into a folder, or into memory alone. Raises: SiteError, OSError."""
    site = load(path)
    check_for_boards(site, path)
    if out:
        disk.check_target(out)
    book_path, ring_path = ledger.beside(path, site), keys.beside(path, site)
    before = ledger.opened(book_path, site, is_new_site)
    ring = keys.extended(_ring(ring_path, site, is_new_site, has_new_keys), site)
    book, made = _versioned(ledger.extended(before, site, book_path), site, ring)
    # A ledger ahead of its parts is harmless, parts with numbers or keys that no file knows are not.
    with disk.written(made, out) if out else contextlib.nullcontext(lambda: None) as finish:
        keys.write(ring_path, ring)
        ledger.write(book_path, book)
        finish()
    return Release(site, made, book.version, book.version != before.version, ring)


def released(path: Path) -> Release | None:
    """Return what the last compile made of a site file; None where it says something else now. Nothing is written.

    Raises: SiteError, OSError.
    """
    site = load(path)
    book_path = ledger.beside(path, site)
    before = ledger.opened(book_path, site, is_new=False)
    ring = keys.opened(keys.beside(path, site), site, is_new=False)
    book, made = _versioned(ledger.extended(before, site, book_path), site, keys.extended(ring, site))
    return Release(site, made, book.version, False, ring) if book.version == before.version else None


def _ring(path: Path, site: Site, is_new_site: bool, has_new_keys: bool) -> keys.Keys:
    """The keys of a site. Those of a site that is new replace none."""
    return keys.opened(path, site, has_new_keys or (is_new_site and not path.exists()))


def check_for_boards(site: Site, path: Path) -> None:
    """Raises: SiteError, for what only real boards forbid."""
    faults = rules.for_boards(site)
    if faults:
        raise SiteError(str(path), faults)


def _versioned(book: ledger.Ledger, site: Site, ring: keys.Keys) -> tuple:
    """The ledger and the parts, both with a version one higher if the parts are not those of last time."""
    start_s = int(time.time())
    made = parts(site, ledger.numbers(book.model_copy(update={"version": 0})), start_s, ring)
    digest = disk.digest(made)
    if digest != book.digest:
        book = book.model_copy(update={"version": book.version + 1, "digest": digest})
    for part in made.values():
        part.settings["version"] = book.version
    return book, made
