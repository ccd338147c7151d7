"""Contacts: looked at in time, told when they change."""

from firmware.hal.contacts import POLL_MS, Contacts


class Contact:
    def __init__(self, closed=False):
        self.closed = closed

    def is_closed(self):
        return self.closed


def test_a_contact_is_read_through_its_kind():
    for closed, active_closed, level in ((False, True, False), (True, True, True), (False, False, True), (True, False, False)):
        assert Contacts().add("input", "fire", Contact(closed), active_closed) == level


def test_each_change_is_told_once():
    contacts, leaf, rex = Contacts(), Contact(True), Contact()
    contacts.add("leaf", "front", leaf, False)
    contacts.add("rex", "front", rex, True)
    assert not contacts.take(0)
    leaf.closed = False
    assert contacts.take(POLL_MS) == [("leaf", "front", True)] and not contacts.take(2 * POLL_MS)
    leaf.closed = rex.closed = True
    assert contacts.take(3 * POLL_MS) == [("leaf", "front", False), ("rex", "front", True)]


def test_between_two_looks_nobody_looks():
    contacts, rex = Contacts(), Contact()
    assert contacts.next_ms() is None
    contacts.add("rex", "front", rex, True)
    contacts.take(100)
    rex.closed = True
    assert not contacts.take(100 + POLL_MS - 1) and contacts.next_ms() == 100 + POLL_MS
    assert contacts.take(100 + POLL_MS) == [("rex", "front", True)]


def test_whoever_starts_hears_of_a_rex_that_is_pressed_already():
    contacts = Contacts()
    contacts.add("rex", "front", Contact(True), True)
    contacts.add("rex", "vault", Contact(False), True)
    contacts.add("leaf", "front", Contact(False), False)
    assert contacts.pressed() == [("rex", "front", True)]
