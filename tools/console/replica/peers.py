"""What a console knows of each controller from what it says: is it there, how much of it is here, is its clock right."""
from dataclasses import dataclass, field

from firmware.replica.origins import SILENT_MS

_STREAMS = ("facts", "notes", "site")
_SHOWN_MS = 60_000  # what is reported again and again, for as long as it is


@dataclass(frozen=True)
class Peer:
    """One controller at a moment. Times are Unix ms; None: not known."""

    name: str
    is_online: bool
    inc: int | None = None
    hardware: str | None = None
    heard_ms: int | None = None
    """When it said anything last: what is known of it is as old as that, if nothing is `behind`."""
    behind: int = 0
    """Events that it has told of and that are not here."""
    clock_error_ms: int | None = None
    """Its clock is ahead of ours by that much."""
    err_ms: int | None = None
    """By how much its clock may err, as it says."""
    is_clock_trusted: bool = False
    health: dict = field(default_factory=dict)
    is_doubled: bool = False
    """Two boards speak under this name, or what it wrote contradicts itself: nothing more of it is taken."""


class Peers:
    """Fed by a follower; `log` says what is here."""

    def __init__(self, names, log):
        self._log = log
        self._now = {name: {} for name in sorted(names)}  # name -> what it said last
        self._heard: dict[str, int] = {}  # name -> monotonic ms
        self._gone: set[str] = set()
        self._doubled: dict[str, int] = {}

    def heard(self, message: dict, now_ms: int, unix_ms: int) -> None:
        """Take any message of a controller."""
        known = self._now.get(message["from"])
        if known is None:
            return
        if message["t"] == "status":
            if message["online"]:
                known |= {"inc": message["inc"], "hardware": message["hw"]}
            return
        self._heard[message["from"]] = now_ms
        self._gone.discard(message["from"])
        known |= {"inc": message["inc"], "heads": message["heads"], "heard_ms": unix_ms}
        if message["t"] == "have":
            known |= {"hardware": message["hw"], "health": message.get("health", {})}
            if "clock" in message:
                at_ms, err_ms, is_trusted = message["clock"]
                known |= {"clock_error_ms": at_ms - unix_ms, "err_ms": err_ms, "is_clock_trusted": is_trusted}

    def gone(self, name: str) -> None:
        """Its last will came."""
        self._gone.add(name)

    def link_lost(self) -> None:
        self._heard = {}

    def doubled(self, name: str, now_ms: int) -> None:
        self._doubled[name] = now_ms

    def snapshot(self, now_ms: int) -> dict[str, Peer]:
        return {name: self._peer(name, known, now_ms) for name, known in self._now.items()}

    def _peer(self, name: str, known: dict, now_ms: int) -> Peer:
        is_online = name not in self._gone and now_ms - self._heard.get(name, now_ms - SILENT_MS) < SILENT_MS
        is_doubled = now_ms - self._doubled.get(name, -_SHOWN_MS) < _SHOWN_MS
        fields = {key: value for key, value in known.items() if key != "heads"}
        return Peer(name, is_online, behind=self._behind(name, known), is_doubled=is_doubled, **fields)

    def _behind(self, name: str, known: dict) -> int:
        heads = known.get("heads", {})
        return sum(max(0, heads.get(stream, 0) - self._log.durable(name, known["inc"], stream)) for stream in _STREAMS if heads)
