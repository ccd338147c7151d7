"""A compiled part as its controller fetches it: a signed manifest, and pieces of the pages that it names."""

import json

from firmware.config import manifest
from firmware.config.manifest import LIST, LISTED, TABLES
from firmware.wire import messages, seal
from firmware.wire.part import Part
from firmware.wire.part_pages import PartPages


class Served:
    """Pages of some tables that a console serves one controller. `key`: the two's, of configurations; `manifest`: what names them."""

    def __init__(self, told: dict, pages, tables: tuple[str, ...], key: bytes):
        """told: what the manifest says besides; pages: `count(table)`, `page(table, number)` and its `sha`."""
        self.controller, self.version = told["to"], told["version"]
        self._pages, self._tables, self._key, self._console = pages, tables, key, told["from"]
        self.counts = {table: pages.count(table) for table in tables}
        shas = [pages.sha(table, number) for table in tables for number in range(self.counts[table])]
        self._list = [b"".join(shas[start : start + LISTED]) for start in range(0, len(shas), LISTED)]
        self.manifest = self._sealed(told | {"pages": self.counts, "list": manifest.hexes(self._list)})
        if len(self.manifest) > messages.BYTES_MAX:
            raise ValueError(f"{self.controller}: {len(shas)} pages are more than a manifest can name")

    def answer(self, want: dict) -> bytes | None:
        """Return the piece that a controller wants, or None where it is none of these."""
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
        return self._pages.page(table, number) if number < self.counts.get(table, 0) else None

    def _sealed(self, told: dict) -> bytes:
        return seal.seal(json.dumps(told, separators=(",", ":")).encode(), self._key)


class Publication(Served):
    """A part for its controller; the broker keeps its manifest.

    `pause_at_s`: when it was ordered that doors may pause for it; such a manifest is an order, which no broker is to keep.
    """

    def __init__(self, part: Part, key: bytes, console: str, operator: str, pause_at_s: int | None = None):
        settings, self.order = part.settings, pause_at_s
        told = {"t": "config", "from": console, "to": settings["controller"], "site": settings["site"], "version": settings["version"]}
        told |= {} if pause_at_s is None else {"pause": pause_at_s}
        super().__init__(told | {"operator": operator}, PartPages(part), TABLES, key)
