"""How often somebody may try to sign in: by name and by where from. Each failure makes the next wait longer.

A name waits a minute at most: an attacker must not lock a guard out for long. An address waits a quarter of an hour at most.
Names and addresses are counted in buckets, so that the table stays small whatever is tried; names that nobody has like others.
"""

import hashlib
import ipaddress
import threading
from typing import NamedTuple

import sqlalchemy as sa

from tools.console.accounts.tables import FAILURES
from tools.console.history.database import writing

_FORGOTTEN_MS = 24 * 3600 * 1000
_BUCKET_DIGITS = 4
_C = FAILURES.c


class Limit(NamedTuple):
    """So many failures are free, then 1 s, 2 s, 4 s, … are to be waited."""

    free: int
    longest_ms: int

    def wait_ms(self, count: int) -> int:
        return min(1000 << min(count - self.free, 30), self.longest_ms) if count >= self.free else 0


OF_NAME = Limit(5, 60_000)
OF_ADDRESS = Limit(20, 900_000)


class Limits:
    def __init__(self, engine: sa.Engine):
        self._engine = engine
        self._lock = threading.Lock()  # two at once must not both be the first

    def begin(self, name: str, address: str, now_ms: int) -> int:
        """Count an attempt before it is looked at, so that many at once do not come through. Returns how long to wait, 0: go on."""
        buckets = _buckets(name, address)
        with self._lock, writing(self._engine) as connection:
            connection.execute(FAILURES.delete().where(_C.last_ms < now_ms - _FORGOTTEN_MS))
            rows = {row.bucket: row for row in connection.execute(sa.select(FAILURES).where(_C.bucket.in_(buckets)))}
            wait_ms = max(_left_ms(rows.get(bucket), limit, now_ms) for bucket, limit in buckets.items())
            for bucket in buckets:
                _count(connection, bucket, rows.get(bucket), now_ms, is_refused=wait_ms > 0)
        return wait_ms

    def right(self, name: str, address: str) -> int:
        """The attempt that has begun was right: the name is free again, the address has one less. Returns how many were refused."""
        of_name, of_address = _buckets(name, address)
        with self._lock, writing(self._engine) as connection:
            refused = connection.scalar(sa.select(_C.refused).where(_C.bucket == of_name)) or 0
            connection.execute(FAILURES.delete().where(_C.bucket == of_name))
            connection.execute(FAILURES.update().where(_C.bucket == of_address, _C.count > 0).values(count=_C.count - 1))
        return refused


def _buckets(name: str, address: str) -> dict[str, Limit]:
    return {"name:" + _bucket(name.casefold()): OF_NAME, "address:" + _bucket(network(address)): OF_ADDRESS}


def _bucket(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:_BUCKET_DIGITS]


def network(address: str) -> str:
    """Whom an address belongs to: of IPv6 everybody has a whole network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _left_ms(row: sa.Row | None, limit: Limit, now_ms: int) -> int:
    """A clock that was set back lets nobody wait for longer than the limit."""
    if row is None:
        return 0
    wait_ms = limit.wait_ms(row.count)
    return max(0, min(wait_ms, row.last_ms + wait_ms - now_ms))


def _count(connection: sa.Connection, bucket: str, row: sa.Row | None, now_ms: int, is_refused: bool) -> None:
    """What is refused unheard makes nobody wait longer."""
    if row is None and not is_refused:
        connection.execute(FAILURES.insert().values(bucket=bucket, count=1, last_ms=now_ms, refused=0))
    elif row is not None:
        changed = {"refused": _C.refused + 1} if is_refused else {"count": _C.count + 1, "last_ms": now_ms}
        connection.execute(FAILURES.update().where(_C.bucket == bucket).values(**changed))
