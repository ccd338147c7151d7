"""Entries, who is asked for a PIN, and the lock: every mode, every key, every moment that matters."""

from firmware.core.keypad import Keypad

LOCKED = [("keypad_locked",)]


def typed(mode, text, asked=None):
    """A keypad after one key a second from 1 s on, and the actions."""
    keypad = Keypad(mode)
    actions = keypad.ask(asked, 0) if asked else []
    for place, key in enumerate(text):
        actions += keypad.keys(key, 1000 * (place + 1))
    return keypad, actions


def guessed(keypad, now_ms, count=1, ok=False):
    """What comes of entries that are wrong (or right)."""
    actions = []
    for _ in range(count):
        assert keypad.keys("1#", now_ms) == [("pin", None, "1")]
        actions += keypad.result(ok, now_ms)
    return actions


def locked(mode="card_or_pin", now_ms=0):
    keypad = Keypad(mode)
    for _ in range(5):
        actions = keypad.result(False, now_ms)
    assert actions == LOCKED
    return keypad


def test_an_entry_is_submitted_and_cleared():
    for text, entries in (
        ("2468#", ["2468"]),
        ("12*34#", ["34"]),
        ("12*#", []),
        ("#", []),
        ("##*#", []),
        ("0#", ["0"]),
        ("1#2#", ["1", "2"]),
        ("12", []),
        ("1A 2x\n3#", ["123"]),
    ):
        assert typed("card_or_pin", text)[1] == [("pin", None, digits) for digits in entries], text


def test_card_readers_ignore_and_count_keys():
    keypad, actions = typed("card", "2468#")
    assert actions == [] and keypad.ignored == 5 and keypad.next_deadline_ms() is None


def test_a_pin_belongs_to_who_was_asked():
    assert typed("card_and_pin", "2468#", asked="lee")[1] == [("pin", "lee", "2468")]
    assert typed("card_and_pin", "1*2468#", asked="lee")[1] == [("pin", "lee", "2468")]


def test_keys_before_the_card_are_ignored():
    keypad, actions = typed("card_and_pin", "2468#")
    assert actions == [] and keypad.ignored == 5
    keypad.ask("lee", 6000)
    assert keypad.keys("13#", 6000) == [("pin", "lee", "13")]


def test_one_card_allows_one_entry():
    assert typed("card_and_pin", "1#2468#", asked="lee")[1] == [("pin", "lee", "1")]


def test_an_entry_is_forgotten_eight_seconds_after_the_last_key():
    for now_ms, actions in ((8999, [("pin", None, "12")]), (9000, [])):
        keypad = Keypad("card_or_pin")
        keypad.keys("12", 1000)
        assert keypad.keys("#", now_ms) == actions
    keypad = Keypad("card_or_pin")
    keypad.keys("1", 0)
    keypad.keys("2", 7999)
    assert keypad.next_deadline_ms() == 15999
    assert keypad.tick(15998) == [] and keypad.next_deadline_ms() == 15999
    assert keypad.tick(15999) == [] and keypad.next_deadline_ms() is None
    assert keypad.keys("3#", 16000) == [("pin", None, "3")]


def test_who_gives_no_pin_in_time_is_told():
    keypad = Keypad("card_and_pin")
    assert keypad.ask("lee", 0) == [] and keypad.next_deadline_ms() == 8000
    assert keypad.keys("1", 5000) == [] and keypad.next_deadline_ms() == 13000
    assert keypad.tick(12999) == []
    assert keypad.tick(13000) == [("no_pin", "lee")]
    assert keypad.tick(13000) == [] and keypad.next_deadline_ms() is None
    assert keypad.keys("2468#", 13001) == []


def test_a_late_key_finds_the_time_over():
    keypad = Keypad("card_and_pin")
    keypad.ask("lee", 0)
    assert keypad.keys("2", 8000) == [("no_pin", "lee")] and keypad.ignored == 1


def test_the_same_card_again_starts_again():
    keypad = Keypad("card_and_pin")
    keypad.ask("lee", 0)
    keypad.keys("24", 1000)
    assert keypad.ask("lee", 7000) == [] and keypad.next_deadline_ms() == 15000
    assert keypad.keys("68#", 8000) == [("pin", "lee", "68")]


def test_the_same_card_too_late_is_a_new_one():
    keypad = Keypad("card_and_pin")
    keypad.ask("lee", 0)
    assert keypad.ask("lee", 8000) == [("no_pin", "lee")] and keypad.next_deadline_ms() == 16000


def test_another_card_takes_over():
    keypad = Keypad("card_and_pin")
    keypad.ask("lee", 0)
    keypad.keys("24", 1000)
    assert keypad.ask("kim", 2000) == [("no_pin", "lee")]
    assert keypad.keys("68#", 3000) == [("pin", "kim", "68")]


def test_person_number_zero_is_somebody():
    keypad = Keypad("card_and_pin")
    keypad.ask(0, 0)
    assert keypad.tick(8000) == [("no_pin", 0)]


def test_an_entry_too_long_is_wrong_and_not_cut():
    right = "1234567890123456"
    for text in (right, right + "7", right + "7" * 100):
        digits = typed("card_or_pin", "")[0].keys(text + "#", 0)[0][2]
        assert (digits == right) is (text == right) and len(digits) <= 17


def test_the_fifth_wrong_pin_locks():
    keypad = Keypad("card_or_pin")
    assert guessed(keypad, 0, 4) == [] and not keypad.is_locked(0)
    assert guessed(keypad, 0) == LOCKED and keypad.is_locked(0)


def test_a_success_in_between_starts_the_count_again():
    keypad = Keypad("card_or_pin")
    assert guessed(keypad, 0, 4) + guessed(keypad, 0, ok=True) + guessed(keypad, 0, 4) == []
    assert guessed(keypad, 0) == LOCKED


def test_time_alone_does_not_start_the_count_again():
    keypad = Keypad("card_or_pin")
    assert guessed(keypad, 0, 4) == [] and guessed(keypad, 10000000) == LOCKED


def test_a_locked_keypad_ignores_keys_for_a_minute():
    keypad = locked()
    assert keypad.keys("2468#", 0) == keypad.keys("2468#", 59999) == [] and keypad.ignored == 10
    assert keypad.is_locked(59999) and not keypad.is_locked(60000)
    assert keypad.keys("2468#", 60000) == [("pin", None, "2468")]


def test_after_the_lock_five_more_may_be_wrong():
    keypad = locked()
    assert guessed(keypad, 60000, 4) == [] and guessed(keypad, 60000) == LOCKED
    assert keypad.is_locked(119999) and not keypad.is_locked(120000)


def test_a_locked_keypad_asks_nobody():
    keypad = locked("card_and_pin")
    assert keypad.ask("lee", 1000) == [("no_pin", "lee")] and keypad.next_deadline_ms() is None
    assert keypad.ask("lee", 60000) == [] and keypad.keys("1#", 60000) == [("pin", "lee", "1")]


def test_what_is_denied_while_locked_does_not_prolong_the_lock():
    keypad = locked("card_and_pin")
    for now_ms in range(0, 60000, 5000):
        assert keypad.ask("lee", now_ms) == [("no_pin", "lee")] and keypad.result(False, now_ms) == []
    assert not keypad.is_locked(60000) and keypad.result(False, 60000) == []


def test_who_is_asked_when_the_lock_falls_is_told():
    keypad = Keypad("card_and_pin")
    for _ in range(4):
        keypad.result(False, 0)
    keypad.ask("lee", 0)
    assert keypad.ask("kim", 1000) == [("no_pin", "lee")]
    assert keypad.result(False, 1000) == LOCKED + [("no_pin", "kim")]
    assert keypad.result(False, 1000) == [] and keypad.next_deadline_ms() is None


def test_a_digit_typed_before_the_lock_is_not_kept():
    keypad = Keypad("card_or_pin")
    guessed(keypad, 0, 4)
    keypad.keys("1#9", 0)
    assert keypad.result(False, 0) == LOCKED and keypad.next_deadline_ms() is None
    assert keypad.keys("9#", 60000) == [("pin", None, "9")]
