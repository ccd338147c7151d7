"""The history: what is appended, read and forgotten. Thread-safe; one writes at a time."""
import contextlib
import threading
import time
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tools.console.history import about, export, retention, rows, search
from tools.console.history.database import Trouble, furnish, opened, reading, writing
from tools.console.history.query import Page, Query
from tools.console.history.reach import Reach
from tools.console.history.tables import ENDS, EVENTS, LOST, METADATA, RENAMED, STATE, VERSION
from tools.console.history.writing import Writing

_C = EVENTS.c
_DAY_MS = 86_400_000


class History:
    """`engine`: of `opened`, or a URL. `people_days`: events about people are deleted after; 0: never.

    All verbs raise Trouble where the database cannot be used now; then nothing was done.
    """

    def __init__(self, engine: sa.Engine | str, people_days: int = 0):
        self.engine = opened(engine) if isinstance(engine, str) else engine
        self.people_days = people_days
        self._lock = threading.Lock()
        furnish(self.engine, "history", METADATA, VERSION)
        self._load()

    def close(self) -> None:
        self.engine.dispose()

    # -- writing ---------------------------------------------------------------------------------

    def append(self, events: Iterable[dict], lost: Iterable[tuple] = (), now_ms: int | None = None) -> list[dict]:
        """Store events, all or none. Returns those that are new, in this order, committed.

        `lost`: (controller, inc, stream, seq, why): nothing more up to there will come.
        """
        with self._lock:
            try:
                with writing(self.engine) as connection:
                    found = Writing(connection, self._reaches)
                    new = found.append(list(events))
                    for controller, inc, stream, seq, why in lost:
                        found.lose((controller, inc, stream), seq, why, _now_ms() if now_ms is None else now_ms)
                    found.close()
            except Trouble as trouble:
                if isinstance(trouble.__cause__, IntegrityError):
                    self._load()  # another process has written into it: what was known here is old
                raise
            self._reaches |= found.reaches
            self._last_id, self._kept = found.last_id, found.kept
            return new

    def prune(self, now_ms: int, folded_id: int | None = None) -> int:
        """Delete what is about people and older than `people_days`, in small steps. Returns how many events.

        `folded_id`: facts after it are still to be folded, and stay.
        """
        if not self.people_days:
            return 0
        return sum(retention.steps(self, now_ms - self.people_days * _DAY_MS, folded_id))

    @contextlib.contextmanager
    def step(self) -> Iterator[sa.Connection]:
        """One transaction of a longer work; others write between it and the next."""
        with self._lock:
            with writing(self.engine) as connection:
                yield connection
            with reading(self.engine) as connection:
                self._kept = connection.scalar(sa.select(STATE.c.kept))

    # -- what is here ----------------------------------------------------------------------------

    def has(self, controller: str, inc: int, stream: str, seq: int) -> bool:
        """Whether an event is here, or was, or is lost."""
        reach = self._reaches.get((controller, inc, stream))
        return bool(reach) and reach.has(seq)

    def reach(self, controller: str, inc: int, stream: str) -> Reach | None:
        """Up to where everything of a stream is here. To be read only."""
        return self._reaches.get((controller, inc, stream))

    def reaches(self) -> dict[tuple, Reach]:
        """{(controller, inc, stream): up to where everything is here}. To be read only."""
        return dict(self._reaches)

    @property
    def last_id(self) -> int:
        """The number of the newest event: they rise in the order of commit."""
        return self._last_id

    def count(self) -> int:
        """How many events are kept."""
        return self._kept

    def pruned(self) -> tuple[int, int]:
        """(events about people before it are deleted, highest stamp of a fact that was), 0 for none."""
        with reading(self.engine) as connection:
            return tuple(connection.execute(sa.select(STATE.c.pruned_ms, STATE.c.pruned_stamp)).one())

    def pruned_count(self) -> int:
        with reading(self.engine) as connection:
            return connection.scalar(sa.select(STATE.c.pruned))

    # -- reading ---------------------------------------------------------------------------------

    def search(self, query: Query) -> Page:
        """One page of what is asked for. Raises: BadQuery."""
        with reading(self.engine) as connection:
            return search.page(connection, query)

    def event(self, controller: str, inc: int, stream: str, seq: int) -> dict | None:
        """One event by its name, also where another stands for it."""
        named = (_C.controller == controller, _C.inc == inc, _C.stream == stream, _C.seq == seq)
        with reading(self.engine) as connection:
            text = connection.scalar(sa.select(_C.event).where(*named))
        return rows.event_of(text) if text else None

    def number(self, controller: str, inc: int, stream: str, seq: int) -> int | None:
        """The number of an event: its place in the order of commit."""
        named = (_C.controller == controller, _C.inc == inc, _C.stream == stream, _C.seq == seq)
        with reading(self.engine) as connection:
            return connection.scalar(sa.select(_C.id).where(*named))

    def between(self, controller: str, inc: int, stream: str, first: int, last: int) -> list[dict]:
        """The events of one stream from `first` to `last` that are here, in order; also where others stand for them."""
        named = (_C.controller == controller, _C.inc == inc, _C.stream == stream, _C.seq.between(first, last))
        with reading(self.engine) as connection:
            return [rows.event_of(text) for text in connection.scalars(sa.select(_C.event).where(*named).order_by(_C.seq))]

    def is_renamed(self, event: dict) -> bool:
        """Whether this very event is here under another name."""
        c = RENAMED.c
        named = (c.controller == event["controller"], c.inc == event["inc"], c.stream == event["stream"], c.seq == event["seq"])
        with reading(self.engine) as connection:
            return bool(connection.scalar(sa.select(sa.exists().where(*named, c.stamp == rows.stamp_of(event)))))

    def since(self, number: int, limit: int = 1000) -> list[tuple[int, dict]]:
        """(number, event) of those after a number, in the order of commit. What is replaced is left out."""
        asked = sa.select(_C.id, _C.event).where(_C.id > number, _C.is_replaced.is_(False)).order_by(_C.id).limit(limit)
        with reading(self.engine) as connection:
            return [(row.id, rows.event_of(row.event)) for row in connection.execute(asked)]

    def about(self, user: str, area: str | None, since_ms: int, until_ms: int) -> list[dict]:
        """What led to something and followed it: a person's events, and those of the doors around them; the oldest first."""
        with reading(self.engine) as connection:
            return about.timeline(connection, user, area, since_ms, until_ms)

    def lost(self) -> list[dict]:
        """What nobody has any more: ranges of streams, when that was noted and why; the newest first."""
        with reading(self.engine) as connection:
            return [dict(row._mapping) for row in connection.execute(sa.select(LOST).order_by(LOST.c.id.desc()).limit(1000))]

    def export(self, query: Query, writer, with_cards: bool, form: str = "csv") -> int:
        """Write all that is asked for, the oldest first, with `writer.write(text)`. Returns how many events.

        `form`: csv or jsonl. Without cards nothing tells which card it was.
        """
        return export.export(self, query, writer, with_cards, form)

    # --------------------------------------------------------------------------------------------

    def _load(self) -> None:
        """Learn from the database up to where everything is here."""
        with writing(self.engine) as connection:
            if connection.scalar(sa.select(sa.func.count()).select_from(STATE)) == 0:
                state = {"one": 1, "last_id": 0, "kept": 0, "pruned": 0, "pruned_ms": 0, "pruned_stamp": 0}
                connection.execute(STATE.insert().values(**state))
            self._reaches: dict[tuple, Reach] = {}
            for row in connection.execute(sa.select(ENDS)).all():
                beyond = [seq for c in (_C, RENAMED.c) for seq in connection.scalars(_above(c, row))]
                self._reaches[row.controller, row.inc, row.stream] = Reach(row.last, beyond)
            self._last_id, self._kept = connection.execute(sa.select(STATE.c.last_id, STATE.c.kept)).one()


def _above(c, end) -> sa.Select:
    """The numbers of one stream above its end: of events, or of what need not come."""
    found = sa.select(c.seq).where(c.controller == end.controller, c.inc == end.inc, c.stream == end.stream, c.seq > end.last)
    return found if c is _C else found.where(c.stamp.is_(None))


def _now_ms() -> int:
    return int(time.time() * 1000)
