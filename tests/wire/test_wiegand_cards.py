"""A card's text: what is accepted, what is refused and why, RAW, and formats that clash."""

from firmware.wire.wiegand_ambiguity import ambiguous
from firmware.wire.wiegand_cards import decode, read
from firmware.wire.wiegand_formats import format_names, named
from firmware.wire.wiegand_texts import encode, encode_card, parse_card

NAMED = ["C1000-35", "C1000-48", "C15001", "H10301", "H10302", "H10304", "H10306", "ODD36", "P10001"]

REFUSED = (
    # text, a part of what is said of it
    ("", "unknown card format"),
    ("12345", "unknown card format"),
    ("h10301:1:2", "use one of C1000-35, C1000-48"),
    ("H10399:1:2", "unknown card format"),
    ("H10301", "write it as H10301:FACILITY:NUMBER"),
    ("H10301:1", "write it as H10301:FACILITY:NUMBER"),
    ("H10301:1:2:3", "write it as H10301:FACILITY:NUMBER"),
    ("H10302:1:2", "write it as H10302:NUMBER"),
    ("C15001:1:2", "write it as C15001:OEM:FACILITY:NUMBER"),
    ("ODD36:1:2:3", "write it as ODD36:FACILITY:NUMBER"),
    ("H10301:256:1", "FACILITY 256 is above 255"),
    ("H10301:1:65536", "NUMBER 65536 is above 65535"),
    ("C15001:1024:1:1", "OEM 1024 is above 1023"),
    ("H10302:34359738368", "is above 34359738367"),
    ("H10301:-1:2", "'-1' is not a number"),
    ("H10301: 1:2", "' 1' is not a number"),
    ("H10301:1_0:2", "'1_0' is not a number"),
    ("H10301:1:", "'' is not a number"),
    ("H10301:1.0:2", "is not a number"),
    ("H10301:\u0661:2", "is not a number"),
    ("H10301:1:" + "9" * 5000, "at most 64"),
    ("RAW", "write it as RAW:BITS:HEX"),
    ("RAW:26", "write it as RAW:BITS:HEX"),
    ("RAW:26:1:2", "write it as RAW:BITS:HEX"),
    ("RAW:3:1", "BITS is 4 to 128"),
    ("RAW:129:1", "BITS is 4 to 128"),
    ("RAW:26:4000000", "needs more than 26 bits"),
    ("RAW:26:0x1", "'0x1' is not hexadecimal"),
    ("RAW:26:", "'' is not hexadecimal"),
    ("RAW:x:1", "'x' is not a number"),
)


def _error_of(call, *args):
    try:
        call(*args)
    except ValueError as error:
        return str(error)
    return None


def test_the_table_holds_every_format_of_the_site_file():
    assert sorted(format_names()) == NAMED


def test_a_broken_card_is_refused_with_its_remedy():
    for text, said in REFUSED:
        for call in (parse_card, encode_card):
            error = _error_of(call, text)
            assert error and said in error, (text, error)


def test_largest_and_smallest_values_of_every_format_come_back():
    for name in NAMED:
        fields = named(name).fields
        for values in ([0] * len(fields), [(1 << length) - 1 for _, length in fields]):
            text = ":".join([name] + [str(value) for value in values])
            assert parse_card(text) == text
            assert len(encode_card(text)) == named(name).bits_len
            assert decode(encode_card(text), [name]) == text


def test_each_single_bit_of_a_field_comes_back():
    for name in NAMED:
        for i, (_, length) in enumerate(named(name).fields):
            for shift in range(length):
                values = [0] * len(named(name).fields)
                values[i] = 1 << shift
                text = ":".join([name] + [str(value) for value in values])
                assert decode(encode(name, *values), [name]) == text


def test_encode_takes_values_and_refuses_what_does_not_fit():
    assert encode("H10301", 118, 1603) == encode_card("H10301:118:1603")
    assert encode("H10302", 11850046624) == encode_card("H10302:11850046624")
    assert encode("C15001", 900, 118, 1603) == encode_card("C15001:900:118:1603")
    assert "above 255" in _error_of(encode, "H10301", 256, 1)
    assert "write it as" in _error_of(encode, "H10301", 1)


def test_one_card_has_one_text():
    assert parse_card("H10301:012:03456") == "H10301:12:3456"
    assert parse_card("RAW:26:2EC0C86") == "RAW:26:2ec0c86"
    assert parse_card("RAW:026:1") == "RAW:26:0000001"
    assert parse_card("RAW:4:f") == "RAW:4:f"


def test_raw_takes_any_frame_that_no_named_format_takes():
    bits = encode_card("H10301:118:1603")
    assert decode(bits, ["H10301", "RAW"]) == "H10301:118:1603"
    assert decode(bits, ["RAW"]) == "RAW:26:2ec0c86"
    assert decode("0" * 27, ["H10301", "RAW"]) == "RAW:27:0000000"
    assert decode("1" + bits[1:-1] + "1", ["H10301", "RAW"]) == "RAW:26:2ec0c87"
    for n in (4, 128):
        assert encode_card(decode("1" * n, ["RAW"])) == "1" * n
    for n in (0, 1, 3, 129):
        assert read(b"1" * n, ["RAW"]) == ("fault", "length")


def test_no_format_accepts_nothing():
    assert read(encode_card("H10301:118:1603").encode(), []) == ("fault", "length")


def test_only_the_37_bit_formats_clash_with_parity():
    assert ambiguous(NAMED) == ("H10302", "H10304")
    assert ambiguous(["H10304", "RAW", "H10301", "H10302"]) == ("H10302", "H10304")
    assert ambiguous([name for name in NAMED if name != "H10304"] + ["RAW"]) is None
    assert ambiguous(["H10302", "H10302", "RAW", "RAW"]) is None
    assert ambiguous([]) is None


def test_without_parity_every_two_formats_of_one_length_clash():
    assert ambiguous(["C15001", "ODD36"]) is None
    assert ambiguous(["C15001", "ODD36"], parity=False) == ("C15001", "ODD36")
    assert ambiguous(["H10304", "H10302"], parity=False) == ("H10302", "H10304")
    assert ambiguous(["H10301", "H10306", "C1000-35", "P10001", "C1000-48"], parity=False) is None
    both = encode_card("C15001:900:118:1600")
    assert read(both.encode(), ["C15001", "ODD36"], parity=False) == ("fault", "ambiguous")


def test_naming_a_format_twice_is_not_ambiguous():
    assert decode(encode_card("H10302:7"), ["H10302", "H10302"]) == "H10302:7"


def test_each_bit_of_a_format_is_a_fields_or_said_by_a_rule():
    for name in format_names():
        form = named(name)
        said = [rule[0] for rule in form.parity] + (list(range(form.bits_len - 8, form.bits_len)) if form.has_xor else [])
        for offset, length in list(form.fields) + [(at, len(bits)) for at, bits in form.fixed]:
            said += range(offset, offset + length)
        assert sorted(said) == list(range(form.bits_len)), name
