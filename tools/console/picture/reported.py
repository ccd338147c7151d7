"""What the controllers have said of a violation: read from the history when it is asked for."""
from firmware.core import events
from tools.console.history import History, Query

_KINDS = ("apb.violation", "apb.suspected")
_LOOKED_AT = 200


class Reported:
    """Remembers answers until something new is reported."""

    def __init__(self, history: History):
        self._history = history
        self._known: dict[tuple, tuple[bool, bool]] = {}

    def take(self, event: dict) -> None:
        if event["type"] in events.REPORTS:
            self._known = {key: known for key, known in self._known.items() if key[:2] != (event.get("user"), event.get("area"))}

    def of(self, user: str, area: str, violation) -> tuple[bool, bool]:
        """(it is sure, it was judged late)."""
        key = (user, area, tuple(violation.of))
        if key not in self._known:
            query = Query(person=user, area=area, types=_KINDS, since_ms=violation.at_ms, limit=_LOOKED_AT)
            told = [event for event in self._history.search(query).events if tuple(event.get("of", ())) == key[2]]
            sure = [event for event in told if event["type"] == "apb.violation"]
            self._known[key] = (bool(sure), any(event.get("late") for event in sure or told))
        return self._known[key]
