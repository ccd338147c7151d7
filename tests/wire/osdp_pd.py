"""The small OSDP reader of the simulator, and what tests know of it."""

from host_sim.osdp.device import CAPS, CAPS_NO_AES, DEFAULT_KEY, PDID, ZERO, Pd, chained, ecb, framed, hidden  # noqa: F401

CARD = (0x50, b"\x00\x01\x1a\x00\xbb\x03\x21\x80")
CARD_BITS = "10111011000000110010000110"
