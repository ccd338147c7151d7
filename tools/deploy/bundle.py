"""What one controller gets: the build, its own files, and what boot.py needs to know of its board."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from tools.build import manifest, rom
from tools.build.compiling import SCRIPTS, TREE
from tools.deploy.outputs import outputs
from tools.deploy.problem import Problem
from tools.site import profiles
from tools.site.compiler import disk

OUTPUTS, INSTALLED = "outputs.json", "installed.json"


class Bundle(NamedTuple):
    """Contents by path. tree, own: of the folders of these names; scripts: beside them. rom: all of tree as one file."""

    controller: str
    board: str
    mpy: int
    tree_name: str
    own_name: str
    tree: dict[str, bytes]
    own: dict[str, bytes]
    scripts: dict[str, bytes]
    rom: bytes = b""

    def in_place(self) -> "Bundle":
        """The same release as one file that runs in place."""
        tree = {rom.FILE: self.rom}
        return self._replace(tree=tree, tree_name=f"fw-{content_id(tree)}")

    @property
    def installed(self) -> bytes:
        return (json.dumps({"tree": self.tree_name, "own": self.own_name, "board": self.board}) + "\n").encode()

    @property
    def chip(self) -> str:
        return profiles.profile(self.board).CHIP


def bundle(build: Path, part: Path, mqtt: Path | None) -> Bundle:
    """Collect everything, each file checked. `mqtt`: how to reach the broker. Raises: Problem."""
    made, settings = _build(build), _settings(part)
    board = settings.get("board")
    if not profiles.is_real(board):
        raise Problem(f"{part}: this is the part of a simulated board. Write board = … into the site file, and compile it")
    own = _own(part, mqtt)
    scripts = {path: (build / path).read_bytes() for path in SCRIPTS}
    scripts[OUTPUTS] = (json.dumps(outputs(profiles.profile(board))) + "\n").encode()
    tree = {path: (build / TREE / path).read_bytes() for path in made.below(TREE)}
    packed = (build / rom.FILE).read_bytes()
    return Bundle(settings["controller"], board, made.mpy, f"fw-{content_id(tree)}", f"own-{content_id(own)}", tree, own, scripts, packed)


def _build(folder: Path) -> manifest.Manifest:
    try:
        return manifest.read(folder)
    except FileNotFoundError as error:
        raise Problem(f"{folder}: there is no build. `make build` makes one") from error
    except (OSError, ValueError) as error:
        raise Problem(f"{folder}: {error}. `make build` makes a new one") from error


def _settings(part: Path) -> dict:
    try:
        return disk.read(part).settings
    except (OSError, ValueError, KeyError) as error:
        raise Problem(f"{part}: this is no part of a site: {error}. `python -m tools.site compile` makes them") from error


def _own(part: Path, mqtt: Path | None) -> dict[str, bytes]:
    found = {f"part/{path.name}": path.read_bytes() for path in sorted(part.iterdir()) if path.is_file()}
    if mqtt:
        found["mqtt.json"] = _mqtt(mqtt)
    return found


def _mqtt(path: Path) -> bytes:
    """How to reach the broker, as short as it gets. Raises: Problem."""
    try:
        told = json.loads(path.read_text())
        tls = told["tls"]
        assert isinstance(told["host"], str)
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        raise Problem(f"{path}: this is no mqtt.json. `python -m tools.broker` makes them, for each client its own") from error
    if tls and "psk_key" not in tls:
        raise Problem(f"{path}: a board connects with a pre-shared key, and this is of another kind of client")
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def content_id(files: dict[str, bytes]) -> str:
    """A name for some files: two have the same only if every file is the same."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    return total.hexdigest()[:8]
