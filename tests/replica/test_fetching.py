"""Whom a board asks for a table, for how long, and what it does with tables that are of no use."""

from firmware.replica.fetching import Fetching
from firmware.replica.heartbeat import NEVER

KEY = ("c2", 1, "facts")
AREAS = ["x", "y"]


class Assembly:
    """A table as it comes: `holds` are its areas, one page is the whole of it."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.offset = 0
        self.is_whole = self.has_failed = self.lacks_areas = False
        self.page = None

    def has_work(self):
        return self.page is not None

    def take(self, message):
        self.page = message
        return True

    def work(self):
        holds, self.page = self.page["holds"], None
        self.lacks_areas = self.has_failed = not all([area in holds for area in self.wanted])
        self.is_whole, self.offset = not self.has_failed, 1


class Checkpoints:
    def __init__(self):
        self.assembly = None

    def assemble(self, areas):
        self.assembly = Assembly(areas)

    def give_up(self):
        self.assembly = None


class Log:
    def __init__(self):
        self.checkpoints = Checkpoints()
        self.generations, self.is_partial = [], False

    def last(self, controller, inc, stream):
        return 0


class Origins:
    def is_online(self, name, now_ms):
        return True


def opened(*peers, knows=False):
    log = Log()
    log.is_partial = knows
    fetching = Fetching(log, Origins(), list(peers))
    fetching.link(True, 0)
    fetching.gone(KEY, 9, 0)
    return log, fetching


def live(log, fetching, tables, until_ms=200000):
    """Let peers answer with one page of what they hold; who is not in `tables` is silent. Returns (asked, how it ends)."""
    asked, now_ms = [], 0
    while now_ms <= until_ms:
        for result in fetching.tick(AREAS, now_ms):
            if result[0] == "lost":
                return asked, (now_ms, result)
            asked.append((result[1], log.checkpoints.assembly.wanted))
            if result[1] in tables:
                fetching.page(result[1], {"offset": 0, "holds": tables[result[1]]}, now_ms)
        if log.checkpoints.assembly is not None and log.checkpoints.assembly.has_work():
            log.checkpoints.assembly.work()
        if fetching.written(now_ms):
            return asked, (now_ms, "whole")
        now_ms = now_ms + 1 if fetching.due_ms <= now_ms else min(fetching.due_ms, until_ms + 1)
    return asked, (now_ms, None)


def test_a_table_of_all_areas_is_preferred_and_one_that_lacks_some_is_asked_for_once():
    log, fetching = opened("c2", "c3", "c4")
    asked, (now_ms, end) = live(log, fetching, {"c2": ["x"], "c4": ["x", "y"]})
    assert [name for name, _ in asked] == ["c2", "c4"]
    assert end == "whole" and all([wanted == AREAS for _, wanted in asked])


def test_a_board_that_knows_nothing_takes_a_table_of_some_areas_when_there_is_no_other():
    log, fetching = opened("c2", "c3")
    asked, (now_ms, end) = live(log, fetching, {"c2": ["x"], "c3": ["y"]})
    assert end == "whole" and now_ms < 10000 and asked[-1][1] == []


def test_a_board_that_knows_something_does_not_give_it_for_a_table_of_some_areas_nor_wait_for_ever():
    log, fetching = opened("c2", "c3", knows=True)
    asked, (now_ms, end) = live(log, fetching, {"c2": ["x"], "c3": ["y"]})
    assert end == ("lost", "c2", 1, "facts", 1, 9) and 60000 <= now_ms < 63000
    assert len(asked) == 2, "their pages are not written again and again"


def test_where_nobody_answers_all_is_lost_after_a_minute():
    log, fetching = opened("c2", "c3")
    asked, (now_ms, end) = live(log, fetching, {})
    assert end == ("lost", "c2", 1, "facts", 1, 9) and 60000 <= now_ms < 63000 and len(asked) >= 29
    assert not fetching.is_active() and fetching.due_ms == NEVER


def test_pages_of_tables_that_fail_put_nothing_off():
    log, fetching = opened("c2")
    asked, now_ms, end = 0, 0, None
    while end is None and now_ms < 200000:
        for result in fetching.tick(AREAS, now_ms):
            if result[0] == "lost":
                end = now_ms
            else:
                asked += 1
                fetching.page("c2", {"offset": 0, "holds": AREAS}, now_ms)
                log.checkpoints.assembly.work()
                log.checkpoints.assembly.is_whole, log.checkpoints.assembly.has_failed = False, True
                fetching.written(now_ms)
        now_ms += 500
    assert asked > 5 and end is not None and end < 70000


def test_the_first_page_may_come_from_whoever_was_asked_before():
    log, fetching = opened("c2", "c3")
    assert fetching.tick(AREAS, 0) == [("want", "c2", 0)]
    assert fetching.tick(AREAS, 2000) == [("want", "c3", 0)]
    fetching.page("c2", {"offset": 0, "holds": AREAS}, 2500)
    fetching.page("c3", {"offset": 0, "holds": []}, 2600)
    log.checkpoints.assembly.work()
    assert fetching.written(2700)
