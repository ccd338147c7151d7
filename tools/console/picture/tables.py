"""The tables of the picture: checkpoints of the fold, so that a start does not read years."""
import sqlalchemy as sa
from sqlalchemy import Column, MetaData, Table, Text

from tools.console.history.tables import NUMBER

VERSION = 1
METADATA = MetaData()

# cut_id: every event up to it is folded. stamp: the highest of a fact folded; until_ms: up to when any badge of these may have happened.
GENERATIONS = Table(
    "picture_generations", METADATA, Column("cut_id", NUMBER, primary_key=True, autoincrement=False),
    Column("stamp", NUMBER, nullable=False), Column("until_ms", NUMBER, nullable=False), Column("state", Text, nullable=False),
)  # fmt: skip
# rows and side: as firmware.core.saved has them, in JSON; until_ms: the same for his own badges, where a clock erred more.
PEOPLE = Table(
    "picture_people", METADATA, Column("cut_id", NUMBER, primary_key=True, autoincrement=False),
    Column("no", sa.Integer, primary_key=True, autoincrement=False), Column("until_ms", NUMBER, nullable=False), Column("kept", Text, nullable=False),
)  # fmt: skip
