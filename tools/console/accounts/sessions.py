"""Sessions: a token that only the browser has. They end by themselves, with the password, and with the role."""

import hashlib
import secrets
from dataclasses import dataclass, field

import sqlalchemy as sa

from tools.console.accounts.tables import PASSWORDS, SESSIONS
from tools.console.history.database import reading, writing
from tools.site.model import Operator

IDLE_MS = 60 * 60 * 1000
LONGEST_MS = 12 * 60 * 60 * 1000  # a shift
_SEEN_MS = 60 * 1000  # as exactly as it is noted when somebody was there last
_TOKEN_BYTES = 32
_TOKEN_MAX = 100
_OF_ONE_MAX = 20
_C = SESSIONS.c


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in. `token`: what the cookie holds; it is in no log."""

    operator: str
    role: str
    address: str
    started_ms: int
    token: str = field(repr=False)


class Sessions:
    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def open(self, operator: str, role: str, version: str, address: str, now_ms: int) -> Session:
        """A new one. Of more than some of one operator the oldest end."""
        session = Session(operator, role, address, now_ms, secrets.token_urlsafe(_TOKEN_BYTES))
        with writing(self._engine) as connection:
            connection.execute(SESSIONS.delete().where(_is_over(now_ms)))
            newest = sa.select(_C.token_hash).where(_C.operator == operator).order_by(_C.started_ms.desc()).limit(_OF_ONE_MAX - 1)
            keep = connection.scalars(newest).all()
            connection.execute(SESSIONS.delete().where(_C.operator == operator, _C.token_hash.not_in(keep)))
            connection.execute(SESSIONS.insert().values(
                token_hash=_hash(session.token), operator=operator, role=role, version=version, address=address,
                started_ms=now_ms, seen_ms=now_ms,
            ))  # fmt: skip
        return session

    def of(self, token: str, operators: dict[str, Operator], now_ms: int, is_active: bool) -> Session | None:
        """Whose token this is, by the site file as it is now. `is_active`: a person did something, not a page by itself."""
        if not isinstance(token, str) or not 0 < len(token) <= _TOKEN_MAX:
            return None
        known = sa.select(SESSIONS, PASSWORDS.c.version.label("now")).outerjoin(PASSWORDS, PASSWORDS.c.operator == _C.operator)
        with reading(self._engine) as connection:
            row = connection.execute(known.where(_C.token_hash == _hash(token), ~_is_over(now_ms))).first()
        if row is None:
            return None
        entry = operators.get(row.operator)
        if entry is None or entry.role != row.role or row.now != row.version:
            self.end(token)
            return None
        if is_active and now_ms - row.seen_ms > _SEEN_MS:
            with writing(self._engine) as connection:
                connection.execute(SESSIONS.update().where(_C.token_hash == row.token_hash).values(seen_ms=now_ms))
        return Session(row.operator, row.role, row.address, row.started_ms, token)

    def end(self, token: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(SESSIONS.delete().where(_C.token_hash == _hash(token)))


def end_all(connection: sa.Connection, operator: str) -> None:
    connection.execute(SESSIONS.delete().where(_C.operator == operator))


def _is_over(now_ms: int) -> sa.ColumnElement:
    return (_C.seen_ms < now_ms - IDLE_MS) | (_C.started_ms < now_ms - LONGEST_MS) | (_C.started_ms > now_ms + LONGEST_MS)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
