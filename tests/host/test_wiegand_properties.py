"""Random cards and random bits against a second reading of the formats, drawn as pictures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.wire.keypad_codec import KEYS
from firmware.wire.wiegand import FAULTS, Line
from firmware.wire.wiegand_ambiguity import ambiguous
from firmware.wire.wiegand_cards import decode
from firmware.wire.wiegand_formats import named
from firmware.wire.wiegand_texts import encode_card, parse_card

pytestmark = pytest.mark.slow
# One letter per bit: o OEM, f facility, n number, anything else no field; a digit is a fixed bit.
PICTURES = {
    "H10301": "." + "f" * 8 + "n" * 16 + ".",
    "H10306": "." + "f" * 16 + "n" * 16 + ".",
    "C1000-35": ".." + "f" * 12 + "n" * 20 + ".",
    "C15001": "." + "o" * 10 + "f" * 8 + "n" * 16 + ".",
    "ODD36": "." + "f" * 16 + "n" * 16 + "00" + ".",
    "H10302": "." + "n" * 35 + ".",
    "H10304": "." + "f" * 16 + "n" * 19 + ".",
    "P10001": "1111" + "f" * 12 + "n" * 16 + "." * 8,
    "C1000-48": ".." + "f" * 22 + "n" * 23 + ".",
}
# x is covered; E or O is the parity bit and its sense.
HID_37 = ["E" + "x" * 18 + "." * 18, "." * 18 + "x" * 18 + "O"]
PARITY = {
    "H10301": ["E" + "x" * 12 + "." * 13, "." * 13 + "x" * 12 + "O"],
    "H10306": ["E" + "x" * 16 + "." * 17, "." * 17 + "x" * 16 + "O"],
    "C1000-35": [".E" + "xx." * 10 + "xx.", "." + "xx." * 10 + "xx" + ".O", "O" + "x" * 34],
    "C15001": ["E" + "x" * 17 + "." * 18, "." * 18 + "x" * 17 + "O"],
    "ODD36": ["O" + "x" * 17 + "." * 18, "." * 18 + "x" * 17 + "E"],
    "H10302": HID_37,
    "H10304": HID_37,
    "P10001": [],
    "C1000-48": [".E." + "xx." * 14 + "xx.", ".." + "xx." * 14 + "xx" + ".O", "O" + "x" * 47],
}
ALL = sorted(PICTURES)


def naive(bits: str, name: str, parity: bool) -> str | None:
    """The card these bits are in one format, rule by rule."""
    picture = PICTURES[name]
    if len(bits) != len(picture) or any(p in "01" and p != b for p, b in zip(picture, bits)):
        return None
    for rule in PARITY[name] if parity else []:
        assert len(rule) == len(bits)
        ones = sum(b == "1" for r, b in zip(rule, bits) if r != ".")
        if ones % 2 != ("O" in rule):
            return None
    if name == "P10001":
        a, b, c, d, check = int(bits, 2).to_bytes(5, "big")
        if a ^ b ^ c ^ d != check:
            return None
    values = ["".join(b for p, b in zip(picture, bits) if p == letter) for letter in "ofn"]
    return ":".join([name] + [str(int(value, 2)) for value in values if value])


@st.composite
def cards(draw) -> str:
    name = draw(st.sampled_from(ALL))
    values = [draw(st.integers(0, 2**length - 1)) for _, length in named(name).fields]
    return ":".join([name, *map(str, values)])


def bit_strings(lengths):
    return lengths.flatmap(lambda n: st.text("01", min_size=n, max_size=n))


near_frames = bit_strings(st.sampled_from([26, 34, 35, 36, 37, 40, 48]))


def flip(bits: str, places) -> str:
    return "".join("10"[int(b)] if i in places else b for i, b in enumerate(bits))


@given(cards())
def test_every_card_comes_back(card):
    bits = encode_card(card)
    name = card.split(":")[0]
    assert parse_card(card) == card
    assert decode(bits, [name]) == card == naive(bits, name, True)
    assert decode(bits, [name], parity=False) == card
    assert decode(bits, ["RAW"]) == "RAW:%d:%0*x" % (len(bits), (len(bits) + 3) // 4, int(bits, 2))


@given(near_frames, st.booleans())
@settings(max_examples=500)
def test_random_bits_read_as_the_pictures_say(bits, parity):
    for name in ALL:
        assert decode(bits, [name], parity) == naive(bits, name, parity)


@given(cards(), st.sets(st.integers(0, 47), max_size=4), st.booleans())
@settings(max_examples=500)
def test_damaged_cards_read_as_the_pictures_say(card, places, parity):
    bits = flip(encode_card(card), places)
    for name in ALL:
        assert decode(bits, [name], parity) == naive(bits, name, parity)


@given(cards(), st.integers(0, 47))
def test_no_single_flipped_bit_makes_a_card(card, place):
    bits = encode_card(card)
    formats = [name for name in ALL if name != "H10304"]
    assert decode(flip(bits, {place % len(bits)}), formats) is None


@given(cards())
def test_swapped_wires_never_give_the_same_card(card):
    bits = encode_card(card)
    seen = decode(flip(bits, range(48)), [card.split(":")[0]])
    assert seen != card and (seen is None or card.startswith("C15001"))


@given(near_frames, st.lists(st.sampled_from(ALL), max_size=9), st.booleans())
def test_two_readings_are_a_fault_and_were_foretold(bits, formats, parity):
    found = {naive(bits, name, parity) for name in formats} - {None}
    assert decode(bits, formats, parity) == (found.pop() if len(found) == 1 else None)
    if found:
        assert ambiguous(formats, parity)


def test_every_foretold_clash_has_a_frame():
    clashes = {ambiguous([one, other], parity) for one in ALL for other in ALL for parity in (True, False)} - {None}
    assert clashes == {("H10302", "H10304"), ("C15001", "ODD36")}
    for name, twin in clashes:
        bits = encode_card(":".join([name] + ["0"] * len(named(name).fields)))
        assert naive(bits, name, False) and naive(bits, twin, False)


@given(st.text(max_size=40) | st.from_regex(r"(H10301|H10302|C15001|RAW)(:[0-9a-f]{0,12}){0,4}", fullmatch=True))
def test_any_text_is_a_card_or_a_clear_refusal(text):
    try:
        card = parse_card(text)
    except ValueError as error:
        assert str(error)
    else:
        assert parse_card(card) == card
        assert encode_card(card) == encode_card(text)


pulses = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 40)), max_size=400)


@given(pulses, st.sampled_from([None, "4bit", "6bit", "8bit"]), st.lists(st.sampled_from([*ALL, "RAW"]), max_size=4))
def test_any_pulses_give_results_that_say_what_they_are(edges, keypad, formats):
    line, now_ms, results = Line(formats, keypad=keypad), 0, []
    for bit, wait_ms in edges:
        now_ms += wait_ms
        results += line.edge(bit, now_ms)
    results += line.tick(now_ms + 30)
    bits = "".join(str(bit) for bit, _ in edges)
    for result in results:
        assert result[0] == "card" and encode_card(result[1]) in bits or \
            result[0] == "keys" and result[1] in KEYS or result[0] == "fault" and result[1] in FAULTS
    assert sum(line.faults.values()) == len([result for result in results if result[0] == "fault"])
    assert line.next_deadline_ms() is None


@given(pulses)
def test_ticking_in_time_or_late_gives_the_same(edges):
    eager, lazy, now_ms, seen, late = Line(["RAW"]), Line(["RAW"]), 0, [], []
    for bit, wait_ms in edges:
        for moment_ms in range(now_ms, now_ms + wait_ms):
            seen += eager.tick(moment_ms)
        now_ms += wait_ms
        seen += eager.edge(bit, now_ms)
        late += lazy.edge(bit, now_ms)
    assert seen + eager.tick(now_ms + 30) == late + lazy.tick(now_ms + 99)
