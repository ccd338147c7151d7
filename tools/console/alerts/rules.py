"""Which rules an event is for: those of the site file, and the default rule. Pure.

The default rule is for what a site must hear of though its file says nothing: the types of DEFAULT_TYPES, wherever no rule of
the file is meant. A type that no rule of the file names goes to every address of the file. One that some rule names, but not
for this door or area, is shown on the page only: the file has decided who is told of it. A rule without `send` is such a
decision, too.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from firmware.core.calendar import Zone
from firmware.core.schedule import named
from tools.console.alerts.lookout import DEAF
from tools.console.alerts.places import Places, source
from tools.site.compiler import pieces
from tools.site.model import Alert, Site
from tools.site.values import zones

DEFAULT_TYPES = ("apb.violation", "door.forced", "door.held", "reader.offline", "reader.tamper", "controller.offline", "log.lost", DEAF)
DEFAULT_QUIET_S = 300
_FILTERS = ("doors", "areas", "readers", "controllers")
_KEY_DIGITS = 16


@dataclass(frozen=True)
class Rule:
    """`key`: the same as long as it asks for the same, wherever it stands in the file and whoever is told."""

    key: str
    label: str
    when: frozenset[str]
    filters: dict[str, frozenset[str]]
    schedule: str
    quiet_ms: int
    send: tuple[str, ...] = field(repr=False)

    def is_meant(self, event: dict, places: dict[str, set[str]]) -> bool:
        """Whether it is of this type, and passes each of the filters."""
        return event["type"] in self.when and all(names & places[kind] for kind, names in self.filters.items())


@dataclass(frozen=True)
class Match:
    rule: Rule
    source: str
    """What its quiet time is counted for."""


class Rules:
    """`start_s`: Unix time; schedules are known from two years before it to ten after."""

    def __init__(self, site: Site, start_s: int):
        self._places = Places(site)
        self._schedules = named(pieces.schedules(site), Zone(zones.for_part(site.timezone, start_s)))
        self._rules = _merged(_of_file(index, entry) for index, entry in enumerate(site.alerts))
        self._default = _default_rules(self._rules)
        self.addresses = tuple(dict.fromkeys(address for rule in self._rules for address in rule.send))

    @property
    def all(self) -> list[Rule]:
        return self._rules + self._default

    @property
    def types(self) -> frozenset[str]:
        return frozenset(DEFAULT_TYPES).union(*(rule.when for rule in self._rules))

    def matching(self, event: dict) -> list[Match]:
        """Whom an event is for, at the time when it happened."""
        places = self._places.of(event)
        meant = [rule for rule in self._rules if rule.is_meant(event, places)]
        if not meant:
            meant = [rule for rule in self._default if event["type"] in rule.when]
        active = [rule for rule in meant if self._schedules[rule.schedule].is_active(event["at_ms"])]
        return [Match(rule, source(event)) for rule in active]


def _of_file(index: int, entry: Alert) -> Rule:
    filters = {kind: frozenset(getattr(entry, kind)) for kind in _FILTERS if getattr(entry, kind) is not None}
    asked = [sorted(entry.when), {kind: sorted(names) for kind, names in filters.items()}, entry.schedule, entry.quiet_s]
    return Rule(_key(asked), f"alerts[{index}]", frozenset(entry.when), filters, entry.schedule, entry.quiet_s * 1000, tuple(entry.send))


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Two that ask for the same are one that tells more people."""
    found: dict[str, Rule] = {}
    for rule in rules:
        before = found.get(rule.key)
        send = tuple(dict.fromkeys((before.send if before else ()) + rule.send))
        found[rule.key] = Rule(rule.key, before.label if before else rule.label, rule.when, rule.filters, rule.schedule, rule.quiet_ms, send)
    return list(found.values())


def _default_rules(rules: list[Rule]) -> list[Rule]:
    decided = frozenset().union(*(rule.when for rule in rules))
    everybody = tuple(dict.fromkeys(address for rule in rules for address in rule.send))
    types = frozenset(DEFAULT_TYPES)
    return [_default("default", types - decided, everybody), _default("default, page", types & decided, ())]


def _default(label: str, when: frozenset[str], send: tuple[str, ...]) -> Rule:
    # One key for both: what is quiet stays so while the file changes.
    return Rule("default", label, when, {}, "always", DEFAULT_QUIET_S * 1000, send)


def _key(asked: list) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:_KEY_DIGITS]
