"""When somebody who badges properly may badge again: not within the errors of the clocks, but for one hasty pair.

The promise to proper people is that of the rules: clocks are wrong by no more than they know, and one look ahead puts a
pair of badges right that only the clocks put in the wrong order. Nobody walks so fast that three badges are within it.
"""

from host_sim.fuzz import peek
from host_sim.fuzz.layout import Way
from host_sim.fuzz.truth import GONE, LOST, Entry

_MARGIN_MS = 30


class Pace:
    """`life` has the boards, the truth and the plan."""

    def __init__(self, life):
        self._life = life
        self.hasty = 0  # pairs within the errors of the clocks

    def may_badge(self, user: str, way: Way) -> bool:
        """Say whether a badge now comes after all this person did before, as the clocks and stamps have it."""
        board = self._life.world.boards[way.controller]
        if board.node is None:
            return True
        return all(self._comes_after(board, entry) for entry in self._recent(user))

    def may_hurry(self, user: str, way: Way) -> bool:
        """Say whether the one look ahead covers a badge now though the clocks put it before the last one."""
        board, recent = self._life.world.boards[way.controller], self._recent(user)
        if board.node is None or not recent or not peek.is_trusted(board) or not recent[-1].is_settled:
            return False
        last = recent[-1]
        pairs = self._life.pairs
        if not pairs.may_be(last.event, way.reader, way.controller) or not pairs.has_known_start(last):
            return False
        if peek.knows(board, last) or not all(self._comes_after(board, entry) for entry in recent[:-1]):
            return False
        apart_ms = abs(peek.wall_ms(board) + _MARGIN_MS - last.event["at_ms"])
        return apart_ms + 2 * _MARGIN_MS < last.event["err_ms"] + peek.err_ms(board)

    def may_rush(self, user: str, way: Way, back: Way, apart_ms: int) -> bool:
        """Say whether two badges at once, at two doors, are a pair that the look ahead puts right if need be."""
        boards = [self._life.world.boards[place.controller] for place in (way, back)]
        if any(board.node is None or not peek.is_trusted(board) for board in boards):
            return False
        if not self._life.pairs.may_begin(user, way, back) or not (self.may_badge(user, way) and self.may_badge(user, back)):
            return False
        skew_ms = abs(peek.wall_ms(boards[0]) - peek.wall_ms(boards[1]))
        return skew_ms + apart_ms + _MARGIN_MS < peek.err_ms(boards[0]) + peek.err_ms(boards[1])

    def _recent(self, user: str) -> list[Entry]:
        entries = self._life.truth.people[user]
        return [entry for entry in entries[-6:] if entry.state not in (LOST, GONE)]

    def _comes_after(self, board, entry: Entry) -> bool:
        if peek.knows(board, entry):
            return True
        life = self._life
        true_ms, wall = life.world.unix_ms(), life.world.unix_ms()
        if peek.is_trusted(board):
            wall = min(peek.wall_ms(board), true_ms)
        if entry.is_settled:
            return wall > peek.stamp_ms(entry.event) + _MARGIN_MS
        return wall > life.world.start_ms + entry.true_ms + 4 * _MARGIN_MS
