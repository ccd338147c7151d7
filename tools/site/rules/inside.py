"""Areas inside areas."""

from collections.abc import Iterator

from tools.site.errors import Fault, key_path, shown
from tools.site.model import Site


def around(site: Site, name: str) -> list:
    """The areas around an area, the nearest first; each once, should they form a cycle."""
    found = []
    parent = site.areas[name].parent
    while parent in site.areas and parent not in found:
        found.append(parent)
        parent = site.areas[parent].parent
    return found


def parents_form_no_cycle(site: Site) -> Iterator[Fault]:
    """One fault per cycle, at its first area by name."""
    for name in sorted(site.areas):
        outer = around(site, name)
        if name in outer and name == min(outer):
            path = " in ".join(shown(area) for area in [name, *outer])
            yield Fault(
                key_path(("areas", name, "parent")), f"areas stand inside each other: {path}", "Take one `parent` out"
            )


def exits_lead_out(site: Site) -> Iterator[Fault]:
    for name, area in sorted(site.areas.items()):
        for outer in set(around(site, name)) - {name}:
            for reader in sorted(set(area.entrances) & set(site.areas[outer].exits)):
                message = f"reader {shown(reader)} is an exit of {shown(outer)}, which is around this area"
                remedy = f"A way into {shown(name)} stays inside {shown(outer)}: take the reader out of one of the two"
                yield Fault(key_path(("areas", name, "entrances")), message, remedy)


RULES = (parents_form_no_cycle, exits_lead_out)
