"""A part from its pages, at a start."""

from firmware.config.manifest import TABLES
from firmware.wire.part import Part, read_settings


def read_part(source) -> Part:
    """Return the part whose pages a source has: `count(table)` and `page(table, number)`, as a Store and a factory have."""
    settings = read_settings(_pages(source, "settings"))
    return Part(settings, {table: list(_pages(source, table)) for table in TABLES if table != "settings"})


def _pages(source, table: str):
    return (source.page(table, number) for number in range(source.count(table)))
