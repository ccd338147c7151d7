"""Keys of OSDP readers, a file for each reader; and the cipher of this platform, which they are used with.

Layout of a file: lengths of key, other key and identity, a byte each; these three; CRC-32 of all that.
    The other key is there while the key changes: power may go before anybody knows which one the reader has.
    The identity is opaque: firmware.wire.osdp_cp gives it out and wants it back.
A file is written under another name and then takes its place, so that a power cut leaves the old keys or the new ones.
"""

from binascii import crc32

_HEAD_BYTES = 3
_CRC_BYTES = 4
_FILE_BYTES_MAX = 128
_NEW = "new"  # no reader's file: theirs end in .key


class Keyring:
    """`files`: a hal Files."""

    def __init__(self, files):
        self._files = files

    @property
    def cipher(self):
        """AES as firmware.wire.osdp_secure wants it; loaded where a reader speaks OSDP."""
        from firmware.hal import aes

        return aes

    def get(self, reader: str) -> tuple | None:
        """Return (key, other key, identity), each bytes or None; or None where none is kept, or what is kept is damaged."""
        data = self._files.read(reader + ".key", 0, _FILE_BYTES_MAX)
        size = _HEAD_BYTES + sum(data[:_HEAD_BYTES]) + _CRC_BYTES
        if len(data) < _HEAD_BYTES or len(data) != size or _crc(data[:-_CRC_BYTES]) != data[-_CRC_BYTES:]:
            return None
        parts, at = [], _HEAD_BYTES
        for length in data[:_HEAD_BYTES]:
            parts.append(data[at : at + length] or None)
            at += length
        return tuple(parts)

    def put(self, reader: str, key, other=None, identity=None) -> bool:
        """Keep keys of a reader, and forget those from before. Returns: False where there was no room, and nothing has changed."""
        parts = [bytes(part or b"") for part in (key, other, identity)]
        data = bytes([len(part) for part in parts]) + b"".join(parts)
        if not self._files.write(_NEW, [data, _crc(data)]):
            return False
        self._files.rename(_NEW, reader + ".key")
        return True


def _crc(data) -> bytes:
    return (crc32(data) & 0xFFFFFFFF).to_bytes(_CRC_BYTES, "little")
