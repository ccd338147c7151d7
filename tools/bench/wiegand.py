"""Wiegand: whole frames of one format to cards."""
from firmware.wire.wiegand_cards import decode
from firmware.wire.wiegand_texts import encode_card
from tools.bench.figure import Figure, calls_per_second

FRAMES = [encode_card(f"H10301:{number % 256}:{number * 37 % 65536}") for number in range(200)]
# The decoder that knows every format may cost this many times as much as one written for a single format.
COST_MAX = 20


def naive(bits: str) -> str | None:
    """The shortest decoder of H10301 that is right."""
    if len(bits) != 26 or bits[:13].count("1") % 2 or not bits[13:].count("1") % 2:
        return None
    return f"H10301:{int(bits[1:9], 2)}:{int(bits[9:25], 2)}"


def bench_wiegand_decode() -> Figure:
    """Frames per second, against a decoder of that one format."""
    assert [decode(bits, ["H10301"]) for bits in FRAMES] == [naive(bits) for bits in FRAMES]
    ours = calls_per_second(lambda: [decode(bits, ["H10301"]) for bits in FRAMES])
    peer = calls_per_second(lambda: [naive(bits) for bits in FRAMES])
    return Figure("wiegand decode", ours * len(FRAMES), peer * len(FRAMES) / COST_MAX, "frames/s")
