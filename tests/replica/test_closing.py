"""What was lost with the board that wrote it: its successor finds out that nobody has it, and nobody waits for it."""

from firmware.wire import messages
from tests.replica.sides import Side, Wires, all_of, event, message

OLD = ("c1", 1, "facts")


def _replaced(c2_has, c3_has):
    """A new board c1 (inc 2) among those that have some of what the old one wrote."""
    wires = Wires("c2", "c3")
    for name, seqs in (("c2", c2_has), ("c3", c3_has)):
        side = wires.sides[name]
        side.exchange = type(side.exchange)(
            name, 1, all_of(("c1", "c2", "c3"), name), side.log, side.draw, side.clock, side.tell, hardware="board of " + name
        )
        for seq in seqs:
            made = event(seq)
            side.log.add(made)
            side.log.store(made)
    wires.sides["c1"] = Side("c1", wires, all_of(("c1", "c2", "c3"), "c1"), inc=2)
    wires.link_all()
    return wires, wires.sides["c1"], wires.sides["c2"], wires.sides["c3"]


def _close(wires, c1):
    """Let the successor give up what both others say they lack."""
    found = [result for result in c1.found("lacked") if result[5] == ["c2", "c3"]]
    if found:
        _, inc, stream, _, last, _ = found[-1]
        c1.carry(c1.exchange.skipped("c1", inc, stream, last, wires.now_ms))
    return found


def test_its_successor_learns_what_none_of_the_others_has():
    wires, c1, _, _ = _replaced((1, 2, 5), (1, 2, 4, 5))
    wires.run(10000)
    assert c1.log.last(*OLD) == 2
    assert c1.found("lacked")[-1] == ("lacked", 1, "facts", 3, 3, ["c2", "c3"])


def test_what_one_of_them_has_is_not_lost():
    wires, c1, c2, _ = _replaced((1, 2, 5), (1, 2, 3, 4, 5))
    wires.run(60000)
    assert c1.log.last(*OLD) == 5 == c2.log.last(*OLD) and _close(wires, c1) == []


def test_while_one_is_not_there_nobody_knows():
    wires, c1, _, c3 = _replaced((1, 2, 5), (1, 2, 3, 4, 5))
    c3.link(False)
    wires.run(60000)
    assert c1.log.last(*OLD) == 2 and _close(wires, c1) == []
    assert c1.found("lacked")[-1] == ("lacked", 1, "facts", 3, 4, ["c2"])
    c3.link(True)
    wires.run(60000)
    assert c1.log.last(*OLD) == 5


def test_by_its_word_the_others_wait_no_longer():
    wires, c1, c2, c3 = _replaced((1, 2, 5), (1, 2, 4, 5))
    wires.run(10000)
    assert c2.log.last(*OLD) == 2 and c2.exchange.gaps.lacks_older("c1", 2)
    assert _close(wires, c1)
    wires.run(60000)
    assert [side.log.last(*OLD) for side in (c1, c2, c3)] == [5, 5, 5]
    assert not c2.exchange.gaps.lacks_older("c1", 2)
    assert ("closed", "c1", 1, "facts", 3) in c2.results
    assert c2.promised["c1"] > 0


def test_nobody_else_may_say_so():
    wires, c1, c2, _ = _replaced((1, 2, 5), (1, 2, 4, 5))
    row = ["c1", 1, "facts", 3, 3]
    for sender, inc in (("c3", 1), ("c1", 1)):
        heard = message("log", sender, entries=[], closed=[row])
        heard["inc"] = inc
        c2.hear(heard)
    assert c2.log.last(*OLD) == 2
    c1.hear(message("log", "c2", entries=[], lacks=[["c1", 2, "facts", 1, 3], ["c2", 1, "facts", 1, 3], ["c1", 1, "facts", 9, 9]]))
    assert c1.found("lacked") == []


def test_these_rows_are_checked_like_all_others():
    for field in ("closed", "lacks"):
        good = message("log", "c1", entries=[], **{field: [["c1", 1, "facts", 3, 3]]})
        assert messages.decode(messages.encode(good))[field] == [["c1", 1, "facts", 3, 3]]
        for bad in (5, [["c1", 1, "facts", 3]], [["c1", -1, "facts", 3, 3]], [["c1", 1, "what", 3, 3]]):
            assert messages.decode(messages.encode(message("log", "c1", entries=[], **{field: bad}))) is None


def test_who_asks_for_what_can_not_be_is_told_nothing():
    _, _, c2, _ = _replaced((1, 2, 5), (1, 2, 4, 5))
    asked = message("want", "c1", origin=["c1", 1], stream="facts", first=(1 << 62) - 9, last=(1 << 62) - 1)
    asked["inc"] = 2
    c2.wires.sent = []
    c2.hear(asked)
    assert c2.wires.said("c2", "log") == []
