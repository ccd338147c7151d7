"""A console in the simulated network: it follows everybody as a replica does, and keeps each event once, in order."""

from firmware.replica.exchange import Exchange
from firmware.replica.log import Log
from firmware.wire import messages, topics

from host_sim.timeline import Alarm

_STREAMS = ("facts", "notes", "site")
_ERR_MS = 100


class History:
    """A station of the network that has no events of its own. Its link can be cut like a board's.

    It hands nobody the events of others: it changes groups with the first one, and would carry from one to the other
    what a scenario keeps apart.
    """

    def __init__(self, name: str, controllers: list[str], world, rank: int):
        self.name = name
        self.events: list[dict] = []  # as they came; those of one origin and stream in order
        self.gone: list[tuple] = []  # (controller, inc, stream, seq): nothing up to that is kept anywhere any more
        self._by_origin: dict[tuple, list[dict]] = {}
        self._ends: dict[tuple, int] = {}  # (controller, inc, stream) -> seq up to which all that there is is kept
        self._controllers = set(controllers)
        self._world = world
        self._key = bytes.fromhex(world.secrets.event_key)
        self._log = Log(name)
        self._exchange = Exchange(
            name, 0, {stream: controllers for stream in _STREAMS}, self._log, lambda _: 0, self._clock, self._tell,
            hardware=name, seed=world.random.randrange(1 << 30), keeps_all_notes=True,
        )  # fmt: skip
        self._alarm = Alarm(world.timeline, name, rank, self._tick)

    def of(self, controller: str, inc: int, stream: str) -> list[dict]:
        """Return what is kept of one stream, in order."""
        return list(self._by_origin.get((controller, inc, stream), ()))

    # -- as a station of the network -------------------------------------------------------------

    def handle(self, event: tuple) -> None:
        """Take what comes over the network."""
        message = self._world.network.read(event[1], event[2], self._key)
        if isinstance(message, str) or message["from"] not in self._controllers:
            return
        if message["t"] != "status":
            self._act(self._exchange.receive(message, self._world.now_ms))
        elif not message["online"] and not event[3]:
            self._exchange.peer(message["from"], False)

    def subscriptions(self) -> list[str]:
        return ["log/+", "have/+", "want/+", "ask/+", "status/+"]

    def last_will(self) -> tuple[str, bytes]:
        told = {"t": "status", "from": self.name, "online": False}
        return "status/" + self.name, self._sealed(told)

    def link_changed(self) -> None:
        self._act(self._exchange.link(self._world.network.has_link(self.name), self._world.now_ms))

    def _tick(self) -> None:
        self._act(self._exchange.tick(self._world.now_ms))

    def _act(self, results) -> None:
        for result in results:
            if result[0] == "send" and result[2]["t"] != "log":
                (topic, message), = topics.addressed(result[2], {})
                for payload in messages.encode_all(message):
                    self._world.send(self.name, topic, self._world.network.seal(payload, self._key))
            elif result[0] == "take":
                self._log.store(result[1])
                self._keep((result[1]["controller"], result[1]["inc"], result[1]["stream"]))
            elif result[0] == "gone":
                self.gone.append(result[1:])
                self._act(self._exchange.skipped(*result[1:], now_ms=self._world.now_ms))
                self._keep(result[1:4])
            elif result[0] == "closed":
                self.gone.append(result[1:])
                self._keep(result[1:4])
        self._alarm.set(self._exchange.next_deadline_ms())

    def _sealed(self, message: dict) -> bytes:
        return self._world.network.seal(messages.encode(message), self._key)

    def _clock(self, _now_ms: int) -> int:
        return self._world.unix_ms()

    def _tell(self, now_ms: int) -> dict:
        return {"clock": [self._clock(now_ms), _ERR_MS, True]}

    # -- what it keeps ---------------------------------------------------------------------------

    def _keep(self, origin: tuple) -> None:
        """Keep what is here of a stream without a gap before it."""
        last = self._log.last(*origin)
        new = self._log.between(*origin, self._ends.get(origin, 0) + 1, last)
        self._ends[origin] = last
        self.events += new
        self._by_origin.setdefault(origin, []).extend(new)
