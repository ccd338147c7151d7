"""All that grows with use is there, for tests/small_heap_board.py: `full` fills it and writes a checkpoint, `again` is the start after it.

What lay in the flash is handed on as a file, `chip`, in the folder of pages.
"""
import gc

from tests.small_heap_board import Board, report

FEW, EACH, MANY = 20, 100, 400  # people


class Busy(Board):
    """A board whose operators and people do what is remembered."""

    def others(self, action):
        if action[0] == "reply":
            self.answer = action[2]

    def command(self, nonce, **fields):
        """Let an operator order something. Gives the answer."""
        fields.update({"operator": "ada", "nonce": nonce, "reason": "he held the door for a visitor"})
        self.act(self.node.controller.command(fields, self.now_ms))
        self.until(self.now_ms + 500)
        self.chores()
        gc.collect()
        return self.answer

    def of(self, no, action, nonce, **fields):
        return self.command(nonce, action=action, area="hall", user="person-%d" % no, **fields)

    def let_go(self, no, bits, word=""):
        """Somebody who is in comes in; he is cleared, and goes, for which he is pardoned."""
        granted = self.granted
        assert self.of(no, "move", word + "%016x" % (2 * no), presence="in")["done"] == "now"
        self.tap("d0_in", bits)
        assert self.of(no, "clear", word + "%016x" % (2 * no + 1))["event"]["of"]
        self.tap("d0_out", bits)
        assert self.granted == granted + 1

    def remembered(self):
        return [known.count for known in self.node.controller.desk.memory._known()[:3] + (self.node.controller.desk.reports.closed,)]


def fill(folder, settings, tables, sectors):
    board = Busy(settings, tables, sectors)
    gc.threshold((gc.mem_alloc() + gc.mem_free()) // 16)
    report("node", 0)
    with open(folder + "/frames") as frames:
        for no, bits in enumerate(frames):
            board.let_go(no, bits.strip())
            if no % EACH == EACH - 1:
                report("people-%d" % (no + 1), sum(board.remembered()))
    for place, count in enumerate(board.remembered()):
        report("remembered-%d" % place, count)
    for number in range(2):
        report("checkpoint-%d" % (number + 1), board.checkpoint())
    report("facts", board.node.log.last("c1", board.node.log.inc, "facts"))
    with open(folder + "/chip", "wb") as file:
        file.write(board._chip._bytes)
    report("end", 0)


class Again(Busy):
    """The same a day later, with what lay in its flash."""

    start_ms = Board.start_ms + 86_400_000
    image = None

    def begin(self, part, opener):
        with open(self.image, "rb") as file:
            assert file.readinto(self._chip._bytes)
        super().begin(part, opener)


def again(folder, settings, tables, sectors):
    Again.image = folder + "/chip"
    board = Again(settings, tables, sectors)
    gc.threshold((gc.mem_alloc() + gc.mem_free()) // 16)
    report("node", 0)
    report("facts", board.node.log.last("c1", board.node.log.inc, "facts"))
    for place, count in enumerate(board.remembered()):
        report("remembered-%d" % place, count)
    last = 2 * MANY - 1
    report("before", board.of(last >> 1, "clear", "%016x" % last)["done"] == "before")
    with open(folder + "/frames") as frames:
        for no in range(FEW):
            board.let_go(no, frames.readline().strip(), "again")
    report("badges", board.granted)
    report("checkpoint-3", board.checkpoint())
    report("end", 0)
