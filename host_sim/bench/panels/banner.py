"""Below the head: what kind of site this is, how to listen in from a terminal, and the levers of its broker."""

import json

from host_sim.bench.plan.svg import wear
from tools.web import parts

_COPY = "() => navigator.clipboard.writeText({text})"


class Banner:
    """One line, and one more for each command to copy."""

    def __init__(self, page) -> None:
        self.page, self.broker = page, page.bench.driver.broker
        introduction = page.bench.driver.introduction
        with parts.box("section", "banner", aria_label="Kind of site"):
            with parts.box("div", "row"):
                parts.line("strong", introduction.kind, f"kind is-{introduction.kind.lower()}")
                parts.line("span", introduction.text, "said")
                self._levers()
            with parts.box("div", "commands"):
                for purpose, command in introduction.commands:
                    _command(purpose, command)

    def _levers(self) -> None:
        if self.broker is None:
            return
        self.state = parts.line("span", "", "state")
        labels = {"stop": "Stop", "start": "Start", "restart": "Restart"}
        self.levers = {verb: parts.button(f"{label} broker", lambda verb=verb: self._work(verb), "ghost")
                       for verb, label in labels.items()}

    def _work(self, verb: str) -> None:
        self.page.check(self.page.bench.act("work_broker", verb))

    def update(self, view) -> None:
        """Show how the broker is."""
        if self.broker is None:
            return
        self.state.set_text(self.broker.state)
        wear(self.state, "state " + ("is-free" if self.broker.is_up else "is-locked"))
        for verb, button in self.levers.items():
            parts.set_shown(button, verb in self.broker.verbs())


def _command(purpose: str, command: str) -> None:
    with parts.box("div", "command"):
        parts.line("span", purpose, "quiet")
        parts.line("code", command).props["tabindex"] = "0"  # where it is cut off, keys move it
        copy = parts.line("button", "Copy", "btn ghost")
        copy.props.update({"type": "button", "aria-label": f"Copy: {purpose}"})
        copy.on("click", js_handler=_COPY.format(text=json.dumps(command)))
