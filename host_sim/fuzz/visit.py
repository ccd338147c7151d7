"""One visit to a door: a badge, the answer, and what the person does then."""

from host_sim.fuzz.layout import Way
from host_sim.fuzz.truth import Entry

PATIENCE_MS = 30_000
_AFTERWARDS_MS = 500


class Visit:
    """`life` carries it out. `through(way)` is called when the person is really through, `over()` at the end."""

    def __init__(self, life, way: Way, user: str, opens: bool, through, over):
        self.life, self.way, self.user = life, way, user
        self.opens = opens
        self.began_ms = life.now_ms
        self.answer: Entry | None = None
        self.is_over = False
        self.has_sensor = life.plan.written["doors"][way.door]["sensor"]
        self._through, self._over = through, over
        areas = [life.plan.area(area) for area in life.plan.roles(way.reader)]
        self.moves_on_entry = bool(areas) and all(area["moves_on"] == "entry" for area in areas)
        life.act("badge", way.reader, user=user)
        life.after(PATIENCE_MS, self._give_up)

    def answered(self, entry: Entry) -> None:
        """Take what the controller said to this badge."""
        if self.answer is not None:
            return
        self.answer = entry
        if entry.event["type"] == "access.denied":
            self._end(_AFTERWARDS_MS)
            return
        if not self.moves_on_entry:
            entry.when_known(self._kept)
        opens_ms = self.life.draw.between(300, 1500)
        if self.opens or not self.moves_on_entry:
            self.life.after(opens_ms, self._open)
        else:
            self._end(self._unlock_ms())

    def _kept(self, is_kept: bool) -> None:
        """Who holds the handle passes, if the grant is more than a dream of a board that died."""
        if is_kept:
            self._through(self.way)

    def _open(self) -> None:
        if self.is_over:
            return
        has_power = self.life.is_powered(self.way.controller)
        if not has_power or not self.has_sensor or self.life.world.door(self.way.door)["locked"]:
            self._end(self._unlock_ms())
            return
        self.life.act("leaf", self.way.door, True)
        if self.moves_on_entry:
            self._through(self.way)
        self.life.after(self.life.draw.between(500, 4000), self._close)

    def _close(self) -> None:
        self.life.act("leaf", self.way.door, False)
        self._end(_AFTERWARDS_MS)

    def _unlock_ms(self) -> int:
        """Return how long a grant that nobody uses may last."""
        door = self.life.plan.written["doors"][self.way.door]
        return 3 * door["unlock_s"] * 1000 + 1500

    def power_lost(self) -> None:
        """Without power nobody answers any more."""
        if self.answer is None:
            self._end(_AFTERWARDS_MS)

    def _give_up(self) -> None:
        if self.answer is None and not self.is_over:
            self.life.unanswered(self)
            self._end(0)

    def _end(self, after_ms: int) -> None:
        self.life.after(after_ms, self._finish)

    def _finish(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._over()
