"""The site file as the console changes it: a setting of an area, and nothing else in it."""

from pathlib import Path

from firmware.core import area_changes, schedule
from firmware.core.calendar import Zone
from tools.console.configuring import wishes
from tools.site import source
from tools.site.amended import amended
from tools.site.check import parse
from tools.site.compiler import disk, pieces
from tools.site.compiler.numbers import by_name_order
from tools.site.compiler.release import check_for_boards
from tools.site.model import Site
from tools.site.values import zones


def change(path: Path, area: str, settings: dict, wanted: dict) -> bool:
    """Let the file say for an area what is in force there, with what is wanted besides. Returns whether it said something else.

    `settings`: in force, as the core has them; `wanted`: as the command `set` takes it. The file is whole at every moment.
    Raises: SiteError, ValueError, OSError; then nothing is written.
    """
    path = path.resolve()  # a link stays one
    text = source.text(path)
    site = parse(source.parsed(path, text), str(path))
    if area not in site.areas:
        raise ValueError(f"the site file has no area '{area}' any more")
    whole = area_changes.changed(settings, wanted, site.groups, _schedules(site))
    differs = wishes.change(_said(site, area), wishes.shown(whole))
    if differs:
        _write(path, amended(path, text, area, _as_written(differs)))
    return bool(differs)


def strays(site: Site, in_force: dict[str, dict]) -> list[str]:
    """Return the areas for which a site file says something else than is in force. `in_force`: {area: settings}."""
    return [name for name in sorted(site.areas) if name in in_force and wishes.change(_said(site, name), wishes.shown(in_force[name]))]


def _said(site: Site, area: str) -> dict:
    return pieces.area(site, by_name_order(site), area)


def _schedules(site: Site) -> dict:
    return schedule.named(pieces.schedules(site), Zone(zones.for_part(site.timezone, 0)))


def _as_written(settings: dict) -> dict:
    """As people write it: one mode where both directions have the same."""
    modes = set(settings.get("anti_passback", {}).values())
    return settings | ({"anti_passback": modes.pop()} if len(modes) == 1 else {})


def _write(path: Path, text: str) -> None:
    check_for_boards(parse(source.parsed(path, text), str(path)), path)
    disk.replace(path, text, path.stat().st_mode & 0o777)
