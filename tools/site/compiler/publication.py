"""A compiled part as its controller fetches it: a signed manifest, and pieces of the pages that it names."""

import json

from firmware.config import manifest
from firmware.config.manifest import LIST, LISTED, TABLES
from firmware.wire import messages, seal
from firmware.wire.part import Part
from firmware.wire.part_pages import PartPages


class Publication:
    """What a console serves one controller. `key`: the two's, of configurations; `manifest`: as the broker keeps it."""

    def __init__(self, part: Part, key: bytes, console: str, operator: str):
        settings, self._pages = part.settings, PartPages(part)
        self.controller, self.version = settings["controller"], settings["version"]
        self._key, self._console = key, console
        counts = {table: self._pages.count(table) for table in TABLES}
        shas = [self._pages.sha(table, number) for table in TABLES for number in range(counts[table])]
        self._list = [b"".join(shas[start : start + LISTED]) for start in range(0, len(shas), LISTED)]
        told = {"t": "config", "from": console, "to": self.controller, "site": settings["site"], "version": self.version}
        told |= {"operator": operator, "pages": counts, "list": manifest.hexes(self._list)}
        self.manifest = self._sealed(told)
        if len(self.manifest) > messages.BYTES_MAX:
            raise ValueError(f"{self.controller}: {len(shas)} pages are more than a manifest can name")

    def answer(self, want: dict) -> bytes | None:
        """Return the piece that a controller wants, or None where it is none of this publication."""
        table, number = want["page"]
        if want["to"] != self._console or want["version"] != self.version:
            return None
        page = self._page(table, number)
        offset, size = want["offset"], min(want["size"], messages.PAGE_BYTES)
        if page is None or not offset < len(page) or offset % 32 or not size:
            return None
        sha = manifest.sha(page)
        masked = manifest.masked(page[offset : offset + size], manifest.page_key(self._key), sha, offset)
        told = {"t": "piece", "from": self._console, "to": self.controller, "version": self.version, "page": [table, number]}
        return self._sealed(told | {"offset": offset, "size": len(page), "bytes": manifest.encoded(masked)})

    def _page(self, table: str, number: int) -> bytes | None:
        if table == LIST:
            return self._list[number] if number < len(self._list) else None
        is_one = table in TABLES and number < self._pages.count(table)
        return self._pages.page(table, number) if is_one else None

    def _sealed(self, told: dict) -> bytes:
        return seal.seal(json.dumps(told, separators=(",", ":")).encode(), self._key)
