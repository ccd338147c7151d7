"""A build of the firmware as controllers fetch it: its files, or the one image that runs in place, as pages."""

import hashlib
import zlib
from pathlib import Path
from typing import NamedTuple

from firmware.update import catalog
from firmware.update.catalog import PAGE_BYTES, ROM
from firmware.update.manifest import CATALOG, FILES, Release
from firmware.update.store import FOLDER_BLOCKS
from firmware.wire.part_pages import record_pages
from tools.backstop.errors import Unusable
from tools.site.compiler.publication import Served


class Build(NamedTuple):
    """What `make build` has made. rom: the image to run in place, compressed, or None of a build without one."""

    firmware: str
    mpy: int
    files: dict[str, bytes]
    rom: bytes | None


class Shipment:
    """One kind of it. name: of its folder on a board, which is that of `make deploy`; told: what a manifest says of it."""

    def __init__(self, build: Build, is_rom: bool):
        if is_rom and build.rom is None:
            raise Unusable("the build has no rom.z, an image that runs in place, and this controller runs one: `make build` makes it")
        from tools.deploy.bundle import content_id  # it needs what builds firmware, and nothing else here does

        self.files = {ROM: build.rom} if is_rom else build.files
        self.name = f"fw-{content_id(self.files)}"
        rom_bytes = len(zlib.decompress(build.rom, wbits=12)) if is_rom else 0
        self.told = {"release": self.name, "firmware": build.firmware, "mpy": build.mpy, "rom": rom_bytes, "blocks": self._blocks()}
        self._pages = self._cut()

    def _blocks(self) -> int:
        folders = {path.rpartition("/")[0] for path in self.files}
        folders |= {"/".join(folder.split("/")[:depth]) for folder in folders for depth in range(folder.count("/") + 1)}
        return sum(catalog.pages(len(content)) for content in self.files.values()) + FOLDER_BLOCKS * len(folders)

    def _cut(self) -> dict[str, list[bytes]]:
        records, pages = [], []
        for path in sorted(self.files):
            content = self.files[path]
            records.append(catalog.record(path, len(content), len(pages)))
            pages += [content[at : at + PAGE_BYTES] for at in range(0, len(content), PAGE_BYTES)]
        return {CATALOG: record_pages(records, catalog.RECORD_BYTES), FILES: pages}

    def count(self, table: str) -> int:
        return len(self._pages[table])

    def page(self, table: str, number: int) -> bytes:
        return self._pages[table][number]

    def sha(self, table: str, number: int) -> bytes:
        return hashlib.sha256(self._pages[table][number]).digest()

    def served(self, to: str, site: str, console: str, operator: str, version: int, key: bytes, may_pause: bool = False) -> Served:
        """The same, signed for one controller. `may_pause`: its doors, where there is no room for it beside them."""
        told = {"t": "update", "from": console, "to": to, "site": site, "version": version, "operator": operator}
        told |= {"pause": True} if may_pause else {}
        return Served(told | self.told, self, Release.tables, key)


def build(folder: Path) -> Build:
    """Read a build, each file checked. Raises: Unusable."""
    from tools.build import manifest
    from tools.build.compiling import TREE

    try:
        made = manifest.read(folder)
        files = {path: (folder / TREE / path).read_bytes() for path in made.below(TREE)}
        rom = (folder / ROM).read_bytes() if ROM in made.files else None
    except FileNotFoundError:
        raise Unusable(f"{folder}: there is no build. `make build` makes one") from None
    except (OSError, ValueError, KeyError) as error:
        raise Unusable(f"{folder}: {error}. `make build` makes a new one") from None
    return Build(made.version, made.mpy, files, rom)
