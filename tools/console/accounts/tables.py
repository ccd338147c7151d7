"""The tables of the accounts. No password, session or invitation can be made out of them: they hold hashes."""

import sqlalchemy as sa
from sqlalchemy import Column, Index, MetaData, Table, Text

VERSION = 1
METADATA = MetaData()
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

PASSWORDS = Table(
    "accounts_passwords", METADATA, Column("operator", Text, primary_key=True), Column("hash", Text, nullable=False),
    Column("version", Text, nullable=False), Column("set_ms", NUMBER, nullable=False),
)  # fmt: skip

# version: of the password that it was opened with; role: of its operator then. Both must still be so.
SESSIONS = Table(
    "accounts_sessions", METADATA, Column("token_hash", Text, primary_key=True), Column("operator", Text, nullable=False, index=True),
    Column("role", Text, nullable=False), Column("version", Text, nullable=False), Column("address", Text, nullable=False),
    Column("started_ms", NUMBER, nullable=False), Column("seen_ms", NUMBER, nullable=False),
)  # fmt: skip

INVITATIONS = Table(
    "accounts_invitations", METADATA, Column("operator", Text, primary_key=True), Column("code_hash", Text, nullable=False, unique=True),
    Column("made_by", Text, nullable=False), Column("made_ms", NUMBER, nullable=False),
)  # fmt: skip

# Attempts to sign in since the last that was right. refused: unheard, since the last that was heard.
FAILURES = Table(
    "accounts_failures", METADATA, Column("bucket", Text, primary_key=True), Column("count", sa.Integer, nullable=False),
    Column("last_ms", NUMBER, nullable=False), Column("refused", sa.Integer, nullable=False),
)  # fmt: skip

# What operators did. person: whom it was about. words: all of it in lower case, to search in.
BOOK = Table(
    "accounts_book", METADATA, Column("id", NUMBER, primary_key=True, autoincrement=True), Column("at_ms", NUMBER, nullable=False),
    Column("operator", Text, nullable=False), Column("action", Text, nullable=False), Column("person", Text),
    Column("fields", Text, nullable=False), Column("reason", Text, nullable=False), Column("result", Text, nullable=False),
    Column("address", Text, nullable=False), Column("words", Text, nullable=False),
)  # fmt: skip
Index("accounts_book_by_time", BOOK.c.at_ms)
Index("accounts_book_by_operator", BOOK.c.operator, BOOK.c.id)
Index("accounts_book_by_person", BOOK.c.person, BOOK.c.at_ms)
