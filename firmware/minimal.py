"""The least that a door needs, for a board whose firmware fails again and again: REX, fire, fail-safe rules, an update. No cards.

Everything is locked, but: a REX of kind `unlock` frees its door while it is pressed and for `unlock_ms` after; a fire input
frees every fail-safe lock while it is active. It uses nothing of the core, where the fault may lie. Rules: RULES.md, "Doors".
"""

from firmware.const import const

RUN_MS = const(3_600_000)  # then the whole firmware is tried again
_WAIT_MS = const(1000)


class Minimal:
    """`settings`: of a part. `levels`: {input: is active} at the start. Actions: ("lock", door, is locked)."""

    def __init__(self, settings: dict, levels: dict):
        self._doors = settings["doors"]
        self._inputs = settings["inputs"]
        self._fires = {name for name in self._inputs if self._inputs[name]["kind"] == "fire" and levels.get(name)}
        self._pressed = set()
        self._until_ms = {}  # door -> until when its REX frees it
        self._is_locked = {}

    def handle(self, event: tuple, now_ms: int) -> list:
        """Take an event of Node.handle; all but REX and fire is of no matter."""
        if event[0] == "rex" and self._doors[event[1]]["rex"] == "unlock":
            (self._pressed.add if event[2] else self._pressed.discard)(event[1])
            self._until_ms[event[1]] = now_ms + self._doors[event[1]]["unlock_ms"]
        elif event[0] == "input" and self._inputs[event[1]]["kind"] == "fire":
            (self._fires.add if event[2] else self._fires.discard)(event[1])
        return self.tick(now_ms)

    def tick(self, now_ms: int) -> list:
        """Return what changes at the locks; at the first call, what they are."""
        actions = []
        for name in sorted(self._doors):
            is_locked = not self._is_free(name, now_ms)
            if self._is_locked.get(name) is not is_locked:
                self._is_locked[name] = is_locked
                actions.append(("lock", name, is_locked))
        return actions

    def next_deadline_ms(self) -> int | None:
        """Return when the next door is locked again by time, or None."""
        ends_ms = [self._until_ms[name] for name in self._until_ms if not self._is_locked.get(name) and name not in self._pressed]
        return min(ends_ms) if ends_ms else None

    def is_calm(self) -> bool:
        """Say whether every door is locked, and stays so if nobody does anything: then nobody notices a restart."""
        return not self._fires and not self._pressed and all(self._is_locked.values())

    def _is_free(self, name: str, now_ms: int) -> bool:
        if self._fires and self._doors[name]["lock"] == "fail_safe":
            return True
        return name in self._pressed or now_ms < self._until_ms.get(name, now_ms)


class Silence:
    """The mail of a board that has failed even with nothing but an update besides its doors."""

    is_over = False

    def turn(self, now_ms: int) -> int:
        return _WAIT_MS


async def run(minimal: Minimal, pins, now_ms, feed, mail) -> None:
    """Serve the doors for `RUN_MS`, or until a new release is to be tried. Doors come before mail.

    `pins`: as firmware/app.py wants them; `feed()`: the watchdog; `mail`: an update's Mail, or what has its `turn(now_ms)`,
    which says how soon it wants another turn, and `is_over`.
    """
    end_ms = now_ms() + RUN_MS
    while now_ms() < end_ms and not mail.is_over:
        feed()
        at_ms, actions = now_ms(), []
        for when_ms, event in pins.take(at_ms):
            actions += minimal.handle(event, when_ms)
        for action in actions + minimal.tick(at_ms):
            pins.lock(action[1], action[2])
        rest_ms = min(_WAIT_MS, mail.turn(at_ms))
        for due_ms in (minimal.next_deadline_ms(), pins.next_ms()):
            if due_ms is not None:
                rest_ms = min(rest_ms, due_ms - at_ms)
        await pins.wait(max(0, rest_ms))
