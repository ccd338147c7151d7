"""One AUX output: on while an emergency it follows or any of its links wants it so. Pure.

Its events tell when it begins and ends to be active: a pulsing output is active, whichever half it is in.
"""

from firmware.const import const

_HALF_MS = const(500)  # RULES.md, "Links": half a second on, half off


class Output:
    def __init__(self, name: str, follows_emergency: bool):
        self.name = name
        self.is_on = False
        self.is_active = False
        self.changed_ms = None
        self._follows_emergency = follows_emergency
        self._in_emergency = False
        self._until_ms = {}  # "on", "pulse" -> its end; None: until silenced
        self._pulse_ms = 0  # when the pulse began
        self._half_ms = 0  # when the half began that is driven now

    def start(self, action: str, for_ms: int, why: str, now_ms: int) -> list:
        """Turn it `on` or `pulse` it for a time, 0 until silenced. The longest of one kind wins."""
        if action == "pulse" and "pulse" not in self._until_ms:
            self._pulse_ms = now_ms
        until_ms = now_ms + for_ms if for_ms else None
        running_ms = self._until_ms.get(action, now_ms)
        is_endless = until_ms is None or running_ms is None
        self._until_ms[action] = None if is_endless else max(until_ms, running_ms)
        return self._follow(why, now_ms)

    def stop(self, why: str, now_ms: int) -> list:
        """End what links have begun; an emergency that it follows keeps it on."""
        self._until_ms.clear()
        return self._follow(why, now_ms)

    def set_emergency(self, is_active: bool, now_ms: int) -> list:
        self._in_emergency = is_active and self._follows_emergency
        return self._follow("emergency", now_ms)

    def tick(self, now_ms: int) -> list:
        for action in ("on", "pulse"):
            until_ms = self._until_ms.get(action)
            if until_ms is not None and until_ms <= now_ms:
                del self._until_ms[action]
        return self._follow("time", now_ms)

    def deadlines_ms(self) -> list:
        """Ends of links, and the next half of a pulse while nothing covers it."""
        moments_ms = [until_ms for until_ms in self._until_ms.values() if until_ms is not None]
        if self._is_pulsing():
            moments_ms.append(self._half_ms + _HALF_MS)
        return moments_ms

    def _is_pulsing(self) -> bool:
        is_covered = self._in_emergency or "on" in self._until_ms
        return "pulse" in self._until_ms and not is_covered

    def _is_high(self, now_ms: int) -> bool:
        if self._is_pulsing():
            return (now_ms - self._pulse_ms) // _HALF_MS % 2 == 0
        return self._in_emergency or "on" in self._until_ms

    def _follow(self, why: str, now_ms: int) -> list:
        """Drive what is wanted now, and tell of a beginning or an end."""
        actions = []
        self._half_ms = now_ms - (now_ms - self._pulse_ms) % _HALF_MS
        is_high = self._is_high(now_ms)
        if is_high != self.is_on:
            self.is_on = is_high
            actions.append(("output", self.name, is_high))
        is_active = self._in_emergency or bool(self._until_ms)
        if is_active != self.is_active:
            self.is_active = is_active
            self.changed_ms = now_ms
            event_type = "output.on" if is_active else "output.off"
            actions.append(("event", event_type, {"output": self.name, "why": why}))
        return actions
