"""Links: events switch AUX outputs. Pure.

Actions:
    ("output", name, is_on)                               drive the output
    ("event", "output.on" or "output.off", {output, why})
`why` is the type of the event that fired a link, "time", "silenced" or "emergency".
Rules: RULES.md, "Links" and "Emergency".
"""

from firmware.const import const
from firmware.core.output import Output

_AGE_MS = const(30000)  # RULES.md, "Links": only events less than 30 s old
# Two links on each other's outputs may chase one another, but not faster than this.
_CALM_MS = const(1000)


class Outputs:
    def __init__(self, outputs: dict, links: list):
        """Take this controller's outputs, all off, and the links to them."""
        self._outputs = {name: Output(name, outputs[name]["follows"] == "emergency") for name in outputs}
        self._names = sorted(outputs)
        self._links = links

    def is_on(self, name: str) -> bool:
        return self._outputs[name].is_on

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
