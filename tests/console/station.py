"""The real console in the simulated network, in the place of the simulator's own."""
from pathlib import Path

from firmware.wire import messages, seal
from host_sim.timeline import Alarm
from tools.console.history import History
from tools.console.replica import Follower
from tools.console.replica.follower import KINDS, Place


class Station:
    """As host_sim.history.History: a guest of the network that follows everybody. `path`: of its database.

    `pause` ends it as a power cut does, `resume` starts it again from what the database holds.
    """

    def __init__(self, name: str, controllers: list[str], world, rank: int, path: Path):
        self.name, self.path, self._world = name, path, world
        self._place = Place(name, tuple(controllers), (), bytes.fromhex(world.secrets.event_key))
        self.heard: list[dict] = []
        self.on_hear = lambda events: None
        self._alarm = Alarm(world.timeline, name, rank, self._tick)
        self.follower: Follower | None = None
        self.resume()

    # -- its life --------------------------------------------------------------------------------

    def resume(self) -> None:
        self.history = History(str(self.path))
        seed = self._world.random.randrange(1 << 30)
        self.follower = Follower(self._place, self.history, self._hear, self._send, self._world.unix_ms, seed, serves=False)

    def pause(self) -> None:
        self._alarm.set(None)
        self.follower = None
        self.history.close()

    def of(self, controller: str, inc: int, stream: str) -> list[dict]:
        """What is kept of one stream, in order, up to the first gap."""
        reach = self.history.reach(controller, inc, stream)
        return self.history.between(controller, inc, stream, 1, reach.last) if reach else []

    @property
    def events(self) -> list[dict]:
        return [event for _, event in self.history.since(0, 1_000_000)]

    @property
    def gone(self) -> list[tuple]:
        return [(row["controller"], row["inc"], row["stream"], row["last"]) for row in self.history.lost()]

    # -- as a station of the network -------------------------------------------------------------

    def handle(self, event: tuple) -> None:
        if self.follower and not isinstance(self._world.network.read(event[1], event[2], self._place.key), str):
            self.follower.message(event[1], event[2], event[3], self._world.now_ms)
            self._set_alarm()

    def subscriptions(self) -> list[str]:
        return [kind + "/+" for kind in KINDS]

    def last_will(self) -> tuple[str, bytes]:
        told = {"t": "status", "from": self.name, "online": False}
        return "status/" + self.name, seal.seal(messages.encode(told), self._place.key)

    def link_changed(self) -> None:
        if self.follower:
            self.follower.link(self._world.network.has_link(self.name), self._world.now_ms)
            self._set_alarm()

    def _tick(self) -> None:
        self.follower.tick(self._world.now_ms)
        self._set_alarm()

    def _set_alarm(self) -> None:
        due_ms = self.follower.next_deadline_ms()
        self._alarm.set(None if due_ms is None else max(due_ms, self._world.now_ms))

    def _send(self, topic: str, payload: bytes) -> None:
        self._world.send(self.name, topic, payload)

    def _hear(self, events: list[dict]) -> None:
        self.heard += events
        self.on_hear(events)
