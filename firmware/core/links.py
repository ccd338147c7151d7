"""Links: events switch AUX outputs. Pure.

Actions:
    ("output", name, is_on)                               drive the output
    ("event", "output.on" or "output.off", {output, why})
`why` is the type of the event that fired a link, "time", "silenced" or "emergency".
Rules: RULES.md, "Links" and "Emergency".
"""

from firmware.const import const

_AGE_MS = const(30000)  # RULES.md, "Links": only events less than 30 s old
# Two links on each other's outputs may chase one another, but not faster than this.
_CALM_MS = const(1000)
_HALF_MS = const(500)  # RULES.md, "Links": half a second on, half off


class Output:
    """One AUX output: on while an emergency it follows or any of its links wants it so.

    Its events tell when it begins and ends to be active: a pulsing output is active, whichever half it is in.
    """

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


class Outputs:
    def __init__(self, outputs: dict, links: list):
        """Take this controller's outputs, all off, and the links to them."""
        self._outputs = {name: Output(name, outputs[name]["follows"] == "emergency") for name in outputs}
        self._names = sorted(outputs)
        self._links = links

    def is_on(self, name: str) -> bool:
        return self._outputs[name].is_on

    def is_active(self, name: str) -> bool:
        """Say whether an output is on, or pulses."""
        return self._outputs[name].is_active

    def fire(self, event: dict, at_ms: int, now_ms: int) -> list:
        """Act on an event, own or heard, if it is young enough. `at_ms`: the time of day now."""
        actions = self.tick(now_ms)
        if at_ms - event["at_ms"] < _AGE_MS:
            for link in self._links:
                if _is_meant(link, event) and not self._is_chasing(link, event, now_ms):
                    actions += self._act(link, event["type"], now_ms)
        return actions

    def set_emergency(self, is_active: bool, now_ms: int) -> list:
        """Take the site's emergency: outputs that follow it are on while it lasts."""
        actions = self.tick(now_ms)
        for name in self._names:
            actions += self._outputs[name].set_emergency(is_active, now_ms)
        return actions

    def silence(self, name: str, now_ms: int) -> list:
        """End what links began at one output; an emergency that it follows goes on."""
        return self.tick(now_ms) + self._outputs[name].stop("silenced", now_ms)

    def tick(self, now_ms: int) -> list:
        actions = []
        for name in self._names:
            actions += self._outputs[name].tick(now_ms)
        return actions

    def next_deadline_ms(self) -> int | None:
        moments_ms = [at_ms for name in self._names for at_ms in self._outputs[name].deadlines_ms()]
        return min(moments_ms) if moments_ms else None

    def _act(self, link: dict, why: str, now_ms: int) -> list:
        output = self._outputs[link["output"]]
        if link["action"] == "off":
            return output.stop(why, now_ms)
        return output.start(link["action"], link["for_s"] * 1000, why, now_ms)

    def _is_chasing(self, link: dict, event: dict, now_ms: int) -> bool:
        changed_ms = self._outputs[link["output"]].changed_ms
        is_recent = changed_ms is not None and now_ms - changed_ms < _CALM_MS
        return is_recent and event["type"].startswith("output.")


def _is_meant(link: dict, event: dict) -> bool:
    """True if the event has the link's type and passes each of its filters."""
    return (
        link["when"] == event["type"]
        and _passes(link["doors"], _named(event, "door", "doors"))
        and _passes(link["areas"], _named(event, "area", "areas") or list(event.get("judge") or ()))
        and _passes(link["readers"], _named(event, "reader", "readers"))
        and _passes(link["controllers"], _named(event, "controller", "controllers"))
    )


def _named(event: dict, one: str, several: str) -> list:
    return [event[one]] if event.get(one) else list(event.get(several) or ())


def _passes(wanted: list | None, names: list) -> bool:
    """Let everything pass where there is no filter."""
    return wanted is None or any(name in wanted for name in names)
