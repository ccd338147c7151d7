"""Stamps: the order of cause and effect, and how they are written."""

from firmware.core import stamp
from firmware.core.stamp import Stamps

NOW_MS = 1767600000000


def test_a_stamp_is_milliseconds_and_a_counter():
    assert stamp.at(1) == 65536 and stamp.at_ms(65536 + 65535) == 1
    assert stamp.at_ms(stamp.at(NOW_MS)) == NOW_MS


def test_stamps_follow_the_clock_and_never_go_back():
    stamps = Stamps()
    drawn = [stamps.draw(at_ms) for at_ms in (NOW_MS, NOW_MS, NOW_MS + 5, NOW_MS - 100, NOW_MS + 5)]
    assert drawn == sorted(set(drawn))
    assert [stamp.at_ms(each) - NOW_MS for each in drawn] == [0, 0, 5, 5, 5]


def test_what_was_heard_comes_before_what_is_drawn():
    stamps = Stamps()
    stamps.hear(stamp.at(NOW_MS + 50) + 7)
    assert stamps.draw(NOW_MS) == stamp.at(NOW_MS + 50) + 8
    stamps.hear(3)
    assert stamps.draw(NOW_MS) == stamp.at(NOW_MS + 50) + 9


def test_a_full_counter_runs_into_the_next_millisecond():
    stamps = Stamps()
    stamps.hear(stamp.at(NOW_MS) + 65535)
    assert stamps.draw(NOW_MS) == stamp.at(NOW_MS + 1)
    assert stamps.draw(NOW_MS + 1) == stamp.at(NOW_MS + 1) + 1


def test_text_keeps_every_bit_and_the_order():
    values = [0, 1, 65535, 65536, (1 << 32) - 1, 1 << 32, stamp.at(NOW_MS) + 3, (1 << 64) - 1]
    texts = [stamp.text(value) for value in values]
    assert [stamp.parse(each) for each in texts] == values
    assert texts == sorted(texts) and all(len(each) == 16 for each in texts)
    assert stamp.text(stamp.at(NOW_MS)) == "019b8d2b8c000000"


def refuses(digits):
    try:
        stamp.parse(digits)
    except ValueError:
        return True
    return False


def test_only_sixteen_hexadecimal_digits_are_a_stamp():
    for digits in ("", "0" * 15, "0" * 17, "g" * 16, "-" + "0" * 15, "+" + "0" * 15, " " * 16):
        assert refuses(digits), digits
    for digits in ("0x00000000000001", "0o00000000000001", " 000000000000001", "0000_00000000001", "0" * 15 + "\n"):
        assert refuses(digits), digits
    assert stamp.parse("00000000DEADBEEF") == stamp.parse("00000000deadbeef") == 0xDEADBEEF
