"""Step 5: would this badge violate, presence being what it is."""


def kind_of(row, direction: str, settings: dict, outer) -> str | None:
    """The kind of violation, or None. `outer` is (row, settings) of the parent, None where nothing is asked of it."""
    if row.presence == direction or any(grant[2] == direction for grant in row.entering):
        return "double_entrance" if direction == "in" else "double_exit"
    if direction == "out" and row.presence == "never" and settings["first_use"] == "entrance":
        return "exit_without_entrance"
    if direction == "in" and outer is not None and is_outside(*outer):
        return "skipped_entrance"
    return None


def is_outside(row, settings: dict) -> bool:
    return row.presence == "out" or (row.presence == "never" and settings["first_use"] == "entrance")
