"""Muster readers: who badges at one of them in an emergency is safe. The same for every page, kept in the console's database."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import Column, MetaData, Table, Text

from tools.console.accounts.accounts import Accounts, Refusal
from tools.console.accounts.sessions import Session
from tools.console.history.database import furnish, reading, writing
from tools.site.model import Site

_VERSION = 1
_METADATA = MetaData()
_READERS = Table("muster_readers", _METADATA, Column("reader", Text, primary_key=True))
_ACTION = "muster_reader"


class MusterReaders:
    """`site()`: the site as its file says now: readers that it does not name are not asked for. Raises: Trouble."""

    def __init__(self, engine: sa.Engine, accounts: Accounts, site: Callable[[], Site]):
        furnish(engine, "muster", _METADATA, _VERSION)
        self._engine, self._accounts, self._site = engine, accounts, site

    def chosen(self) -> tuple[str, ...]:
        with reading(self._engine) as connection:
            found = connection.scalars(sa.select(_READERS.c.reader)).all()
        return tuple(sorted(set(found) & set(self._site().readers)))

    def turn(self, session: Session, reader: str, is_on: bool) -> Refusal | None:
        """Let a reader be one, or no more."""
        fields = {"reader": reader, "turned": "on" if is_on else "off"}
        refusal = self._refusal(session, reader)
        if refusal is None:
            with writing(self._engine) as connection:
                connection.execute(_READERS.delete().where(_READERS.c.reader == reader))
                if is_on:
                    connection.execute(_READERS.insert().values(reader=reader))
        self._accounts.note(session, _ACTION, fields, "", refusal.words if refusal else "done")
        return refusal

    def _refusal(self, session: Session, reader: str) -> Refusal | None:
        if not self._accounts.may(session, _ACTION):
            return Refusal("your role may not choose muster readers")
        return None if reader in self._site().readers else Refusal("the site file names no such reader")
