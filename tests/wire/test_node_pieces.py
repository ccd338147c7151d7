"""A message whose events are taken one by one, with badges between them, as a board does it."""

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware import node as _  # noqa: F401
from firmware.core import stamp
from firmware.wire import messages
from tests.fuzz import node as fuzzed
from tests.replica.sides import message
from tests.wire.test_node_portable import MATE, NINE_MS, STAFF, events, only

ENTERED, LEFT = "in", "out"


def fact(seq, no, side, controller="c2"):
    at_ms = NINE_MS + seq * 1000
    made = {"type": "access.granted", "controller": controller, "inc": 1, "stream": "facts", "seq": seq, "at_ms": at_ms, "err_ms": 100}
    made.update({"stamp": stamp.at(at_ms), "no": no, "reader": "front_" + side, "door": "front", "judge": {"hall": [side, "hard"]}})
    return made


def heard(board, entries, controller="c2"):
    heads = {"facts": entries[-1]["seq"], "notes": 0, "site": 0}
    board.actions = []
    fuzzed.told(board, "log/" + controller, messages.encode(message("log", controller, entries=entries, heads=heads)))
    return board.actions


def finish(board):
    while board.node.left:
        board.actions = []
        board.take(board.node.go_on(board.now_ms))


def one_by_one():
    board = fuzzed.board()
    board.node.events_at_once = 1
    return board


STAYS = [fact(1, MATE, ENTERED), fact(2, MATE, LEFT), fact(3, 2, ENTERED), fact(4, MATE, ENTERED), fact(5, 2, LEFT)]


def test_each_event_comes_by_itself_and_nothing_is_missing_in_the_end():
    whole, board = fuzzed.board(), one_by_one()
    assert len(events(heard(whole, STAYS))) == 5 and not whole.node.left
    assert [event["seq"] for event in events(heard(board, STAYS))] == [1]
    for seq in (2, 3, 4, 5):
        assert board.node.left and board.node.log.last("c2", 1, "facts") == seq - 1
        board.take(board.node.go_on(board.now_ms))
    finish(board)
    presences = [each.node.controller.presence for each in (whole, board)]
    assert presences[0].digest("hall") == presences[1].digest("hall")
    assert board.node.log.last("c2", 1, "facts") == 5 and not board.node.left


def test_a_badge_between_them_is_judged_by_what_is_here_and_again_when_the_others_are():
    board = one_by_one()
    heard(board, STAYS[:2])
    board.until(board.now_ms + 10_000)
    assert only(board.tap("front_out", MATE), "access.granted")["after"] == {"hall": ["c2", 1, 1]}, "his entry alone is known"
    finish(board)
    board.until(board.now_ms + 60_000)
    assert board.node.controller.presence.standing("hall", MATE).violation, "he had gone out by then"


def test_the_next_message_comes_after_the_whole_of_the_one_before():
    board = one_by_one()
    heard(board, STAYS)
    came = [event["seq"] for event in events(heard(board, [fact(6, MATE, LEFT), fact(7, STAFF, LEFT)]))]
    assert came == [2, 3, 4, 5, 6] and board.node.left
    finish(board)
    assert board.node.log.last("c2", 1, "facts") == 7


def test_a_link_that_goes_meanwhile_takes_nothing_away():
    board = one_by_one()
    heard(board, STAYS)
    board.do("link", False)
    finish(board)
    assert board.node.log.last("c2", 1, "facts") == 5


def test_whose_violation_comes_while_others_are_asked_about_is_looked_at_with_the_next_sign_of_life():
    board, looked = fuzzed.board(), []
    heard(board, [fact(1, MATE, ENTERED), fact(2, MATE, ENTERED)])
    watch, review = board.node.controller.desk.watch, board.node.controller.desk.reports.review
    assert watch.ask_again_ms is not None
    watch.ask_again_ms = board.now_ms + 60_000
    heard(board, [fact(3, 2, ENTERED), fact(4, 2, ENTERED)])
    board.node.controller.desk.reports.review = lambda area, no, at_ms: looked.append(no) or review(area, no, at_ms)
    board.node.controller.heard("c3", None, board.now_ms)
    assert sorted(looked) == [MATE, 2]
