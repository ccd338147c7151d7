"""The console of a live bench: what the page knows of controllers it knows from here, as any console would."""

import secrets
from collections.abc import Callable

from firmware.wire import seal

from host_sim.bench.live.table import Table
from host_sim.follower import Follower
from host_sim.live.console import Console
from tools.backstop import told
from tools.backstop.heard import owners

_STATES = ("door", "output", "area")


class Listener(Console):
    """Speaks to the broker directly. `house`: the site; `parts`: what its controllers were given; `on_event(event)`.

    `states`: {topic: the last that its owner told}. `faults` counts what came and was not right.
    """

    def __init__(self, house, parts: dict, settings: dict, root: str, on_event: Callable[[dict], None], faults):
        self.states: dict[str, told.Door | told.Output | told.Area] = {}
        self._house, self._on_event, self._faults = house, on_event, faults
        self._key = bytes.fromhex(house.secrets.event_key)
        self.owners = owners(house.site)
        name, seed = house.site.consoles[0], secrets.randbelow(1 << 30)
        self._follower = Follower(name, sorted(parts), self._key, self.publish, house.unix_ms, seed)
        self._told = 0  # events of the follower that were passed on
        self.table = Table(parts, self._follower, house.start_ms)
        self._follower.on_take = self.table.take
        client_id = f"{name}-{secrets.token_hex(4)}"
        super().__init__(settings, client_id, root, tuple(self._follower.subscriptions()))

    def look(self) -> None:
        """Take what has come, and do what is due."""
        super().look()
        due_ms = self._follower.next_deadline_ms()
        if due_ms is not None and due_ms <= self._house.now_ms:
            self._follower.tick(self._house.now_ms)
        for event in self._follower.events[self._told :]:
            self._told += 1
            self._on_event(event)

    def state(self, kind: str, name: str) -> told.Door | told.Output | told.Area | None:
        """Return what was told last of a door, an output or an area."""
        return self.states.get(f"{kind}/{name}")

    def _link_changed(self, is_up: bool) -> None:
        super()._link_changed(is_up)
        if not is_up:
            self._challenges.clear()  # who is there will be told again
        self._follower.link(is_up, self._house.now_ms)

    def _hear(self, topic: str, payload: bytes, is_retained: bool) -> None:
        if payload and not seal.is_sealed(payload, self._key):
            self._faults.count("broker", f"{topic}: seal")
            return
        super()._hear(topic, payload, is_retained)
        if not payload:
            self.states.pop(topic, None)
        elif topic.partition("/")[0] in _STATES:
            self._note(topic, payload)
        else:
            self._follower.hear(topic, payload, is_retained, self._house.now_ms)

    def _note(self, topic: str, payload: bytes) -> None:
        kind, _, name = topic.partition("/")
        state = told.read(topic, payload, self._key)
        if isinstance(state, str):
            self._faults.count("broker", f"{topic}: {state}")
        elif state.sender in self.owners[kind].get(name, ()):
            self.states[topic] = state
