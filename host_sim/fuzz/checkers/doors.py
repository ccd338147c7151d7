"""A board that has power answers every badge, and says of a door that it is forced when it is, and only then."""

from host_sim.fuzz.checkers.checker import Checker

_TOLD_MS = 1000
_AGO_MS = 120_000  # whatever let a door open longer ago does so no more


class Doors(Checker):
    invariant = "7 doors"

    def __init__(self, life):
        super().__init__(life)
        self._let_ms: dict[str, int] = {}  # door -> when something last let it open, or moved it
        self._opened: dict[str, tuple] = {}  # door -> (when, was it locked) of its last opening
        self._forced: set[str] = set()
        self._on_ms: dict[str, int] = {}

    def on_power(self, controller: str, is_on: bool) -> None:
        self._on_ms[controller] = self.life.now_ms

    def on_unanswered(self, visit) -> None:
        """Nobody answered a badge."""
        self.checked += 1
        on_ms = self._on_ms.get(visit.way.controller, 0)
        if self.life.is_powered(visit.way.controller) and on_ms < visit.began_ms:
            self.broken(f"nobody answered {visit.user} at {visit.way.reader} since {visit.began_ms} ms")

    def on_act(self, verb: str, args: tuple) -> None:
        if verb == "leaf":
            self._moved(*args)
        elif verb == "rex":
            self._let_ms[args[0]] = self.life.now_ms

    def _moved(self, door: str, is_open: bool) -> None:
        now_ms, written = self.life.now_ms, self.life.plan.written["doors"][door]
        was_open = self.life.world.door(door)["open"]
        if is_open and not was_open and written["sensor"] and self.life.is_powered(written["controller"]):
            is_locked = self.life.world.door(door)["locked"]
            self._opened[door] = (now_ms, is_locked)
            self._forced.discard(door)
            quiet_ms = now_ms - max(self._let_ms.get(door, -_AGO_MS), self._on_ms.get(written["controller"], 0))
            if is_locked and quiet_ms >= _AGO_MS and not self._may_open(door):
                self.life.after(_TOLD_MS, self._must_be_forced, door, now_ms)
        self._let_ms[door] = now_ms

    def _may_open(self, door: str) -> bool:
        """Say whether something goes on that lets a locked door open: REX, or an emergency as its board sees it."""
        board = self.life.world.boards[self.life.plan.written["doors"][door]["controller"]]
        return board.rex[door] or board.node.controller.site.emergency.is_active()

    def _must_be_forced(self, door: str, opened_ms: int) -> None:
        controller = self.life.plan.written["doors"][door]["controller"]
        still_there = self.life.is_powered(controller) and self._on_ms.get(controller, 0) < opened_ms
        if still_there and self._opened[door][0] == opened_ms:
            self.checked += 1
            if door not in self._forced:
                self.broken(f"{door} was forced at {opened_ms} ms, and nobody said so")

    def on_event(self, entry) -> None:
        event = entry.event
        if event["type"] in ("door.unlocked", "access.granted", "door.locked"):
            self._let_ms[event["door"]] = self.life.now_ms
        elif event["type"] == "door.forced":
            self._forced.add(event["door"])
            self.checked += 1
            opened_ms, was_locked = self._opened.get(event["door"], (0, True))
            if not was_locked:
                self.broken(f"{event['door']} was unlocked when it opened at {opened_ms} ms, and is called forced")
