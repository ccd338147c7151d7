"""What panels tell OSDP readers: lights, sounds, words, outputs, questions.

Layout: each is (code, data). Numbers are little-endian, times in units of 100 ms where a name does not say otherwise.
Limits: what no reader can be told is an assertion here; what came from a person has to be checked before.
Source: SIA OSDP v2.2, annex A, as public implementations show it.
"""

from firmware.const import const

_OUT, _LED, _BUZ, _TEXT, _COMSET, _MFG = const(0x68), const(0x69), const(0x6A), const(0x6B), const(0x6E), const(0x80)
LOCAL_STATUS, INPUT_STATUS, OUTPUT_STATUS, READER_STATUS = (0x64, b""), (0x65, b""), (0x66, b""), (0x67, b"")
BAUDS = (9600, 19200, 38400, 57600, 115200, 230400)


def led(permanent, temporary=None, reader: int = 0, number: int = 0) -> tuple:
    """permanent: (on, off, color on, color off), or None to leave it; temporary: the same and for how long, or () to end it.

    0 black, 1 red, 2 green, 3 amber, 4 blue, 5 magenta, 6 cyan, 7 white. Readers refuse a record that is neither on nor off.
    """
    if temporary:
        on, off, color_on, color_off, timer = temporary
        assert on + off > 0
        short = bytes([2, on, off, color_on, color_off]) + _two(timer)
    else:
        short = bytes([0 if temporary is None else 1, 1, 0, 0, 0, 0, 0])
    assert permanent is None or permanent[0] + permanent[1] > 0
    lasting = b"\0\1\0\0\0" if permanent is None else b"\1" + bytes(permanent)
    return _LED, bytes([reader, number]) + short + lasting


def buzzer(on: int, off: int = 0, count: int = 1, reader: int = 0) -> tuple:
    """Sound so often; count 0 is forever, on 0 is off."""
    return _BUZ, bytes([reader, 2 if on else 1, on, off, count])


def output(number: int, code: int, timer: int = 0) -> tuple:
    """code: 1 off, 2 on, 3 and 4 the same once a time that runs is over, 5 on and 6 off for a time."""
    assert 0 <= code <= 6
    return _OUT, bytes([number, code]) + _two(timer)


def text(words: str, seconds: int = 0, row: int = 1, column: int = 1, reader: int = 0) -> tuple:
    """Show words, without wrapping. seconds: 0 for good."""
    said = words.encode()
    return _TEXT, bytes([reader, 3 if seconds else 1, seconds, row, column, len(said)]) + said


def comset(address: int, baud: int) -> tuple:
    """Give a reader another address and speed. The one that everybody hears, 7F, is none."""
    assert 0 <= address <= 0x7E and baud in BAUDS
    return _COMSET, bytes([address]) + _two(baud & 0xFFFF) + _two(baud >> 16)


def manufacturer(vendor: bytes, data: bytes) -> tuple:
    """Say something that only readers of one vendor understand."""
    assert len(vendor) == 3
    return _MFG, vendor + data


def _two(number: int) -> bytes:
    return bytes([number & 0xFF, number >> 8])
