"""One line per OSDP reader: what its controller says of it, its faults by hand, and the commands that give it a key."""

from host_sim.bench.view import View
from host_sim.osdp.lines import FAULTS
from tools.web import parts

_FAULT_WORDS = {"tamper": "Cover open", "mute": "Cable pulled", "noise": "Noise", "lose_key": "Key lost"}


class Readers:
    """All OSDP readers of the site; nothing where there are none."""

    def __init__(self, page) -> None:
        readers = [name for name, spec in page.bench.site["readers"].items() if spec["protocol"] == "osdp"]
        self.lines = []
        if not readers:
            return
        with parts.panel("OSDP readers", "osdp-readers"), parts.box("div", "table readers-table"):
            parts.columns("Reader", "Faults by hand", "Keys")
            self.lines = [_Line(page, name) for name in readers]

    def update(self, view: View) -> None:
        """Show how every reader is."""
        for line in self.lines:
            line.update(view)


class _Line:
    """One reader."""

    def __init__(self, page, name: str) -> None:
        self.page, self.name = page, name
        self.label = page.bench.names.of("readers", name)
        with parts.box("div", "line", role="group", aria_label=f"Reader {self.label}"):
            with parts.box("div", "who"):
                parts.line("span", self.label, "name")
                self.state = parts.line("span", "", "state")
            with parts.box("div", "row"):
                self.faults = {f: parts.button(_FAULT_WORDS[f], lambda f=f: self._turn(f), "toggle", f"{_FAULT_WORDS[f]}: {self.label}") for f in FAULTS}
            with parts.box("div", "row"):
                parts.button("Pair", lambda: page.command("pair", reader=name, reason="from the bench"), "", f"Pair {self.label}")
                parts.button("New key", lambda: page.command("rotate", reader=name, reason="from the bench"), "", f"New key for {self.label}")

    def _turn(self, fault: str) -> None:
        self.page.check(self.page.bench.act("reader", self.name, fault, fault not in self._has()))

    def _has(self) -> set[str]:
        return self.page.bench.driver.world.lines.devices[self.name].faults

    def update(self, view: View) -> None:
        """Show its levers as they stand, and what was told of it last."""
        kind, why = self.page.bench.driver.alarms.readers.get(self.name, ("not heard of yet", ""))
        self.state.set_text(f"{kind} ({why})" if why else kind)
        for fault, button in self.faults.items():
            parts.set_pressed(button, fault in self._has())
