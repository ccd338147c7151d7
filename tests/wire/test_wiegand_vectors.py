"""Every published frame: as it is, cut, flipped, doubled, inverted."""

from firmware.wire.wiegand_cards import decode, read
from firmware.wire.wiegand_texts import encode_card
from tests.wire.wiegand_vectors import DERIVED, ODD_ONE_OUT, PUBLISHED, format_of, swapped

# Everything a reader can be told to accept at once without ambiguity.
ALL_BUT_H10304 = ["H10301", "H10306", "C1000-35", "C15001", "ODD36", "H10302", "P10001", "C1000-48"]
SURVIVES_SWAP = ("C15001",)


def test_every_published_frame_is_its_card():
    for card, bits, source in PUBLISHED + DERIVED:
        assert decode(bits, [format_of(card)]) == card, source
        assert read(bits.encode(), [format_of(card)]) == ("card", card), source


def test_every_card_makes_its_published_frame():
    for card, bits, source in PUBLISHED + DERIVED:
        assert encode_card(card) == bits, source


def test_published_frames_are_told_apart_with_all_formats_accepted():
    for card, bits, source in PUBLISHED:
        if format_of(card) != "H10304":
            assert decode(bits, ALL_BUT_H10304) == card, source


def test_a_frame_of_another_format_is_no_card():
    for card, bits, source in PUBLISHED:
        others = [name for name in ALL_BUT_H10304 if name != format_of(card)]
        if format_of(card) != "H10304":
            assert decode(bits, others) is None, source


def test_a_cut_frame_is_a_wrong_length():
    for card, bits, source in PUBLISHED:
        for n in range(len(bits)):
            for cut in (bits[:n], bits[n + 1:]):
                assert read(cut.encode(), [format_of(card)]) == ("fault", "length"), source


def test_a_frame_that_lost_or_gained_one_bit_is_a_wrong_length():
    for card, bits, source in PUBLISHED:
        for n in range(len(bits)):
            for broken in (bits[:n] + bits[n + 1:], bits[:n] + "0" + bits[n:], bits[:n] + "1" + bits[n:]):
                assert read(broken.encode(), [format_of(card)]) == ("fault", "length"), source


def test_each_flipped_bit_is_noticed():
    for card, bits, source in PUBLISHED:
        for n in range(len(bits)):
            broken = bits[:n] + swapped(bits[n]) + bits[n + 1:]
            assert read(broken.encode(), [format_of(card)]) == ("fault", "parity"), source
            assert decode(broken, ALL_BUT_H10304) is None, source


def test_a_doubled_frame_is_a_wrong_length():
    for card, bits, source in PUBLISHED:
        assert read((bits + bits).encode(), [format_of(card)]) == ("fault", "length"), source


def test_swapped_wires_never_give_the_same_card():
    for card, bits, source in PUBLISHED:
        seen = decode(swapped(bits), [format_of(card)])
        assert seen != card, source
        assert seen is None or format_of(card) in SURVIVES_SWAP, source


def test_the_37_bit_formats_hold_the_same_frames_true():
    shared = [bits for card, bits, _ in PUBLISHED if format_of(card) in ("H10302", "H10304")]
    assert len(shared) == 6
    for bits in shared:
        assert decode(bits, ["H10302"]) and decode(bits, ["H10304"])
        assert read(bits.encode(), ["H10302", "H10304"]) == ("fault", "ambiguous")
        assert read(bits.encode(), ["H10302", "H10304", "RAW"]) == ("fault", "ambiguous")


def test_a_genuine_card_with_odd_parity_reads_only_without_parity():
    card, bits, source = ODD_ONE_OUT
    assert read(bits.encode(), ["H10306"]) == ("fault", "parity"), source
    assert decode(bits, ["H10306"], parity=False) == card, source
    assert decode(encode_card(card), ["H10306"]) == card, source


def test_without_parity_every_published_frame_is_still_its_card():
    for card, bits, source in PUBLISHED:
        assert decode(bits, [format_of(card)], parity=False) == card, source
        assert decode(bits[:-1], [format_of(card)], parity=False) is None, source


def test_without_parity_the_xor_and_the_fixed_bits_still_count():
    card, bits, source = "P10001:118:1603", encode_card("P10001:118:1603"), "f0760643c3"
    for n in range(40):
        assert decode(bits[:n] + swapped(bits[n]) + bits[n + 1:], ["P10001"], parity=False) is None, source


def test_without_parity_a_flipped_parity_bit_is_ignored_and_a_flipped_number_is_another_card():
    bits = encode_card("H10301:118:1603")
    assert decode(bits[:-1] + "1", ["H10301"], parity=False) == "H10301:118:1603"
    assert decode(bits[:-2] + "01", ["H10301"], parity=False) == "H10301:118:1602"


def test_odd36_with_oem_bits_is_no_card_unless_raw():
    # 1 1011000000010000 0101101110100000 00 1 with both OEM bits set: the parity still holds
    bits = "1" + "1011000000010000" + "0101101110100000" + "11" + "1"
    assert read(bits.encode(), ["ODD36"]) == ("fault", "parity")
    assert decode(bits, ["ODD36"], parity=False) is None
    assert decode(bits, ["ODD36", "RAW"]) == "RAW:36:d8082dd07"
