"""Power is cut while a checkpoint is written into a log that is a file on a real littlefs: `micropython log_cuts.py FIRST STEP`.

In each life a board hears facts, writes them down and makes a checkpoint; power goes in one operation on the flash below. Afterwards it
starts again, misses nothing that was in the flash, hears the rest and all of it anew, and has the table of a fold from scratch.
Prints {"operations": of the flash in the checkpoint, "cuts"} as JSON. A traceback: something was lost.
"""

import json
import sys
import vfs

sys.path.insert(0, ".")

from firmware.core import book, presence, judge, reports, badges  # noqa: E402, F401 the inner parts first: imports take stack
from firmware.hal.busy import Busy  # noqa: E402
from firmware.hal.log_file import LogFile  # noqa: E402
from firmware.hal.nor import NorRam, small_draw  # noqa: E402
from tests.replica import test_checkpoints as story  # noqa: E402
from tests.update.lfs_cuts import ROOT, Device, live  # noqa: E402

SECTORS, LOG_SECTORS = 64, 24
FACTS, EVERY = 40, 30


class Board(story.Board):
    """Its log is a file on the littlefs that is mounted."""

    def start(self):
        self.chip = LogFile(ROOT + "/log.img", LOG_SECTORS, Busy(bool))
        super().start()

    def hear_all(self, facts, durable):
        """Hear facts, and note each that is in the flash."""
        for fact in facts:
            self.hear(fact)
            durable.append(fact)

    def has(self, fact):
        return bool(self.node.log.between(fact["controller"], fact["inc"], "facts", fact["seq"], fact["seq"]))


def on_flash(image, cut_at=None):
    """Return (device, its flash)."""
    nor = NorRam(SECTORS, draw=small_draw(cut_at or 1))
    nor.load(image)
    nor.cut_at = cut_at
    return Device(nor), nor


def before_checkpoint(made):
    """The flash of a board that has heard all but the last facts; a checkpoint is due."""
    nor = NorRam(SECTORS)
    vfs.VfsLfs2.mkfs(Device(nor))
    durable = []
    live(Device(nor), lambda: Board(LOG_SECTORS, 1 << 20).hear_all(made[:-4], durable))
    return nor.snapshot(), durable


def checkpoint(board, facts, durable):
    """Write one, piece by piece; facts come between the pieces."""
    board.node.log.checkpoints.make_soon()
    for fact in facts:
        board.chores(2)
        board.hear_all([fact], durable)
    board.chores(60)


def cut(image, made, durable, cut_at):
    """Returns (operations, generations that there are at the end)."""
    device, nor = on_flash(image, cut_at)
    known = list(durable)
    was_cut = live(device, lambda: checkpoint(Board(LOG_SECTORS, EVERY), made[-4:], known))
    assert was_cut == (cut_at is not None), cut_at
    operations = nor.operations
    count = []
    live(device, lambda: count.append(look(made, known)))
    return operations, count[0]


def look(made, known):
    """The board as it starts then: nothing is lost, and all facts lead to the table that they make from scratch."""
    board = Board(LOG_SECTORS, EVERY)
    lost = [fact["seq"] for fact in known if not board.has(fact)]
    assert not lost, ("lost", lost)
    board.hear_all(made, [])
    assert board.table() == story.scratch(made, board), "another table"
    return len(board.node.log.generations)


def main(first, step):
    made = story.in_order(story.story(3, FACTS))
    image, durable = before_checkpoint(made)
    operations, generations = cut(image, made, durable, None)
    assert generations, "no checkpoint was written"
    cuts = 0
    for cut_at in range(first, operations + 1, step):
        cut(image, made, durable, cut_at)
        cuts += 1
    print(json.dumps({"operations": operations, "cuts": cuts}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
