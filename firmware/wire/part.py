"""A controller's part of the site: settings and tables, in pages a board can hold one at a time.

Layout: settings are JSON lines `[section, key, value]`, whole lines per page. A section is a path of names joined by
"/", "" is the top. A value too long for one line comes in pieces: lists are joined, objects are merged.
Tables are fixed binary records, whole records per page, every page but the last one full.
Limits: a line, and so each single item of a list and each single leaf, fits a page.
"""

import json

from firmware.const import const

PAGE_BYTES = const(4096)
_LINE_BYTES = const(1024)


class Part:
    """What one controller gets of a site. tables: name -> sequence of pages, bytes or memoryview."""

    def __init__(self, settings: dict, tables: dict):
        self.settings = settings
        self.tables = tables


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


def read_settings(pages) -> dict:
    """The settings that settings_pages made pages of."""
    settings, texts = {}, {}
    for page in pages:
        for line in bytes(page).split(b"\n"):
            if line:
                section, key, value = _shared(json.loads(line), texts)
                _merge(_section(settings, section), key, value)
    return settings


def _shared(value, texts: dict):
    """Return a value in which equal texts are one object: the names of 64 controllers are in every area."""
    if isinstance(value, str):
        return texts.setdefault(value, value)
    if isinstance(value, list):
        return [_shared(part, texts) for part in value]
    if isinstance(value, dict):
        return {_shared(key, texts): _shared(value[key], texts) for key in value}
    return value


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


def _section(settings: dict, path: str) -> dict:
    for name in path.split("/") if path else ():
        settings = settings.setdefault(name, {})
    return settings


def _merge(section: dict, key: str, value) -> None:
    earlier = section.get(key)
    if isinstance(earlier, list):
        earlier.extend(value)
    elif isinstance(earlier, dict):
        earlier.update(value)
    else:
        section[key] = value
