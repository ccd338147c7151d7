"""What is doubtful about an area: allowed, and seldom meant. `tools.site check` refuses or warns of the rest."""
from collections.abc import Iterator
from dataclasses import dataclass

from tools.site.compiler.layout import readers_of
from tools.site.model import Area, Site



@dataclass(frozen=True)
class Finding:
    """One doubt: which area, one word for programs, a sentence for people, and what to do."""

    area: str
    code: str
    message: str
    remedy: str


def findings(site: Site, area: str | None = None) -> list[Finding]:
    """The doubts about one area, or about all."""
    names = [area] if area else sorted(site.areas)
    return [found for name in names for rule in _RULES for found in rule(site, name, site.areas[name])]


def _no_exit(site: Site, name: str, area: Area) -> Iterator[Finding]:
    if not area.exits and not area.presence_timeout_s and not area.reset_at:
        message = "nobody can leave: without exits everybody who came in is counted as inside for ever"
        yield Finding(name, "no_exit", message, "Add `exits`, `presence_timeout_s` or `reset_at`")


def _exit_by_rex_only(site: Site, name: str, area: Area) -> Iterator[Finding]:
    ways_out = {site.readers[reader].door for reader in area.exits}
    for door in sorted({site.readers[reader].door for reader in area.entrances} - ways_out):
        if site.doors[door].rex != "none" or site.doors[door].egress != "none":
            message = f"who leaves by door {door} does not badge, and stays counted as inside"
            yield Finding(name, "exit_by_rex", message, f"Add a reader on the inner side of {door} to `exits`")


def _two_roles(site: Site, name: str, area: Area) -> Iterator[Finding]:
    for reader in readers_of(site, [name]):
        for other in sorted(set(site.areas) - {name}):
            role, others = _role(area, reader), _role(site.areas[other], reader)
            is_nested = site.areas[other].parent == name or area.parent == other
            if others and (role == others) and not is_nested:
                message = f"reader {reader} is an {role} of {other}, too: one badge counts in both areas"
                yield Finding(name, "two_roles", message, "Meant so where a reader leads into both; else take it out of one")


def _role(area: Area, reader: str) -> str | None:
    return "entrance" if reader in area.entrances else "exit" if reader in area.exits else None


def _unlocked_perimeter(site: Site, name: str, area: Area) -> Iterator[Finding]:
    for door in _doors(site, name):
        schedule = site.doors[door].unlock_schedule
        if schedule != "never" and _judges(area):
            message = f"door {door} stands unlocked by schedule {schedule}: nobody is judged there then, and who walks in is not counted"
            remedy = f"Take `unlock_schedule` out of {door}, or give the area a `schedule` that leaves this time out"
            yield Finding(name, "unlock_schedule", message, remedy)


def _hard_for_ever(site: Site, name: str, area: Area) -> Iterator[Finding]:
    is_hard = "hard" in (area.anti_passback.entrances, area.anti_passback.exits)
    if is_hard and not (area.violation_timeout_s or area.reset_at):
        message = "a violation ends only when an operator clears it: somebody must be there at any hour"
        yield Finding(name, "hard_without_expiry", message, "Write `violation_timeout_s`, or see to it that a manager can be reached")


def _nobody_exempt(site: Site, name: str, area: Area) -> Iterator[Finding]:
    if {"deny", "hard"} & {area.anti_passback.entrances, area.anti_passback.exits} and not area.exempt_groups:
        message = "security and first aid are judged like everybody else, and may be denied"
        yield Finding(name, "nobody_exempt", message, "Put those who need unimpeded access into `exempt_groups`")


def _no_sensor(site: Site, name: str, area: Area) -> Iterator[Finding]:
    for door in _doors(site, name):
        if _judges(area) and not site.doors[door].sensor:
            message = f"door {door} has no sensor: a grant that nobody used moves its person all the same"
            yield Finding(name, "no_sensor", message, f'Fit a sensor, write sensor = true at {door}, then moves_on = "entry" can be used')


def _judges(area: Area) -> bool:
    return {area.anti_passback.entrances, area.anti_passback.exits} != {"off"}


def _doors(site: Site, name: str) -> list[str]:
    return sorted({site.readers[reader].door for reader in readers_of(site, [name])})


_RULES = (_no_exit, _exit_by_rex_only, _two_roles, _unlocked_perimeter, _hard_for_ever, _nobody_exempt, _no_sensor)
