"""The database that all rooms of the console share: opened by its URL, each room with tables of its own."""
import contextlib
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import event, exc

# Whoever else writes, a page or a backup, has so long to finish.
_BUSY_S = 5
_CACHE_KIB = 32768
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}
_VERSIONS = sa.MetaData()
_ROOMS = sa.Table("console_rooms", _VERSIONS, sa.Column("room", sa.Text, primary_key=True), sa.Column("version", sa.Integer))
# Of one process, and on PostgreSQL of all: whoever makes tables does it alone.
_MAKING = 0x6261636B


class Trouble(Exception):
    """The database cannot be used now: it is locked, full, away. Nothing of what was asked for was done."""


class Unusable(Exception):
    """This is no database for the console, however often it is tried."""


def opened(url: str) -> sa.Engine:
    """The engine of a URL, or of the path of an SQLite file. Nothing is connected yet. Raises: Unusable."""
    try:
        address = sa.make_url(url if "://" in url else f"sqlite:///{url}")
        if address.drivername not in _DRIVERS:
            raise Unusable(f"{address.drivername}: no such database is known; use a path, sqlite:///FILE or postgresql://HOST/NAME")
        if address.drivername == "sqlite" and address.database in (None, "", ":memory:"):
            raise Unusable("a database in RAM forgets: name a file")
        address = address.set(drivername=_DRIVERS[address.drivername])
        engine = sa.create_engine(address, **_options(address))
    except exc.ArgumentError as error:
        raise Unusable(f"this is no address of a database: {error}") from None
    except ModuleNotFoundError as error:
        raise Unusable(f"PostgreSQL needs the package psycopg: {error}") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    return engine


def _options(address: sa.URL) -> dict:
    if address.drivername == "sqlite":
        return {"connect_args": {"timeout": _BUSY_S}}
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": _BUSY_S}}


def _set_up(connection, _record) -> None:
    connection.isolation_level = None  # the driver would begin transactions of its own
    # FULL: boards let go of what the console says it has, so a power cut must not take it back.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", f"cache_size = -{_CACHE_KIB}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


@contextlib.contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that only reads. Raises: Trouble."""
    with _told(), engine.begin() as connection:
        yield connection


@contextlib.contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that writes, committed at its end. Raises: Trouble, with nothing written."""
    with _told(), engine.execution_options(is_writing=True).begin() as connection:
        yield connection


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (exc.DBAPIError, exc.TimeoutError) as error:
        raise Trouble(_words(error)) from error


def _words(error: Exception) -> str:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def furnish(engine: sa.Engine, room: str, tables: sa.MetaData, version: int) -> None:
    """Make the tables of a room where they are missing. Raises: Trouble; Unusable where a later version made them."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING)))
        _VERSIONS.create_all(connection)
        known = connection.scalar(sa.select(_ROOMS.c.version).where(_ROOMS.c.room == room))
        if known is not None and known != version:
            raise Unusable(f"the tables of {room} have version {known}, and this console knows {version}: use the one that made them")
        tables.create_all(connection)
        if known is None:
            connection.execute(_ROOMS.insert().values(room=room, version=version))
