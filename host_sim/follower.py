"""A console as far as it listens: it follows everybody as a replica does, and keeps each event once, in order."""

from firmware.replica.exchange import Exchange
from firmware.replica.log import Log
from firmware.wire import messages, seal, topics

_STREAMS = ("facts", "notes", "site")
_ERR_MS = 100


class Follower:
    """It has no events of its own, and hands nobody the events of others. Time arrives as an argument.

    `carry(topic, payload)` sends, `unix_ms()` is the time of day. A simulator has a faster `reader` and `sealer`.
    """

    def __init__(self, name: str, controllers: list[str], key: bytes, carry, unix_ms, seed: int,
                 reader=messages.read, sealer=seal.seal):  # fmt: skip
        self.name = name
        self.events: list[dict] = []  # as they came; those of one origin and stream in order
        self.gone: list[tuple] = []  # (controller, inc, stream, seq): nothing up to that is kept anywhere any more
        self.on_take = lambda event: None  # for whoever folds: at once, before the next event is in the log
        self.log = Log(name)
        self._by_origin: dict[tuple, list[dict]] = {}
        self._ends: dict[tuple, int] = {}  # (controller, inc, stream) -> seq up to which all that there is is kept
        self._controllers = set(controllers)
        self._key, self._carry, self._unix_ms = key, carry, unix_ms
        self._reader, self._sealer = reader, sealer
        self._exchange = Exchange(
            name, 0, {stream: controllers for stream in _STREAMS}, self.log, lambda _: 0, self._clock, self._tell,
            hardware=name, seed=seed, keeps_all_notes=True,
        )  # fmt: skip

    def of(self, controller: str, inc: int, stream: str) -> list[dict]:
        """Return what is kept of one stream, in order."""
        return list(self._by_origin.get((controller, inc, stream), ()))

    # -- what it hears ---------------------------------------------------------------------------

    def subscriptions(self) -> list[str]:
        return ["log/+", "have/+", "want/+", "ask/+", "status/+"]

    def last_will(self) -> tuple[str, bytes]:
        told = {"t": "status", "from": self.name, "online": False}
        return "status/" + self.name, self._sealer(messages.encode(told), self._key)

    def hear(self, topic: str, payload: bytes, is_retained: bool, now_ms: int) -> None:
        """Take what comes over the network."""
        message = self._reader(topic, payload, self._key)
        if isinstance(message, str) or message["from"] not in self._controllers:
            return
        if message["t"] != "status":
            self._act(self._exchange.receive(message, now_ms), now_ms)
        elif not message["online"] and not is_retained:
            self._exchange.peer(message["from"], False)

    def link(self, is_up: bool, now_ms: int) -> None:
        self._act(self._exchange.link(is_up, now_ms), now_ms)

    def tick(self, now_ms: int) -> None:
        """Do what is due by time alone."""
        self._act(self._exchange.tick(now_ms), now_ms)

    def next_deadline_ms(self) -> int | None:
        return self._exchange.next_deadline_ms()

    def _act(self, results, now_ms: int) -> None:
        for result in results:
            if result[0] == "send" and result[2]["t"] != "log":
                (topic, message), = topics.addressed(result[2], {})
                for payload in messages.encode_all(message):
                    self._carry(topic, self._sealer(payload, self._key))
            elif result[0] == "take":
                self.log.store(result[1])
                self.on_take(result[1])
                self._keep((result[1]["controller"], result[1]["inc"], result[1]["stream"]))
            elif result[0] == "gone":
                self.gone.append(result[1:])
                self._act(self._exchange.skipped(*result[1:], now_ms=now_ms), now_ms)
                self._keep(result[1:4])
            elif result[0] == "closed":
                self.gone.append(result[1:])
                self._keep(result[1:4])

    def _clock(self, _now_ms: int) -> int:
        return self._unix_ms()

    def _tell(self, now_ms: int) -> dict:
        return {"clock": [self._clock(now_ms), _ERR_MS, True]}

    # -- what it keeps ---------------------------------------------------------------------------

    def _keep(self, origin: tuple) -> None:
        """Keep what is here of a stream without a gap before it."""
        last = self.log.last(*origin)
        new = self.log.between(*origin, self._ends.get(origin, 0) + 1, last)
        self._ends[origin] = last
        self.events += new
        self._by_origin.setdefault(origin, []).extend(new)
