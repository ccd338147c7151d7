"""The hard rules of locks: REX and emergencies free, no power is the safe state, a grant unlocks, and nothing stays open."""

from host_sim.fuzz.checkers.checker import Checker

_SEEN_MS = 50  # from a contact to the lock
_LEFT_MS = 240_000  # nothing but a standing cause leaves a door unlocked that long
_SITE_MS = 60_000


class Locks(Checker):
    invariant = "7 locks"

    def __init__(self, life):
        super().__init__(life)
        self._doors = life.plan.written["doors"]
        self._on_ms: dict[str, int] = dict.fromkeys(life.plan.controllers, 0)
        self._pressed_ms: dict[str, int] = {}
        self._burning_ms: dict[str, int] = {}
        self._used_ms: dict[str, int] = {}  # when something last let a door open

    def on_act(self, verb: str, args: tuple) -> None:
        now_ms = self.life.now_ms
        if verb == "rex":
            self._hold(self._pressed_ms, *args)
            self._used_ms[args[0]] = now_ms
        elif verb == "fire":
            self._hold(self._burning_ms, *args)

    def _hold(self, there: dict, name: str, is_on: bool) -> None:
        if is_on:
            there.setdefault(name, self.life.now_ms)
        else:
            there.pop(name, None)

    def on_power(self, controller: str, is_on: bool) -> None:
        self._on_ms[controller] = self.life.now_ms
        if not is_on:
            self._look_dark(controller)

    def on_event(self, entry) -> None:
        """A granted badge means an unlocked door, at once."""
        event = entry.event
        if event["type"] == "access.granted" and "was" not in event:
            self.checked += 1
            if self.life.world.door(event["door"])["locked"]:
                self.broken(f"granted, but locked: {event}")
        if event["type"] in ("access.granted", "door.unlocked", "door.locked", "access.entered"):
            self._used_ms[event["door"]] = self.life.now_ms

    def on_step(self) -> None:
        for door, written in self._doors.items():
            controller = written["controller"]
            if self.life.is_powered(controller):
                self._look(door, written, controller)

    def _look(self, door: str, written: dict, controller: str) -> None:
        is_locked = self.life.world.door(door)["locked"]
        if written["rex"] == "unlock" and self._lasts(self._pressed_ms.get(door), controller, _SEEN_MS):
            self.checked += 1
            if is_locked:
                self.broken(f"{door} is locked though its REX is pressed")
        if written["lock"] == "fail_safe" and self._burns(controller):
            self.checked += 1
            if is_locked:
                self.broken(f"{door} is locked in a fire")

    def _burns(self, controller: str) -> bool:
        """Say whether a board must know of a fire: its own, or another's while all is well."""
        if self._lasts(self._burning_ms.get(controller), controller, _SEEN_MS):
            return True
        weather = self.life.weather
        seen = [name for name, ms in self._burning_ms.items() if self._lasts(ms, name, _SITE_MS)]
        return bool(seen) and weather.is_only("fire") and self._lasts(weather.changed_ms, controller, _SITE_MS)

    def _lasts(self, since_ms: int | None, controller: str, long_ms: int) -> bool:
        if since_ms is None or not self.life.is_powered(controller):
            return False
        return self.life.now_ms - max(since_ms, self._on_ms[controller]) >= long_ms

    def _look_dark(self, controller: str) -> None:
        """Without power fail-safe locks are free, fail-secure ones shut, outputs off."""
        self.checked += 1
        for door, written in self._doors.items():
            free = written["lock"] == "fail_safe"
            if written["controller"] == controller and self.life.world.door(door)["locked"] == free:
                self.broken(f"{door} is not safe without power")
        for output, written in self.life.plan.written["outputs"].items():
            if written["controller"] == controller and self.life.world.output(output):
                self.broken(f"{output} is on without power")

    def at_end(self) -> None:
        """In the end every door is locked again, but for those that a schedule opens."""
        for door, written in self._doors.items():
            is_free = written.get("unlock_schedule") or self.life.now_ms - self._used_ms.get(door, 0) < _LEFT_MS
            if not is_free:
                self.checked += 1
                if not self.life.world.door(door)["locked"]:
                    self.broken(f"{door} is left unlocked")
