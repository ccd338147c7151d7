"""One address is always the same; of several each failure turns to the next."""

from firmware.hal.addresses import Addresses

ONE = {"host": "a", "port": 1, "user": "lobby"}
THREE = {"host": "a", "port": 1, "user": "lobby", "others": [["b", 2], ["a", 3]]}


def tried(settings, count):
    found, addresses = [], Addresses(settings)
    for _ in range(count):
        found.append((addresses.settings()["host"], addresses.settings()["port"], addresses.settings()["user"]))
        addresses.failed()
    return found


def test_one_address_stays_the_same():
    assert tried(ONE, 3) == [("a", 1, "lobby")] * 3
    assert Addresses(ONE).settings() is ONE


def test_each_failure_turns_to_the_next_and_the_last_one_to_the_first():
    assert tried(THREE, 7) == [("a", 1, "lobby"), ("b", 2, "lobby"), ("a", 3, "lobby")] * 2 + [("a", 1, "lobby")]


def test_what_works_is_kept():
    addresses = Addresses(THREE)
    addresses.failed()
    assert addresses.settings() == addresses.settings() and addresses.settings()["host"] == "b"


def test_the_settings_that_were_given_stay_as_they_are():
    addresses = Addresses(THREE)
    addresses.failed()
    assert THREE["host"] == "a" and THREE["port"] == 1
