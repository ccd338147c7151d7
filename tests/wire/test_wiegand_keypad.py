"""Keypads: every key of the three kinds, and every frame that is none."""

from firmware.wire.keypad_codec import KEY_BITS, KEYS, decode_key, encode_key
from firmware.wire.wiegand import Line

# Rosslare AY-T6350, nibble mode; * and # follow from its parity
SIX_BIT = ("000001", "000010", "000100", "000111", "101001", "101010", "101100", "101111", "110001", "110010",
           "110100", "110111")
# HID 7393760 (whose 7 is misprinted as 10001111), Rosslare 5.4.3, CDVI
EIGHT_BIT = (0xF0, 0xE1, 0xD2, 0xC3, 0xB4, 0xA5, 0x96, 0x87, 0x78, 0x69, 0x5A, 0x4B)


def _bits(value, bits_len):
    return ("0" * bits_len + bin(value)[2:])[-bits_len:]


def published(kind):
    """{frame: key} of one kind."""
    frames = {
        "4bit": [_bits(code, 4) for code in range(12)],
        "6bit": SIX_BIT,
        "8bit": [_bits(code, 8) for code in EIGHT_BIT],
    }
    return {bits: key for bits, key in zip(frames[kind], KEYS)}


def test_keys_are_the_digits_star_and_hash():
    assert KEYS == "0123456789*#"


def test_every_key_of_every_kind_both_ways():
    for kind in KEY_BITS:
        frames = published(kind)
        assert len(frames) == 12
        for bits in frames:
            assert decode_key(kind, bits) == frames[bits]
            assert encode_key(kind, frames[bits]) == bits


def test_every_other_frame_of_the_length_is_no_key():
    for kind in KEY_BITS:
        frames = published(kind)
        for value in range(1 << KEY_BITS[kind]):
            bits = _bits(value, KEY_BITS[kind])
            assert decode_key(kind, bits) == frames.get(bits)


def test_no_flipped_bit_of_a_checked_key_is_another_key():
    for kind in ("6bit", "8bit"):
        for bits in published(kind):
            for n in range(len(bits)):
                assert decode_key(kind, bits[:n] + "10"[int(bits[n])] + bits[n + 1:]) is None


def test_other_lengths_are_no_keys():
    for kind in KEY_BITS:
        for n in range(20):
            if n != KEY_BITS[kind]:
                assert decode_key(kind, "0" * n) is None


def _frame(line, bits, at_ms):
    results = []
    for i, bit in enumerate(bits):
        results += line.edge(int(bit), at_ms + 2 * i)
    return results + line.tick(at_ms + 2 * len(bits) + 30)


def test_a_line_gives_the_keys_of_its_kind_only():
    for kind in KEY_BITS:
        for sent in KEY_BITS:
            line = Line(["H10301"], keypad=kind)
            for key in KEYS:
                wanted = ("keys", key) if sent == kind else ("fault", "length")
                assert _frame(line, encode_key(sent, key), 1000) == [wanted]


def test_a_pin_is_one_result_per_key():
    for kind in KEY_BITS:
        line, found = Line(["H10301"], keypad=kind), []
        for i, key in enumerate("2468#"):
            found += _frame(line, encode_key(kind, key), 300 * i)
        assert found == [("keys", key) for key in "2468#"]
        assert line.faults == {}


def test_a_frame_that_is_no_key_is_counted():
    for kind, bits in (("4bit", "1100"), ("4bit", "1111"), ("6bit", "000000"), ("8bit", "10001111")):
        line = Line(["H10301", "RAW"], keypad=kind)
        assert _frame(line, bits, 0) == [("fault", "key")]
        assert line.faults == {"key": 1}


def test_several_keys_in_one_frame_are_refused():
    for kind in KEY_BITS:
        for keys in ("12", "1234", "123456"):
            bits = "".join(encode_key(kind, key) for key in keys)
            assert _frame(Line(["H10301"], keypad=kind), bits, 0) == [("fault", "length")]


def test_a_reader_without_a_keypad_has_no_keys():
    for kind in KEY_BITS:
        assert _frame(Line(["H10301"], keypad=None), encode_key(kind, "1"), 0) == [("fault", "length")]
