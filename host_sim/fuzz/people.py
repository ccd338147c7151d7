"""The people of a site: those who badge properly, and those who try what they should not."""

from host_sim.fuzz.layout import OUTSIDE, Way
from host_sim.fuzz.visit import Visit

_AGAIN_MS = 2500


class Person:
    """`place` is the zone where somebody really is; None while a board that died keeps it to itself."""

    is_honest = False

    def __init__(self, life, user: str):
        self.life, self.user = life, user
        self.place = OUTSIDE
        self.is_busy = False
        self.trips = 0  # how many more steps this outing has
        self.passages = 0

    def visit(self, way: Way, opens: bool = True) -> bool:
        """Go to a door, if nobody stands there."""
        if self.is_busy or not self.life.take_door(way.door):
            return False
        self.is_busy = True
        self.life.start_visit(Visit(self.life, way, self.user, opens, self._went_through, lambda: self._left(way)))
        return True

    def _went_through(self, way: Way) -> None:
        self.place = way.target
        self.passages += 1

    def visit_also(self, way: Way, then=lambda: None) -> bool:
        """Badge at a second door while the first one has hardly answered."""
        if not self.life.take_door(way.door):
            return False

        def over() -> None:
            self.life.leave_door(way.door)
            then()

        self.life.start_visit(Visit(self.life, way, self.user, True, self._went_through, over))
        return True

    def _left(self, way: Way) -> None:
        self.is_busy = False
        self.life.leave_door(way.door)
        if self.trips > 0:
            self.trips -= 1
            self.life.after(self.life.draw.span_ms(1, 120), self.act)

    def is_waiting(self) -> bool:
        """Say whether a grant of this person died with a board that is not back yet."""
        return any(entry.state == "fresh" for entry in self.life.truth.people[self.user][-3:])


class Honest(Person):
    """Alternates entrances and exits, and never badges at two doors within what the clocks may err."""

    is_honest = True
    _first: Way | None = None  # of a rush, and the second
    _back: Way | None = None
    _rushed: list[Way] | None = None  # the ways of a rush that are behind us

    def act(self) -> None:
        """Walk through one door."""
        ways = self.life.plan.layout.from_zone(self.place)
        if self.is_busy or self._rushed is not None or self.is_waiting() or not ways:
            return
        if self.life.draw.chance(25) and self._rush(ways):
            return
        way = self.life.draw.pick(ways)
        if not self._may_go(way):
            if self.trips > 0:
                self.trips -= 1
                self.life.after(_AGAIN_MS + self.life.draw.span_ms(1, 60), self.act)
            return
        self.visit(way, not self.life.draw.chance(12))

    def _rush(self, ways: list[Way]) -> bool:
        """Go out and in again at once, by another door: before the clocks can tell which badge came first."""
        layout, draw = self.life.plan.layout, self.life.draw
        pairs = [(way, back) for way in ways for back in layout.from_zone(way.target) if back.target == self.place]
        for way, back in draw.shuffled(pairs):
            apart_ms = draw.between(3, 60)
            if self.life.pace.may_rush(self.user, way, back, apart_ms) and self.visit(way):
                self.life.pace.hasty += 1
                self._first, self._rushed = way, []
                self.life.after(apart_ms, self._badge_back, back)
                return True
        return False

    def _badge_back(self, back: Way) -> None:
        self._back = back
        if not self.visit_also(back, lambda: self._arrive(back)):
            self._rushed = None

    def _went_through(self, way: Way) -> None:
        super()._went_through(way)
        if self._rushed is not None:
            self._rushed.append(way)

    def _arrive(self, back: Way) -> None:
        """After a rush somebody is where he was, unless a door stopped him, or answered too late."""
        if len(self._rushed) == 2 and self._rushed[1] is back:
            self.place = back.target
        else:
            self.life.claims.waive(self.user, "a rush that was stopped half way")
        self._rushed = None

    def is_stopped(self) -> bool:
        """Say whether somebody in a rush is not through the first door: he should not be at the second."""
        if self._rushed is None:
            return False
        return self._first not in self._rushed or self._is_overtaken()

    def _is_overtaken(self) -> bool:
        """Say whether the second door of a rush answered before the first."""
        ways = (self._first, self._back)
        answers = [self.life.visits[way.reader, self.user].answer for way in ways if way and (way.reader, self.user) in self.life.visits]
        return len(answers) == 2 and None not in answers and answers[1].true_ms < answers[0].true_ms

    def _may_go(self, way: Way) -> bool:
        pace = self.life.pace
        if pace.may_badge(self.user, way):
            return True
        if self.life.draw.chance(60) and pace.may_hurry(self.user, way):
            pace.hasty += 1
            return True
        return False


class Cheat(Person):
    """Passes cards back, slips out without a badge, is at two doors at once; and does it properly in between."""

    def act(self) -> None:
        if self.is_busy or self.is_waiting():
            return
        tricks = {self._properly: 45, self._pass_back: 25, self._slip: 10, self._anywhere: 10, self._two_doors: 10}
        self.life.draw.weighted(tricks)()

    def _properly(self) -> None:
        self.visit(self.life.draw.pick(self.life.plan.layout.from_zone(self.place)), not self.life.draw.chance(10))

    def _pass_back(self) -> None:
        """The card goes back over the door, and a friend comes in by it."""
        ways = self.life.plan.layout.ways.values()
        same = [way for way in ways if way.target == self.place]
        self.visit(self.life.draw.pick(same or list(ways)))

    def _slip(self) -> None:
        """Go through behind somebody, without a badge."""
        self.place = self.life.draw.pick(self.life.plan.layout.from_zone(self.place)).target

    def _anywhere(self) -> None:
        self.visit(self.life.draw.pick(list(self.life.plan.layout.ways.values())))

    def _two_doors(self) -> None:
        """One card, copied, at two doors at once."""
        layout = self.life.plan.layout
        one = self.life.draw.pick(layout.from_zone(self.place))
        twins = [way for way in layout.ways.values() if way.door != one.door and layout.enters(way) == layout.enters(one)]
        if twins and self.visit(one):
            twin = self.life.draw.pick(twins)
            self.life.after(self.life.draw.between(0, 400), self.visit_also, twin)
