"""A controller's part of the site: settings and tables, in pages a board can hold one at a time.

Layout: settings are JSON lines `[section, key, value]`, whole lines per page. A section is a path of names joined by
"/", "" is the top. A value too long for one line comes in pieces: lists are joined, objects are merged.
Tables are fixed binary records, whole records per page, every page but the last one full.
Limits: a line, and so each single item of a list and each single leaf, fits a page.
"""

import json

PAGE_BYTES = 4096


class Part:
    """What one controller gets of a site. tables: name -> sequence of pages, bytes or memoryview."""

    def __init__(self, settings: dict, tables: dict):
        self.settings = settings
        self.tables = tables


def read_settings(pages) -> dict:
    """The settings that part_pages.settings_pages made pages of."""
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
