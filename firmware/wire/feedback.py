"""What a reader shows and sounds for each outcome: the same at every reader, whichever wires it has.

Layout of a pattern: (light, other light, on, off, in all, beep, pause, how often).
    The lights are colours, one while on and the other while off; after all of it the reader's own light is back.
Units: 100 ms.
OSDP readers are told the pattern once. Wiegand readers have a line for a green light and one for the buzzer: `levels` says
how they stand so long after the outcome. Without green their light stays red, and nothing that is red elsewhere is green there.
"""

from firmware.const import const

_BLACK, _RED, _GREEN, _AMBER, _BLUE = const(0), const(1), const(2), const(3), const(4)
_UNIT_MS = const(100)
# Three beeps, and red with amber, are for anti-passback alone: who hears them knows that the card is in order.
PATTERNS = {
    "granted": (_GREEN, _GREEN, 1, 0, 30, 2, 0, 1),
    "denied": (_RED, _BLACK, 2, 2, 20, 8, 0, 1),
    "denied_apb": (_RED, _AMBER, 3, 3, 30, 2, 2, 3),
    "pin": (_AMBER, _BLACK, 4, 4, 80, 1, 0, 1),
    "waiting": (_AMBER, _BLACK, 2, 6, 100, 1, 1, 2),  # for a companion
    "asking": (_AMBER, _AMBER, 1, 0, 30, 0, 0, 0),  # the other controllers
    "held_warning": (_RED, _BLACK, 5, 5, 50, 3, 7, 5),
    "enrolment": (_BLUE, _BLACK, 5, 5, 600, 1, 0, 1),
}


def osdp_commands(pattern: str) -> list:
    """Return what an OSDP reader is told, as osdp_commands makes it, which other boards never load."""
    from firmware.wire.osdp_commands import buzzer, led

    light, other, on, off, in_all, beep, pause, count = PATTERNS[pattern]
    told = [led(None, (on, off, light, other, in_all))]
    return told + [buzzer(beep, pause, count)] if count else told


def levels(pattern: str, since_ms: int) -> tuple:
    """Return (green is on, buzzer sounds, so many ms until that may change; None for never)."""
    light, other, on, off, in_all, beep, pause, count = PATTERNS[pattern]
    lit, light_ms = _turn(since_ms, on, off, in_all // (on + off) + 1)
    sounds, sound_ms = _turn(since_ms, beep, pause, count)
    rest_ms = in_all * _UNIT_MS - since_ms
    if rest_ms <= 0:
        lit, light_ms, other = False, None, _BLACK
    changes = [ms for ms in (light_ms, sound_ms, rest_ms if rest_ms > 0 else None) if ms is not None]
    is_green = light != _RED and (light if lit else other) != _BLACK
    return is_green, sounds, min(changes) if changes else None


def _turn(since_ms: int, on: int, off: int, count: int) -> tuple:
    """Return (is on, ms until that changes or None) of something that goes on and off so often."""
    period_ms = (on + off) * _UNIT_MS
    if since_ms >= period_ms * count:
        return False, None
    at_ms = since_ms % period_ms
    return (True, on * _UNIT_MS - at_ms) if at_ms < on * _UNIT_MS else (False, period_ms - at_ms)
