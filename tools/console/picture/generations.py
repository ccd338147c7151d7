"""Checkpoints of the fold in the database, a few generations of them, and the facts about one person beyond them."""
import json
from dataclasses import dataclass

import sqlalchemy as sa

from firmware.core import events
from firmware.core.saved import Base
from tools.console.history import History, rows
from tools.console.history.database import furnish, reading, writing
from tools.console.history.tables import EVENTS
from tools.console.picture.fold import Fold
from tools.console.picture.states import States
from tools.console.picture.tables import GENERATIONS, METADATA, PEOPLE, VERSION

KEPT = 4
_AT_ONCE = 500
_C = EVENTS.c


@dataclass(frozen=True)
class Cut:
    cut_id: int
    stamp: int
    until_ms: int


class Generations:
    """The newest first. Raises: Trouble in all verbs."""

    def __init__(self, history: History):
        self._history, self._engine = history, history.engine
        furnish(self._engine, "picture", METADATA, VERSION)
        with reading(self._engine) as connection:
            asked = sa.select(GENERATIONS.c.cut_id, GENERATIONS.c.stamp, GENERATIONS.c.until_ms).order_by(GENERATIONS.c.cut_id.desc())
            self.cuts = [Cut(*row) for row in connection.execute(asked)]

    # -- writing and restoring -------------------------------------------------------------------

    def write(self, cut_id: int, fold: Fold, states: States) -> None:
        """Write a checkpoint of what is folded up to an event; the oldest goes."""
        stamp, until_ms = fold.cut()
        state = {"fold": fold.keep(), "states": states.told, "shape": fold.shape()}
        cut = Cut(cut_id, min(stamp, rows.NUMBER_MAX), until_ms)
        staying = [old for old in self.cuts if old.cut_id != cut_id][: KEPT - 1]
        with writing(self._engine) as connection:
            _delete(connection, [old.cut_id for old in staying])
            connection.execute(GENERATIONS.insert().values(**vars(cut), state=json.dumps(state)))
            people = [_person(cut_id, no, fold.keep_person(no)) for no in range(fold.people_max())]
            people = [person for person in people if person]
            for at in range(0, len(people), _AT_ONCE):
                connection.execute(PEOPLE.insert(), people[at : at + _AT_ONCE])
        self.cuts = [cut, *staying]

    def drop_from(self, stamp: int) -> None:
        """Use none any more that may hold something from a stamp on. They go with the next that is written.

        Of a history whose beginning is deleted the oldest stays: nothing else tells of what came before.
        """
        last = self.cuts[-1:] if self._has_pruned() else []
        self.cuts = [cut for cut in self.cuts if cut.stamp < stamp or cut in last]

    def restore(self, fold: Fold, states: States) -> int:
        """Take up the newest checkpoint. Returns up to which event all is folded.

        Where the site has other areas now, all is folded again, as long as all is there: some facts may have been about these.
        """
        for cut in self.cuts:
            with reading(self._engine) as connection:
                state = json.loads(connection.scalar(sa.select(GENERATIONS.c.state).where(GENERATIONS.c.cut_id == cut.cut_id)))
                if state["shape"] == fold.shape() or self._has_pruned():
                    for row in connection.execute(sa.select(PEOPLE.c.no, PEOPLE.c.kept).where(PEOPLE.c.cut_id == cut.cut_id)):
                        fold.restore_person(row.no, _base(cut.stamp, row.kept))
                    fold.restore(state["fold"])
                    states.told = state["states"]
                    return cut.cut_id
        return 0

    def _has_pruned(self) -> bool:
        return bool(self._history.pruned()[1])

    # -- the story of one person -----------------------------------------------------------------

    def story(self, no: int, counts, upto_id: int) -> tuple | None:
        """(Base or None, his facts that are not in it, in the total order); None where not all of them are kept any more."""
        with reading(self._engine) as connection:
            for cut in self.cuts:
                facts = _facts(connection, no, cut.cut_id, upto_id)
                until_ms, base = _his(connection, no, cut)
                if _are_beyond(facts, cut.stamp, until_ms):
                    return base, [fact for fact in facts if counts(fact)]
            if self._has_pruned():
                return None
            return None, [fact for fact in _facts(connection, no, 0, upto_id) if counts(fact)]


def _facts(connection: sa.Connection, no: int, after_id: int, upto_id: int) -> list[dict]:
    asked = sa.select(_C.event).where(_C.fact_no == no, _C.id > after_id, _C.id <= upto_id, _C.is_replaced.is_(False))
    asked = asked.with_hint(EVENTS, "INDEXED BY history_by_fact", "sqlite")
    return events.in_order([rows.event_of(text) for text in connection.scalars(asked.order_by(_C.stamp))])


def _his(connection: sa.Connection, no: int, cut: Cut) -> tuple[int, Base]:
    """(up to when badges of his that are folded may have happened, what he was then)."""
    asked = sa.select(PEOPLE.c.until_ms, PEOPLE.c.kept).where(PEOPLE.c.cut_id == cut.cut_id, PEOPLE.c.no == no)
    found = connection.execute(asked).first()
    if found is None:
        return cut.until_ms, Base(cut.stamp, {}, {})
    return max(cut.until_ms, found.until_ms), _base(cut.stamp, found.kept)


def _are_beyond(facts: list[dict], stamp: int, until_ms: int) -> bool:
    """Whether all facts come after all that is folded in a checkpoint, whatever the clocks' errors hide."""
    if facts and facts[0]["stamp"] <= stamp:
        return False
    return all(fact["at_ms"] - fact["err_ms"] >= until_ms for fact in facts if events.is_badge(fact))


def _person(cut_id: int, no: int, kept: tuple) -> dict | None:
    rows_of_areas, side, until_ms = kept
    if not rows_of_areas:
        return None
    told = [{area: row.hex() for area, row in rows_of_areas.items()}, side]
    return {"cut_id": cut_id, "no": no, "until_ms": until_ms, "kept": json.dumps(told)}


def _base(stamp: int, kept: str) -> Base:
    rows_of_areas, side = json.loads(kept)
    return Base(stamp, {area: bytes.fromhex(row) for area, row in rows_of_areas.items()}, side)


def _delete(connection: sa.Connection, staying: list[int]) -> None:
    """Delete all generations but some."""
    for table in (PEOPLE, GENERATIONS):
        connection.execute(table.delete().where(table.c.cut_id.not_in(staying)))
