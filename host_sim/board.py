"""One simulated board: pins, relays, clock and flash around the firmware's own node."""

from firmware.config import Opener
from firmware.config.loading import open_part
from firmware.config.store import Store
from firmware.hal.keyring import Keyring
from firmware.hal.nor import PowerCut
from firmware.hal.ram_files import RamFiles
from firmware.node import Node
from firmware.wire.part import Part
from firmware.wire.part_pages import PartPages

from host_sim.clock import Clock
from host_sim.flash import Flash
from host_sim.timeline import Alarm

_FACTS_IN_RAM = 5000  # a laptop has the room that a board has not
_SYNC_AFTER_MS = 500
_STANDS_MS = 1000  # a frozen clock is put back that often
_NEXT_EVENT_MS = 3  # from one event of a message to the next, where they are taken one by one
_ANEW_MS = 10  # from one look whether all is in the flash to the next
_HEAP_BYTES = 1 << 30


class Board:
    """A board of the world. Its own time starts at 0 with each power-on. `rank`: its place among the boards."""

    rows_max = 1 << 20  # rows of the table that its heap has room for
    at_once_max: int | None = None  # people that are changed at once by what happens to all; None: as on a board
    events_at_once: int | None = None  # of one message; what is left of it comes after what else has come by then

    def __init__(self, name: str, part: Part, world, rank: int):
        self.name = name
        self._boots = 0
        self.part = part
        self.node: Node | None = None
        self.clock = Clock(world.timeline, world.start_ms, world.random)
        self.signals: dict[str, tuple[str, int]] = {}
        self.contacts = {name: False for name in [*part.settings["doors"], *part.settings["inputs"]]}
        self.rex = {name: False for name in part.settings["doors"]}
        self.off_ms = 0  # how long a cut of the power in its flash lasts
        self.reader_free_ms: dict[str, int] = {}  # when the wires of a reader are silent again
        self._locked: dict[str, bool] = {}
        self._outputs: dict[str, bool] = {}
        self._world, self._timeline = world, world.timeline
        self._alarm = Alarm(world.timeline, name, rank, self._tick)
        self._is_frozen = False
        self._stood: tuple[int, int] | None = None  # where a frozen clock stands, and how far ahead of local time that was
        self.renew()

    @property
    def part(self) -> Part:
        """What it works with: what it was flashed with, which can be set, or a configuration that came later."""
        return self._part

    @part.setter
    def part(self, part: Part) -> None:
        self._flashed = self._part = part
        self._factory = PartPages(part)

    # -- what the world sees ---------------------------------------------------------------------

    @property
    def has_power(self) -> bool:
        return self.node is not None

    def is_locked(self, door: str) -> bool:
        """Return the lock's real state: without power a fail-safe lock is free, a fail-secure one shut."""
        if self.node is None:
            return self.part.settings["doors"][door]["lock"] == "fail_secure"
        return self._locked[door]

    def is_on(self, output: str) -> bool:
        return self.node is not None and self._outputs.get(output, False)

    def local_ms(self) -> int:
        """Return the board's own monotonic time."""
        return self.clock.local_ms()

    def is_reading(self) -> bool:
        """Say whether a reader is in the middle of a frame."""
        return any(free_ms > self._timeline.now_ms for free_ms in self.reader_free_ms.values())

    # -- power and hardware ----------------------------------------------------------------------

    def power_on(self) -> None:
        """Boot: a new node reads its flash, then takes up work."""
        self.flash.attempt(self._boot)

    def _boot(self) -> None:
        self.clock.boot()
        self._stood = None
        self._begin("power_on", self._boots == 0 and ("clock", self.clock.ntp_ms()), self._boots > 0)

    def _begin(self, cause: str, clock: tuple | bool, has_link: bool) -> None:
        """Let a new node take up work. `clock`: the event that tells it the time, where it knows."""
        self.node = None
        try:
            self.node = self._made()
        except PowerCut:
            raise
        except Exception as error:
            if not self._gives_up(error):
                raise
            self.node = self._made()
        self._locked = {door: self._locked.get(door, True) for door in self.part.settings["doors"]}
        for door in self._locked:
            self.contacts.setdefault(door, False)
            self.rex.setdefault(door, False)
        self._subscriptions, self._will = self.node.subscriptions(), self.node.last_will()
        self._world.recall(self)
        now_ms = self.clock.local_ms()
        if clock:
            self._act(self.node.handle(clock, now_ms))
        self._act(self.node.start(now_ms, cause))
        for door, is_pressed in self.rex.items():
            if is_pressed:
                self.handle(("rex", door, True))
        if has_link:
            self.link_changed()
            self._world.network.tell_kept(self.name)
        self._note_deadline()
        self.flash.plan_chores()

    def _made(self) -> Node:
        """Make a node of the configuration in force."""
        self._boots += 1
        world, seed = self._world, self._world.random.randrange(1 << 30)
        entropy, now_ms = f"{self.hardware} {seed}".encode(), self.clock.local_ms()
        store = Store(self.files, self._factory)
        part = open_part(store)
        self._part = part if store.manifest else self._flashed
        opener = Opener(lambda: self.files, self._factory, store, lambda: _HEAP_BYTES)
        node = Node(self.part, self.flash.mount(), dict(self.contacts), now_ms, 0, self.hardware, seed, entropy, opener, self.keyring, self.rows_max)
        if self.at_once_max is not None:
            node.controller.presence.at_once_max = self.at_once_max
        node.events_at_once = self.events_at_once
        node.log.shelf.facts_max = _FACTS_IN_RAM
        node.post.reader, node.post.sealer = world.network.read, world.network.seal
        node.resume()
        return node

    def _gives_up(self, error: Exception) -> bool:
        """Go back to the configuration before, where the one that fails is on trial."""
        store = Store(self.files, self._factory)
        store.look()
        if store.is_trial:
            store.fall_back(repr(error))
            return True
        return False

    def _begin_anew(self, boots: int) -> None:
        """Let a node with another configuration take the place of this one, once what waits is in the flash."""
        if self.node is None or boots != self._boots:
            return
        if self.flash.is_writing():
            self._timeline.after(_ANEW_MS, self._begin_anew, boots)
            return
        wall, local_ms = self.node.controller.site.wall, self.clock.local_ms()
        clock = wall.is_trusted and ("clock", wall.at_ms(local_ms), wall.err_ms(local_ms))
        self._world.network.listens_anew(self.name)
        self.flash.attempt(self._begin, "config", clock, True)

    def power_off(self) -> None:
        """The mains are gone: RAM and relays with them."""
        self.node = None
        self._alarm.set(None)
        self.signals = {}
        self._outputs, self._locked = {}, {}

    def renew(self) -> None:
        """Become another piece of hardware: nothing in its flash, a crystal of its own."""
        world = self._world
        self.hardware = f"{self.name}-{world.random.randrange(1 << 32):08x}"
        self.flash = Flash(self, world.timeline, world.random.randrange, world.flash_sectors, lambda: world.lost_power(self))
        self.files = RamFiles()
        self.keyring = Keyring(RamFiles())
        self.clock.drift(0)

    # -- link and clock --------------------------------------------------------------------------

    def link_changed(self) -> None:
        """Let the node see its link, and NTP soon after."""
        has_link = self._world.network.has_link(self.name)
        self.handle(("link", has_link))
        if has_link:
            self._timeline.after(_SYNC_AFTER_MS, self.synchronise)

    def subscriptions(self) -> list[str]:
        return self._subscriptions

    def last_will(self) -> tuple[str, bytes]:
        """Return what the broker says of this board once it is gone; the board itself has no say then."""
        return self._will

    def synchronise(self) -> None:
        """NTP answers, where there is one; an unseen offset of the clock stays unseen."""
        if self.clock.has_ntp and self._world.network.has_network(self.name):
            self.handle(("clock", self.clock.ntp_ms()))

    def misset(self, at_ms: int) -> bool:
        """Set a clock that has been set before to a time that may be wrong. False: it has not."""
        if self.node is None or not self.node.controller.site.is_clock_trusted():
            return False
        self.handle(("clock", at_ms))
        return True

    def drift(self, ppm: int) -> None:
        """Let all of the board's time run fast or slow."""
        self.clock.drift(ppm)
        if self.node is not None:
            self._note_deadline()

    def freeze(self, is_frozen: bool) -> None:
        """Let the time of day stand still, or run on from where it stood."""
        was_frozen, self._is_frozen = self._is_frozen, is_frozen
        self._stood = None
        if is_frozen and not was_frozen:
            self._hold_clock()

    def _hold_clock(self) -> None:
        """Put a frozen clock back to where it stands; where somebody has set it since, it stands there."""
        if not self._is_frozen:
            return
        if self.node is not None and self.node.controller.site.is_clock_trusted():
            local_ms = self.local_ms()
            ahead_ms = self.node.controller.site.wall.at_ms(local_ms) - local_ms
            stands_at_ms, set_ms = self._stood or (None, None)
            if ahead_ms != set_ms:
                stands_at_ms = ahead_ms + local_ms
            self._stood = (stands_at_ms, stands_at_ms - local_ms)
            self.handle(("clock", stands_at_ms))
        self._timeline.after(_STANDS_MS, self._hold_clock)

    # -- the node --------------------------------------------------------------------------------

    def handle(self, event: tuple) -> None:
        """Hand something to the node, if it has power."""
        node = self.node
        if node is not None:
            actions = node.handle(event, self.clock.local_ms())
            if actions:
                self._act(actions)
            if self.node is not None:
                self.flash.plan_chores()
                if self.node is node and event[0] == "message" and node.left:
                    self._timeline.after(_NEXT_EVENT_MS, self._go_on, node)
            self._note_deadline()

    def _go_on(self, node: Node) -> None:
        """Take the next events of a message, as a board does between badges."""
        if self.node is node and node.left:
            self._act(node.go_on(self.clock.local_ms()))
            self._timeline.after(_NEXT_EVENT_MS, self._go_on, node)
            self._note_deadline()

    def chore(self) -> None:
        """Do a piece of the flash's own work."""
        self._act(self.node.chore(self.clock.local_ms()))

    def _tick(self) -> None:
        self._act(self.node.tick(self.clock.local_ms()))
        if self.node.fetching:
            self.flash.plan_chores()
        self._note_deadline()

    def _note_deadline(self) -> None:
        due = self.node.next_deadline_ms()
        self._alarm.set(None if due is None else self.clock.world_ms(due))

    def _act(self, actions: list) -> None:
        for action in actions:
            getattr(self, "_do_" + action[0])(*action[1:])

    def _do_lock(self, door: str, is_locked: bool) -> None:
        self._locked[door] = is_locked

    def _do_output(self, output: str, is_on: bool) -> None:
        self._outputs[output] = is_on

    def _do_signal(self, reader: str, pattern: str) -> None:
        self.signals[reader] = (pattern, self._timeline.now_ms)

    def _do_write(self, bus: str, data: bytes) -> None:
        self._world.lines.write(self.name, bus, data)

    def _do_append(self, event: dict) -> None:
        self._world.written(self.name, event)
        self.flash.put("append", event)

    def _do_ceiling(self, stamp: int) -> None:
        self.flash.put("ceiling", stamp)

    def _do_send(self, topic: str, payload: bytes, is_retained: bool) -> None:
        self._world.send(self.name, topic, payload, is_retained)

    def _do_restart(self) -> None:
        self._begin_anew(self._boots)

    def _do_synchronise(self) -> None:
        self._timeline.after(_SYNC_AFTER_MS, self.synchronise)
