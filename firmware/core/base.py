"""What a fold of one person may start from."""

CHUNK_PEOPLE = 8  # a checkpoint keeps them together


class Base:
    """One person's standings when everything up to a stamp was folded.

    `rows`: {area: 8 bytes}; `side`: {area: what `saved.of_standing` gave}; `areas`: where others are unknown, those that
    are known.
    """

    def __init__(self, stamp: int, rows: dict, side: dict, areas: list | None = None):
        self.stamp = stamp
        self.areas = areas
        self.rows = rows
        self.side = side
