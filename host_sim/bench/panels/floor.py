"""The floor plan with its tools, the answers at the readers and the keypad."""

from nicegui import background_tasks

from host_sim.bench.panels.bubbles import Bubbles
from host_sim.bench.panels.keypad import Keypad
from host_sim.bench.plan.drawing import Drawing
from host_sim.bench.plan.layout import fit
from host_sim.bench.plan.svg import wear
from host_sim.bench.view import View
from host_sim.bench.visitor import Visit, Visitor
from tools.web import parts

WIDE, NARROW = (740, 620), (340, 1600)  # the box the plan should fill


class Floor:
    """The middle of the page: everything is touched here."""

    def __init__(self, page) -> None:
        self.page, self.bench = page, page.bench
        self.visitor = Visitor(page.bench)
        self.walks = True
        with parts.panel("Floor plan", "floor") as head:
            self._tools(head)
            self.alarm = parts.box("div", "alarm", role="alert")
            with self.alarm:
                self.alarm_text = parts.line("span")
            with parts.box("div", "stage-frame"):
                self.stage = parts.box("div", "stage")
                self.keypad = Keypad(self)
            with parts.box("div", "row lamps"):
                self.lamps = {o: parts.line("span", self.bench.names.of("outputs", o), "output")
                              for o in self.bench.site["outputs"]}
        self.draw(is_narrow=False)

    def _tools(self, head) -> None:
        with head, parts.box("div", "tools"):
            self.switch = parts.button("Walk through when granted", self._turn, "toggle")

    def _turn(self) -> None:
        self.walks = not self.walks

    def draw(self, is_narrow: bool) -> None:
        """Draw the plan anew for a wide or a narrow page."""
        self.stage.clear()
        wear(self.stage, "stage is-narrow" if is_narrow else "stage")
        plan = fit(self.bench.site, *(NARROW if is_narrow else WIDE))
        # As tall as a window at most; so wide that places on the stage are places on the plan.
        self.stage.style(f"width:{'100%' if is_narrow else f'min(100%, calc(78vh * {plan.w / plan.h:.4f}))'}")
        with self.stage:
            self.drawing = Drawing(plan, self.bench.names, self.tap, self.push, self.page.pick)
            self.bubbles = Bubbles(self.page, self.drawing)

    def tap(self, reader: str) -> None:
        """Present the picked person's badge at a reader; a reader with keys offers them."""
        user = self.page.picked
        mode = self.bench.site["readers"][reader].get("mode", "card")
        if self._is_dark(reader):
            return
        if mode != "card":
            self.keypad.open(reader)
        if user is None:
            if mode == "card":
                self.bubbles.say(reader, "Pick a person first.", "hint")
        elif self.bench.site["users"][user].get("cards"):
            background_tasks.create(self._present(reader, user))
        elif mode != "card_or_pin":
            self.bubbles.say(reader, f"{self.bench.names.person(user)} has no card.", "hint")

    def _is_dark(self, reader: str) -> bool:
        """Tell the visitor when nobody can answer at a reader."""
        door = self.bench.site["readers"][reader]["door"]
        controller = self.bench.site["doors"][door]["controller"]
        ails = self.bench.view().boards[controller].ails
        if not ails:
            return False
        self.bubbles.say(reader, f"No answer: {self.bench.names.of('controllers', controller)} {ails}.", "hint")
        return True

    async def _present(self, reader: str, user: str) -> None:
        visit = Visit(self.bench, reader, user)
        refusal = self.visitor.badge(reader, user)
        if refusal:
            self.bubbles.say(reader, refusal, "bad")
            return
        is_granted = await visit.answer()
        if is_granted and self.walks:
            await self.visitor.pass_through(self.bench.site["readers"][reader]["door"])
        if is_granted is not None and visit.told() is None:
            self.bubbles.say(reader, f"The reader shows: {'come in' if is_granted else 'no'}", "good" if is_granted else "bad",
                             "Its controller is not at the broker: what happened is told when it is back.")

    def push(self, door: str) -> None:
        """Push the leaf: it opens where the lock lets it, and closes when it is open."""
        state = self.bench.view().doors[door]
        if state["locked"] and not state["open"]:
            self.page.say(f"{self.bench.names.of('doors', door)} is locked. Tap a badge, or force it from its card below.")
        else:
            self.bench.act("leaf", door, not state["open"])

    def update(self, view: View) -> None:
        """Show a new view."""
        self.drawing.update(view, self.page.picked)
        self.bubbles.update()
        self.keypad.update()
        parts.set_pressed(self.switch, self.walks)
        for name, lamp in self.lamps.items():
            wear(lamp, "output" + (" is-on" if view.outputs[name] else ""))
        self._alarm()

    def _alarm(self) -> None:
        text = self.bench.driver.alarms.text(self.bench.names)
        self.alarm_text.set_text(text)
        parts.set_shown(self.alarm, bool(text))
