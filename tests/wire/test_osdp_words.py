"""What is said over OSDP: commands that others made the same way, replies that others sent, and replies that are none."""

from firmware.wire import osdp_words as words
from tests.wire.osdp_vectors import CAPTURE, COMMANDS, raw

KEY = raw("0001020304050607" * 2)
DATA = {code: raw(data) for code, data, _, _ in COMMANDS}
REPLIES = (
    (words.ACK, b"", ("ack",)),
    (words.NAK, b"\x06", ("nak", 6)),
    (words.NAK, b"\x00", ("nak", 0)),
    (words.PDID, bytes(12), ("id", bytes(12))),
    (words.PDCAP, b"\x09\x01\x00", ("capabilities", b"\x09\x01\x00")),
    (words.LSTATR, b"\x01\x00", ("local", True, False)),
    (words.LSTATR, b"\x00\x01", ("local", False, True)),
    (words.ISTATR, b"\x00\x01", ("inputs", b"\x00\x01")),
    (words.OSTATR, b"\x01", ("outputs", b"\x01")),
    (words.RSTATR, b"\x02", ("readers", b"\x02")),
    (words.RAW, b"\x00\x01\x1a\x00" + raw("bb032180"), ("card", "10111011000000110010000110", 0)),
    (words.RAW, b"\x01\x00\x08\x00\xa5", ("card", "10100101", 1)),
    (words.KEYPAD, b"\x00\x041\x7f9\x0d", ("keys", "1*9#", 0)),
    (words.KEYPAD, b"\x00\x03*A#", ("keys", "*?#", 0)),
    (words.COM, b"\x03\x00\xc2\x01\x00", ("com", 3, 115200)),
    (words.MFGREP, b"\x01\x02\x03", ("mfg", b"\x01\x02\x03", b"")),
    (words.MFGREP, b"\x01\x02\x03\x04", ("mfg", b"\x01\x02\x03", b"\x04")),
)


def test_commands_are_those_of_another_implementation():
    assert words.comset(1, 9600) == (words.COMSET, DATA[words.COMSET])
    assert words.keyset(KEY) == (words.KEYSET, DATA[words.KEYSET])
    assert words.manufacturer(b"\1\2\3", b"\x0a\x0b\x0c") == (words.MFG, DATA[words.MFG])
    one, other = words.output(0, 3, 100), words.output(1, 6, 120)
    assert one[0] == words.OUT and one[1] + other[1] == DATA[words.OUT]


def test_commands_lay_out_their_records():
    assert words.led((1, 0, 2, 0)) == (0x69, bytes([0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0]))
    assert words.led(None, (3, 2, 1, 0, 300), 1, 2) == (0x69, bytes([1, 2, 2, 3, 2, 1, 0, 44, 1, 0, 1, 0, 0, 0]))
    assert words.led(None, ()) == (0x69, bytes([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]))
    assert words.buzzer(2, 1, 3) == (0x6A, bytes([0, 2, 2, 1, 3])) and words.buzzer(0)[1][1] == 1
    assert words.text("no", 5, 2, 3) == (0x6B, b"\0\3\5\2\3\2no") and words.text("a")[1] == b"\0\1\0\1\1\1a"
    assert words.comset(2, 115200)[1] == b"\2\x00\xc2\x01\x00"


def test_commands_that_no_reader_takes_are_our_bug():
    for wrong in (
        lambda: words.led((0, 0, 1, 1)),
        lambda: words.led(None, (0, 0, 1, 1, 5)),
        lambda: words.comset(0x7F, 9600),
        lambda: words.comset(1, 1200),
        lambda: words.output(0, 7),
        lambda: words.keyset(b"short"),
    ):
        try:
            wrong()
        except AssertionError:
            continue
        assert False, wrong


def test_replies_are_values():
    for code, data, value in REPLIES:
        assert words.read(code, data) == value, (code, data)


def test_a_reply_that_is_cut_or_too_long_is_none():
    open_end = (words.PDCAP, words.ISTATR, words.OSTATR, words.RSTATR, words.MFGREP, words.NAK)
    for code, data, value in REPLIES:
        for end in range(len(data)):
            assert words.read(code, data[:end]) is None or code in open_end, (code, data, end)
        assert words.read(code, data + b"\0") is None or code in open_end, (code, data)
    for code in open_end:
        assert words.read(code, b"") is None


def test_an_unknown_reply_is_none():
    known = [code for code, _, _ in REPLIES]
    for code in range(256):
        for data in (b"", b"\0", bytes(5), bytes(12)):
            assert code in known or words.read(code, data) is None


def test_a_card_of_no_bits_too_many_bits_or_of_letters_is_none():
    for head in (b"\0\0\0\0", b"\0\2\x08\0", b"\0\0\x09\0", b"\0\0\x01\x01", b"\0\0\xff\xff"):
        for count in range(40):
            assert head == b"\0\0\x09\0" and count == 2 or words.read(words.RAW, head + bytes(count)) is None
    full = words.read(words.RAW, b"\0\0\0\1" + b"\x0f" * 32)
    assert full == ("card", "00001111" * 32, 0)


def test_a_captured_reader_tells_who_it_is_and_what_it_can():
    id_data, caps = raw(dict(CAPTURE)["pdid"])[6:-2], raw(dict(CAPTURE)["pdcap"])[6:-2]
    assert words.identity(words.read(words.PDID, id_data)[1]) == {
        "vendor": b"\x23\x26\x5c",
        "model": 2,
        "version": 1,
        "serial": 0x12345678,
        "firmware": (1, 2, 3),
    }
    assert words.read(words.PDCAP, caps) == ("capabilities", caps)
    assert words.capability(caps, words.CAP_SECURE) == (1, 0)
    assert words.capability(caps, words.CAP_RX_BYTES) == (0, 1)
    assert words.capability(caps, 12) is None


def test_each_command_has_its_replies():
    assert [code for code in range(256) if words.answers(words.POLL, code)] == [0x40, 0x48, 0x49, 0x4A, 0x4B, 0x50, 0x53, 0x90]
    assert [code for code in range(256) if words.answers(words.OUT, code)] == [words.ACK, words.OSTATR]
    assert [code for code in range(256) if words.answers(words.MFG, code)] == [words.ACK, words.MFGREP]
    for command, reply in ((0x64, 0x48), (0x65, 0x49), (0x66, 0x4A), (0x67, 0x4B), (0x6E, 0x54), (0x69, 0x40), (0x75, 0x40)):
        assert [code for code in range(256) if words.answers(command, code)] == [reply]
