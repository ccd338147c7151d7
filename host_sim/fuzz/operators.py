"""What operators do in one life, and commands that reach two boards, or one board twice."""

_KINDS = {  # how many in a hundred seeds, how often there at most
    "clear": (45, 6),
    "pass_once": (20, 3),
    "move": (20, 3),
    "reset": (20, 2),
    "set": (20, 3),
    "unlock": (20, 3),
    "lockdown": (12, 1),
    "emergency": (8, 1),
    "retire": (8, 1),
    "refused": (10, 2),
}
_MODES = ("off", "soft", "deny", "hard")


class Operators:
    """`sent` names the nonce of every command and what became of it."""

    def __init__(self, life):
        self._life, self._draw = life, life.draw
        self._nonces = 0
        self.sent: list[dict] = []
        self.locked_down: list[list] = []  # doors not released yet
        self.has_emergency = False
        self.retired: set[str] = set()

    def plan(self) -> None:
        for kind, (percent, most) in _KINDS.items():
            for _ in range(self._draw.between(1, most) if self._draw.chance(percent) else 0):
                self._life.after(self._life.schedule.moment_ms(), getattr(self, kind))

    # -- one person ------------------------------------------------------------------------------

    def clear(self) -> None:
        self._ask("clear", **self._row())

    def pass_once(self) -> None:
        self._ask("pass", **self._row())

    def move(self) -> None:
        """Say where somebody is: of proper people nothing that might be wrong."""
        row = self._row()
        is_honest = self._life.people[row["user"]].is_honest
        self._ask("move", **row, presence="unknown" if is_honest else self._draw.pick(("in", "out", "unknown")))

    def refused(self) -> None:
        """Ask for what one may not, or for nonsense."""
        self._ask("clear", operator=self._draw.pick(("vic", "eve")), **self._row())
        self._ask("explode", area=self._draw.pick((5, None, "moon")))

    def _row(self) -> dict:
        return {"area": self._area(), "user": self._draw.pick(list(self._life.people))}

    def _area(self) -> str:
        return self._draw.pick(list(self._life.plan.written["areas"]))

    # -- areas, doors, the site ------------------------------------------------------------------

    def reset(self) -> None:
        self._ask("reset", area=self._area())

    def set(self) -> None:
        modes = {"anti_passback": self._draw.pick(_MODES)}
        times = {"violation_timeout_s": self._draw.pick((0, 600, 5000))}
        self._ask("set", area=self._area(), **self._draw.pick((modes, times)))

    def unlock(self) -> None:
        self._ask("unlock", door=self._draw.pick(list(self._life.plan.layout.doors)))

    def lockdown(self) -> None:
        doors = self._draw.some(self._life.plan.layout.doors, 1, 3)
        self.locked_down.append(doors)
        self._ask("lockdown", doors=doors)
        self._life.after(self._draw.span_ms(10, 1800), self.release, doors)

    def release(self, doors: list) -> None:
        self._ask("release", doors=doors)

    def emergency(self) -> None:
        self.has_emergency = True
        self._life.weather.begin("emergency")
        self._ask("emergency", active=True)
        self._life.after(self._draw.span_ms(5, 1800), self.end_emergency)

    def end_emergency(self) -> None:
        self._ask("emergency", active=False)
        self._life.weather.end("emergency")

    def retire(self) -> None:
        """Let nobody wait for a board any more, and take that back later."""
        name = self._draw.pick(self._life.plan.controllers)
        self.retired.add(name)
        self._life.weather.begin("retired", name)
        self._ask("retire", controller=name)
        self._life.after(self._draw.span_ms(60, 5400), self.restore, name)

    def restore(self, name: str) -> None:
        self._ask("restore", controller=name)
        self._life.after(5000, self._life.weather.end, "retired", name)

    # -- on the way ------------------------------------------------------------------------------

    def _ask(self, action: str, operator: str = "ada", **fields) -> None:
        """Send a command, now and then once more, to whom it went or to another board."""
        self._nonces += 1
        command = {"nonce": f"f{self._nonces}", "operator": operator, "action": action, "reason": "fuzz", **fields}
        self.sent.append(command)
        self._life.act("command", command)
        if self._draw.chance(35):
            self._life.after(self._draw.span_ms(0.001, 600), self._repeat, command)

    def _repeat(self, command: dict) -> None:
        name = self._draw.pick(self._life.plan.controllers)
        self._life.story.tell(self._life.now_ms, "act", ["command to " + name, command])
        self._life.world.faults["command_repeated"] += 1
        self._life.world.command_to(name, command)
