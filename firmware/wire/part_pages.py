"""Pages of a part, as firmware.wire.part reads them: for whoever makes parts. No board needs this."""

import json
from hashlib import sha256

from firmware.const import const
from firmware.wire.part import PAGE_BYTES

_LINE_BYTES = const(1024)


class PartPages:
    """The pages of a part, settings among them, as whoever stores or sends them wants them."""

    def __init__(self, part):
        self.version = part.settings["version"]
        self._pages = {"settings": settings_pages(part.settings)}
        self._pages.update(part.tables)

    def count(self, table: str) -> int:
        return len(self._pages[table])

    def page(self, table: str, number: int) -> bytes:
        return bytes(self._pages[table][number])

    def sha(self, table: str, number: int) -> bytes:
        """Return the SHA-256 of a page."""
        return sha256(self._pages[table][number]).digest()


def settings_pages(settings: dict) -> list:
    """Settings as pages of JSON lines."""
    lines = []
    for section in sorted(settings):
        value = settings[section]
        if isinstance(value, dict) and value:
            for key in sorted(value):
                _add_lines(lines, section, key, value[key])
        else:
            _add_lines(lines, "", section, value)
    return _paged(lines)


def record_pages(records: list, record_bytes: int) -> list:
    """Fixed records as full pages and a last, shorter one."""
    per_page = PAGE_BYTES // record_bytes
    return [b"".join(records[start : start + per_page]) for start in range(0, len(records), per_page)]


def _add_lines(lines: list, section: str, key: str, value) -> None:
    line = json.dumps([section, key, value], separators=(",", ":")).encode()
    if len(line) > _LINE_BYTES and isinstance(value, list) and len(value) > 1:
        half = len(value) // 2
        _add_lines(lines, section, key, value[:half])
        _add_lines(lines, section, key, value[half:])
    elif len(line) > _LINE_BYTES and isinstance(value, dict):
        path = section + "/" + key if section else key
        for name in sorted(value):
            _add_lines(lines, path, name, value[name])
    else:
        assert len(line) < PAGE_BYTES
        lines.append(line)


def _paged(lines: list) -> list:
    pages, page = [], b""
    for line in lines:
        if len(page) + len(line) + 1 > PAGE_BYTES:
            pages.append(page)
            page = b""
        page += line + b"\n"
    return pages + [page] if page else pages
