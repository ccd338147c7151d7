"""Names of the site as arguments: checked before anything is sent, and completed by the shell."""

import os
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from tools.backstop.station import Station
from tools.site.check import load
from tools.site.errors import SiteError


class Name(click.ParamType):
    """A name of one section of the site file."""

    def __init__(self, section: str):
        self.section = section
        self.name = section[:-1]

    def convert(self, value: str, param, ctx) -> str:
        station = ctx.find_object(Station) if ctx else None
        return station.check(self.section, value) if station else value

    def shell_complete(self, ctx, param, incomplete: str) -> list[CompletionItem]:
        """The names that begin so. Without a site file that can be read there are none, and no complaint either."""
        path = ctx.find_root().params.get("site") or os.environ.get("BACKSTOP_SITE")
        try:
            known = getattr(load(Path(path)), self.section) if path else {}
        except (SiteError, OSError):
            known = {}
        found = {name: getattr(known[name], "label", None) for name in sorted(known) if name.startswith(incomplete)}
        return [CompletionItem(name, help=label) for name, label in found.items()]
