"""The tables of the alerts. Of an address they hold a digest only: a password in a URL is in no database."""

import sqlalchemy as sa
from sqlalchemy import Column, Index, MetaData, Table, Text, UniqueConstraint

VERSION = 1
METADATA = MetaData()
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# One row. last_id: of the last event of the history that the rules have seen.
CURSOR = Table("alerts_cursor", METADATA, Column("one", sa.Integer, primary_key=True), Column("last_id", NUMBER, nullable=False))

# One message: of an event, by a rule. more: others of the same that were held back since since_ms. state: "sent" to its addresses,
# or only shown here: "page" because the rule has none, "old" because the event was too old.
RAISED = Table(
    "alerts_raised", METADATA, Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("event_id", NUMBER), Column("rule", Text, nullable=False), Column("label", Text, nullable=False),
    Column("source", Text, nullable=False), Column("type", Text, nullable=False), Column("person", Text),
    Column("at_ms", NUMBER, nullable=False), Column("raised_ms", NUMBER, nullable=False), Column("state", Text, nullable=False),
    Column("more", NUMBER, nullable=False), Column("title", Text, nullable=False), Column("body", Text, nullable=False),
    Column("seen_by", Text), Column("seen_ms", NUMBER), UniqueConstraint("event_id", "rule"),
)  # fmt: skip
Index("alerts_raised_by_time", RAISED.c.raised_ms)

# Each address that a message is for, once. Waiting until it is delivered, or nobody names the address any more.
OUTBOX = Table(
    "alerts_outbox", METADATA, Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("raised", NUMBER, sa.ForeignKey(RAISED.c.id), nullable=False), Column("address", Text, nullable=False),
    Column("label", Text, nullable=False), Column("created_ms", NUMBER, nullable=False), Column("next_ms", NUMBER),
    Column("attempts", sa.Integer, nullable=False), Column("delivered_ms", NUMBER), Column("withdrawn_ms", NUMBER),
    UniqueConstraint("raised", "address"),
)  # fmt: skip
# next_ms is null where nothing is to be done any more.
Index("alerts_outbox_waiting", OUTBOX.c.next_ms, sqlite_where=OUTBOX.c.next_ms.is_not(None), postgresql_where=OUTBOX.c.next_ms.is_not(None))

ATTEMPTS = Table(
    "alerts_attempts", METADATA, Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("outbox", NUMBER, sa.ForeignKey(OUTBOX.c.id), nullable=False, index=True),
    Column("at_ms", NUMBER, nullable=False), Column("is_done", sa.Boolean, nullable=False), Column("remark", Text, nullable=False),
)  # fmt: skip

# The quiet time of a rule and source, and the last event that it holds back.
QUIET = Table(
    "alerts_quiet", METADATA, Column("rule", Text, primary_key=True), Column("source", Text, primary_key=True),
    Column("is_old", sa.Boolean, primary_key=True), Column("until_ms", NUMBER, nullable=False), Column("held", NUMBER, nullable=False),
    Column("since_ms", NUMBER, nullable=False), Column("event_id", NUMBER), Column("event", Text),
)  # fmt: skip

# What several controllers tell: a report or command counts once (RULES.md, "Events"), news of another board once for each time.
COUNTED = Table(
    "alerts_counted", METADATA, Column("name", Text, primary_key=True), Column("at_ms", NUMBER, nullable=False, index=True),
    Column("teller", Text, nullable=False),
)  # fmt: skip

# What the console itself has told to be gone, and is.
MISSED = Table("alerts_missed", METADATA, Column("name", Text, primary_key=True))
