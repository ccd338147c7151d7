"""One card per door: its leaf, its REX or break-glass, and an operator's hand on the lock."""

from host_sim.bench.plan.svg import mark, wear
from host_sim.bench.view import View
from tools.web import parts


class Doors:
    """All doors of the site."""

    def __init__(self, page) -> None:
        with parts.panel("Doors", "doors"):
            with parts.box("div", "table doors-table"):
                parts.columns("Door", "By hand", "As operator")
                self.cards = [_Card(page, door) for door in page.bench.site["doors"]]

    def update(self, view: View) -> None:
        """Show locks and leaves."""
        for card in self.cards:
            card.update(view)


class _Card:
    """One door."""

    def __init__(self, page, door: str) -> None:
        self.page, self.door, self.levers = page, door, page.bench.levers
        self.spec, self.label = page.bench.site["doors"][door], page.bench.names.of("doors", door)
        with parts.box("div", "line", role="group", aria_label=f"Door {self.label}"):
            with parts.box("div", "who", title=self._facts()):
                parts.line("span", self.label, "name")
                self.state = parts.line("span", "", "state")
                self.remark = parts.line("span", "", "remark")
            with parts.box("div", "row"):
                self.leaf = parts.button("Open leaf", self._swing)
                self.rex = self._contact()
            with parts.box("div", "row"):
                parts.button("Unlock", lambda: self._order("unlock", door=door), "ghost", f"Unlock {self.label} as operator")
                self.down = parts.button("", self._lock_down, "ghost")

    def _facts(self) -> str:
        lock = self.spec.get("lock", "fail_secure").replace("_", "-")
        sensor = "" if self.spec.get("sensor") else ", no sensor"
        return f"{lock}{sensor}, on {self.page.bench.names.of('controllers', self.spec['controller'])}"

    def _contact(self):
        kind = self.spec.get("rex", "none")
        breaks = self.spec.get("egress") == "break_glass"
        if kind == "none" and not breaks:
            return None
        self.words = ("Break glass", "Reset glass") if breaks else ("Press REX", "Release REX")
        return parts.button(self.words[0], self._touch, "danger" if breaks else "")

    def _touch(self) -> None:
        """Work the contact. A broken glass frees the door in hardware, so that its leaf moves at once."""
        is_pressed = self.door not in self.levers.pressed
        self.page.check(self.levers.rex(self.door, is_pressed))
        if is_pressed and self.words[0] == "Break glass":
            self.page.check(self.page.bench.act("leaf", self.door, True))

    def _swing(self) -> None:
        is_open = self.page.bench.view().doors[self.door]["open"]
        self.page.check(self.page.bench.act("leaf", self.door, not is_open))

    def _is_locked_down(self) -> bool:
        return self.door in self.page.bench.driver.alarms.locked_down

    def _lock_down(self) -> None:
        self._order("release" if self._is_locked_down() else "lockdown", doors=[self.door])

    def _order(self, action: str, **fields) -> None:
        self.page.command(action, reason="from the bench", **fields)

    def update(self, view: View) -> None:
        """Show the state; a locked leaf can only be forced."""
        door = view.doors[self.door]
        text = ("Open" if door["open"] else "Closed") + (", locked" if door["locked"] else ", unlocked")
        text += ", in lockdown" if self._is_locked_down() else ""
        self.down.set_text("Release" if self._is_locked_down() else "Lock down")
        mark(self.down, aria_label=f"{'Release' if self._is_locked_down() else 'Lock down'} {self.label}")
        self.state.set_text(text)
        wear(self.state, "state " + ("is-locked" if door["locked"] else "is-free"))
        remark = view.remarks.get(("doors", self.door), "")
        self.remark.set_text(remark)
        parts.set_shown(self.remark, bool(remark))
        forced = door["locked"] and self.door not in self.levers.pressed
        self.leaf.set_text("Close leaf" if door["open"] else "Force leaf" if forced else "Open leaf")
        if self.rex:
            is_pressed = self.door in self.levers.pressed
            self.rex.set_text(self.words[is_pressed])
            parts.set_pressed(self.rex, is_pressed)
