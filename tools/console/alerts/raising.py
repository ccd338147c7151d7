"""From events to messages: what the rules want of them, less what is to be quiet. All of a batch is committed together.

So each event is handled exactly once: its messages, their rows of the outbox, the quiet times and the cursor stand in the
database together or not at all.
"""

import json

import sqlalchemy as sa

from tools.console.alerts import addresses, age, quiet, words
from tools.console.alerts.held import Held, Key, QuietTimes
from tools.console.alerts.quiet import Turn
from tools.console.alerts.rules import Match, Rule, Rules
from tools.console.alerts.tables import COUNTED, OUTBOX, RAISED
from tools.site.model import Site

_COUNTED_DAYS = 100
_DAY_MS = 86_400_000
_ECHO_MS = 600_000


class Raising:
    """One transaction's work, of which `close` is the end. `connection` is one that writes."""

    def __init__(self, connection: sa.Connection, site: Site, rules: Rules, now_ms: int):
        self._connection, self._site, self._rules, self._now_ms = connection, site, rules, now_ms
        self._quiet_times = QuietTimes(connection)

    def take(self, event: dict, event_id: int | None) -> None:
        """Raise what an event is for. Without an id it is one of the console's own, which no history has."""
        matches = self._rules.matching(event)
        if matches and self._is_first(event):
            for match in matches:
                self._take(match, event, event_id)

    def end_quiet_times(self) -> None:
        """Tell what was held back in quiet times that are over. Of a rule that is gone it is shown on the page."""
        known = {rule.key: rule for rule in self._rules.all}
        for key, held in self._quiet_times.all():
            rule = known.get(key.rule) or Rule(key.rule, "a rule that was changed", frozenset(), {}, "always", 0, ())
            if key.rule not in known or quiet.is_over(held.quiet, rule.quiet_ms, self._now_ms):
                self._end(key, rule, held)

    def close(self) -> None:
        """Write what is known now. A report that comes again after so long is too old to be sent anyway: it is not remembered."""
        self._quiet_times.store()
        self._connection.execute(COUNTED.delete().where(COUNTED.c.at_ms < self._now_ms - _COUNTED_DAYS * _DAY_MS))

    # -- one event and rule ----------------------------------------------------------------------

    def _take(self, match: Match, event: dict, event_id: int | None) -> None:
        rule = match.rule
        key = Key(rule.key, words.plain(match.source), age.is_old(event["at_ms"], self._now_ms))
        held = self._quiet_times.get(key)
        turn = quiet.take(held.quiet if held else None, rule.quiet_ms, self._now_ms)
        if rule.quiet_ms:
            self._quiet_times.set(key, Held(turn.quiet) if turn.is_sent else Held(turn.quiet, event_id, event))
        if turn.is_sent:
            self._raise(rule, key, turn, event, event_id)

    def _end(self, key: Key, rule: Rule, held: Held) -> None:
        self._quiet_times.forget(key)
        turn = quiet.end(held.quiet, rule.quiet_ms, self._now_ms)
        if turn:
            if rule.quiet_ms:
                self._quiet_times.set(key, Held(turn.quiet))
            self._raise(rule, key, turn, held.event, held.event_id)

    def _raise(self, rule: Rule, key: Key, turn: Turn, event: dict, event_id: int | None) -> None:
        send = () if key.is_old else rule.send
        made = RAISED.insert().values(
            event_id=event_id, rule=rule.key, label=rule.label, source=key.source, type=event["type"], person=_person(event),
            at_ms=event["at_ms"], raised_ms=self._now_ms, state="old" if key.is_old else "sent" if send else "page", more=turn.more,
            title=words.title(event, self._site, self._now_ms),
            body=words.body(event, self._site, self._now_ms, turn.more, turn.since_ms),
        )  # fmt: skip
        number = self._connection.execute(made).inserted_primary_key[0]
        for url in send:
            self._connection.execute(OUTBOX.insert().values(
                raised=number, address=addresses.digest(url), label=addresses.label(url), created_ms=self._now_ms,
                next_ms=self._now_ms, attempts=0,
            ))  # fmt: skip

    def _is_first(self, event: dict) -> bool:
        """Whether nobody has told this before, where several controllers may."""
        name = once(event)
        if name is None and event.get("peer") is None:
            return True
        key = name or json.dumps([event["type"], event["peer"]])
        known = self._connection.execute(sa.select(COUNTED).where(COUNTED.c.name == key)).first()
        if known and (name or is_echo(event, known.teller, known.at_ms)):
            return False
        self._connection.execute(COUNTED.delete().where(COUNTED.c.name == key))
        at_ms = self._now_ms if name else event["at_ms"]
        self._connection.execute(COUNTED.insert().values(name=key, at_ms=at_ms, teller=event["controller"]))
        return True


def _person(event: dict) -> str | None:
    return words.plain(event["user"]) if isinstance(event.get("user"), str) else None


def is_echo(event: dict, teller: str, at_ms: int) -> bool:
    """Whether one board tells of another what somebody else has told just before. What the same one tells again has happened again."""
    return event["controller"] != teller and abs(event["at_ms"] - at_ms) < _ECHO_MS


def once(event: dict) -> str | None:
    """The name under which it counts once: a report by the badge that it speaks of, an operator's act by its nonce."""
    if "of" in event:
        return json.dumps([event["type"], event.get("area"), event.get("user"), event["of"]])
    if event.get("nonce"):
        return json.dumps([event["type"], event["nonce"]])
    return None
