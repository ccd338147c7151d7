"""A console in the simulated network. It hands on nothing: it changes groups with the first one, and would carry from one
to the other what a scenario keeps apart."""

from host_sim.follower import Follower
from host_sim.timeline import Alarm


class History(Follower):
    """A station of the network. Its link can be cut like a board's."""

    def __init__(self, name: str, controllers: list[str], world, rank: int):
        self._world = world
        super().__init__(
            name, controllers, bytes.fromhex(world.secrets.event_key), self._send, world.unix_ms,
            seed=world.random.randrange(1 << 30), reader=world.network.read, sealer=world.network.seal,
        )  # fmt: skip
        self._alarm = Alarm(world.timeline, name, rank, self._ring)

    def handle(self, event: tuple) -> None:
        """Take what comes over the network."""
        self.hear(event[1], event[2], event[3], self._world.now_ms)

    def link_changed(self) -> None:
        self.link(self._world.network.has_link(self.name), self._world.now_ms)

    def _send(self, topic: str, payload: bytes) -> None:
        self._world.send(self.name, topic, payload)

    def _ring(self) -> None:
        self.tick(self._world.now_ms)

    def _act(self, results, now_ms: int) -> None:
        super()._act(results, now_ms)
        self._alarm.set(self.next_deadline_ms())
