"""What is said over OSDP: commands that others made the same way, replies that others sent, and replies that are none."""

from firmware.wire import osdp_commands as commands
from firmware.wire import osdp_identity
from firmware.wire import osdp_replies as replies
from tests.wire import osdp_codes as codes
from tests.wire.osdp_vectors import CAPTURE, COMMANDS, raw

DATA = {code: raw(data) for code, data, _, _, _ in COMMANDS}
REPLIES = (
    (codes.ACK, b"", ("ack",)),
    (codes.NAK, b"\x06", ("nak", 6)),
    (codes.NAK, b"\x00", ("nak", 0)),
    (codes.PDID, bytes(12), ("id", bytes(12))),
    (codes.PDCAP, b"\x09\x01\x00", ("capabilities", b"\x09\x01\x00")),
    (codes.LSTATR, b"\x01\x00", ("local", True, False)),
    (codes.LSTATR, b"\x00\x01", ("local", False, True)),
    (codes.ISTATR, b"\x00\x01", ("inputs", b"\x00\x01")),
    (codes.OSTATR, b"\x01", ("outputs", b"\x01")),
    (codes.RSTATR, b"\x02", ("readers", b"\x02")),
    (codes.RAW, b"\x00\x01\x1a\x00" + raw("bb032180"), ("card", "10111011000000110010000110", 0)),
    (codes.RAW, b"\x01\x00\x08\x00\xa5", ("card", "10100101", 1)),
    (codes.KEYPAD, b"\x00\x041\x7f9\x0d", ("keys", "1*9#", 0)),
    (codes.KEYPAD, b"\x00\x03*A#", ("keys", "*?#", 0)),
    (codes.COM, b"\x03\x00\xc2\x01\x00", ("com", 3, 115200)),
    (codes.MFGREP, b"\x01\x02\x03", ("mfg", b"\x01\x02\x03", b"")),
    (codes.MFGREP, b"\x01\x02\x03\x04", ("mfg", b"\x01\x02\x03", b"\x04")),
)


def test_commands_are_those_of_another_implementation():
    assert commands.comset(1, 9600) == (codes.COMSET, DATA[codes.COMSET])
    assert commands.manufacturer(b"\1\2\3", b"\x0a\x0b\x0c") == (codes.MFG, DATA[codes.MFG])
    one, other = commands.output(0, 3, 100), commands.output(1, 6, 120)
    assert one[0] == codes.OUT and one[1] + other[1] == DATA[codes.OUT]


def test_commands_lay_out_their_records():
    assert commands.led((1, 0, 2, 0)) == (0x69, bytes([0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0]))
    assert commands.led(None, (3, 2, 1, 0, 300), 1, 2) == (0x69, bytes([1, 2, 2, 3, 2, 1, 0, 44, 1, 0, 1, 0, 0, 0]))
    assert commands.led(None, ()) == (0x69, bytes([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]))
    assert commands.buzzer(2, 1, 3) == (0x6A, bytes([0, 2, 2, 1, 3])) and commands.buzzer(0)[1][1] == 1
    assert commands.text("no", 5, 2, 3) == (0x6B, b"\0\3\5\2\3\2no") and commands.text("a")[1] == b"\0\1\0\1\1\1a"
    assert commands.comset(2, 115200)[1] == b"\2\x00\xc2\x01\x00"


def test_commands_that_no_reader_takes_are_our_bug():
    for wrong in (
        lambda: commands.led((0, 0, 1, 1)),
        lambda: commands.led(None, (0, 0, 1, 1, 5)),
        lambda: commands.comset(0x7F, 9600),
        lambda: commands.comset(1, 1200),
        lambda: commands.output(0, 7),
        lambda: commands.manufacturer(b"\1\2", b""),
    ):
        try:
            wrong()
        except AssertionError:
            continue
        assert False, wrong


def test_replies_are_values():
    for code, data, value in REPLIES:
        assert replies.read(code, data) == value, (code, data)


def test_a_reply_that_is_cut_or_too_long_is_none():
    open_end = (codes.PDCAP, codes.ISTATR, codes.OSTATR, codes.RSTATR, codes.MFGREP, codes.NAK)
    for code, data, value in REPLIES:
        for end in range(len(data)):
            assert replies.read(code, data[:end]) is None or code in open_end, (code, data, end)
        assert replies.read(code, data + b"\0") is None or code in open_end, (code, data)
    for code in open_end:
        assert replies.read(code, b"") is None


def test_an_unknown_reply_is_none():
    known = [code for code, _, _ in REPLIES]
    for code in range(256):
        for data in (b"", b"\0", bytes(5), bytes(12)):
            assert code in known or replies.read(code, data) is None


def test_a_card_of_no_bits_too_many_bits_or_of_letters_is_none():
    for head in (b"\0\0\0\0", b"\0\2\x08\0", b"\0\0\x09\0", b"\0\0\x01\x01", b"\0\0\xff\xff"):
        for count in range(40):
            assert head == b"\0\0\x09\0" and count == 2 or replies.read(codes.RAW, head + bytes(count)) is None
    full = replies.read(codes.RAW, b"\0\0\0\1" + b"\x0f" * 32)
    assert full == ("card", "00001111" * 32, 0)


def test_a_captured_reader_tells_who_it_is_and_what_it_can():
    id_data, caps = raw(dict(CAPTURE)["pdid"])[6:-2], raw(dict(CAPTURE)["pdcap"])[6:-2]
    assert osdp_identity.identity(replies.read(codes.PDID, id_data)[1]) == {
        "vendor": b"\x23\x26\x5c",
        "model": 2,
        "version": 1,
        "serial": 0x12345678,
        "firmware": (1, 2, 3),
    }
    assert replies.read(codes.PDCAP, caps) == ("capabilities", caps)
    assert replies.capability(caps, codes.CAP_SECURE) == (1, 0)
    assert replies.capability(caps, codes.CAP_RX_BYTES) == (0, 1)
    assert replies.capability(caps, 12) is None


def test_each_command_has_its_replies():
    assert [code for code in range(256) if replies.is_answer(codes.POLL, code)] == [0x40, 0x48, 0x49, 0x4A, 0x4B, 0x50, 0x53, 0x90]
    assert [code for code in range(256) if replies.is_answer(codes.OUT, code)] == [codes.ACK, codes.OSTATR]
    assert [code for code in range(256) if replies.is_answer(codes.MFG, code)] == [codes.ACK, codes.MFGREP]
    for command, reply in ((0x64, 0x48), (0x65, 0x49), (0x66, 0x4A), (0x67, 0x4B), (0x6E, 0x54), (0x69, 0x40), (0x75, 0x40)):
        assert [code for code in range(256) if replies.is_answer(command, code)] == [reply]
