"""Checkpoints: whatever the order of arrival, restarts and room, the table is the fold of all facts from scratch."""

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware.core import fold
from firmware.core.area_changes import told
from firmware.core.area_rules import AreaRules, Horizon
from firmware.core.book import Book
from firmware.core.events import in_order, is_fact
from firmware.core.standing import Standing
from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam
from firmware.node import Node
from firmware.replica.log import Log
from firmware.replica.room import FlashTooSmall, Room
from firmware.wire import packed
from tests.core import facts
from tests.core.facts import START_MS, Lcg, Writer, plain
from tests.core.parts import hall, part

SLOW = (
    "test_what_ends_while_a_checkpoint_is_written_has_been_told_and_has_ended",
    "test_settings_of_long_ago_are_kept_no_longer_than_facts_of_their_time",
    "test_violations_that_nobody_reports_fill_a_small_flash_and_never_stop_it",
    "test_what_comes_later_than_the_flash_reaches_is_reported_and_moves_nobody_back",
    "test_own_events_that_went_are_not_missing_after_a_restart",
    "test_one_badge_of_a_clock_that_errs_by_far_costs_nobody_else_anything",
    "test_no_flash_that_is_taken_starves_however_small",
    "test_facts_that_come_very_late_are_judged_from_an_older_checkpoint",
    "test_the_table_is_the_fold_from_scratch_whatever_came_late_and_however_often_power_went",
    "test_what_the_flash_has_no_room_for_goes_and_the_table_stays",
)

PEOPLE = 20
PEERS = ("c2", "c3")
AREAS = {
    "hall": hall(controllers=["c1", "c2", "c3"], no=0, violation_timeout_s=900),
    "safe": hall(controllers=["c2", "c3"], no=1, parent="hall"),
}
NUMBERS = {"front_in": 0, "front_out": 1, "c2_in": 2, "c2_out": 3, "c3_in": 4, "c3_out": 5}


class Board:
    """A node that hears others' facts, with a flash that keeps them over restarts."""

    def __init__(self, sectors=24, every=30, inc=1, rows_max=2048, at_once_max=256):
        self.rows_max, self.at_once_max = rows_max, at_once_max
        self.chip = NorRam(sectors)
        self.inc = inc
        self.every = every
        self.start()

    def start(self):
        log = FlashLog(self.chip)
        while log.erase_ahead():
            pass
        made = part(people=[0] * PEOPLE, areas=AREAS, reader_numbers=NUMBERS, others=PEERS)
        self.node = Node(made, log, {}, inc=self.inc, rows_max=self.rows_max)
        self.node.log.checkpoints.every = self.every
        self.node.controller.presence.at_once_max = self.at_once_max
        self.node.resume()
        self.take(self.node.handle(("clock", START_MS - 5000), 0))
        self.take(self.node.start(0))

    def take(self, actions):
        for action in actions:
            if action[0] == "append":
                waits = 0
                while not self.node.log.store(action[1]):
                    self.chores(1)
                    waits += 1
                    assert waits < 200, "nothing makes room"

    def hear(self, fact):
        if self.node.log.add(fact):
            self.take([("append", fact)])
            self.take(self.node.controller.take(fact, 1000))

    def report_ended(self):
        """Nobody here reports how violations end, as their boards would: so they would be kept for ever."""
        presence = self.node.controller.presence
        for area, no in presence.special():
            presence.drop_ended(area, no)

    def chores(self, count):
        for _ in range(count):
            if self.node.has_chores():
                self.take(self.node.chore(1000))

    def table(self):
        presence = self.node.controller.presence
        return [plain(presence.standing(area, no)) for no in range(PEOPLE) for area in sorted(AREAS)]


def scratch(told_facts, board):
    """The same table by a fold of all facts from the beginning, with those that the board wrote itself."""
    made, log = [], board.node.log
    own = log.between("c1", log.inc, "facts", 1, log.last("c1", log.inc, "facts"))
    told_facts = told_facts + [fact for fact in own if is_fact(fact)]
    changes = [change(fact) for fact in in_order(told_facts) if fact["type"] in ("area.set", "apb.reset")]
    for no in range(PEOPLE):
        one = Book({area: rules(AREAS[area]) for area in AREAS}, {area: Standing() for area in AREAS})
        fold.from_scratch(one, in_order([fact for fact in told_facts if fact.get("no") == no]), changes)
        made += [plain(one._standings[area]) for area in sorted(AREAS)]
    return made


def rules(settings):
    return AreaRules(settings, facts.ZONE, Horizon())


def change(fact):
    is_set = fact["type"] == "area.set"
    new = rules(told(AREAS[fact["area"]], fact["settings"])) if is_set else None
    return fold.Change((fact["stamp"], fact["controller"], fact["inc"]), fact["at_ms"], fact["area"], "set" if is_set else "reset", new)


def story(seed, count):
    """Facts of two other boards about people who come, go and pass back, now and then a reset or a change."""
    lcg, write = Lcg(seed), Writer()
    made, at_ms = [], START_MS
    for _ in range(count):
        at_ms += 1 + lcg.below(3000)
        where, no = lcg.one_of(PEERS), lcg.below(PEOPLE)
        chance = lcg.below(100)
        if chance < 2:
            made.append(write.at_ms("apb.reset", at_ms, where, area="safe", by="operator", nonce="r%d" % at_ms))
        elif chance < 4:
            limit = lcg.one_of((60, 600, 0))
            made.append(write.at_ms("area.set", at_ms, where, area="hall", settings={"violation_timeout_s": limit}))
        elif chance < 9:
            made.append(write.at_ms("apb.cleared", at_ms, where, area="hall", no=no, by="operator", nonce="n%d" % at_ms))
        else:
            direction, areas = lcg.one_of(("in", "out")), lcg.one_of((("hall",), ("safe",), ("hall", "safe")))
            judge = {area: [direction, lcg.one_of(("soft", "soft", "deny"))] for area in areas}
            badge = write.at_ms("access.granted", at_ms, where, no=no, judge=judge, reader=where + "_" + direction, door="d")
            badge["err_ms"] = lcg.one_of((100, 100, 100, 900))
            made.append(badge)
    return made


def arrival(made, seed, spread):
    """The order in which they arrive: each up to `spread` places late."""
    lcg = Lcg(seed)
    keyed = sorted([(place + lcg.below(spread + 1), place) for place in range(len(made))])
    return [made[place] for _, place in keyed]


def live(seed, count=220, spread=6, every=30, restarts=6, sectors=24, is_reported=False, rows_max=2048, at_once_max=256):
    made, board, lcg = story(seed, count), Board(sectors, every, 1, rows_max, at_once_max), Lcg(seed + 1)
    for fact in arrival(made, seed, spread):
        board.hear(fact)
        if is_reported:
            board.report_ended()
        board.chores(lcg.below(4))
        if lcg.below(count) < restarts:
            board.start()
    return made, board


def test_what_is_remembered_by_digests_comes_back_from_a_checkpoint():
    board, write = Board(every=1000), Writer()
    for number in range(50):
        board.hear(write.pardon(number, "c2", no=number % PEOPLE, area="hall", nonce="n%d" % number))
        board.hear(write("apb.cleared", number, "c2", no=number % PEOPLE, area="hall", by="expiry", of=["c2", 1, number]))
    board.hear(write.reset(60, "c2", area="hall", nonce="all"))
    before = remembered(board)
    assert [count for count, _ in before] == [42, 1, 20, 50] and not board.node.log.generations
    board.node.log.checkpoints.make_soon()
    board.chores(300)
    board.start()
    assert board.node.log.generations and remembered(board) == before
    assert board.node.controller.desk.chronicle.event_of("n49")["seq"] == 99
    assert not board.node.controller.desk.chronicle.knows("n2") and board.node.controller.presence.commands.get("n8")


def test_what_ends_while_a_checkpoint_is_written_has_been_told_and_has_ended():
    for steps in range(12):
        board, write = Board(every=1000), Writer()
        for number in range(20):
            board.hear(write("apb.violation", number, "c2", no=number, area="hall", of=["c2", 1, 100 + number]))
        board.node.log.checkpoints.make_soon()
        board.chores(steps)
        for number in range(20):
            board.hear(write("apb.cleared", 30 + number, "c2", no=number, area="hall", by="expiry", of=["c2", 1, 100 + number]))
        board.chores(300)
        board.start()
        reports = board.node.controller.reports
        assert board.node.log.generations and list(reports.keep()) == []
        assert [reports.closed.get("hall c2 1 %d" % (100 + number)) for number in range(20)] == [b"c"] * 20, steps


def remembered(board):
    """Of each that knows something by digests: how many, and what, from the oldest on."""
    known = board.node.controller.desk.memory._known()[:4]
    return [(each.count, b"".join([bytes(part) for part in each.keep()])) for each in known]


def test_the_table_is_the_fold_from_scratch_whatever_came_late_and_however_often_power_went():
    for seed in range(6):
        made, board = live(seed)
        expected = scratch(made, board)
        assert board.table() == expected, seed
        board.start()
        assert board.table() == expected, seed
        assert board.node.log.generations


def test_facts_that_come_very_late_are_judged_from_an_older_checkpoint():
    for seed in (11, 12):
        made, board = live(seed, spread=90)
        assert board.table() == scratch(made, board), seed


def test_a_checkpoint_is_what_a_restart_begins_with():
    made, board = live(3, spread=0, restarts=0)
    folded = []
    presence = board.node.controller.presence
    board.start()
    original = presence.__class__.take
    try:
        presence.__class__.take = lambda self, fact: folded.append(fact) or original(self, fact)
        board.start()
    finally:
        presence.__class__.take = original
    assert 0 < len(folded) < 100, "only what came after the checkpoint"


def test_what_the_flash_has_no_room_for_goes_and_the_table_stays():
    made, board = live(5, count=700, spread=3, every=60, restarts=3, sectors=13, is_reported=True)
    assert board.node.log.first("c2", 1, "facts") > 1, "old facts were let go"
    assert unended(board.table()) == unended(scratch(made, board))
    board.start()
    assert unended(board.table()) == unended(scratch(made, board))
    assert board.chip.bad_programs == 0


def test_what_comes_later_than_the_flash_reaches_is_reported_and_moves_nobody_back():
    made, board = live(5, count=700, spread=0, every=60, restarts=0, sectors=13, is_reported=True)
    write = Writer()
    write._seqs["c3"] = 5000
    late = write.at_ms("access.granted", START_MS + 1, "c3", no=3, judge={"hall": ["out", "soft"]}, reader="c3_out", door="d")
    before = board.table()
    board.hear(late)
    log = board.node.log
    own = log.between("c1", log.inc, "facts", 1, log.last("c1", log.inc, "facts"))
    told = [(fact["area"], fact["no"], fact["of"]) for fact in own if fact["type"] == "apb.unjudged"]
    assert board.table() == before and told == [("hall", 3, ["c3", 1, 5001])]


def unended(rows):
    return [row[:-1] for row in rows]


def test_no_flash_that_is_taken_starves_however_small():
    for sectors, restarts in ((10, 0), (13, 6), (20, 6)):
        made, board = live(5, 700, 3, 60, restarts, sectors, is_reported=True)
        assert unended(board.table()) == unended(scratch(made, board)), sectors
        assert board.chip.bad_programs == 0 and board.node.log.first("c2", 1, "facts") > 1


def test_violations_that_nobody_reports_fill_a_small_flash_and_never_stop_it():
    made, board = live(5, count=700, spread=3, every=60, restarts=0, sectors=20)
    assert board.node.log.is_settled() and board.node.log.last("c2", 1, "facts") > 300


def test_a_flash_too_small_for_two_checkpoints_is_refused_and_the_least_size_named():
    for people, areas, sectors in ((20, 2, 9), (2000, 4, 51)):
        board = Board(sectors + 1) if people == 20 else None
        room = board.node.log.checkpoints.room if board else Room(Log("c1", FlashLog(NorRam(sectors + 1)), packed.Codec))
        room.require(people, areas)
        try:
            Room(Log("c1", FlashLog(NorRam(sectors)), packed.Codec)).require(people, areas)
            raise AssertionError("taken")
        except FlashTooSmall as fault:
            assert str(fault) == "the log needs at least %d sectors of flash, here are %d" % (sectors + 1, sectors)


def test_settings_of_long_ago_are_kept_no_longer_than_facts_of_their_time():
    made, board = live(5, count=700, spread=3, every=60, restarts=3, sectors=13)
    presence = board.node.controller.presence
    kept = len(presence._known_changes)
    told = len([fact for fact in made if fact["type"] in ("area.set", "apb.reset")])
    assert told > 24 and kept < 12, (told, kept)


def test_own_events_that_went_are_not_missing_after_a_restart():
    board = Board(12)
    for at_ms in range(2000, 2000000, 2000):
        board.take(board.node.handle(("leaf", "front", at_ms // 2000 % 2 == 0), at_ms))
        board.take(board.node.tick(at_ms + 1000))
        board.chores(1)
    log, inc = board.node.log, board.node.log.inc
    last = log.last("c1", inc, "notes")
    assert not log.generations and log.first("c1", inc, "notes") > 1
    board.start()
    assert board.node.log.last("c1", inc, "notes") >= last and board.node.log.first("c1", inc, "notes") > 1


def test_power_that_goes_while_the_only_checkpoint_makes_room_leaves_a_log_that_knows_its_past_is_gone():
    made, board = live(5, count=300, spread=0, every=60, restarts=0, sectors=13)
    assert board.node.log.first("c2", 1, "facts") > 1
    for kept in list(board.node.log.generations):
        board.node.log.checkpoints._drop(kept)
    board.start()
    assert board.node.log.is_partial and not board.node.log.generations


def reads_after(err_ms):
    """Let somebody badge whose board's clock errs so much, then 80 facts come; how many does folding read again?"""
    made, board = story(5, 160), Board(24, 40)
    far = next(fact for fact in made[50:] if fact["type"] == "access.granted")
    far["err_ms"] = err_ms
    for place, fact in enumerate(made):
        if place == 80:
            board.start()
            board.read, get = [], board.node.log.shelf.get
            board.node.log.shelf.get = lambda address: board.read.append(address) or get(address)
        if place < 80 or fact.get("no") != far["no"]:
            board.hear(fact)
            board.chores(3)
    assert unended(board.table()) == unended(scratch(made[:80] + [fact for fact in made[80:] if fact.get("no") != far["no"]], board))
    return len(board.read)


def test_one_badge_of_a_clock_that_errs_by_far_costs_nobody_else_anything():
    usual, minute, days = reads_after(900), reads_after(60000), reads_after(10**9)
    assert minute <= usual + 5 and days <= usual + 5, (usual, minute, days)


def test_a_console_unseen_for_thirty_days_stops_counting_and_an_event_says_so_whatever_restarts_there_were():
    board, day_ms, written = Board(), 24 * 3600 * 1000, []
    take = board.take
    board.take = lambda actions: take(actions) or written.extend([action[1] for action in actions if action[0] == "append"])

    def told():
        return [(each["type"], each["peer"]) for each in written if each["type"] in ("controller.offline", "controller.online")]

    board.take(board.node.controller.heard("console", None, 2000))
    board.node.log.checkpoints.make_soon()
    board.chores(40)
    board.start()
    assert board.node.log.generations and board.node.log.consoles == {"console": True}
    board.take(board.node.tick(30 * day_ms - 10000))
    assert ("controller.offline", "console") not in told()
    board.take(board.node.tick(30 * day_ms + 10000))
    assert ("controller.offline", "console") in told() and board.node.log.consoles == {"console": False}
    board.take(board.node.controller.heard("console", None, 31 * day_ms))
    assert ("controller.online", "console") in told() and board.node.log.consoles == {"console": True}
