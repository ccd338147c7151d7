"""All checkers of one life, and what they ask of it together."""

from host_sim.fuzz import peek
from host_sim.fuzz.checkers.agreement import Agreement
from host_sim.fuzz.checkers.clocks import Clocks
from host_sim.fuzz.checkers.delivery import Delivery
from host_sim.fuzz.checkers.doors import Doors
from host_sim.fuzz.checkers.durability import Durability
from host_sim.fuzz.checkers.locks import Locks
from host_sim.fuzz.checkers.once import Once
from host_sim.fuzz.checkers.passbacks import Passbacks
from host_sim.fuzz.checkers.promise import Promise
from host_sim.fuzz.checkers.refusals import Refusals
from host_sim.fuzz.story import Broken

_ALL = (Durability, Once, Promise, Refusals, Locks, Doors, Clocks, Delivery, Agreement, Passbacks)


class Checkers:
    """Tells every checker what concerns it. `end` comes in the order above: what is most telling first."""

    def __init__(self, life):
        self._life = life
        self._all = [kind(life) for kind in _ALL]
        self.delivery = next(checker for checker in self._all if isinstance(checker, Delivery))
        self._takers: dict[str, list] = {}

    def tell(self, what: str, *args) -> None:
        if what not in self._takers:
            self.delivery = next(checker for checker in self._all if isinstance(checker, Delivery))
        self._takers[what] = [getattr(checker, what) for checker in self._all if hasattr(checker, what)]
        for take in self._takers[what]:
            take(*args)

    def broken(self, invariant: str, text: str) -> None:
        raise Broken(invariant, text)

    def counts(self) -> dict[str, int]:
        """Return how often each checker really looked at something."""
        return {checker.invariant: checker.checked for checker in self._all}

    def is_calm(self, area: str, board) -> bool:
        """Say whether a passback in an area has to be refused at once by a board."""
        weather, boards = self._life.weather, self._life.world.boards
        if self._life.has_renewed and board.node.controller.peers.lacks_own():
            return False  # what a board before it wrote may still come
        watchers = self._life.plan.watchers(area)
        if watchers == [board.name]:
            troubles = ("renewed", "clock", "flash", "power")
            return peek.is_trusted(board) and not any(weather.is_on(kind, board.name) for kind in troubles)
        powered = all(boards[name].node is not None and peek.is_trusted(boards[name]) for name in watchers)
        return powered and weather.is_calm()

    def unsettled(self) -> list:
        """Return what boards still have to settle: clocks, suspicions, their own events."""
        found = []
        for name, board in self._life.world.boards.items():
            if board.node is None or not peek.is_trusted(board):
                found.append(f"{name} has no power or no time")
            else:
                core = board.node.controller
                found += [f"{name} suspects {no} in {area}" for area, no in core.presence.special() if core.reports.unsettled(area, no)]
        return found
