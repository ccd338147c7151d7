"""Parts as folders of pages, one folder per controller.

Layout: <controller>/settings.0, people.0, people.1 … and manifest.json with the size and SHA-256 of each page.
"""

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from firmware.wire.part import Part, read_settings, settings_pages
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
    folder.mkdir()
    pages = _pages(part)
    for table, contents in pages.items():
        for index, page in enumerate(contents):
            (folder / f"{table}.{index}").write_bytes(page)
    (folder / MANIFEST).write_text(json.dumps(_manifest(part, pages), indent=1) + "\n")


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
