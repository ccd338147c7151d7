"""Frames that others published, each with where it was born.

Layout: (card, bits on the wire, source). P is RfidResearchGroup/proxmark3.
"""


def _hex(bits_len, digits):
    """Bits of a frame printed as hex of its value."""
    return ("0" * bits_len + bin(int(digits, 16))[2:])[-bits_len:]


def _spaced(text):
    return text.replace(" ", "")


PUBLISHED = (
    ("H10301:118:1603", "10111011000000110010000110", "P `lf hid` help and pm3_tests.sh, raw 2006ec0c86"),
    ("H10301:31:337", "10001111100000001010100011", "P pm3_tests.sh"),
    ("H10301:224:1337", _hex(26, "3c00a73"), "P AWID test"),
    ("H10301:123:11223", _hex(26, "2f657ae"), "P Pyramid test"),
    ("H10301:123:4567", _hex(26, "2f623ae"), "P help"),
    ("H10301:118:2348", _hex(26, "2ec1258"), "Proxmark/proxmark3 issue 326"),
    ("H10301:90:324", "00101101000000001010001000", "npm wiegand-encoder README"),
    ("H10301:68:41551", "00100010010100010010011111", "Z9 TestBinaryFormatter.cs"),
    ("H10301:233:30333", "01110100101110110011111011", "Z9 TestBinaryFormatter.cs"),
    ("H10301:113:7068", "10111000100011011100111000", "Z9 TestBinaryFormatter.cs"),
    ("H10301:11:637", "10000101100000010011111010", "Z9 TestBinaryFormatter.cs"),
    ("H10301:212:7041", _spaced("1 110101000001101110000001 0"), "Civintec CN56 manual, data D41B81"),
    ("H10306:35284:7041", _spaced("1 10001001110101000001101110000001 1"), "Civintec CN56 manual, data 89D41B81"),
    # printed as one number of 32 bits, 1234567890 = 18838 * 65536 + 722
    ("H10306:18838:722", _spaced("1 01001001100101100000001011010010 0"), "Hikvision DS-2CD7A26G0 manual"),
    ("C1000-35:118:1603", _hex(35, "60ec00c87"), "P help, raw 2e0ec00c87"),
    ("C1000-35:1337:2137", _hex(35, "4a72010b3"), "jkramarz/TheTick PR 20, from a reader's wire"),
    ("ODD36:45072:23456", _spaced("1 1011000000010000 0101101110100000 00 1"), "iceman1001/proxmark3 PR 285, printed card"),
    ("ODD36:45072:23489", _spaced("1 1011000000010000 0101101111000001 00 0"), "iceman1001/proxmark3 PR 285, printed card"),
    ("ODD36:45072:23527", _spaced("1 1011000000010000 0101101111100111 00 1"), "iceman1001/proxmark3 PR 285, printed card"),
    ("ODD36:45072:24836", _spaced("1 1011000000010000 0110000100000100 00 0"), "iceman1001/proxmark3 PR 285, printed card"),
    ("C15001:900:118:1603", _hex(36, "f08ec0c86"), "P issue 1773 prints the fields; bits computed"),
    ("H10302:1041195", _hex(37, "10001fc656"), "P notes"),
    ("H10302:11850046624", _hex(37, "0584a2b940"), "flipperdevices/flipperzero-firmware issue 1029"),
    ("H10304:1:516907", _hex(37, "10001fc656"), "P notes"),
    ("H10304:49153:516907", _hex(37, "1c001fc656"), "P notes"),
    ("H10304:22602:89248", _hex(37, "0584a2b940"), "flipperdevices/flipperzero-firmware issue 1029"),
    ("H10304:1234:56789", _hex(37, "104d21bbaa"), "P PR 2751"),
    ("P10001:118:1603", _hex(40, "f0760643c3"), "P help"),
    ("C1000-48:118:1603", _hex(48, "400076000c86"), "P help, raw 01400076000c86"),
    ("C1000-48:12345:12345", _hex(48, "803039006072"), "P issue 1791, whose text misprints the fields"),
)

# Not published as frames: made once with the encoder that gives the above, kept against regressions.
DERIVED = (
    ("H10306:118:1603", _hex(34, "200ec0c86"), "derived"),
    ("H10304:118:1603", _hex(37, "1007600c86"), "derived"),
)

# A genuine card whose leading parity is not the standard's.
ODD_ONE_OUT = ("H10306:193:45193", "0000000001100000110110000100010011", "P issue 1060")


def format_of(card):
    return card.split(":")[0]


def swapped(bits):
    """What two swapped wires make of a frame."""
    return "".join("10"[int(bit)] for bit in bits)
