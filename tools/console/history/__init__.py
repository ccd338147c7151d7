"""Every event of every controller exactly once, in a database: SQLite by default, PostgreSQL by URL.

    history = History(database.opened("hq.sqlite"))
    new = history.append(events)              # committed when it returns
    page = history.search(Query(person="kim", types=("access.denied",)))

Events are the dicts of firmware.wire.messages, times integer Unix ms.
"""
from tools.console.history.database import Trouble, opened
from tools.console.history.history import History
from tools.console.history.query import BadQuery, Page, Query

__all__ = ["BadQuery", "History", "Page", "Query", "Trouble", "opened"]
