"""Dense numbers for names: what a board works with."""

import hashlib
from typing import NamedTuple

from tools.site.model import Site

# What has numbers: the ledger's word and the site's section.
KINDS = {"people": "users", "areas": "areas", "readers": "readers", "controllers": "controllers"}


class Numbers(NamedTuple):
    """Numbers by kind and name, the salt of cards and PINs, and the version of the configuration."""

    by_name: dict
    salt: bytes
    version: int


def by_name_order(site: Site) -> Numbers:
    """Numbers of a site that has no ledger: by name order, with a salt that is the same every time."""
    numbers = {
        kind: {name: no for no, name in enumerate(sorted(getattr(site, section)))} for kind, section in KINDS.items()
    }
    return Numbers(numbers, hashlib.sha256(b"salt:" + site.site.encode()).digest()[:16], 1)
