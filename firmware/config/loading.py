"""A part from its pages, at a start; of a configuration on trial it is looked at whether it holds together."""

from firmware.const import const
from firmware.config.manifest import TABLES
from firmware.wire.part import PAGE_BYTES, Part, read_settings

_OF_PEOPLE = const(("people", "ids", "cards", "pins"))
_BUILT_IN = const(("always", "never"))
_PERSON_BYTES = const(16)
_KEYED_BYTES = const(12)
_ODD = (KeyError, TypeError, IndexError, ValueError, AttributeError)


def open_part(store, heap_bytes: int | None = None) -> Part:
    """Return the part in force. One on trial that does not hold together is given up, for the one before it.

    `heap_bytes`: what the heap has room for; tables of people that are more stay in their files. None: for all.
    """
    while True:
        part = read_part(store.open(), heap_bytes)
        fault = find_fault(part) if store.is_trial else None
        if fault is None:
            return part
        store.fall_back(fault)


def read_part(source, heap_bytes: int | None = None) -> Part:
    """Return the part whose pages a source has: `count(table)` and `page(table, number)`, as a Store and a factory have."""
    settings = read_settings(_pages(source, "settings"))
    is_large = heap_bytes is not None and sum([_size(source, table) for table in _OF_PEOPLE]) > heap_bytes
    tables = {table: list(_pages(source, table)) for table in TABLES if table != "settings" and not (is_large and table in _OF_PEOPLE)}
    if is_large:
        from firmware.config.filed import Filed

        tables.update({table: Filed(source, table) for table in _OF_PEOPLE})
    return Part(settings, tables)


def _size(source, table: str) -> int:
    last = source.count(table) - 1
    return 0 if last < 0 else last * PAGE_BYTES + len(source.page(table, last))


def _pages(source, table: str):
    return (source.page(table, number) for number in range(source.count(table)))


def find_fault(part) -> str | None:
    """Return what in a part names something that is not there, or None."""
    try:
        for name, is_there in _references(part.settings):
            if not is_there:
                return "'%s' is not there" % name
        if not _are_sorted(part.tables["cards"]) or not _are_sorted(part.tables["pins"]):
            return "cards or PINs are not sorted"
        return _of_people(part.tables["people"], len(part.settings["group_sets"]))
    except _ODD as error:
        return "settings that contradict themselves: %r" % (error,)


def _references(settings: dict):
    """Yield (name, whether there is such a thing) of everything that is named."""
    doors, readers, areas = settings["doors"], settings["readers"], settings["areas"]
    schedules = list(settings["schedules"]) + list(_BUILT_IN)
    for name in doors:
        yield (doors[name]["unlock_schedule"], doors[name]["unlock_schedule"] in schedules)
        for other, where in [(each, readers) for each in doors[name]["readers"]] + [(each, doors) for each in doors[name]["interlock"]]:
            yield (other, other in where)
    for name in readers:
        yield (readers[name]["door"], readers[name]["door"] in doors)
        for area in readers[name]["areas"]:
            yield (area, area in areas)
    for name in areas:
        yield (areas[name]["parent"], areas[name]["parent"] is None or areas[name]["parent"] in areas)
        yield (areas[name]["schedule"], areas[name]["schedule"] in schedules)
    for groups in settings["group_sets"]:
        for group in groups:
            yield (group, group in settings["groups"])
    for group in settings["groups"].values():
        for _, schedule in group["access"]:
            yield (schedule, schedule in schedules)
    for link in settings["links"]:
        yield (link["output"], link["output"] in settings["outputs"])


def _are_sorted(pages) -> bool:
    before = b""
    for page in pages:
        for at in range(0, len(page), _KEYED_BYTES):
            key = bytes(page[at : at + 8])
            if key < before:
                return False
            before = key
    return True


def _of_people(pages, group_sets: int) -> str | None:
    for page in pages:
        for at in range(0, len(page), _PERSON_BYTES):
            if page[at] and page[at + 1] + 256 * page[at + 2] >= group_sets:
                return "somebody is in groups that are not there"
    return None
