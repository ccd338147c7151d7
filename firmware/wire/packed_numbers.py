"""Numbers and texts of packed events.

Layout: a varint has seven bits a byte, the lowest first, the top bit set where another byte follows. Zigzag turns
0, -1, 1, -2, … into 0, 1, 2, 3, …
"""

from firmware.const import const

INT_BITS = 64
_VARINT_BYTES_MAX = const(10)


def zigzag(value: int) -> int:
    return 2 * value if value >= 0 else -1 - 2 * value


def unzigzag(value: int) -> int:
    return -1 - (value >> 1) if value & 1 else value >> 1


def is_natural(value) -> bool:
    """Say whether a value is an integer from 0 that a varint and a `Q` can hold."""
    return type(value) is int and value >> INT_BITS == 0


def put_number(out: bytearray, value: int) -> None:
    """Append a number of 0 or more."""
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def number(data, at: int) -> tuple:
    """Return (number, where it ends).

    Raises: ValueError, IndexError.
    """
    value = data[at]
    if value < 128:
        return value, at + 1
    value, shift = value & 127, 7
    for place in range(at + 1, at + _VARINT_BYTES_MAX):
        byte = data[place]
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place + 1
        shift += 7
    raise ValueError("too long a number")


def spelled(data, at: int, size: int) -> tuple:
    """Return (text, where it ends).

    Raises: ValueError.
    """
    end = at + size
    if end > len(data):
        raise ValueError("cut off")
    return str(data[at:end], "utf-8"), end
