"""Whose word is complete: promises and answers wait here until every event that they name is here."""

from firmware.const import const

_WAITING_MAX = const(8)  # words of one controller


class Claims:
    """`followed`: {controller: its streams that are kept here}."""

    def __init__(self, log, origins, gaps, followed: dict):
        self.dropped = 0
        self._log = log
        self._origins, self._gaps = origins, gaps
        self._followed = followed
        self._waiting = {}  # controller -> [(inc, heads, result)]

    def is_complete(self, controller: str, inc: int, heads: dict) -> bool:
        """Say whether every fact and site event up to these heads is here, and of older incarnations all that is known."""
        if self._gaps.lacks_older(controller, inc):
            return False
        for stream in self._followed.get(controller, ()):
            if stream != "notes" and heads[stream] > self._log.last(controller, inc, stream):
                return False
        return True

    def add(self, controller: str, inc: int, heads: dict, result: tuple) -> None:
        """Keep a word. Of too many promises the oldest stay: they are the first to be complete."""
        waiting = self._waiting.setdefault(controller, [])
        if len(waiting) >= _WAITING_MAX:
            promises = [claim for claim in waiting if claim[2][0] != "answered"]
            waiting.remove(promises[-1] if promises else waiting[0])
            self.dropped += 1
        waiting.append((inc, heads, result))

    def settle(self, controller: str) -> list:
        """Return what counts now, in the order it was said."""
        waiting = self._waiting.get(controller)
        if not waiting:
            return []
        waiting = [claim for claim in waiting if self._origins.has_word(controller, claim[0])]
        left = [claim for claim in waiting if not self.is_complete(controller, claim[0], claim[1])]
        settled = [claim[2] for claim in waiting if claim not in left]
        if left:
            self._waiting[controller] = left
        else:
            del self._waiting[controller]
        return settled

    def forget(self) -> None:
        """The link went or came: whatever was said will be said anew."""
        self._waiting = {}
