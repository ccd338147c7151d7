"""The safe level of every output of a board, as boot.py reads it: what it is without power."""

_TAKES_ALL = 0xFF


def outputs(profile) -> dict:
    """outputs.json of a board, see boot.py."""
    places = {terminal[1]: 1 - terminal[2] for terminal in profile.TERMINALS.values() if terminal[0] in ("relay", "signal")}
    places |= {terminal[4]: 0 for terminal in profile.TERMINALS.values() if terminal[0] == "rs485" and terminal[4] is not None}
    pins = sorted([place, level] for place, level in places.items() if isinstance(place, int))
    return {"pins": pins, "expanders": _expanders(profile, {place: level for place, level in places.items() if not isinstance(place, int)})}


def _expanders(profile, levels: dict) -> list:
    """One row for each expander; bits that nothing drives stay inputs."""
    rows: dict[int, list] = {}
    for (_, address, bit), level in sorted(levels.items()):
        row = rows.setdefault(address, [*profile.I2C, address, 0, _TAKES_ALL])
        row[4] |= level << bit
        row[5] &= ~(1 << bit)
    return list(rows.values())
