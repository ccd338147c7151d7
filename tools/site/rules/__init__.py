"""What must hold between the entries of a site. Every rule is a function (site) -> Faults."""

from collections.abc import Iterator

from tools.site.errors import Fault
from tools.site.model import Site
from tools.site.rules import areas, boards, doors, inside, people, readers
from tools.site.rules.names import Names, undefined

__all__ = ["Names", "faults", "for_boards", "undefined"]


def faults(site: Site, has_all_things: bool = True) -> Iterator[Fault]:
    """All faults and warnings but undefined names; entries that use such names are judged as far as they go.

    Without `has_all_things` the file has more doors, readers, inputs or outputs than this site, and terminals cannot be judged.
    """
    yield from boards.faults(site, has_all_things)
    for module in (doors, readers, areas, inside, people):
        for rule in module.RULES:
            yield from rule(site)


def for_boards(site: Site) -> list[Fault]:
    """What only a site for real boards must have."""
    return list(boards.unsafe(site))
