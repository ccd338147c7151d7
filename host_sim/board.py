"""One simulated board: pins, relays, clock and flash around the firmware's own node."""

from firmware.node import Node
from firmware.wire.part import Part

from host_sim.flash import WRITE_MS, Flash

_SYNC_AFTER_MS = 500


class Board:
    """A board of the world. Its own time starts at 0 with each power-on."""

    def __init__(self, name: str, part: Part, world):
        self.name = name
        self.part = part
        self.node: Node | None = None
        self.flash = Flash()
        self.clock_offset_ms = 0
        self.due_ms: int | None = None  # world time of the node's next deadline
        self.signals: dict[str, tuple[str, int]] = {}
        self.contacts = {name: False for name in [*part.settings["doors"], *part.settings["inputs"]]}
        self.rex = {name: False for name in part.settings["doors"]}
        self._locked: dict[str, bool] = {}
        self._outputs: dict[str, bool] = {}
        self._world = world
        self._booted_ms = 0
        self._boots = 0
        self._inc = max(1, world.unix_ms() // 1000)

    # -- what the world sees ---------------------------------------------------------------------

    def is_locked(self, door: str) -> bool:
        """Return the lock's real state: without power a fail-safe lock is free, a fail-secure one shut."""
        if self.node is None:
            return self.part.settings["doors"][door]["lock"] == "fail_secure"
        return self._locked[door]

    def is_on(self, output: str) -> bool:
        return self.node is not None and self._outputs.get(output, False)

    def unix_ms(self) -> int:
        """Return what time it is by this board's clock."""
        return self._world.unix_ms() + self.clock_offset_ms

    # -- power and clock -------------------------------------------------------------------------

    def power_on(self) -> None:
        """Boot: a new node reads its flash, then takes up work."""
        cause = "power_on"
        self._booted_ms = self._world.now_ms
        self._locked = {door: True for door in self.part.settings["doors"]}
        self.node = Node(self.part, self._inc, dict(self.contacts), 0)
        for event in self.flash.events():
            self.node.replay(event)
        self._boots += 1
        if self._boots == 1:
            self._act(self.node.handle(("clock", self.unix_ms()), 0))
        self._act(self.node.start(0, cause))
        for door, is_pressed in self.rex.items():
            if is_pressed:
                self.handle(("rex", door, True))
        if self._boots > 1:
            self.link_changed()
        self._note_deadline()

    def power_off(self) -> None:
        """The mains are gone: RAM and relays with them."""
        self.node = None
        self.due_ms = None
        self.signals = {}
        self._outputs = {}

    def link_changed(self) -> None:
        """Let the node see its link, and NTP soon after."""
        has_link = self._world.network.has_link(self.name)
        self.handle(("link", has_link))
        if has_link:
            self._world.after(_SYNC_AFTER_MS, self.synchronise)

    def synchronise(self) -> None:
        """NTP answers, where there is a link; an unseen offset of the clock stays unseen."""
        if self._world.network.has_link(self.name):
            self.handle(("clock", self.unix_ms()))

    # -- the node --------------------------------------------------------------------------------

    def handle(self, event: tuple) -> None:
        """Hand something to the node, if it has power."""
        if self.node is not None:
            self._act(self.node.handle(event, self.local_ms()))
            self._note_deadline()

    def tick(self) -> None:
        self._act(self.node.tick(self.local_ms()))
        self._note_deadline()

    def local_ms(self) -> int:
        """Return the board's own monotonic time."""
        return self._world.now_ms - self._booted_ms

    def _note_deadline(self) -> None:
        due = self.node.next_deadline_ms()
        self.due_ms = None if due is None else max(due + self._booted_ms, self._world.now_ms)

    def _act(self, actions: list) -> None:
        for action in actions:
            getattr(self, "_do_" + action[0])(*action[1:])

    def _do_lock(self, door: str, is_locked: bool) -> None:
        self._locked[door] = is_locked

    def _do_output(self, output: str, is_on: bool) -> None:
        self._outputs[output] = is_on

    def _do_signal(self, reader: str, pattern: str) -> None:
        self.signals[reader] = (pattern, self._world.now_ms)

    def _do_append(self, event: dict) -> None:
        boots = self._boots
        self._world.written(self.name, event)
        self._world.after(WRITE_MS, lambda: self._durable(dict(event), boots))

    def _durable(self, event: dict, boots: int) -> None:
        if self.node is None or self._boots != boots:
            return
        self.flash.append(event)
        if event["controller"] == self.name:
            self.handle(("durable", event["stream"], event["seq"]))

    def _do_send(self, to: str | None, payload: bytes) -> None:
        self._world.send(self.name, to, payload)

    def _do_reply(self, operator: str, answer: dict) -> None:
        self._world.replied(self.name, operator, answer)
