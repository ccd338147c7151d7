"""Lists in heartbeats: when to tell the full one of what is durable here, and what is told a few at a time."""

from firmware.const import const
from firmware.core.recorder import is_settled
from firmware.replica.heartbeat import NEVER

_SPREAD_MS = const(500)  # 64 boards must not all answer at once
_PAUSE_MS = const(10000)  # after a full list that everybody heard
_REPEATED = const(6)  # rows in each heartbeat, in turn
_REPEATED_BY_CONSOLE = const(48)
_SOURCES = const(8)  # emergencies and lockdowns in each heartbeat
_LOCKDOWNS = const(2)


class Turns:
    """Tells of many things a few at a time, in turn."""

    def __init__(self, count: int):
        self._count = count
        self._place = 0

    def take(self, things: list) -> list:
        if len(things) <= self._count:
            return things
        first = self._place % len(things)
        self._place = first + self._count
        return (things + things)[first : first + self._count]


class Lists:
    """`due_ms` is when our full list is due. `followed`: the controllers whose events we keep."""

    def __init__(self, log, intake, origins, followed, dice, is_console: bool):
        self.due_ms = NEVER
        self._log, self._intake, self._origins = log, intake, origins
        self._followed = followed
        self._dice = dice
        self._is_console = is_console
        self._is_full = False  # the next heartbeat carries the full list,
        self._asks = False  # and asks the others for theirs
        self._told_ms = None
        self.began = {}  # stream -> last seq of our incarnation when we started
        self._turns = Turns(_REPEATED_BY_CONSOLE if is_console else _REPEATED)
        self._turns_beyond = Turns(_REPEATED)
        self._turns_of_site = (("sources", Turns(_SOURCES)), ("lockdowns", Turns(_LOCKDOWNS)))

    # -- when ------------------------------------------------------------------------------------

    def start(self, now_ms: int) -> None:
        """The link is up: tell all, and ask for all."""
        self.due_ms = now_ms
        self._asks = True

    def stop(self) -> None:
        self.due_ms = NEVER

    def asked(self, now_ms: int) -> int:
        """Somebody wants our list: those who ask within a while get it together. Returns when a word is due."""
        soon_ms = now_ms + self._dice.below(_SPREAD_MS)
        if self.due_ms == NEVER:
            self.due_ms = soon_ms if self._told_ms is None else max(soon_ms, self._told_ms + _PAUSE_MS)
        return soon_ms

    def take_due(self, now_ms: int) -> bool:
        """Say whether a heartbeat must carry the full list now."""
        if self.due_ms > now_ms:
            return False
        self.due_ms = NEVER
        self._is_full = True
        return True

    # -- what ------------------------------------------------------------------------------------

    def fill(self, message: dict, now_ms: int) -> None:
        """Put into a heartbeat what it has to list, and leave in it no more than has room."""
        for field, turns in self._turns_of_site:
            if field in message:
                message[field] = turns.take(message[field])
        if self._is_full:
            message["vector"], message["asks"] = self._rows(), self._asks
            first = self._first_events()
            if first:
                message["began"] = first
            self._is_full = self._asks = False
            self._told_ms = now_ms
            return
        if not self._is_console and self._origins.are_all_there(self._followed, now_ms):
            return
        for field, turns, rows in (
            ("vector", self._turns, self._rows_to_repeat(now_ms)),
            ("beyond", self._turns_beyond, self._rows_beyond(now_ms)),
        ):
            if rows:
                message[field] = turns.take(rows)

    def _first_events(self) -> list:
        """Return [stream, seq, stamp] of what we wrote first since our start: who has another event of that name tells us."""
        rows, name, inc = [], self._intake.name, self._intake.inc
        for stream in ("facts", "site") if inc else ():
            seq = self.began.get(stream, 0) + 1
            rows += [[stream, seq, event["stamp"]] for event in self._log.between(name, inc, stream, seq, seq) if is_settled(event)]
        return rows

    def _rows(self) -> list:
        """Return up to where everything that we keep of others, and wrote as another incarnation, is durable here."""
        return [row for row in self._log.durable_vector() if row[3] and self._is_told(row)]

    def _is_told(self, row: list) -> bool:
        return self._intake.keeps(row[0], row[1], row[2]) or self._intake.is_closed(row[0], row[1])

    def _rows_to_repeat(self, now_ms: int) -> list:
        """Return what an origin must hear often of a console, and what nobody but us can tell of the others."""
        return [row for row in self._rows() if self._is_console or not self._origins.serves(row[0], row[1], now_ms)]

    def _rows_beyond(self, now_ms: int) -> list:
        """Return what is here beyond a gap, and its origin cannot serve any more."""
        rows = []
        for controller, inc, stream, last in self._log.durable_vector():
            highest = self._log.highest_stored(controller, inc, stream)
            is_kept = highest > last and self._intake.keeps(controller, inc, stream)
            if is_kept and not self._origins.serves(controller, inc, now_ms):
                rows.append([controller, inc, stream, highest])
        return rows
