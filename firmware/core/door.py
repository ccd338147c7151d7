"""One door: what people, schedules and alarms do to its lock and its leaf. Pure.

Every verb returns actions, the lock's first:
    ("lock", door, is_locked)         drive the lock
    ("event", type, fields)           write an event of RULES.md, "Events"
    ("signal", reader, pattern)       let a reader show or sound something
    ("entered", door, who)            the leaf opened on this grant
    ("not_used", door, who)           it did not, and the grant is over
The last two exist only with a sensor, one of them exactly once for each grant.
A new door is locked, and says so with no action: the caller drives the lock once after a start.
Rules: RULES.md, "Doors".
"""

from firmware.const import const
from firmware.core.leaf import EXTENDED, Leaf
from firmware.core.lock import Lock
from firmware.core.rex import Rex

_GRANTS_MAX = const(32)  # that wait for one opening; of more the oldest is not used: it has waited while the door stood unlocked


class Door:
    def __init__(self, name: str, settings: dict, now_ms: int, is_open: bool = False):
        """Take up a door; a leaf found open is not forced, but its held timer starts."""
        self.name = name
        self.unlock_ms = settings["unlock_ms"]
        self.has_sensor = settings["sensor"]
        self.egress = settings["egress"]
        self.readers = settings["readers"]
        self.interlock = settings["interlock"]  # names of doors that must be shut
        self.is_locked = True
        self._is_driven_locked = True
        self._reasons = []
        self._pending = []  # [(who, is_extended)]
        self._rex = Rex(settings["rex"], self.unlock_ms)
        self._actions = []
        self._lock = Lock(settings)
        held_open_ms = settings["held_open_ms"] if self.has_sensor else 0
        self._leaf = Leaf(held_open_ms, self._rex, is_open and self.has_sensor)
        self._leaf.watch(False, now_ms)

    # What is known about the door.

    @property
    def is_open(self) -> bool:
        return self._leaf.is_open

    @property
    def pending(self) -> list:
        """Who was granted and has not opened the door yet."""
        return [who for who, _ in self._pending]

    def state(self) -> dict:
        """Return what those are told who only look."""
        is_open = self.is_open if self.has_sensor else None
        return {"t": "door", "locked": self.is_locked, "open": is_open, "alarm": self._leaf.alarm()}

    def is_busy(self) -> bool:
        """Open or unlocked: doors interlocked with this one must wait."""
        return self.is_open or not self.is_locked

    def stands_unlocked(self) -> bool:
        """Unlocked by its schedule now, so that nobody is judged here."""
        return self._lock.follows_schedule()

    def can_lock_down(self) -> bool:
        """A door without a way out of its own cannot be locked down."""
        return self.egress != "none" or self._rex.unlocks

    # What happens to it. Whatever fell due before is done first, at its own moment.

    def grant(self, who, now_ms: int, extended: bool = False) -> list:
        """Let somebody through. `who` is handed back with ("entered" or "not_used", ...)."""
        self._catch_up(now_ms)
        self._lock.first_came = True
        self._lock.prolong("access", now_ms + self.unlock_ms * (EXTENDED if extended else 1))
        if self.has_sensor:
            self._pending.append((who, extended))
            if len(self._pending) > _GRANTS_MAX:
                self._actions.append(("not_used", self.name, self._pending.pop(0)[0]))
        if self._leaf.is_open:
            # A grant while the leaf stands open completes at once and starts the held timer again.
            self._complete()
            self._leaf.restart()
        return self._settled(now_ms)

    def unlock(self, now_ms: int) -> list:
        """Take an operator's momentary unlock."""
        self._catch_up(now_ms)
        self._lock.prolong("operator", now_ms + self.unlock_ms)
        return self._settled(now_ms)

    def rex(self, is_pressed: bool, now_ms: int) -> list:
        """Take the request-to-exit contact. Nothing stands above it."""
        self._catch_up(now_ms)
        if self._rex.change(is_pressed, now_ms):
            self._press_or_release(is_pressed, now_ms)
        return self._settled(now_ms)

    def leaf(self, is_open: bool, now_ms: int) -> list:
        """Take the debounced position sensor."""
        self._catch_up(now_ms)
        if self.has_sensor and is_open != self.is_open:
            self._move_leaf(is_open, now_ms)
        return self._settled(now_ms)

    def set_schedule(self, is_active: bool, now_ms: int, has_come: bool = False) -> list:
        """Take the unlock schedule's state; `has_come`: its first person did, before a restart."""
        self._catch_up(now_ms)
        if is_active != self._lock.is_scheduled:
            self._lock.schedule(is_active)
            self._lock.first_came = has_come
        return self._settled(now_ms)

    def set_emergency(self, is_active: bool, now_ms: int) -> list:
        """Take the site's emergency: fail-safe locks unlock and stay so, nobody forces a door."""
        self._catch_up(now_ms)
        self._lock.in_emergency = is_active
        if is_active:
            self._leaf.excuse()
        return self._settled(now_ms)

    def set_lockdown(self, is_active: bool, now_ms: int) -> list:
        """Take a lockdown of this door; the caller has asked `can_lock_down`."""
        self._catch_up(now_ms)
        if is_active and not self._lock.in_lockdown:
            self._lock.cut()
        self._lock.in_lockdown = is_active
        return self._settled(now_ms, "lockdown")

    def tick(self, now_ms: int) -> list:
        """Do what time alone does."""
        self._catch_up(now_ms)
        return self._settled(now_ms)

    def next_deadline_ms(self) -> int | None:
        """The moment of the next change that needs nobody; None when there is none."""
        lock_ms, leaf_ms = self._lock.next_deadline_ms(), self._leaf.next_deadline_ms()
        return leaf_ms if lock_ms is None or (leaf_ms is not None and leaf_ms < lock_ms) else lock_ms

    # The details.

    def _press_or_release(self, is_pressed: bool, now_ms: int):
        self._tell([("rex.pressed" if is_pressed else "rex.released", {})])
        if is_pressed:
            self._tell(self._leaf.explain())
        if self._rex.unlocks and is_pressed:
            self._lock.press()
        elif self._rex.unlocks:
            self._lock.release(now_ms + self.unlock_ms)

    def _move_leaf(self, is_open: bool, now_ms: int):
        if is_open:
            # Asked before the opening ends what let it.
            is_let = not self.is_locked or self._lock.in_emergency or self._rex.lets_open(now_ms)
            self._tell(self._leaf.open(is_let, now_ms))
            self._complete()
        else:
            self._tell(self._leaf.close())
        self._lock.leaf_moved(is_open)

    def _complete(self):
        """One opening completes every pending grant."""
        for who, is_extended in self._pending:
            self._leaf.is_extended = self._leaf.is_extended or is_extended
            self._actions.append(("entered", self.name, who))
        self._pending = []

    def _give_back(self):
        for who, _ in self._pending:
            self._actions.append(("not_used", self.name, who))
        self._pending = []

    # Time, and what follows from all this.

    def _catch_up(self, now_ms: int):
        """Do what fell due, each at its own moment, so that a late call changes no outcome."""
        due_ms = self.next_deadline_ms()
        while due_ms is not None and due_ms <= now_ms:
            self._lock.expire(due_ms, self.is_open)
            self._tell(self._leaf.tick(due_ms))
            self._follow(due_ms)
            due_ms = self.next_deadline_ms()

    def _follow(self, now_ms: int, cause: str | None = None):
        """Let lock, unused grants and held timer follow the reasons as they now are."""
        reasons = self._lock.reasons()
        if reasons and self.is_locked:
            self._tell([("door.unlocked", {"why": reasons[0]})])
        elif not reasons and not self.is_locked:
            self._tell([("door.locked", {"why": cause or self._reasons[0]})])
        self._reasons = reasons
        self.is_locked = not reasons
        if "access" not in reasons:
            self._give_back()
        self._leaf.watch(self._leaf.is_open and self._lock.suspends_held(), now_ms)

    def _settled(self, now_ms: int, cause: str | None = None) -> list:
        self._follow(now_ms, cause)
        actions, self._actions = self._actions, []
        if self.is_locked != self._is_driven_locked:
            self._is_driven_locked = self.is_locked
            actions.insert(0, ("lock", self.name, self.is_locked))
        return actions

    def _tell(self, told: list):
        """Turn [(event type or "held_warning", fields)] into actions."""
        for what, fields in told:
            if what == "held_warning":
                self._actions += [("signal", reader, what) for reader in self.readers]
            else:
                fields["door"] = self.name
                self._actions.append(("event", what, fields))
