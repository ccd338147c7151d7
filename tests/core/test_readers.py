"""From a credential to an attempt, or to the first reason to deny it."""

import struct

from firmware.core.credentials import People, card_key, pin_key
from firmware.core.readers import Readers, masked
from firmware.core.schedule import Fixed
from tests.core import parts

SALT = bytes(16)
NO_END, ANY = 0xFFFFFFFF, 0xFFFF
KIM, OFF, OLD, GUARD, STRANGER, LEE = range(6)


class Now:
    """What holds at the moment: everything may be set by a test."""

    def __init__(self):
        self.time_ms = 5000000
        self.schedules = {"always": Fixed(True), "never": Fixed(False)}
        self.locked_down = []
        self.interlocked = []
        self.used = {}
        self.is_trusted = True

    def at_ms(self):
        return self.time_ms

    def grants_of(self, person):
        return self.used.get(person.no, 0)

    def is_locked_down(self, door):
        return door in self.locked_down

    def is_interlocked(self, door):
        return door in self.interlocked

    def judged_as(self, reader, person):
        return {"hall": ["in", "hard"]}, person.no == GUARD

    def is_clock_trusted(self):
        return self.is_trusted


def people():
    rows = (
        (3, 0, 0, NO_END, 3),  # kim: staff, three uses
        (1, 0, 0, NO_END, ANY),  # switched off
        (3, 0, 0, 4000, ANY),  # no longer valid
        (3, 1, 0, NO_END, ANY),  # guard
        (3, 2, 0, NO_END, ANY),  # no group
        (3, 0, 0, NO_END, ANY),  # lee: staff, the same PIN as kim
    )
    cards = sorted([struct.pack("<8sHBx", card_key(SALT, "H10301:1:%d" % no), no, 1) for no in range(6)])
    pins = sorted([struct.pack("<8sH2x", pin_key(SALT, digits), no) for digits, no in (("1111", KIM), ("1111", LEE), ("2222", OFF), ("3333", GUARD))])
    tables = {
        "people": [b"".join([struct.pack("<BHIIH3x", *row) for row in rows])],
        "ids": [b"".join([b"person-%d" % no + bytes(16) for no in range(6)])],
        "cards": [b"".join(cards)],
        "pins": [b"".join(pins)],
    }
    return People(tables, SALT, [["staff"], ["guards"], []])


class Door:
    def __init__(self, mode="card", schedule="always"):
        groups = {
            "staff": {"access": [["front", schedule]], "lockdown": False},
            "guards": {"access": [["*", "always"]], "lockdown": True},
        }
        settings = parts.settings(groups=groups, readers={"in": parts.reader(0, "front", {"hall": "in"}, mode=mode)})
        self.now = Now()
        self.readers = Readers(settings, people(), self.now)
        self.now_ms = 0

    def card(self, no):
        return words(self.readers.card("in", "H10301:1:%d" % no, self.now_ms))

    def keys(self, digits):
        return words(self.readers.keys("in", digits, self.now_ms))

    def at(self, now_ms):
        self.now_ms = now_ms
        return words(self.readers.tick(now_ms))


def words(actions):
    """attempt:0, deny:0:why, pin, locked."""
    said = []
    for action in actions:
        if action[0] == "attempt":
            said.append("attempt:%d" % action[1].person.no)
        elif action[0] == "deny":
            said.append("deny:%s:%s" % (action[2].get("no"), action[2]["reason"]))
        else:
            said.append({"keypad_locked": "locked", "signal": "pin"}[action[0]])
    return " ".join(said)


def test_a_good_card_becomes_an_attempt():
    door = Door()
    (kind, attempt) = door.readers.card("in", "H10301:1:0", 0)[0]
    assert kind == "attempt" and (attempt.reader, attempt.door, attempt.person.no, attempt.card) == ("in", "front", KIM, 1)
    assert attempt.at_ms == door.now.time_ms and attempt.judge == {"hall": ["in", "hard"]}
    assert not attempt.is_exempt and not attempt.is_unverified
    assert door.readers.card("in", "H10301:1:3", 0)[0][1].is_exempt


def test_without_a_trusted_clock_it_is_unverified():
    door = Door()
    door.now.is_trusted = False
    assert door.readers.card("in", "H10301:1:0", 0)[0][1].is_unverified


def test_the_first_reason_that_applies_is_told():
    door = Door()
    door.now.locked_down, door.now.interlocked = ["front"], ["front"]
    door.now.used = {KIM: 3}
    assert door.card(99) == "deny:None:unknown_credential"
    assert door.card(KIM) == "deny:0:inactive", "used up"
    door.now.used = {KIM: 2}
    assert door.card(KIM) == "deny:0:lockdown" and door.card(STRANGER) == "deny:4:lockdown"
    assert door.card(OFF) == "deny:1:inactive" and door.card(OLD) == "deny:2:inactive"
    assert door.card(GUARD) == "deny:3:interlock"
    door.now.locked_down = []
    assert door.card(STRANGER) == "deny:4:no_access" and door.card(KIM) == "deny:0:interlock"
    door.now.interlocked = []
    assert door.card(KIM) == "attempt:0" and Door(schedule="never").card(KIM) == "deny:0:outside_schedule"


def test_everything_before_the_pin_is_checked_before_the_pin():
    door = Door("card_and_pin")
    door.now.interlocked = ["front"]
    assert door.card(STRANGER) == "deny:4:no_access" and door.card(99) == "deny:None:unknown_credential"
    assert door.card(KIM) == "pin" and door.keys("9999#") == "deny:0:bad_pin"
    assert door.card(KIM) == "pin" and door.keys("1111#") == "deny:0:interlock", "a good PIN, a busy door"


def test_card_and_pin_wants_the_pin_of_that_person():
    door = Door("card_and_pin")
    assert door.card(KIM) == "pin" and door.keys("1111#") == "attempt:0"
    assert door.card(KIM) == "pin" and door.keys("3333#") == "deny:0:bad_pin"
    assert door.keys("1111#") in ("", "deny:None:bad_pin"), "digits without a card open nothing"


def test_a_pin_must_come_within_eight_seconds():
    door = Door("card_and_pin")
    door.card(KIM)
    door.now_ms = 7000
    door.keys("11")
    assert door.at(14999) == "" and door.at(15000) == "deny:0:bad_pin"


def test_card_or_pin_takes_either():
    door = Door("card_or_pin")
    assert door.card(KIM) == "attempt:0" and door.keys("3333#") == "attempt:3"
    assert door.keys("0000#") == "deny:None:bad_pin" and door.keys("2222#") == "deny:1:inactive"
    assert door.keys("1111#") == "deny:None:bad_pin", "two people have it"


def test_five_bad_pins_lock_the_keypad_and_cards_go_on():
    door = Door("card_or_pin")
    said = [door.keys("0000#") for _ in range(5)]
    assert said == ["deny:None:bad_pin"] * 4 + ["deny:None:bad_pin locked"]
    assert door.keys("3333#") == "" and door.card(KIM) == "attempt:0"
    door.at(60000)
    assert door.keys("3333#") == "attempt:3"


def test_keys_at_a_reader_for_cards_do_nothing():
    assert Door().keys("3333#") == ""


def test_numbers_are_masked_but_for_three_digits():
    assert masked("H10301:118:1603") == "H10301:*603" and masked("H10302:12") == "H10302:12"
    assert masked("RAW:34:0123456789") == "RAW:*******789"
