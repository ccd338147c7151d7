"""Who an OSDP reader is, for people, and the key that an installation makes of what it is called. Boards do not load this."""

from firmware.wire.osdp_secure import inverted


def identity(data: bytes) -> dict:
    """Return what a reader says of itself, from the data of the reply "id"."""
    return {
        "vendor": data[:3],
        "model": data[3],
        "version": data[4],
        "serial": int.from_bytes(data[5:9], "little"),
        "firmware": tuple(data[9:12]),
    }


def diversified(aes, master, cuid: bytes) -> bytes:
    """Return the key of one reader, from the key of an installation and its cUID, as it came in the reader's CCRYPT."""
    return aes.encrypt(master, bytes(16), cuid + inverted(cuid))
