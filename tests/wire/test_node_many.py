"""Very many people in violation at a time: each is told of, and no piece of work is about more than a few of them."""

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware import node as _  # noqa: F401
from firmware.core import stamp
from tests.wire.test_node_portable import NINE_MS, Board, events

SLOW = (
    "test_of_very_many_each_expiry_is_told_once_and_never_more_than_a_few_are_looked_at_in_one_piece",
    "test_very_many_suspicions_are_settled_once_the_others_are_heard",
    "test_who_was_looked_at_before_others_moved_on_again_is_looked_at_once_more",
    "test_a_reset_of_very_many_goes_on_bit_by_bit_and_counts_at_once",
)
MANY, LIMIT_S = 90, 600
AT_ONCE_MAX, A_PIECE_MAX = 32, 2
SOFT = {"anti_passback": {"entrances": "soft", "exits": "soft"}, "violation_timeout_s": LIMIT_S}


class Watched(Board):
    """A board of which is counted whom it looks at in one piece of work."""

    looked = 0

    def begin(self):
        self.most = 0
        reports = self.node.controller.desk.reports
        review = reports.review

        def counting(area, no, at_ms):
            self.looked += 1
            return review(area, no, at_ms)

        reports.review = counting
        return self

    def until(self, now_ms):
        due_ms = self.node.next_deadline_ms()
        while due_ms is not None and due_ms <= now_ms:
            self.now_ms, self.looked = max(self.now_ms, due_ms), 0
            self.take(self.node.tick(self.now_ms))
            self.most = max(self.most, self.looked)
            due_ms = self.node.next_deadline_ms()
        self.now_ms = max(self.now_ms, now_ms)


def comes_in_twice(board, no):
    for _ in range(2):
        controller = board.node.controller
        controller.desk.begin(board.now_ms)
        fields = {"no": no, "reader": "front_in", "door": "front", "judge": {"hall": ["in", "soft"]}, "after": {}, "card": None}
        controller.desk.write("access.granted", fields)
        board.take(board.node._act(controller.desk.end(), board.now_ms))
        board.until(board.now_ms + 200)


def crowd(**changes):
    board = Watched(area=SOFT, **changes).begin()
    board.do("link", True)
    board.actions = []
    for no in range(MANY):
        comes_in_twice(board, no)
    return board


def numbers(board, kind):
    return sorted([event["no"] for event in events(board.actions, kind)])


def told(board):
    """What is told of the hall."""
    board.node.states.note(board.now_ms)
    return board.node.states._area("hall")


def test_of_very_many_each_expiry_is_told_once_and_never_more_than_a_few_are_looked_at_in_one_piece():
    board = crowd(others=())
    assert numbers(board, "apb.violation") == list(range(MANY))
    assert (told(board)["violations"], len(told(board)["users"])) == (MANY, AT_ONCE_MAX)
    board.most = 0
    board.until(board.now_ms + LIMIT_S * 1000 + 60_000)
    assert numbers(board, "apb.cleared") == list(range(MANY)) and board.most <= AT_ONCE_MAX
    assert all([event["by"] == "expiry" for event in events(board.actions, "apb.cleared")])
    assert told(board)["violations"] == 0


def test_very_many_suspicions_are_settled_once_the_others_are_heard():
    board = crowd(others=("c2",))
    board.until(board.now_ms + 5000)
    assert numbers(board, "apb.suspected") == list(range(MANY)) and not numbers(board, "apb.violation")
    board.most = 0
    beyond = stamp.at(NINE_MS + board.now_ms)
    for _ in range(8):
        board.take(board.node._act(board.node.controller.heard("c2", beyond, board.now_ms), board.now_ms))
        board.until(board.now_ms + 2000)
    assert numbers(board, "apb.violation") == list(range(MANY)) and board.most <= AT_ONCE_MAX + A_PIECE_MAX


def test_a_reset_of_very_many_goes_on_bit_by_bit_and_counts_at_once():
    board = crowd(others=())
    table = board.node.controller.presence
    table.at_once_max = 0
    board.actions, board.looked = [], 0
    board.command("reset", "n1", area="hall", reason="a drill")
    assert board.looked <= AT_ONCE_MAX and board.node.controller.is_sweeping()
    assert table.standing("hall", MANY - 1).violation is None, "whoever comes before his turn is done then"
    while board.node.controller.is_sweeping():
        board.looked = 0
        board.take(board.node.chore(board.now_ms))
        assert board.looked <= 8
    assert not list(table.special()) and told(board)["violations"] == 0


def test_who_was_looked_at_before_others_moved_on_again_is_looked_at_once_more():
    board, seen = crowd(others=()), []
    desk = board.node.controller.desk
    review = desk.reports.review
    desk.reports.review = lambda area, no, at_ms: seen.append(no) or review(area, no, at_ms)
    desk.watch.look_at_all()
    board.node._due_ms = None
    board.until(board.now_ms + 300)
    assert 10 < len(seen) < MANY and len(set(seen)) == len(seen)
    del seen[:]
    desk.watch.look_at_all()
    board.until(board.now_ms + 10_000)
    assert set(seen) == set(range(MANY))
