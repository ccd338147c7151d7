"""When somebody who badges properly may badge again: not within the errors of the clocks, but for one hasty pair.

The promise to proper people is that of the rules: clocks are wrong by no more than they know, and one look ahead puts a
pair of badges right that only the clocks put in the wrong order. Nobody walks so fast that three badges are within it.
"""

from host_sim.fuzz import peek
from host_sim.fuzz.layout import Way
from host_sim.fuzz.truth import GONE, KEPT, LOST, Entry

_MARGIN_MS = 30
_READ_MS = 90  # from a card at the reader to its badge


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

    def may_turn(self, user: str, way: Way) -> bool:
        """Say whether a badge right after the last one, and before it by the clocks, is put right by the look ahead.

        Where the answer waits for a question the badge is stamped after it: then nothing is in the wrong order.
        """
        if not self.may_hurry(user, way):
            return False
        board, last = self._life.world.boards[way.controller], self._recent(user)[-1]
        return peek.wall_ms(board) + _READ_MS < peek.stamp_ms(last.event) and last.state == KEPT

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
