"""One card per controller: power, fire, network, clock, inputs, outputs; and its last words, where it has failed."""

from host_sim.bench.levers import OFFSET_S_MAX
from host_sim.bench.plan.svg import wear
from host_sim.bench.view import BoardView, View
from tools.web import edge
from tools.web import parts


class Controllers:
    """All controllers of the site."""

    def __init__(self, page) -> None:
        self.page = page
        with parts.panel("Controllers", "controllers") as head:
            with head, parts.box("div", "tools"):
                self.heal = parts.button("Join the network again", lambda: page.check(page.bench.levers.heal()), "ghost")
                self.emergency = parts.button("", self._order_emergency, "danger")
            with parts.box("div", "table controllers-table"):
                parts.columns("Controller", "By hand", "Network", "Clock")
                self.cards = [_Card(page, c) for c in page.bench.site["controllers"]]

    def _order_emergency(self) -> None:
        self.page.command("emergency", active=not self.page.bench.driver.alarms.sources, reason="from the bench")

    def update(self, view: View) -> None:
        """Show all levers as they stand."""
        self.emergency.set_text("End the emergency" if self.page.bench.driver.alarms.sources else "Start an emergency")
        parts.set_shown(self.heal, self.page.bench.levers.is_split())
        for card in self.cards:
            card.update(view)


class _Card:
    """One controller."""

    def __init__(self, page, name: str) -> None:
        self.page, self.name, self.levers = page, name, page.bench.levers
        self.label = page.bench.names.of("controllers", name)
        with parts.box("div", "line", role="group", aria_label=f"Controller {self.label}"):
            with parts.box("div", "who"):
                parts.line("span", self.label, "name")
                self.state = parts.line("span", "", "state")
                self.kind = parts.line("span", "", "remark")
            with parts.box("div", "row"):
                self.power = parts.button("Power", self._power, "toggle", f"Power of {self.label}")
                self.fire = parts.button("Fire", self._fire, "toggle danger", f"Fire input of {self.label}")
            self._network()
            self._clock()
            self._terminals(page.bench.site)
            self._wreck()

    def _network(self) -> None:
        with parts.box("div", "row segments", role="group", aria_label=f"Network of {self.label}"):
            self.groups = {g: parts.button(g, lambda g=g: self.page.check(self.levers.link(self.name, g)),
                                           "segment", f"{self.label}: network {g}") for g in self.page.bench.driver.offers.networks}

    def _clock(self) -> None:
        self.offset, why_not = None, self.page.bench.driver.offers.no_clock
        with parts.box("div", "row"):
            if why_not:
                parts.line("span", why_not, "quiet")
                return
            field = parts.field("± s", self._shift, "short", event="change", type="number")
            field.props["aria-label"] = f"Clock of {self.label}, seconds off"
            self.offset = parts.line("span", "", "quiet")

    def _terminals(self, site: dict) -> None:
        inputs = {n: 0 for n, spec in site["inputs"].items() if spec["controller"] == self.name and spec["kind"] != "fire"}
        outputs = {n: 0 for n, spec in site["outputs"].items() if spec["controller"] == self.name}
        with parts.box("div", "row terminals"):
            self.inputs = {n: parts.button(self.page.bench.names.of("inputs", n), lambda n=n: self._input(n), "toggle")
                           for n in inputs}
            self.outputs = {n: parts.button("", lambda n=n: self._silence(n), "ghost") for n in outputs}

    def _wreck(self) -> None:
        with parts.box("div", "wreck") as self.wreck:
            self.last_words = parts.line("pre")
            self.last_words.props.update({"aria-label": f"Last words of {self.label}", "tabindex": "0"})
            self.again = parts.button("Start again", lambda: self.page.check(self.page.bench.act("start_again", self.name)),
                                      "primary", f"Start {self.label} again")

    def _power(self) -> None:
        has_power = self.page.bench.view().boards[self.name].has_power
        self.page.check(self.page.bench.act("power", self.name, not has_power))

    def _fire(self) -> None:
        self.page.check(self.levers.fire(self.name, self.name not in self.levers.fires))

    def _input(self, name: str) -> None:
        self.page.check(self.levers.input(name, name not in self.levers.inputs))

    def _silence(self, name: str) -> None:
        self.page.command("silence", output=name, reason="from the bench")

    def _shift(self, value: object) -> None:
        offset_s = edge.whole(value, -OFFSET_S_MAX, OFFSET_S_MAX, self.page.bench.faults)
        if offset_s is None:
            self.page.say("The clock takes whole seconds, up to a year each way.")
        else:
            self.page.check(self.levers.clock(self.name, offset_s))

    def update(self, view: View) -> None:
        """Show all levers as they stand."""
        board = view.boards[self.name]
        self.state.set_text(board.state)
        wear(self.state, f"state {_tone(board)}")
        self.kind.set_text(board.kind)
        parts.set_shown(self.kind, bool(board.kind))
        parts.set_pressed(self.power, board.has_power)
        self.last_words.set_text(board.last_words)
        parts.set_shown(self.wreck, bool(board.last_words))
        parts.set_shown(self.again, board.can_start)
        parts.set_pressed(self.fire, self.name in self.levers.fires)
        for group, button in self.groups.items():
            parts.set_pressed(button, self.levers.group[self.name] == group)
        if self.offset:
            offset_s = self.levers.offsets_s.get(self.name, 0)
            self.offset.set_text(f"{offset_s:+d} s off" if offset_s else "exact")
        for name, button in self.inputs.items():
            parts.set_pressed(button, name in self.levers.inputs)
        for name, button in self.outputs.items():
            button.set_text(f"Silence {self.page.bench.names.of('outputs', name)}")
            parts.set_shown(button, view.outputs[name])


def _tone(board: BoardView) -> str:
    if board.can_start:
        return "is-failed"
    return "is-locked" if board.ails else "is-warned" if board.is_warned else "is-free"
