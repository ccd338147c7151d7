"""A board in minimal mode: it says so, fetches a new release, and nothing else that comes is heard."""

import json

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
import asyncio  # noqa: F401
from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
from firmware.config.store import Store
from firmware.hal.ram_files import RamFiles
from firmware.update import Releases
from firmware.update.mail import Mail
from firmware.wire import seal
from firmware.wire.part_pages import PartPages
from tests.app.fakes import Link
from tests.config.desk import Console, changed
from tests.update.desk import EVENT_KEY, FILES_NEW, FILES_OLD, NEW, NOW_S, OLD, PART, Shipper, aboard, held, ram_tree


class Board:
    """A board in minimal mode at the end of a fake link. `sent`: what it says, opened."""

    def __init__(self, is_calm=True, paused=None, kind="version", part=PART):
        self.store = Store(RamFiles(), PartPages(part))
        self.store.open()
        self.tree, self.is_calm, self.now_ms = ram_tree(), is_calm, 0
        self.link = Link()
        files = RamFiles()
        if paused:
            self.tree.write("paused.json", [json.dumps({kind: paused, "for": kind}).encode()])
        releases = Releases(lambda: files, self.tree, aboard())
        self.mail = Mail(part.settings, part.tables["keys"], releases, self.store, lambda: self.is_calm, lambda mail: self.link, paused is not None)
        self.heard("link", True)

    def heard(self, *event):
        """Something comes; returns what is said until there is nothing more to do."""
        self.link.inbox, before = [event], len(self.link.sent)
        while not self.mail.turn(self.now_ms):
            pass
        return [opened(*sent) for sent in self.link.sent[before:]]

    def ship(self, shipper):
        """Bring it a release or a configuration."""
        told = self.heard("message", "config/c1", shipper.manifest, False)
        while told and "want" in told[-1][1]:
            told = self.heard("message", "config/c1", shipper.piece(told[-1][1]["want"]), False)
        return told


def opened(topic, payload, is_retained):
    message = messages.read(topic, payload, EVENT_KEY)
    assert not isinstance(message, str), "others would not take it"
    return (topic, message, is_retained)


def test_it_says_that_it_is_there_and_no_controller():
    board = Board()
    ((topic, payload, is_retained),) = board.link.sent
    _, told, _ = opened(topic, payload, is_retained)
    assert topic == "status/c1" and is_retained and not told["online"] and told["minimal"] and told["release"] == OLD
    assert board.link.starts == 1 and board.mail.subscriptions() == ["config/c1"]
    assert opened(*board.mail.last_will() + (True,))[1] == told


def test_it_fetches_a_release_and_ends_for_its_trial():
    board = Board()
    told = board.heard("message", "config/c1", Shipper(FILES_NEW).manifest, False)
    ((topic, want, is_retained),) = told
    assert topic == "status/c1" and not is_retained and want["want"]["to"] == "console" and not want["online"]
    ((_, staged, _),) = board.ship(Shipper(FILES_NEW))
    assert staged["staged"] == Shipper(FILES_NEW).version and board.mail.is_over
    assert held(board.tree, NEW) == FILES_NEW and held(board.tree, OLD) == FILES_OLD and board.tree.size("trial.json")


def test_it_waits_until_nobody_wants_out():
    board = Board(is_calm=False)
    board.ship(Shipper(FILES_NEW))
    for _ in range(20):
        board.now_ms += 500
        board.heard("link", True)
    assert not board.mail.is_over and board.tree.size("trial.json") is None
    board.is_calm = True
    board.now_ms += 500
    board.heard("link", True)
    assert board.mail.is_over


def test_what_it_does_not_take_it_says():
    board = Board()
    ((_, told, is_retained),) = board.heard("message", "config/c1", Shipper(FILES_NEW, mpy=9).manifest, False)
    version, reason = told["refused_update"]
    assert is_retained and version == Shipper(FILES_NEW).version and "mpy" in reason


def test_nothing_else_is_heard():
    board, payload = Board(), Shipper(FILES_NEW).manifest
    for event in (("message", "config/c2", payload, False), ("message", "command/c1", payload, False), ("link", False),
                  ("message", "config/c1", Console(changed(2)).manifest, True)):  # fmt: skip
        assert board.heard(*event) == []
    assert not board.mail.is_over and json.loads(board.tree.read("installed.json", 0, 99))["tree"] == OLD


def test_a_link_whose_thread_has_died_is_started_again_later():
    board = Board()
    board.link.is_running = False
    board.mail.turn(500)
    assert board.link.starts == 1
    board.mail.turn(1000)
    assert board.link.starts == 2


def test_a_piece_of_something_else_costs_nothing():
    board = Board()
    board.heard("message", "config/c1", Shipper(FILES_NEW).manifest, False)
    stray = seal.seal(b'{"t":"piece","from":"console"}', b"x" * 32)
    board.heard("message", "config/c1", stray, False)
    board.ship(Shipper(FILES_NEW))
    assert board.mail.is_over


# -- doors pause for one release ---------------------------------------------------------------------


def rests(board, ms):
    """Let time pass; return when it was over, or None."""
    end_ms = board.now_ms + ms
    while board.now_ms < end_ms and not board.mail.is_over:
        board.now_ms += 500
        board.mail.turn(board.now_ms)
    return board.now_ms if board.mail.is_over else None


def told(board):
    return opened(*board.link.sent[-1])[1]


def test_a_pause_says_for_what_and_ends_with_the_release():
    board = Board(paused=Shipper(FILES_NEW).version)
    assert told(board)["pause"] == Shipper(FILES_NEW).version and told(board)["minimal"]
    board.ship(Shipper(FILES_NEW))
    assert board.mail.is_over and board.tree.size("trial.json")


def test_a_pause_in_which_nothing_comes_ends_after_a_minute_and_says_so():
    board = Board(paused=NOW_S)
    over_ms = rests(board, 300_000)
    assert 60_000 <= over_ms <= 63_000 and told(board)["refused_update"] == [NOW_S, "it did not come in the time for which doors pause"]
    assert board.tree.size("trial.json") is None


def test_a_pause_ends_after_ten_minutes_whatever_comes():
    board = Board(paused=NOW_S)
    while not board.mail.is_over:
        board.heard("message", "config/c1", b"noise", False)
        rests(board, 30_000)
    assert 600_000 <= board.now_ms <= 603_000


def test_a_pause_ends_soon_after_its_release_is_refused_and_not_by_an_old_one():
    board = Board(paused=NOW_S)
    board.heard("message", "config/c1", Shipper(FILES_NEW, version=NOW_S - 1, mpy=9).manifest, False)
    assert rests(board, 30_000) is None
    board.heard("message", "config/c1", Shipper(FILES_NEW, mpy=9).manifest, False)
    begun_ms = board.now_ms
    assert begun_ms < rests(board, 30_000) <= begun_ms + 3000, "what was said last has to get to the broker"


def test_a_pause_waits_for_whoever_wants_out_once_all_of_it_is_here():
    board = Board(is_calm=False, paused=NOW_S)
    board.ship(Shipper(FILES_NEW))
    assert rests(board, 300_000) is None
    board.is_calm = True
    assert rests(board, 1000) and board.tree.size("trial.json")


def test_in_minimal_mode_after_crashes_nothing_ends_because_it_takes_long():
    board = Board()
    board.heard("message", "config/c1", Shipper(FILES_NEW, mpy=9).manifest, False)
    assert rests(board, 700_000) is None and "pause" not in told(board)


# -- or for a configuration --------------------------------------------------------------------------


def paused_for_configuration(**words):
    return Board(paused=NOW_S, kind="config", **words)


def test_a_pause_ends_with_the_configuration_which_is_on_trial_then():
    board = paused_for_configuration()
    assert told(board)["pause"] == NOW_S and told(board)["minimal"] and not told(board)["online"]
    board.ship(Console(changed(2), pause=NOW_S))
    assert board.mail.is_over and "refused" not in told(board)
    again = Store(board.store.files, board.store.factory)
    assert again.open() is again and again.is_trial and again.manifest.version == 2


def test_of_a_release_nothing_is_heard_then():
    board = paused_for_configuration()
    assert board.heard("message", "config/c1", Shipper(FILES_NEW, pause=True).manifest, False) == []
    board.ship(Console(changed(2)))
    assert board.mail.is_over and board.tree.size("trial.json") is None and not held(board.tree, NEW)


def test_such_a_pause_ends_by_itself_too():
    board = paused_for_configuration()
    assert 60_000 <= rests(board, 300_000) <= 63_000
    assert told(board)["refused"] == [2, "it did not come in the time for which doors pause"] and board.store.files.size("current") is None


def test_and_after_a_refusal_but_not_of_an_old_one():
    board = Board(paused=NOW_S, kind="config", part=changed(5))
    board.heard("message", "config/c1", Console(changed(4)).manifest, True)
    assert told(board)["refused"][0] == 4 and rests(board, 30_000) is None
    board.heard("message", "config/c1", Console(changed(6), site="other").manifest, False)
    begun_ms = board.now_ms
    assert told(board)["refused"] == [6, "wrong site"] and begun_ms < rests(board, 30_000) <= begun_ms + 3000


def test_and_waits_for_whoever_wants_out():
    board = paused_for_configuration(is_calm=False)
    board.ship(Console(changed(2)))
    assert rests(board, 300_000) is None and board.store.files.size("current") is None
    board.is_calm = True
    assert rests(board, 1000) and board.store.files.size("current")
