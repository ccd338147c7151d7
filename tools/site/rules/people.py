"""People: one card, one person; PINs that tell people apart; dates in order; cards somebody can read."""

from collections.abc import Iterator

from tools.site import cards
from tools.site.errors import Fault, key_path, shown
from tools.site.model import Site
from tools.site.values import texts

# What the tables of a part can number.
PEOPLE_MAX = 65535


def cards_belong_to_one_person(site: Site) -> Iterator[Fault]:
    """Cards are compared by the bits a reader sends."""
    owners = {}
    for name, user in site.users.items():
        for index, card in enumerate(user.cards):
            key = key_path(("users", name, "cards", index))
            owner = owners.setdefault(cards.frame(card), name)
            if owner != name:
                message = f"card {shown(card)} belongs to user {shown(owner)}, too"
                yield Fault(key, message, "Take it from one of the two; a spare card needs its own number")
            elif card in user.cards[:index]:
                yield Fault(key, f"card {shown(card)} stands here twice", "Name it once")


def pins_differ_where_they_stand_alone(site: Site) -> Iterator[Fault]:
    """Everybody's, not only of those the reader lets in: a stranger's PIN must never be taken for somebody else's."""
    alone = next((name for name, reader in site.readers.items() if reader.mode == "card_or_pin"), None)
    owners = {}
    for name, user in site.users.items() if alone else ():
        if user.pin and owners.setdefault(user.pin, name) != name:
            message = f"user {shown(owners[user.pin])} has the same PIN, and reader {shown(alone)} takes a PIN alone"
            yield Fault(key_path(("users", name, "pin")), message, "Give each their own PIN")


def dates_are_in_order(site: Site) -> Iterator[Fault]:
    for name, user in site.users.items():
        if user.valid_from and user.valid_until and texts.moment(user.valid_until) <= texts.moment(user.valid_from):
            message = "this is not after `valid_from`"
            yield Fault(key_path(("users", name, "valid_until")), message, "Write a later time")


def days_are_named_once(site: Site) -> Iterator[Fault]:
    for name, schedule in site.schedules.items():
        seen = {}
        for key in schedule.weekly:
            for day in texts.days_of_week(key):
                other = seen.setdefault(day, key)
                if other != key:
                    where = key_path(("schedules", name, "weekly", key))
                    yield Fault(where, f"{shown(other)} names {texts.DAYS[day]} as well", "Name each day once")


def cards_can_be_read(site: Site) -> Iterator[Fault]:
    """A warning for cards in a format that no reader takes."""
    kinds = {(tuple(reader.formats), reader.parity) for reader in site.readers.values()}
    for name, user in site.users.items():
        for index, card in enumerate(user.cards):
            if not any(cards.is_read(card, list(formats), parity) for formats, parity in kinds):
                key = key_path(("users", name, "cards", index))
                remedy = "Add the format to `formats` of the readers meant"
                yield Fault(key, f"no reader takes card {shown(card)}", remedy, is_warning=True)


def people_fit(site: Site) -> Iterator[Fault]:
    if len(site.users) > PEOPLE_MAX:
        yield Fault("users", f"{len(site.users)} people are too many", f"A site holds {PEOPLE_MAX}")


RULES = (
    cards_belong_to_one_person,
    pins_differ_where_they_stand_alone,
    dates_are_in_order,
    days_are_named_once,
    cards_can_be_read,
    people_fit,
)
