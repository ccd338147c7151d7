"""The people of a site as the fixed records of a part; firmware.core.credentials says how they look."""

import struct
from collections.abc import Iterator

from firmware.core.credentials import card_key, pin_key
from firmware.wire.part_pages import record_pages
from tools.site.model import Site, User
from tools.site.values import texts, zones

_EXISTS, _ACTIVE, _EXTENDED, _HAS_PIN = 1, 2, 4, 8
_NO_END = 0xFFFFFFFF
_ANY_NUMBER = 0xFFFF
_NOBODY = bytes(16)
_PERSON = struct.Struct("<BHIIH3x")
_CARD = struct.Struct("<8sHBx")
_PIN = struct.Struct("<8sH2x")


def group_sets(site: Site) -> list:
    """Every combination of groups that somebody has, each sorted."""
    return [list(groups) for groups in sorted({_groups(user) for user in site.users.values()})]


def tables(site: Site, people: dict, salt: bytes) -> dict:
    """All tables; people: number by id, where numbers of people who have left stay empty."""
    return {
        "people": record_pages(_people(site, people), 16),
        "ids": record_pages(_ids(site, people), 24),
        "cards": record_pages(sorted(_cards(site, people, salt)), 12),
        "pins": record_pages(sorted(_pins(site, people, salt)), 12),
    }


def _people(site: Site, people: dict) -> list:
    sets = {tuple(groups): index for index, groups in enumerate(group_sets(site))}
    records = [_NOBODY] * _count(site, people)
    for name, user in site.users.items():
        records[people[name]] = _person(site.timezone, user, sets[_groups(user)])
    return records


def _person(timezone: str, user: User, group_set: int) -> bytes:
    flags = _EXISTS | user.active * _ACTIVE | user.extended * _EXTENDED | (user.pin is not None) * _HAS_PIN
    from_s = _unix_s(timezone, user.valid_from) if user.valid_from else 0
    until_s = _unix_s(timezone, user.valid_until) if user.valid_until else _NO_END
    return _PERSON.pack(flags, group_set, from_s, until_s, _ANY_NUMBER if user.uses is None else user.uses)


def _unix_s(timezone: str, text: str) -> int:
    return zones.unix_s(timezone, texts.moment(text))


def _ids(site: Site, people: dict) -> list:
    records = [bytes(24)] * _count(site, people)
    for name in site.users:
        records[people[name]] = name.encode().ljust(24, b"\0")
    return records


def _cards(site: Site, people: dict, salt: bytes) -> Iterator[bytes]:
    for name, user in site.users.items():
        for index, card in enumerate(user.cards, 1):
            yield _CARD.pack(card_key(salt, card), people[name], index)


def _pins(site: Site, people: dict, salt: bytes) -> Iterator[bytes]:
    keys = {}
    for name, user in site.users.items():
        if user.pin is not None:
            if user.pin not in keys:
                keys[user.pin] = pin_key(salt, user.pin)
            yield _PIN.pack(keys[user.pin], people[name])


def _count(site: Site, people: dict) -> int:
    return max((people[name] for name in site.users), default=-1) + 1


def _groups(user: User) -> tuple:
    return tuple(sorted(set(user.groups)))
