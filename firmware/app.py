"""The shell around the node: it brings the node what happens and does what the node decides. The same on boards and on PCs.

What it is handed:
    node    a Node that has taken up what its flash holds (`resume`)
    link    an MqttLink, or whatever has its put, take, start, stop and is_running
    clock   now_ms(): monotonic, 0 when the node was made
    pins    take(now_ms) yields (at_ms, event) of what came in, events of Node.handle, none later than now, in the order of time
            next_ms() -> when the next is due that is known already, or None
            is_reading(now_ms) -> a reader is in the middle of a frame
            lock(door, is_locked)  output(name, is_on)  signal(reader, pattern)  write(bus, bytes)
            safe() all outputs as without power    synchronise() ask the time server; ("clock", at_ms) comes in
            async wait(ms) until something comes in, that long at most; now and then it lets everybody else have a turn
None of them waits, but for `wait`.
"""

import gc

from firmware.const import const
from firmware.hal.busy import Busy

_LINK_MS = const(5)  # how long a message lies in the link's mailbox: nobody calls when one comes
_HEARD_MAX = const(16)  # messages in one turn, so that a flood of them keeps no reader waiting
_WRITES_MAX = const(8)  # in one turn, so that a reader need not wait for all of a week's facts
_READING_MS_MAX = const(500)  # so long readers that never stop sending can keep an event from the flash
_WAITING_MAX = const(32)  # events that wait for the flash: before it has them, nothing is heard of which more may come
_CHORES_MAX = const(64)  # to make room for one write
_CHORE_MS = const(20)  # between two pieces of the flash's own work
_RETRY_MS = const(1000)  # until a write is tried again for which there was no room
_COLLECT_ROUNDS = const(1000)  # turns between two collections, on a PC
_HEARD_ROUNDS = const(4)  # a message leaves as much garbage as so many turns
_PULSES = ("bit", "spoil")
_DECISION_MS = const(100)  # from a pulse to the decision about its frame, at most
_RELINK_MS = const(1000)  # until a link is started again whose thread has died
PENDING_MAX = const(1024)  # events that wait for the flash; the node has told nobody of them yet


def _brings_events(event: tuple) -> bool:
    """Say whether something is of others' logs: of that, what is not heard is asked for again."""
    return event[0] == "message" and event[1].startswith("log/")


def _time(wall, now_ms: int) -> tuple:
    """Return (Unix time, how wrong it may be) as a node has it; (None, None) where it does not know."""
    at_ms = wall.trusted_at_ms(now_ms)
    return (at_ms, None if at_ms is None else wall.err_ms(now_ms))


class App:
    """One controller at work. `start`, then `run`; or `turn` by hand."""

    def __init__(self, node, link, clock, pins):
        self.node, self.link, self.clock, self.pins = node, link, clock, pins
        self.on_append = lambda event: None  # for whoever watches
        self.collect, self.collect_rounds = gc.collect, _COLLECT_ROUNDS
        # `with` around what leaves something in the heap: decisions about cards, and writes; the rest. Where garbage disturbs readers, Heaps.
        self.announced = self.quiet = Busy(bool)
        self.counts = {"late_writes": 0, "unheard": 0, "relinks": 0}
        self.is_over = False  # the node wants to begin anew
        self.is_last = False  # and the board with it
        self._inbox = []  # what the link brought, the newest first
        self._pending = []  # ("append", event, since_ms) and ("ceiling", stamp, since_ms) that are not in the flash yet
        self._last_ms = 0  # of the node: its time never goes back
        self._write_ms = self._chore_ms = self._relink_ms = 0  # not before
        self._rounds = 0  # since a collection
        self._decided_ms = 0  # until then what is due may be the decision about a card
        node.drive_locks(self._do_lock)
        node.events_at_once = 1

    def start(self, cause: str, at_ms: int | None = None, err_ms: int | None = None) -> None:
        """Begin to work. `at_ms`: Unix time, where somebody knows it already; `err_ms`: how wrong that may be."""
        if at_ms is not None:
            self.handle(("clock", at_ms) + (() if err_ms is None else (err_ms,)), self.clock.now_ms())
        self._act(self.node.start(self._at(self.clock.now_ms()), cause))

    async def run(self) -> None:
        """Work until the node wants to begin anew, and all that it wrote is in the flash: sleep until the next deadline or input."""
        while not self.is_over or self._pending:
            self.turn()
            await self.pins.wait(self.rest_ms())
        self.link.stop()

    def turn(self) -> None:
        """Do all that is due now: doors first, then the network, then the flash."""
        now_ms = self.clock.now_ms()
        for at_ms, event in self.pins.take(now_ms):
            if event[0] in _PULSES:
                self._decided_ms = at_ms + _DECISION_MS
            self._tick(at_ms)
            self.handle(event, at_ms)
        self._tick(now_ms)
        self._hear(now_ms)
        if self._may_use_flash(now_ms):
            self._write(now_ms)
            self._tidy(now_ms)
        self._clean(now_ms, 1)
        self._mend_link(now_ms)

    def rest_ms(self) -> int:
        """Return how long nothing needs doing."""
        now_ms, rest_ms = self.clock.now_ms(), _LINK_MS
        for due_ms in (self.node.next_deadline_ms(), self.pins.next_ms()):
            if due_ms is not None:
                rest_ms = min(rest_ms, due_ms - now_ms)
        if (self._inbox or self.node.left) and self._may_hear(now_ms):
            return 0
        if self._pending and not self.pins.is_reading(now_ms):
            rest_ms = min(rest_ms, self._write_ms - now_ms + 1)
        return max(rest_ms, 0)

    def handle(self, event: tuple, at_ms: int) -> None:
        """Hand something to the node."""
        self._act(self.node.handle(event, self._at(at_ms)))
        if event[0] == "link" and event[1]:
            self.pins.synchronise()

    # -- the node --------------------------------------------------------------------------------

    def _at(self, at_ms: int) -> int:
        if at_ms > self._last_ms:
            self._last_ms = at_ms
        return self._last_ms

    def _tick(self, now_ms: int) -> None:
        due_ms = self.node.next_deadline_ms()
        if due_ms is not None and due_ms <= now_ms:
            with self.announced if now_ms < self._decided_ms else self.quiet:
                self._act(self.node.tick(self._at(now_ms)))

    def _act(self, actions: list) -> None:
        for action in actions:
            getattr(self, "_do_" + action[0])(*action[1:])

    def _do_lock(self, door: str, is_locked: bool) -> None:
        self.pins.lock(door, is_locked)

    def _do_output(self, output: str, is_on: bool) -> None:
        self.pins.output(output, is_on)

    def _do_signal(self, reader: str, pattern: str) -> None:
        self.pins.signal(reader, pattern)

    def _do_write(self, bus: str, data: bytes) -> None:
        self.pins.write(bus, data)

    def _do_append(self, event: dict) -> None:
        assert len(self._pending) < PENDING_MAX
        self._pending.append(("append", event, self._last_ms))
        self.on_append(event)

    def _do_ceiling(self, stamp: int) -> None:
        self._pending.append(("ceiling", stamp, self._last_ms))

    def _do_send(self, topic: str, payload: bytes, is_retained: bool) -> None:
        self.link.put(topic, payload, is_retained)

    def _do_restart(self) -> None:
        self.is_over = True

    def _do_reboot(self) -> None:
        self.is_over = self.is_last = True

    def _do_synchronise(self) -> None:
        self.pins.synchronise()

    # -- the flash -------------------------------------------------------------------------------

    def _may_use_flash(self, now_ms: int) -> bool:
        """Say whether no reader is in the middle of a frame, or a write has waited long enough."""
        if not self.pins.is_reading(now_ms):
            return True
        if not self._pending or now_ms - self._pending[0][2] <= _READING_MS_MAX:
            return False
        self.counts["late_writes"] += 1
        return True

    def _write(self, now_ms: int) -> None:
        """Write what waits, and let the node know what is in the flash now."""
        for _ in range(_WRITES_MAX):
            if not self._pending or now_ms < self._write_ms:
                return
            with self.announced:
                if not self._write_one(now_ms):
                    self._write_ms = now_ms + _RETRY_MS
                    return

    def _write_one(self, now_ms: int) -> bool:
        """Say whether there was room for it."""
        kind, what, _ = self._pending[0]
        if not self._store(kind, what):
            return False
        self._pending.pop(0)
        if kind == "ceiling":
            self.handle(("durable", "ceiling", what), now_ms)
        elif what["controller"] == self.node.name:
            self.handle(("durable", what["stream"], what["seq"], what["inc"]), now_ms)
        return True

    def _store(self, kind: str, what) -> bool:
        """Write one thing. Where no sector is left, let the oldest go at once."""
        store = self.node.log.store_ceiling if kind == "ceiling" else self.node.log.store
        for _ in range(_CHORES_MAX):
            if store(what):
                return True
            self._act(self.node.chore(self._last_ms))
        return False

    def _tidy(self, now_ms: int) -> None:
        """Do a piece of the flash's own work."""
        if now_ms < self._chore_ms or self.pins.is_reading(now_ms):
            return
        self._chore_ms = now_ms + _CHORE_MS
        if self.node.has_chores():
            # What is done to everybody comes again and again for a minute: readers are listened to meanwhile.
            with self.quiet if self.node.is_sweeping() else self.announced:
                self._act(self.node.chore(self._at(now_ms)))

    def _clean(self, now_ms: int, rounds: int) -> None:
        """Clean up the heap after so many rounds; in a frame of a reader after twice as many."""
        self._rounds += rounds
        is_late = self._rounds >= 2 * self.collect_rounds
        if self._rounds >= self.collect_rounds and (is_late or not self.pins.is_reading(now_ms)):
            self._rounds = 0
            self.collect()

    # -- the link --------------------------------------------------------------------------------

    def _hear(self, now_ms: int) -> None:
        """Hand on some of what the link brought, no faster than the flash takes what comes of it."""
        if self.node.left:
            if self._may_hear(now_ms):
                with self.quiet:
                    self._act(self.node.go_on(self._at(now_ms)))
                self._clean(now_ms, _HEARD_ROUNDS)
            return
        if not self._inbox:
            self._inbox = self.link.take()
            if not self._inbox:
                return
            self._inbox.reverse()
        for _ in range(min(_HEARD_MAX, len(self._inbox))):
            if not self._may_hear(now_ms) or self.node.left:
                return
            event = self._inbox.pop()
            if len(self._pending) < _WAITING_MAX or not _brings_events(event):
                with self.quiet:
                    self.handle(event, now_ms)
                self._clean(now_ms, _HEARD_ROUNDS)
            else:
                self.counts["unheard"] += 1

    def _may_hear(self, now_ms: int) -> bool:
        """Say whether there is room for what comes; a flash that takes nothing makes nobody deaf to emergencies."""
        return len(self._pending) < _WAITING_MAX or now_ms < self._write_ms

    def _mend_link(self, now_ms: int) -> None:
        """Start the link where it does not run: at the start, and after its thread has died of something unforeseen."""
        if not self.link.is_running and now_ms >= self._relink_ms:
            self._relink_ms = now_ms + _RELINK_MS
            self.counts["relinks"] += 1
            self.link.start()


async def supervise(make, pins, restart, cause: str, at_ms: int | None = None) -> None:
    """Let a controller work: an App that `make(cause)` returns, with the configuration that is in force then.

    When its node wants to begin anew, with cause "config", the outputs stay as they are until the next one drives them, and
    the time goes on, also while that one is made: firmware/config/calm.py says why. It returns when the board itself is to
    start again. A bug ends it: outputs as without power, then `restart(error)`, which does not come back. After that `cause`
    is "crash": so everybody hears of it.
    """
    wall = None
    try:
        while True:
            app = make(cause)
            app.start(cause, *(_time(wall, app.clock.now_ms()) if wall else (at_ms,)))
            await app.run()
            if app.is_last:
                return
            wall = app.node.controller.site.wall
            cause, app = "config", None  # its heap is for the next one
            gc.collect()
    except Exception as error:
        pins.safe()
        restart(error)
