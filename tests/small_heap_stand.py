"""Very many people in violation at a time, for tests/small_heap_board.py: `stand` lets them come in twice each and writes a checkpoint,
`stood` is the start after it, and a reset that ends all of it.

What lay in the flash is handed on as a file, `chip`, in the folder of pages.
"""
import gc

from tests.small_heap_board import Board, report
from tests.small_heap_full import Again

EACH = 50  # people
_HOUR_MS = 3_600_000


class Told(Board):
    """A board of which is counted what it reports."""

    violations = cleared = 0

    def act(self, actions):
        for action in actions:
            if action[0] == "append":
                self.violations += action[1]["type"] == "apb.violation"
                self.cleared += action[1]["type"] == "apb.cleared"
        super().act(actions)


def stand(folder, settings, tables, sectors):
    board = Told(settings, tables, sectors)
    gc.threshold((gc.mem_alloc() + gc.mem_free()) // 16)
    report("node", 0)
    with open(folder + "/frames") as frames:
        for no, bits in enumerate(frames):
            board.tap("d0_in", bits.strip())
            board.tap("d0_in", bits.strip())
            if no % EACH == EACH - 1:
                report("people-%d" % (no + 1), board.violations)
    for number in range(2):
        report("checkpoint-%d" % (number + 1), board.checkpoint())
    report("violations", board.violations)
    with open(folder + "/chip", "wb") as file:
        file.write(board._chip._bytes)
    report("end", board.granted)


class Stood(Again):
    """The same a day later."""

    violations = cleared = 0
    act = Told.act


def stood(folder, settings, tables, sectors):
    Again.image = folder + "/chip"
    board = Stood(settings, tables, sectors)
    gc.threshold((gc.mem_alloc() + gc.mem_free()) // 16)
    presence = board.node.controller.presence
    report("node", board.violations)
    report("again", sum(1 for area, no in presence.special() if presence.standing(area, no).violation))
    board.until(board.now_ms + _HOUR_MS)
    report("hour", board.violations + board.cleared)
    board.write("apb.reset", {"area": "hall", "by": "operator", "nonce": "r1"})
    board.until(board.now_ms + _HOUR_MS)
    board.chores()
    report("reset", board.cleared)
    report("left", sum(1 for _ in presence.special()))
    report("checkpoint-3", board.checkpoint())
    report("end", board.granted)
