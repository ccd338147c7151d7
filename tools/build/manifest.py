"""What a build consists of: each file with its size and SHA-256, and the version of .mpy that its bytecode is of."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from firmware import VERSION

FILE = "manifest.json"


class File(NamedTuple):
    size: int
    sha256: str


class Manifest(NamedTuple):
    """files: {path below the build's folder, with "/": File}. mpy: version of the bytecode, which a board must be able to run."""

    version: str
    mpy: int
    files: dict[str, File]

    def below(self, folder: str) -> dict[str, File]:
        """The files below a folder, by their paths from there."""
        return {path.removeprefix(f"{folder}/"): file for path, file in self.files.items() if path.startswith(f"{folder}/")}


def of(folder: Path) -> Manifest:
    """Look at a build. Raises: OSError."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != FILE]
    versions = {_mpy(path) for path in paths if path.suffix == ".mpy"}
    assert len(versions) == 1, versions
    return Manifest(VERSION, versions.pop(), {path.relative_to(folder).as_posix(): _file(path.read_bytes()) for path in paths})


def read(folder: Path) -> Manifest:
    """The manifest of a build, every file checked. Raises: OSError, ValueError."""
    told = json.loads((folder / FILE).read_text())
    found = Manifest(told["version"], told["mpy"], {path: File(**file) for path, file in told["files"].items()})
    for path, file in found.files.items():
        if _file((folder / path).read_bytes()) != file:
            raise ValueError(f"{folder / path} is not what the manifest says")
    return found


def write(made: Manifest, folder: Path) -> None:
    told = {"version": made.version, "mpy": made.mpy}
    told["files"] = {path: file._asdict() for path, file in sorted(made.files.items())}
    (folder / FILE).write_text(json.dumps(told, indent=1) + "\n")


def _file(content: bytes) -> File:
    return File(len(content), hashlib.sha256(content).hexdigest())


def _mpy(path: Path) -> int:
    magic, version = path.read_bytes()[:2]
    assert magic == ord("M"), path
    return version
