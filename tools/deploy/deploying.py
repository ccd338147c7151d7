"""The steps of a deployment. Until the last but one what the board runs is what it ran before.

    look      is this the right chip, a MicroPython that is new enough, is there room
    bring     the new folders beside those in use: from the board itself what it has, the rest over the cable
    verify    every file of them, by its SHA-256, as the board reads it back
    scripts   boot.py, main.py, outputs.json, each replaced in one step
    switch    installed.json, in one step
    clean     remove folders that no longer count, and sources that mip or others left
A deployment that was broken off is continued by doing it again: folders are named by their content.
"""

import hashlib
import json
import re
from collections.abc import Callable

from tools.build import rom
from tools.build.sizes import on_flash
from tools.deploy import heap
from tools.deploy.board import Board, Facts, pieces
from tools.deploy.bundle import INSTALLED, Bundle
from tools.deploy.problem import Problem

VERSION_MIN = (1, 25)
_OURS = re.compile(r"(fw|own)-[0-9a-f]{8}")
_CHIP = re.compile(r"ESP32(?:-?[SCHP]\d+)?")  # releases differ in how they spell it; last comes the chip, before it the board
_SPARE_BLOCKS = 8  # folders, and what the file system needs to work at all
_STALE = ("firmware", "lib/firmware")
_NEW = ".new"


class Deployment:
    """One bundle onto one board. `tell(step, number of its parts)` begins a step, `is_done()` is called for each part.

    `wants_rom`: as one file that runs in place; None: if the board can.
    """

    def __init__(
        self,
        board: Board,
        bundle: Bundle,
        tell: Callable = lambda step, count: None,
        is_done: Callable = lambda: None,
        wants_rom: bool | None = None,
    ):
        self._board, self._bundle, self._wants_rom = board, bundle, wants_rom
        self._tell, self._is_done = tell, is_done
        self.sent = 0  # files that came over the cable
        self.warning = None  # what is to be told, where the board has too little heap

    def run(self) -> None:
        """Do all of it. Raises: Problem."""
        facts = self._board.facts()
        check(facts, self._bundle)
        self._bundle = shaped(facts, self._bundle, self._wants_rom)
        if not is_in_place(self._bundle):
            self.warning = heap.shortage(facts.heap_bytes, self._bundle.own)
        before = self._installed()
        folders = {self._bundle.tree_name: self._bundle.tree, self._bundle.own_name: self._bundle.own}
        self._clean(set(before.values()) | set(folders))
        there = self._there(folders, before)
        self._check_room(folders, there)
        for name, files in folders.items():
            self._bring(name, files, there)
        self._verify(folders)
        self._put_scripts()
        self._replace(INSTALLED, self._bundle.installed)
        self._clean(set(folders))
        self._clean_rest()

    @property
    def tree_name(self) -> str:
        """The folder of the firmware that was brought."""
        return self._bundle.tree_name

    def _installed(self) -> dict:
        """{"tree": folder, "own": folder} of what the board runs."""
        try:
            told = json.loads(self._board.call("read", f"/{INSTALLED}") or "{}")
            return {key: told[key] for key in ("tree", "own")}
        except (ValueError, KeyError, TypeError):
            return {}

    def _there(self, folders: dict, before: dict) -> dict:
        """{folder: {path: SHA-256}} of the folders to come, as far as they are there, and of those in use."""
        names = sorted(set(folders) | set(before.values()))
        self._tell("looking", len(names))
        found = {}
        for name in names:
            found[name] = dict(self._board.call("listing", f"/{name}"))
            self._is_done()
        return found

    def _check_room(self, folders: dict, there: dict) -> None:
        facts = self._board.facts()
        missing = [files[path] for name, files in folders.items() for path in files if there[name].get(path) != _sha(files[path])]
        needed = sum(on_flash(len(content), facts.block_bytes) for content in missing) + _SPARE_BLOCKS * facts.block_bytes
        if missing and needed > facts.free_bytes:
            raise Problem(
                f"{self._board.port}: {needed:,} bytes are needed and {facts.free_bytes:,} are free. The old and the new "
                "release have to be there side by side: make room, or take a partition table with a larger vfs. Nothing was changed"
            )

    def _bring(self, name: str, files: dict, there: dict) -> None:
        """Make a folder hold these files and no others."""
        self._tell(f"bringing {name}", sum(map(pieces, files.values())))
        for path in sorted(set(there[name]) - set(files)):
            self._board.call("remove", f"/{name}/{path}")
        held = {hashed: f"/{folder}/{path}" for folder in there for path, hashed in there[folder].items() if folder != name}
        for path, content in files.items():
            if not self._has_file(f"/{name}/{path}", _sha(content), there[name].get(path), held):
                self._board.put(f"/{name}/{path}", content, self._is_done)
                self.sent += 1
                continue
            for _ in range(pieces(content)):
                self._is_done()

    def _has_file(self, path: str, wanted: str, hashed: str | None, held: dict) -> bool:
        """Say whether the board has it, there or elsewhere, from where it is copied."""
        if hashed != wanted and wanted in held:
            self._board.call("copy", held[wanted], path)
        return hashed == wanted or wanted in held

    def _verify(self, folders: dict) -> None:
        self._tell("verifying", len(folders))
        for name, files in folders.items():
            wanted = {path: _sha(content) for path, content in files.items()}
            if dict(self._board.call("listing", f"/{name}")) != wanted:
                raise Problem(f"{self._board.port}: {name} reads back otherwise than it was written. What the board runs has not changed")
            self._is_done()

    def _put_scripts(self) -> None:
        self._tell("switching", len(self._bundle.scripts) + 1)
        for path, content in self._bundle.scripts.items():
            self._replace(path, content)

    def _replace(self, path: str, content: bytes) -> None:
        """Replace a file in one step. Raises: Problem."""
        if self._board.call("sha", f"/{path}") != _sha(content):
            self._board.put(f"/{path}{_NEW}", content)
            if self._board.call("sha", f"/{path}{_NEW}") != _sha(content):
                raise Problem(f"{self._board.port}: {path} reads back otherwise than it was written")
            self._board.call("replace", f"/{path}{_NEW}", f"/{path}")
        self._is_done()

    def _clean(self, in_use: set) -> None:
        """Remove releases and configurations that do not count."""
        for name, is_folder in self._board.call("names", "/"):
            if is_folder and _OURS.fullmatch(name) and name not in in_use:
                self._board.call("remove", f"/{name}")

    def _clean_rest(self) -> None:
        """Remove what counts for nothing and is mistaken for what runs: sources elsewhere, files of a switch that was cut off."""
        for path in (*_STALE, *(path + _NEW for path in (*self._bundle.scripts, INSTALLED))):
            if self._board.call("exists", f"/{path}"):
                self._board.call("remove", f"/{path}")


def check(facts: Facts, bundle: Bundle) -> None:
    """Raises: Problem, where the board cannot run this."""
    version = ".".join(map(str, facts.version))
    if facts.version[:2] < VERSION_MIN:
        least = ".".join(map(str, VERSION_MIN))
        raise Problem(f"MicroPython {version} is on the board, and {least} is the least. Flash a newer one")
    if facts.mpy != bundle.mpy:
        raise Problem(f"MicroPython {version} takes .mpy of version {facts.mpy}, and the build is of version {bundle.mpy}")
    chips = _CHIP.findall(facts.machine)
    if chips and bundle.chip != chips[-1].replace("-", "").lower():
        raise Problem(f"{bundle.board} has an {bundle.chip.upper()}, and this board says that it is: {facts.machine}")


def shaped(facts: Facts, bundle: Bundle, wants_rom: bool | None) -> Bundle:
    """The release as one file where the board runs code in place, else file by file. Raises: Problem."""
    if wants_rom is None:
        wants_rom = bool(facts.rom_bytes and bundle.rom)
    if not wants_rom:
        return bundle
    if not bundle.rom:
        raise Problem("this build has nothing that runs in place")
    if not facts.rom_bytes:
        raise Problem("the board has no partition romfs, or its MicroPython no ROM file systems. `make flash` makes the one and says the other")
    size = len(rom.unpacked(bundle.rom))
    if size > facts.rom_bytes:
        raise Problem(f"the firmware in place takes {size:,} bytes, and the partition romfs has {facts.rom_bytes:,}. ROM=0 brings files instead")
    return bundle.in_place()


def is_in_place(bundle: Bundle) -> bool:
    return set(bundle.tree) == {rom.FILE}


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
