"""Whether an event has just been seen, without reading the flash: carriers may repeat everything."""

from binascii import crc32

from firmware.const import const

# As much as may be on its way to a board at a time. Events of one stream that follow each other share no bucket.
_BUCKETS = const(32)
_BUCKET_BYTES = const(16)
_CRC_BYTES = const(4)


class Digests:
    """A CRC of each of the newest events of others. One that is not known may still be here."""

    def __init__(self):
        self._crcs = bytearray(_BUCKETS * _BUCKET_BYTES)

    def add(self, event: dict) -> None:
        """Take note of the content of an event; in its bucket the oldest goes."""
        start = _bucket(event)
        newer = self._crcs[start : start + _BUCKET_BYTES - _CRC_BYTES]
        self._crcs[start : start + _BUCKET_BYTES] = _crc(event) + newer

    def knows(self, event: dict) -> bool:
        """Say whether this very content was seen under this name."""
        crc, start = _crc(event), _bucket(event)
        for place in range(start, start + _BUCKET_BYTES, _CRC_BYTES):
            if self._crcs[place : place + _CRC_BYTES] == crc:
                return True
        return False


def _bucket(event: dict) -> int:
    return (crc32((event["controller"] + event["stream"]).encode()) + event["seq"]) % _BUCKETS * _BUCKET_BYTES


def _crc(event: dict) -> bytes:
    return crc32(repr(sorted(event.items())).encode()).to_bytes(_CRC_BYTES, "big")
