"""From a credential at a reader to an attempt, or to a denial that needs no anti-passback.

Actions:
    ("attempt", attempt)                 judge it
    ("deny", reader, fields)             an `access.denied` with these fields
    ("keypad_locked", reader)
    ("signal", reader, pattern)
The reason to deny is the first that applies, in the order of RULES.md, "Credentials and PINs".
"""

from firmware.core import access
from firmware.core.attempt import Attempt
from firmware.core.keypad import Keypad


class Readers:
    """All readers of one controller. `site` tells what holds now: doors, schedules, lockdowns, modes."""

    def __init__(self, settings: dict, people, site):
        self._places, self._groups = settings["readers"], settings["groups"]
        self._people = people
        self._site = site
        self._keypads = {name: Keypad(reader["mode"]) for name, reader in settings["readers"].items()}

    def card(self, reader: str, text: str, now_ms: int) -> list:
        """Take a card as the reader's line decoded it."""
        found = self._people.find_card(text)
        person = self._people.person(found[0]) if found else None
        if person is None:
            return [("deny", reader, {"reason": "unknown_credential", "credential": masked(text)})]
        place = self._places[reader]
        reason = self._first_reason(place["door"], person)
        if reason:
            return [("deny", reader, _who(person, found[1], reason))]
        if place["mode"] == "card_and_pin":
            asked = self._keypads[reader].ask((person.no, found[1]), now_ms)
            return [("signal", reader, "pin")] + self._pin_actions(reader, asked, now_ms)
        return self._passes(reader, person, found[1], now_ms)

    def keys(self, reader: str, digits: str, now_ms: int) -> list:
        """Take keys of the reader's keypad."""
        actions = []
        for key in digits:
            actions += self._pin_actions(reader, self._keypads[reader].keys(key, now_ms), now_ms)
        return actions

    def tick(self, now_ms: int) -> list:
        actions = []
        for reader in sorted(self._keypads):
            actions += self._pin_actions(reader, self._keypads[reader].tick(now_ms), now_ms)
        return actions

    def next_deadline_ms(self) -> int | None:
        due = [keypad.next_deadline_ms() for keypad in self._keypads.values()]
        due = [moment for moment in due if moment is not None]
        return min(due) if due else None

    # --------------------------------------------------------------------------------------------

    def _pin_actions(self, reader: str, keypad_actions: list, now_ms: int) -> list:
        actions = []
        for action in keypad_actions:
            if action[0] == "keypad_locked":
                actions.append(("keypad_locked", reader))
            elif action[0] == "no_pin":
                actions += self._wrong_pin(reader, action[1], now_ms)
            else:
                actions += self._pin(reader, action[1], action[2], now_ms)
        return actions

    def _pin(self, reader: str, who: tuple | None, digits: str, now_ms: int) -> list:
        people = self._people.find_pin(digits)
        if who is not None and who[0] not in people or who is None and len(people) != 1:
            return self._wrong_pin(reader, who, now_ms)
        person = self._people.person(people[0] if who is None else who[0])
        reason = self._first_reason(self._places[reader]["door"], person) if person else "unknown_credential"
        locked = self._keypads[reader].result(True, now_ms)
        assert not locked
        if reason:
            return [("deny", reader, _who(person, who and who[1], reason))]
        return self._passes(reader, person, who and who[1], now_ms)

    def _wrong_pin(self, reader: str, who: tuple | None, now_ms: int) -> list:
        person = self._people.person(who[0]) if who else None
        denied = [("deny", reader, _who(person, who and who[1], "bad_pin"))]
        return denied + self._pin_actions(reader, self._keypads[reader].result(False, now_ms), now_ms)

    def _first_reason(self, door: str, person) -> str | None:
        """Return why this person may not pass here now, before PIN, interlock and anti-passback."""
        site, groups = self._site, self._groups
        at_ms = site.at_ms()
        if not access.is_valid(person, at_ms, site.grants_of(person)):
            return "inactive"
        if site.is_locked_down(door) and not access.passes_lockdown(person.groups, groups):
            return "lockdown"
        return access.may_pass(person.groups, groups, door, at_ms, site.schedules)

    def _passes(self, reader: str, person, card: int | None, now_ms: int) -> list:
        door = self._places[reader]["door"]
        if self._site.is_interlocked(door):
            return [("deny", reader, _who(person, card, "interlock"))]
        judge, is_exempt = self._site.judged_as(reader, person)
        attempt = Attempt(reader, door, person, card, self._site.at_ms(), judge)
        attempt.is_exempt = is_exempt
        attempt.is_unverified = not self._site.is_clock_trusted()
        return [("attempt", attempt)]


def _who(person, card: int | None, reason: str) -> dict:
    return {"no": person.no if person else None, "card": card, "reason": reason}


def masked(text: str) -> str:
    """Return a card's format and last three digits: numbers do not travel."""
    name, number = text.split(":")[0], text.split(":")[-1]
    return name + ":" + "*" * max(len(number) - 3, 0) + number[-3:]
