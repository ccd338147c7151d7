"""The events a controller has, its own and others', by origin and sequence number."""


class Log:
    """Events in RAM, with an index of facts by person. The shell keeps the durable copy."""

    def __init__(self):
        self._streams = {}  # (controller, inc, stream) -> {seq: event}
        self._last = {}  # the same -> last seq without a gap before it
        self._about = {}  # person -> facts

    def add(self, event: dict) -> bool:
        """Take an event. False where it is here already."""
        key = (event["controller"], event["inc"], event["stream"])
        stream = self._streams.setdefault(key, {})
        if event["seq"] in stream:
            return False
        stream[event["seq"]] = event
        while self._last.get(key, 0) + 1 in stream:
            self._last[key] = self._last.get(key, 0) + 1
        if event["stream"] == "facts" and event.get("no") is not None:
            self._about.setdefault(event["no"], []).append(event)
        return True

    def folded(self) -> list:
        """Return all events that state is folded from: the `site` and `facts` streams, in no order."""
        streams = [self._streams[key] for key in sorted(self._streams) if key[2] != "notes"]
        return [event for stream in streams for event in stream.values()]

    def last(self, controller: str, inc: int, stream: str) -> int:
        """Return the seq up to which everything of one origin's stream is here."""
        return self._last.get((controller, inc, stream), 0)

    def vector(self) -> list:
        """Return [[controller, inc, stream, last seq], ...], sorted."""
        return [list(key) + [self._last[key]] for key in sorted(self._last)]

    def between(self, controller: str, inc: int, stream: str, first: int, last: int) -> list:
        """Return the events of one stream from `first` to `last`, in order, as far as they are here."""
        events = self._streams.get((controller, inc, stream), {})
        return [events[seq] for seq in range(first, last + 1) if seq in events]

    def facts_about(self, no: int) -> list:
        """Return all events of the `facts` streams that name a person."""
        return self._about.get(no, [])
