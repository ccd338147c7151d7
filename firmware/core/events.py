"""The vocabulary of events: which log each type belongs to, and the one order of all events."""

from binascii import crc32

from firmware.const import const

REPORTS = ("apb.violation", "apb.suspected", "apb.cleared")
# The types of each stream, between blanks. As a dict of 50 words they would take 2 kB of a board's heap.
_SITE = const(" emergency.started emergency.ended lockdown.started lockdown.ended controller.retired controller.restored ")
_FACTS = const(
    " access.granted access.denied access.entered access.not_used"
    " apb.reset apb.moved apb.passed apb.unjudged area.set clock.set"
    " apb.violation apb.suspected apb.cleared "
)
_NOTES = const(
    " area.isolated area.joined"
    " door.unlocked door.locked door.opened door.closed door.forced door.held door.restored"
    " rex.pressed rex.released input.on input.off output.on output.off"
    " reader.offline reader.online reader.tamper reader.paired keypad.locked"
    " controller.started controller.offline controller.online controller.duplicate"
    " config.applied config.refused update.staged update.confirmed update.rolled_back update.paused"
    " clock.error command.refused table.repaired log.lost "
)
_FOLDED = const(
    ("access.granted", "access.entered", "access.not_used", "apb.reset", "apb.moved", "apb.passed", "area.set")
)


def stream_of(kind: str) -> str | None:
    """Return the stream that events of a type belong to, or None where there is no such type."""
    word = " " + kind + " "
    if word in _FACTS:
        stream = "facts"
    elif word in _NOTES:
        stream = "notes"
    else:
        stream = "site" if word in _SITE else None
    return None if " " in kind or not kind else stream


def types() -> list:
    """Return every type of event."""
    return (_SITE + _FACTS + _NOTES).split()


def order(event: dict) -> tuple:
    """Return the key of the total order: the stamp, then the origin."""
    return (event["stamp"], event["controller"], event["inc"])


def packed(order: tuple) -> bytes:
    """Return an order in 10 bytes that compare as it does. Two origins of one stamp, seen hardly ever, compare by a CRC: alike
    on every board.
    """
    return order[0].to_bytes(8, "big") + (crc32(("%s %d" % order[1:]).encode()) & 0xFFFF).to_bytes(2, "big")


def in_order(facts: list) -> list:
    """Return events in the total order. MicroPython's own sort takes quadratic time for what is sorted already."""
    keys, ordered = [], []
    for fact in facts:
        key, low, high = order(fact), 0, len(keys)
        if keys and keys[-1] < key:
            low = high
        while low < high:
            middle = (low + high) // 2
            if keys[middle] < key:
                low = middle + 1
            else:
                high = middle
        keys.insert(low, key)
        ordered.insert(low, fact)
    return ordered


def name_of(event: dict) -> tuple:
    """Return (controller, inc, seq): what `of` and `after` say when they name a badge."""
    return (event["controller"], event["inc"], event["seq"])


def replaced(event: dict) -> list:
    """Return (controller, inc, stream, seq) of each event for which this one stands: `was` is [inc, seq, inc, seq, ...]."""
    was = event.get("was", ())
    return [(event["controller"], was[place], event["stream"], was[place + 1]) for place in range(0, len(was), 2)]


def renamed(event: dict) -> tuple | None:
    """Return (controller, inc, stream, seq) under which this very event, with its stamp, was written before; or None.

    Its board had an old flash: the name may be that of another event, which stays.
    """
    if "instead" not in event:
        return None
    return (event["controller"], event["instead"][0], event["stream"], event["instead"][1])


def is_badge(event: dict) -> bool:
    """Say whether a fold reads this event as a badge: one that anti-passback granted or denied."""
    return event["type"] in ("access.granted", "access.denied") and "judge" in event


def is_fact(event: dict) -> bool:
    """Say whether the fold of the table reads this event."""
    if event["type"] == "apb.cleared":
        return event.get("by") == "operator" and "nonce" in event
    if event["type"] == "access.denied":
        return "judge" in event
    return event["type"] in _FOLDED
