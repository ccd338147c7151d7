"""Can two formats read the same frame as two cards? Asked of a site before a reader is ever wired."""

from firmware.wire.wiegand_cards import RAW
from firmware.wire.wiegand_formats import covered, named


def ambiguous(formats: list, parity: bool = True) -> tuple | None:
    """Two of these formats that some frame satisfies both, or None. RAW takes only what is left, so it never clashes."""
    names = sorted(set([name for name in formats if name != RAW]))
    for i, one in enumerate(names):
        for other in names[i + 1:]:
            if named(one).bits_len == named(other).bits_len and _can_both_hold(one, other, parity):
                return (one, other)
    return None


def _can_both_hold(one: str, other: str, parity: bool) -> bool:
    """Solve the rules of both as equations over single bits, by elimination."""
    solved = []
    for mask, odd in _equations(named(one), parity) + _equations(named(other), parity):
        for pivot, solved_mask, solved_odd in solved:
            if mask & pivot:
                mask ^= solved_mask
                odd ^= solved_odd
        if mask:
            solved.append((mask & -mask, mask, odd))
        elif odd:
            return False
    return True


def _equations(form, parity: bool) -> list:
    """Each rule as (mask of positions, 1 where their ones are odd). XOR is left out: no other format has its length."""
    rules = form.parity if parity else ()
    found = [(_mask([rule[0]] + covered(*rule[2:])), rule[1]) for rule in rules]
    for offset, text in form.fixed:
        found += [(_mask([offset + i]), int(bit)) for i, bit in enumerate(text)]
    return found


def _mask(positions: list) -> int:
    return sum([1 << p for p in positions])
