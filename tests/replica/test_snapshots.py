"""A board that comes up empty where old facts are gone: it takes another's table, and goes on from there."""

import struct
from binascii import b2a_base64, crc32

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware.wire import packed, messages  # noqa: F401
from firmware import node  # noqa: F401
from firmware.replica.shelf import FACTS
from tests.core.facts import Writer
from tests.replica.test_checkpoints import Board, live, scratch

SLOW = (
    "test_a_damaged_table_is_not_taken",
    "test_a_log_that_began_with_a_table_never_begins_from_nothing",
    "test_logs_go_on_from_there_over_restarts_and_checkpoints_of_our_own",
    "test_power_that_goes_while_a_table_comes_leaves_what_was_here",
)


def table(board):
    """The table less the ends of violations that are not reported yet: that is for their author to know."""
    return [row[:-1] for row in board.table()]


def pages(board):
    """The table of a board as others get it, cut now."""
    board.node.log.checkpoints.want_cut()
    board.chores(200)
    offer, found, at = board.node.log.checkpoints.offer, [], 0
    while at < offer.size:
        found.append(offer.page(at))
        assert len(found[-1]["bytes"]) <= 3600
        at += (len(found[-1]["bytes"]) * 3 // 4) - found[-1]["bytes"].count("=")
    return found


def fetch(board, told):
    """Let a board take a table, page by page. Says whether it is whole."""
    checkpoints = board.node.log.checkpoints
    checkpoints.assemble(["hall", "safe"])
    for page in told:
        if not checkpoints.assembly.take(page):
            return False
        while checkpoints.assembly.has_work():
            board.chores(1)
    return checkpoints.assembly.is_whole


def adopt(board):
    rows = board.node.log.checkpoints.adopt()
    board.take(board.node.controller.adopt(False, 1000)[0])
    return rows


def peer(seed=5):
    """A board that has let old facts go, and all facts it ever heard."""
    made, board = live(seed, count=300, spread=3, every=60, restarts=3, sectors=40)
    expected = scratch(made, board)
    assert board.table() == expected
    checkpoints = board.node.log.checkpoints
    while checkpoints.room.oldest_facts() is not None:
        checkpoints._let_sector_go(FACTS, checkpoints.room.oldest_facts())
    assert board.node.log.first("c2", 1, "facts") > 1
    return made, board


def test_the_table_of_another_is_what_all_facts_ever_say():
    made, old = peer()
    new = Board(24, 60, inc=2)
    assert fetch(new, pages(old))
    rows = adopt(new)
    assert table(new) == table(old)
    assert (("c2", 1, "facts"), old.node.log.last("c2", 1, "facts")) in rows
    assert new.node.log.last("c2", 1, "facts") == old.node.log.last("c2", 1, "facts")
    new.start()
    assert table(new) == table(old), "after a restart, too"
    assert new.chip.bad_programs == 0 and old.chip.bad_programs == 0


def test_logs_go_on_from_there_over_restarts_and_checkpoints_of_our_own():
    made, old = peer()
    write, at_ms = Writer(), made[-1]["at_ms"]
    write._seqs["c2"] = write._seqs["c3"] = 5000
    rest = [
        write.at_ms("access.granted", at_ms + 2000 * n, "c2", no=n % 7, judge={"hall": [("in", "out")[n // 9 % 2], "soft"]}, reader="c2_in", door="d")
        for n in range(1, 60)
    ]
    new, told = Board(24, 20, inc=2), pages(old)
    for fact in rest[:5] + made[-4:]:
        new.hear(fact)
    assert fetch(new, told)
    adopt(new)
    for fact in rest:
        old.hear(fact)
        new.hear(fact)
        new.chores(2)
        if fact["seq"] % 20 == 0:
            new.start()
    assert table(new) == table(old)
    new.start()
    assert table(new) == table(old)
    assert new.node.log.is_partial and not new.node.log.generations[0].is_taken


def test_a_damaged_table_is_not_taken():
    _, old = peer()
    told = pages(old)
    for place in (0, len(told) - 1):
        text = told[place]["bytes"]
        bad = [dict(page) for page in told]
        bad[place]["bytes"] = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]
        new = Board(24, 60, inc=2)
        assert not fetch(new, bad)
        new.start()
        assert not new.node.log.generations and not new.node.log.is_partial
        assert fetch(new, told)


def test_a_table_whose_areas_are_no_list_is_not_taken():
    for areas in (b"5", b"true", b'{"hall": 1, "safe": 2}', b'"hall safe"'):
        body = b"\0\0\0\0\1" + areas
        page = struct.pack(">H", len(body)) + body
        new = Board(24, 60, inc=2)
        told = {"offset": 0, "size": len(page), "crc": crc32(page), "bytes": b2a_base64(page).decode().strip()}
        assert not fetch(new, [told]) and new.node.log.checkpoints.assembly.has_failed


def test_power_that_goes_while_a_table_comes_leaves_what_was_here():
    _, old = peer()
    told, new = pages(old), Board(24, 60, inc=2)
    before = table(new)
    assert not fetch(new, told[:-1])
    new.start()
    assert table(new) == before and not new.node.log.generations
    assert fetch(new, told)
    adopt(new)
    assert table(new) == table(old)


def test_a_log_that_began_with_a_table_never_begins_from_nothing():
    made, old = peer()
    new = Board(24, 60, inc=2)
    assert fetch(new, pages(old))
    adopt(new)
    late = dict(made[0])
    late["controller"], late["seq"] = "c3", 9000
    before = table(new)
    for fact in made:
        if fact.get("no") is not None and "judge" in fact:
            late["no"], late["judge"] = fact["no"], fact["judge"]
            break
    late["type"], late["reader"], late["door"] = "access.granted", "c3_in", "d"
    assert new.node.log.story(3, lambda fact: True) is not None, "nothing but the table"
    new.hear(late)
    assert new.node.log.story(late["no"], lambda fact: True) is None
    assert table(new) == before
    new.start()
    assert table(new) == before


def test_a_table_is_cut_as_it_was_at_one_moment_a_few_rows_at_a_time_whatever_changes_meanwhile():
    made, old = live(5, count=120, spread=3, every=500, restarts=0, sectors=40)
    before, memory, seen = table(old), old.node.controller.desk.memory, []
    vector = old.node.log.durable_vector()
    checkpoints, keep, write, at_ms = old.node.log.checkpoints, memory.keep, Writer(), made[-1]["at_ms"]
    write._seqs["c2"] = 5000
    memory.keep = lambda no: seen.append(no) or keep(no)
    checkpoints.want_cut()
    most, chores = 0, 0
    while checkpoints.offer is None:
        rows = len(seen)
        old.chores(1)
        most, chores = max(most, len(seen) - rows), chores + 1
        no = (chores * 7) % 20
        old.hear(write.at_ms("access.granted", at_ms + 5000 * chores, "c2", no=no, judge={"hall": ["in", "soft"]}, reader="c2_in", door="d"))
        assert chores < 60
    assert most <= 8 and chores > 5 and table(old) != before
    told, at = [], 0
    while at < checkpoints.offer.size:
        told.append(checkpoints.offer.page(at))
        at += (len(told[-1]["bytes"]) * 3 // 4) - told[-1]["bytes"].count("=")
    new = Board(24, 60, inc=2)
    assert fetch(new, told)
    adopt(new)
    assert table(new) == before, "not a single row of what came after the cut"
    assert checkpoints.offer.kept.state()["vector"] == vector


def test_a_cut_begins_again_when_everybody_changes_at_once():
    made, old = live(5, count=120, spread=3, every=500, restarts=0, sectors=40)
    old.node.log.checkpoints.want_cut()
    old.chores(4)
    assert old.node.log.checkpoints.offer is None
    old.node.controller.desk.relearn()
    old.chores(200)
    assert old.node.log.checkpoints.offer is not None
    new = Board(24, 60, inc=2)
    assert fetch(new, pages(old))
    adopt(new)
    assert table(new) == table(old)
