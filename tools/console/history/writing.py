"""One transaction that appends: new events, what is lost, and up to where everything is here then."""
import sqlalchemy as sa

from firmware.core import events
from tools.console.history import rows
from tools.console.history.reach import Reach
from tools.console.history.tables import ENDS, EVENTS, LOST, PLACES, RENAMED, STATE

_NAMES_AT_ONCE = 500


class Writing:
    """Works on copies of what is known in RAM: they count once the transaction is committed."""

    def __init__(self, connection: sa.Connection, reaches: dict[tuple, Reach]):
        self._connection = connection
        self._known = reaches
        self.reaches: dict[tuple, Reach] = {}  # those that changed
        state = connection.execute(sa.select(STATE).with_for_update()).one()
        self._last_id, self._kept, self._pruned_ms = state.last_id, state.kept, state.pruned_ms

    def append(self, found: list[dict]) -> list[dict]:
        """Store those events that are new. Returns them."""
        renamed = self._renamed(found)
        new = [event for event in found if self._is_new(event, renamed)]
        first = self._last_id + 1
        if new:
            self._connection.execute(EVENTS.insert(), [rows.row(event, first + at) for at, event in enumerate(new)])
            where = [row for at, event in enumerate(new) for row in rows.place_rows(event, first + at)]
            if where:
                self._connection.execute(PLACES.insert(), where)
            self._last_id += len(new)
            self._kept += len(new)
            self._pruned_ms = min([self._pruned_ms] + [event["at_ms"] for event in new if rows.is_about_people(event)])
        for event in new:
            self._replace(event)
        return new

    def lose(self, key: tuple, seq: int, why: str, now_ms: int) -> None:
        """Take note that what is missing of a stream up to a seq will never come."""
        ranges = self._reach(key).skip(seq)
        lost = [
            {"controller": key[0], "inc": key[1], "stream": key[2], "first": first, "last": last, "why": why, "noted_ms": now_ms}
            for first, last in ranges
        ]
        if lost:
            self._connection.execute(LOST.insert(), lost)

    def close(self) -> None:
        """Write up to where everything is here."""
        for (controller, inc, stream), reach in self.reaches.items():
            name = {"controller": controller, "inc": inc, "stream": stream}
            changed = self._connection.execute(ENDS.update().filter_by(**name).values(last=reach.last))
            if not changed.rowcount:
                self._connection.execute(ENDS.insert().values(**name, last=reach.last))
        state = {"last_id": self._last_id, "kept": self._kept, "pruned_ms": self._pruned_ms}
        self._connection.execute(STATE.update().values(**state))

    @property
    def last_id(self) -> int:
        return self._last_id

    @property
    def kept(self) -> int:
        return self._kept

    # --------------------------------------------------------------------------------------------

    def _reach(self, key: tuple) -> Reach:
        if key not in self.reaches:
            known = self._known.get(key)
            self.reaches[key] = known.copy() if known else Reach()
        return self.reaches[key]

    def _is_new(self, event: dict, renamed: set[tuple]) -> bool:
        """Whether an event is not here yet; it is from now on."""
        key, seq = rows.key_of(event), event["seq"]
        if self._reach(key).has(seq) or (*key, seq, rows.stamp_of(event)) in renamed:
            return False
        self._reach(key).add(seq)
        return True

    def _renamed(self, found: list[dict]) -> set[tuple]:
        """Which of some events are known under another name by now: (controller, inc, stream, seq, stamp)."""
        if not self._connection.scalar(sa.select(sa.exists().where(RENAMED.c.stamp.is_not(None)))):
            return set()
        stamps, known = [rows.stamp_of(event) for event in found], set()
        for at in range(0, len(stamps), _NAMES_AT_ONCE):
            asked = sa.select(RENAMED).where(RENAMED.c.stamp.in_(stamps[at : at + _NAMES_AT_ONCE]))
            known |= {tuple(row) for row in self._connection.execute(asked)}
        return known

    def _replace(self, event: dict) -> None:
        """Let an event stand for those that it replaces."""
        for name in events.replaced(event):
            if not self._reach(name[:3]).has(name[3]):
                self._note_renamed(name, None)  # it need not come any more
            self._reach(name[:3]).add(name[3])
            self._hide(name)
        name = events.renamed(event)
        if name is not None:
            self._note_renamed(name, rows.stamp_of(event))
            self._free(name, rows.stamp_of(event))

    def _note_renamed(self, name: tuple, stamp: int | None) -> None:
        named = dict(zip(("controller", "inc", "stream", "seq"), name, strict=True))
        self._connection.execute(RENAMED.insert().values(**named, stamp=stamp))

    def _hide(self, name: tuple) -> None:
        for number, _, text in self._found(name):
            self._connection.execute(EVENTS.update().where(EVENTS.c.id == number).values(is_replaced=True))
            self._take_from_places(number, text)

    def _free(self, name: tuple, stamp: int) -> None:
        """This very event was here under the name of another, which may come yet."""
        for number, found_stamp, text in self._found(name):
            if found_stamp == stamp:
                self._take_from_places(number, text)
                self._connection.execute(EVENTS.delete().where(EVENTS.c.id == number))
                self._kept -= 1
                self._reach(name[:3]).reopen(name[3])

    def _found(self, name: tuple) -> list:
        c = EVENTS.c
        asked = sa.select(c.id, c.stamp, c.event).where(
            c.controller == name[0], c.inc == name[1], c.stream == name[2], c.seq == name[3]
        )
        return list(self._connection.execute(asked))

    def _take_from_places(self, number: int, text: str) -> None:
        take_from_places(self._connection, [(number, rows.event_of(text))])


def take_from_places(connection: sa.Connection, found: list[tuple[int, dict]]) -> None:
    """Let searches by place not find some events any more."""
    names = [row for number, event in found for row in rows.place_rows(event, number)]
    if names:
        bound = {key: sa.bindparam(f"of_{key}") for key in ("place", "at_ms", "stamp", "id")}
        gone = PLACES.delete().where(*(PLACES.c[key] == value for key, value in bound.items()))
        connection.execute(gone, [{f"of_{key}": row[key] for key in bound} for row in names])
