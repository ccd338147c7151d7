"""The folder of a broker: read as a whole, and changed as a whole or not at all.

Everything is written beside its place first: what can fail has then happened. Moving it into place replaces files one by
one, secrets first, so that what was cut off there is completed by the next run. Nobody else may read any of it.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from tools.broker.clients import SETTINGS
from tools.broker.options import FILE
from tools.site.errors import Fault, SiteError

_BYTES_MAX = 1 << 20
_FOLDERS = (".", "ca", "broker", "clients")
_OURS = (
    FILE, "ca/ca.key", "ca/ca.crt",
    *(f"broker/{name}" for name in ("mosquitto.conf", "acl", "psk", "passwords", "passwords_plain")),
    *(f"broker/{name}" for name in ("ca.crt", "crl.pem", "server.crt", "server.key")),
    *(f"clients/*/{name}" for name in (SETTINGS, "ca.crt", "client.crt", "client.key")),
)


def read(out: Path) -> dict[str, bytes]:
    """{path: content} of the files of earlier runs. Raises: SiteError, OSError."""
    if not out.exists():
        return {}
    if not out.is_dir() or (any(out.iterdir()) and not (out / FILE).is_file()):
        raise SiteError(str(out), [Fault("", "this is something else than a broker's folder", "Name a new one for --out")])
    found = [path for pattern in _OURS for path in sorted(out.glob(pattern)) if path.is_file()]
    return {str(path.relative_to(out)): _content(path) for path in found}


def write(out: Path, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """Put the new files where the old ones are, and take away identities that are no more. Raises: OSError."""
    changed = {path: content for path, content in new.items() if old.get(path) != content}
    with _workshop(out) as workshop:
        for path, content in changed.items():
            _write(workshop / path, content)
        for folder in sorted({out / folder for folder in _FOLDERS} | {(out / path).parent for path in new}):
            _make_folder(folder)
        for path in sorted(changed, key=_order):
            (workshop / path).replace(out / path)
    for path in new:
        (out / path).chmod(0o600)
    _remove(out, old.keys() - new.keys())


def _order(path: str) -> tuple:
    """Secrets before what is made from them; last what says that the folder is complete."""
    return path == FILE, not path.startswith(("ca/", "clients/")), path


@contextlib.contextmanager
def _workshop(out: Path):
    """A folder on the same file system, gone afterwards; and, where that fails, all of `out` that was not there before."""
    was_there = out.exists()
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        workshop = Path(tempfile.mkdtemp(prefix=".new-", dir=out))
        try:
            yield workshop
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    except OSError:
        if not was_there:
            shutil.rmtree(out, ignore_errors=True)
        raise


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _make_folder(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)


def _remove(out: Path, gone: set[str]) -> None:
    for path in gone:
        (out / path).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # something else lies in that folder
            (out / path).parent.rmdir()


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_BYTES_MAX)


def names(files: dict[str, bytes]) -> set[str]:
    """The identities that have files."""
    return {path.split("/")[1] for path in files if path.startswith("clients/") and path.endswith(f"/{SETTINGS}")}
