"""Events as they come: each once, however often it is sent."""

from collections.abc import Iterator

from tools.backstop.line import Line

_KNOWN_MAX = 100_000


class Live:
    """Follows the logs on a line."""

    def __init__(self, line: Line):
        self._line = line
        self._known: dict[tuple, None] = {}

    def take(self, patience_s: float) -> Iterator[dict | bool]:
        """Return what is new: events, and whether the link is up where that has changed."""
        for topic, message in self._line.take(patience_s):
            if topic == "link":
                yield message
            elif topic.startswith("log/") and message["t"] == "log":
                yield from filter(self._is_new, message["entries"])

    def _is_new(self, event: dict) -> bool:
        name = (event["controller"], event["inc"], event["stream"], event["seq"])
        if name in self._known:
            return False
        self._known[name] = None
        if len(self._known) > _KNOWN_MAX:
            del self._known[next(iter(self._known))]
        return True
