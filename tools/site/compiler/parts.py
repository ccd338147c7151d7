"""A site cut into the parts of its controllers."""

import time

from firmware.wire.part import Part
from tools.site.compiler import follows, pieces, tables
from tools.site.compiler.keys import Keys, made_up
from tools.site.compiler.layout import areas_of, owned, readers_at
from tools.site.compiler.numbers import Numbers, by_name_order
from tools.site.model import Site
from tools.site.values import zones


def parts(
    site: Site, numbers: Numbers | None = None, start_s: int | None = None, keys: Keys | None = None
) -> dict[str, Part]:
    """What each controller gets. start_s: Unix time from which the zone must be known (now).

    Without numbers and keys they are those of a simulation: keys that are no secret.
    """
    assert numbers is None or keys is not None, "a site with a ledger has keys of its own"
    numbers, keys = numbers or by_name_order(site), keys or made_up(site)
    start_s = int(time.time()) if start_s is None else start_s
    common = _common(site, numbers, start_s)
    people = tables.tables(site, numbers.by_name["people"], numbers.salt)
    return {
        name: Part(common | _own(site, numbers, name), people | {"keys": keys.table(name)})
        for name in sorted(site.controllers)
    }


def _common(site: Site, numbers: Numbers, start_s: int) -> dict:
    return {
        "site": site.site,
        "version": numbers.version,
        "salt": numbers.salt.hex(),
        "controllers": sorted(site.controllers),
        "lockable": {name: pieces.can_lock_down(site.doors[name]) for name in sorted(site.doors)},
        "controller_numbers": {name: numbers.by_name["controllers"][name] for name in sorted(site.controllers)},
        "zone": zones.for_part(site.timezone, start_s),
        "group_sets": tables.group_sets(site),
        "operators": {name: operator.role for name, operator in sorted(site.operators.items())},
        "home_assistant": site.home_assistant,
        "consoles": sorted(set(site.consoles)),
    }


def _own(site: Site, numbers: Numbers, name: str) -> dict:
    areas, doors = areas_of(site, name), owned(site.doors, name)
    groups = {group: pieces.group(site, group, doors) for group in sorted(site.groups)}
    return {
        "controller": name,
        "doors": {door: pieces.door(site, door) for door in doors},
        "readers": {reader: pieces.reader(site, numbers, reader) for reader in readers_at(site, doors)},
        "areas": {area: pieces.area(site, numbers, area) for area in areas},
        "reader_numbers": pieces.reader_numbers(site, numbers, areas),
        "groups": groups,
        "schedules": pieces.schedules(site),
        "inputs": pieces.inputs(site, name),
        "outputs": {output: {"follows": site.outputs[output].follows} for output in owned(site.outputs, name)},
        "links": follows.links_of(site, name),
        "follows": follows.follows(site, name),
    } | pieces.wiring(site, name)
