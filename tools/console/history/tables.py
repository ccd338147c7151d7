"""The tables of the history. Searches are answered from indexes alone, in the order of time; only hits are read."""
import sqlalchemy as sa
from sqlalchemy import Column, Index, MetaData, Table, Text

VERSION = 1
METADATA = MetaData()
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _name() -> list[Column]:
    return [Column("controller", Text), Column("inc", NUMBER), Column("stream", Text), Column("seq", NUMBER)]


# id: the order of commit. person: who it names. fact_no: his number, of what a fold of him reads. event: all of it.
EVENTS = Table(
    "history_events", METADATA, Column("id", NUMBER, primary_key=True, autoincrement=False), *_name(),
    Column("at_ms", NUMBER, nullable=False), Column("stamp", NUMBER, nullable=False), Column("type", Text, nullable=False),
    Column("person", Text), Column("fact_no", sa.Integer), Column("is_replaced", sa.Boolean, nullable=False),
    Column("event", Text, nullable=False),
)  # fmt: skip
_C = EVENTS.c


def _partial(name: str, column: Column, *more: Column) -> Index:
    """An index of those rows only that have a value."""
    has_value = column.is_not(None)
    return Index(name, column, *more, sqlite_where=has_value, postgresql_where=has_value)


Index("history_by_name", _C.controller, _C.inc, _C.stream, _C.seq, unique=True)
Index("history_by_time", _C.at_ms, _C.stamp)
Index("history_by_type", _C.type, _C.at_ms, _C.stamp)
Index("history_by_controller", _C.controller, _C.at_ms, _C.stamp, _C.type)
_partial("history_by_person", _C.person, _C.at_ms, _C.stamp, _C.type)
_partial("history_by_fact", _C.fact_no, _C.stamp)

# Where an event was: one row for each area, door and reader it names, with what else is asked for. None of what is replaced.
PLACES = Table(
    "history_places", METADATA, Column("place", Text, primary_key=True), Column("at_ms", NUMBER, primary_key=True),
    Column("stamp", NUMBER, primary_key=True), Column("id", NUMBER, primary_key=True), Column("type", Text, nullable=False),
    Column("controller", Text, nullable=False), sqlite_with_rowid=False,
)  # fmt: skip

# Up to where everything of a stream is here, was here or is known to be lost.
ENDS = Table(
    "history_ends", METADATA, Column("controller", Text, primary_key=True), Column("inc", NUMBER, primary_key=True),
    Column("stream", Text, primary_key=True), Column("last", NUMBER, nullable=False),
)  # fmt: skip
# What nobody has any more. why: "gone" by those who had it, "closed" by the board in the place of the one that wrote it.
LOST = Table(
    "history_lost", METADATA, Column("id", NUMBER, primary_key=True, autoincrement=True), *_name()[:3],
    Column("first", NUMBER), Column("last", NUMBER), Column("why", Text), Column("noted_ms", NUMBER),
)  # fmt: skip
# Names under which an event, with this stamp, was written before: they are those of other events. Without a stamp: names of
# what another event stood for before it came, and need not come.
RENAMED = Table("history_renamed", METADATA, *_name(), Column("stamp", NUMBER))
Index("history_renamed_by_stamp", RENAMED.c.stamp)
# One row. pruned_ms: events about people before it are deleted; pruned_stamp: the highest stamp of a fact that is.
STATE = Table(
    "history_state", METADATA, Column("one", sa.Integer, primary_key=True), Column("last_id", NUMBER, nullable=False),
    Column("kept", NUMBER, nullable=False), Column("pruned", NUMBER, nullable=False),
    Column("pruned_ms", NUMBER, nullable=False), Column("pruned_stamp", NUMBER, nullable=False),
)  # fmt: skip
