"""Parts as folders of pages, one folder per controller.

Layout: <controller>/settings.0, people.0, people.1 … and manifest.json with the size and SHA-256 of each page.
A part holds keys: only its owner may read it.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from firmware.wire.part import Part, read_settings
from firmware.wire.part_pages import settings_pages
from tools.site.errors import Fault, SiteError

MANIFEST = "manifest.json"


def digest(parts: dict[str, Part]) -> str:
    """The SHA-256 of everything the controllers get, as hex."""
    total = hashlib.sha256()
    for name in sorted(parts):
        manifest = json.dumps(_manifest(parts[name], _pages(parts[name])), sort_keys=True)
        total.update(manifest.encode() + b"\n")
    return total.hexdigest()


def check_target(out: Path) -> None:
    """Refuse to replace anything but earlier parts. Raises: SiteError, OSError."""
    if out.exists() and not (out.is_dir() and all((folder / MANIFEST).is_file() for folder in out.iterdir())):
        fault = Fault("", "this is something else than earlier parts", "Name a new folder for --out")
        raise SiteError(str(out), [fault])


@contextlib.contextmanager
def written(parts: dict[str, Part], out: Path) -> Iterator[Callable[[], None]]:
    """Parts made beside the folder; calling what this yields puts them in its place. Raises: OSError."""
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        new = workshop / "new"
        new.mkdir()
        for name, part in parts.items():
            _write_part(part, new / name)
        yield lambda: _swap(new, out, workshop / "old")
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def read(folder: Path) -> Part:
    """A part from its folder, every page checked. Raises: OSError, ValueError."""
    manifest = json.loads((folder / MANIFEST).read_text())
    pages = {table: _read_pages(folder, table, rows) for table, rows in manifest["pages"].items()}
    return Part(read_settings(pages.pop("settings")), pages)


def _read_pages(folder: Path, table: str, rows: list) -> list:
    pages = [(folder / f"{table}.{index}").read_bytes() for index in range(len(rows))]
    if [_row(page) for page in pages] != rows:
        raise ValueError(f"{folder}: a page of {table} does not agree with the manifest")
    return pages


def _write_part(part: Part, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    pages = _pages(part)
    for table, contents in pages.items():
        for index, page in enumerate(contents):
            _write(folder / f"{table}.{index}", page)
    _write(folder / MANIFEST, (json.dumps(_manifest(part, pages), indent=1) + "\n").encode())


def replace(path: Path, text: str, mode: int = 0o666) -> None:
    """Replace a file as a whole: after a power cut there is the old one or the new one. Raises: OSError."""
    if path.exists() and path.read_text() == text:
        return
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.unlink(missing_ok=True)
        with _new(new, mode) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            new.unlink()


def _new(path: Path, mode: int) -> IO[bytes]:
    """A new file that never was open to more than `mode` says."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")


def _write(path: Path, content: bytes) -> None:
    with _new(path, 0o600) as file:
        file.write(content)


def _pages(part: Part) -> dict:
    return {"settings": settings_pages(part.settings)} | part.tables


def _manifest(part: Part, pages: dict) -> dict:
    head = {key: part.settings[key] for key in ("site", "controller", "version")}
    return head | {"pages": {table: [_row(page) for page in contents] for table, contents in pages.items()}}


def _row(page: bytes) -> dict:
    return {"size": len(page), "sha256": hashlib.sha256(page).hexdigest()}


def _swap(new: Path, out: Path, old: Path) -> None:
    if out.exists():
        out.rename(old)
    try:
        new.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
