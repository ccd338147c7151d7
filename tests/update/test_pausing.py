"""A release or configuration without room beside the doors: a whole node waits for its moment, and has them pause once for an order."""

import json

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import recorder, apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
from firmware.config import Opener
from firmware.config.loading import open_part
from firmware.config.store import Store
from firmware.hal.flash_log import FlashLog
from firmware.hal.ram_files import RamFiles
from firmware.node import Node
from firmware.update import Releases
from firmware.wire.part_pages import PartPages
from tests.config.desk import LITTLE_ROOM_BYTES, PAGE_ROOM_BYTES, RELEASE_ROOM_BYTES, ROOM_BYTES, Console, changed
from tests.config.test_office import Board, status, wants
from tests.update.desk import FILES_NEW, FILES_OLD, NEW, NOW_S, OLD, Shipper, aboard, held, ram_tree
from tests.wire.test_node_portable import NINE_MS, only


LACK = "not enough memory: it takes 28 kB of heap, and 27 are free"
LACK_OF_RELEASE = "not enough memory: it takes 36 kB of heap, and 27 are free"


class Short(Board):
    """A board without room for a release beside its doors. `running`: what does."""

    def __init__(self, free_bytes=ROOM_BYTES - 1, running=None, tree=None):
        self.tree, self.update, self.running = tree or ram_tree(), RamFiles(), running or aboard()
        super().__init__(free_bytes)
        self.do("link", True)

    def start(self, cause):
        self.actions = []
        store = Store(self.files, self.factory)
        log = FlashLog(self.flash)
        for _ in range(log.wants_erase()):
            log.erase_ahead()
        self.releases = Releases(lambda: self.update, self.tree, self.running)
        opener = Opener(lambda: self.files, self.factory, store, lambda: self.free_bytes, self.releases)
        self.node = Node(open_part(store), log, {}, self.now_ms, entropy=b"boot", configuration=opener)
        self.node.resume()
        self.act(self.node.handle(("clock", NINE_MS + self.now_ms), self.now_ms))
        self.act(self.node.start(self.now_ms, cause))

    def order(self, shipper=None):
        return self.do("message", "config/c1", (shipper or Shipper(FILES_NEW, pause=True)).manifest, False)

    def configure(self, version=2, order=NOW_S, is_retained=False):
        return self.do("message", "config/c1", Console(changed(version), pause=order).manifest, is_retained)

    def paused(self, kind="version"):
        """For what doors have paused, as the flash has it."""
        raw = self.tree.read("paused.json", 0, 99)
        return json.loads(raw).get(kind) if raw else None

    def is_over(self):
        return ("reboot",) in self.actions


def refusal(board):
    return board.releases.status.get("refused_update")


def test_it_waits_and_says_so_then_doors_pause_and_that_is_in_the_log():
    board = Short()
    assert status(board.order())["pause"] == NOW_S and not board.is_over() and board.paused() is None
    actions = board.rest(1000)
    event = only(actions, "update.paused")
    assert (event["version"], event["release"], event["stream"]) == ("0.2.0", NEW, "notes")
    assert board.is_over() and board.releases.wants_pause and board.paused() == NOW_S
    assert not held(board.tree, NEW) and not wants(actions)


def test_whoever_does_not_say_that_doors_may_pause_is_refused():
    board = Short()
    assert status(board.order(Shipper(FILES_NEW)))["refused_update"] == [NOW_S, LACK_OF_RELEASE]
    board.order(Shipper(FILES_NEW, version=NOW_S + 1, pause=1))
    board.rest(60_000)
    assert not board.releases.wants_pause and board.node.fetching is None and board.node.faults == {"config.memory": 2}


def test_doors_that_somebody_needs_do_not_pause():
    board = Short()
    board.node.handle(("rex", "front", True), 0)
    board.order()
    for _ in range(10):
        board.rest(10_000)
        assert board.order() == [] and not board.is_over()
    board.node.handle(("rex", "front", False), board.now_ms)
    board.order()
    assert board.rest(20_000) and board.releases.wants_pause


def test_without_a_link_they_do_not_pause_either():
    board = Short()
    board.order()
    board.do("link", False)
    assert not board.rest(20_000) or not board.releases.wants_pause
    board.do("link", True)
    board.order()
    board.rest(1000)
    assert board.releases.wants_pause


def test_doors_do_not_pause_for_somebody_who_has_left():
    board = Short()
    board.node.handle(("rex", "front", True), 0)
    board.order()
    actions = board.rest(40_000)
    assert "pause" not in status(actions) and board.node.fetching is None
    board.node.handle(("rex", "front", False), board.now_ms)
    board.rest(60_000)
    assert not board.releases.wants_pause and board.paused() is None


def test_they_pause_once_for_a_manifest_and_for_none_that_is_older():
    board = Short()
    board.order()
    board.rest(1000)
    again = Short(tree=board.tree)
    for version in (NOW_S, NOW_S - 1):
        again.order(Shipper(FILES_NEW, version=version, pause=True))
        assert refusal(again)[0] == version and refusal(again)[1].startswith("doors have paused for it")
        again.rest(5000)
    assert not again.releases.wants_pause
    again.order(Shipper(FILES_NEW, version=NOW_S + 1, pause=True))
    again.rest(1000)
    assert again.releases.wants_pause and again.paused() == NOW_S + 1


def test_they_do_not_pause_for_what_is_of_no_use():
    for shipper, why in ((Shipper(FILES_NEW, mpy=9, pause=True), ".mpy version 9"), (Shipper(FILES_NEW, rom=9999, pause=True), "an image of 9999")):
        board = Short()
        assert why in status(board.order(shipper))["refused_update"][1]
        board.rest(5000)
        assert not board.releases.wants_pause
    board = Short()
    board.update.write("newest", [b'[%d, "fw-x"]' % NOW_S])
    assert "has tried it" in status(board.order())["refused_update"][1]
    for shipper, running in ((Shipper(FILES_OLD, OLD, pause=True), aboard()), (Shipper(FILES_NEW, pause=True), aboard(OLD, is_trial=True))):
        board = Short(running=running)
        board.order(shipper)
        board.rest(5000)
        assert refusal(board) is None and not board.releases.wants_pause


def test_of_what_has_a_wrong_seal_or_is_no_release_it_says_that_there_is_no_room():
    wrong_release, wrong = Shipper(FILES_NEW, key=b"x" * 32, pause=True).manifest, Console(changed(2), b"x" * 32, pause=NOW_S).manifest
    for payload in (wrong_release, wrong, b'{"t":"piece"}', b""):
        board = Short()
        told = status(board.do("message", "config/c1", payload, False))
        assert told["refused"] == [None, "not enough memory"] and board.node.fetching is None, payload


def test_such_a_thing_does_not_disturb_whoever_waits():
    board = Short()
    board.order()
    for payload in (Shipper(FILES_NEW, key=b"x" * 32, pause=True).manifest, Console(changed(2)).manifest):
        assert board.do("message", "config/c1", payload, True) == []
    assert status(board.order(Shipper(FILES_NEW, version=NOW_S + 1, mpy=9)))["pause"] == NOW_S, "another one is refused"
    board.rest(1000)
    assert board.releases.wants_pause


def test_with_hardly_any_heap_doors_do_not_even_pause():
    board = Short(LITTLE_ROOM_BYTES - 1)
    told = status(board.order())
    assert told["refused"] == [None, "not enough memory: it takes 36 kB of heap, and 6 are free"] and "pause" not in told


def test_a_full_flash_keeps_them_from_it():
    board = Short()
    board.order()
    board.tree.bytes_max = 0
    board.rest(1000)
    assert refusal(board) == [NOW_S, "no room in the flash"] and not board.releases.wants_pause


def test_with_room_it_is_fetched_and_nobody_pauses_until_memory_ends():
    board, shipper = Short(1 << 30), Shipper(FILES_NEW, pause=True)
    assert wants(board.order(shipper)) and "pause" not in board.releases.status

    def short(*_):
        raise MemoryError

    board.node.fetching._configuring._take_piece = short
    assert board.do("message", "config/c1", shipper.piece({"page": ["list", 0], "offset": 0, "size": 192}), False) == []
    assert board.node.fetching is None and refusal(board) is None
    assert status(board.order(shipper))["pause"] == NOW_S
    board.rest(1000)
    assert board.releases.wants_pause
    board = Short(1 << 30)
    assert wants(board.order(shipper)), "another board has room"


def test_a_release_proves_itself_where_there_is_no_room_for_more():
    tree = ram_tree()
    tried = {"tree": NEW, "own": "own-1", "board": "test", "before": OLD, "version": NOW_S, "firmware": "0.2.0"}
    tree.write("tried.json", [json.dumps(tried).encode()])
    board = Short(100, aboard(NEW, is_trial=True), tree)
    board.do("message", "config/c1", Console(changed(2)).manifest, True)
    actions = board.rest(20_000)
    assert only(actions, "update.confirmed")["release"] == NEW and "trial" not in status(actions)
    assert json.loads(tree.read("installed.json", 0, 999))["tree"] == NEW and tree.size("tried.json") is None
    assert board.node.fetching is None


def test_a_configuration_has_them_pause_as_well():
    board = Short()
    told = status(board.configure())
    assert told["pause"] == NOW_S and told["configuration"] == 1 and not board.is_over() and board.paused("config") is None
    actions = board.rest(1000)
    assert only(actions, "update.paused")["version"] == 2 and not wants(actions)
    assert board.is_over() and board.releases.wants_pause and board.paused("config") == NOW_S and board.paused("for") == "config"


def test_for_a_configuration_that_does_not_say_so_or_that_a_broker_has_kept_they_do_not():
    for pause, is_retained in ((None, False), (True, False), (0, False), (-1, False), ("1", False), (1 << 40, False), (NOW_S, True)):
        board = Short()
        assert status(board.configure(order=pause, is_retained=is_retained))["refused"] == [2, LACK], pause
        board.rest(60_000)
        assert not board.releases.wants_pause and board.node.fetching is None and board.paused("config") is None


def test_of_an_older_configuration_it_says_so_and_the_one_in_force_is_no_news():
    board = Short()
    board.factory = PartPages(changed(5))
    board.start("power_on")
    board.do("link", True)
    assert status(board.configure(4))["refused"] == [4, "version 4 is older than 5, which is in force"]
    board.rest(5000)
    assert board.configure(5) == [] and not board.releases.wants_pause


def test_they_pause_once_for_each_order_of_one_configuration_and_each_kind_has_its_own():
    board = Short()
    board.configure()
    board.rest(1000)
    again = Short(tree=board.tree)
    for order in (NOW_S, NOW_S - 1):
        assert status(again.configure(order=order))["refused"][1].startswith("doors have paused for it")
        again.rest(5000)
    assert not again.releases.wants_pause
    again.order(Shipper(FILES_NEW, pause=True))
    again.rest(1000)
    assert again.releases.wants_pause and again.paused() == NOW_S and again.paused("config") == NOW_S and again.paused("for") == "version"
    again = Short(tree=board.tree)
    assert status(again.order(Shipper(FILES_NEW, pause=True)))["refused_update"][1].startswith("doors have paused for it")
    again.configure(order=NOW_S + 1)
    again.rest(1000)
    assert again.releases.wants_pause and again.paused("config") == NOW_S + 1


def test_whoever_repeats_an_order_is_waited_for_and_nobody_else():
    board = Short()
    board.node.handle(("rex", "front", True), 0)
    board.configure()
    for _ in range(10):
        board.rest(10_000)
        assert board.configure() == []
    for _ in range(4):
        board.rest(10_000)
        actions = board.actions
        board.configure(is_retained=True)
    assert "pause" not in board.releases.status and actions
    board.node.handle(("rex", "front", False), board.now_ms)
    board.rest(60_000)
    assert not board.releases.wants_pause


def test_each_kind_has_a_floor_of_its_own():
    board = Short(ROOM_BYTES)
    assert wants(board.configure()) and "pause" not in board.releases.status
    board = Short(ROOM_BYTES)
    assert status(board.order())["pause"] == NOW_S
    board = Short(RELEASE_ROOM_BYTES)
    assert wants(board.order()) and "pause" not in board.releases.status


def test_they_pause_for_a_configuration_for_which_memory_ended_on_the_way():
    board, console = Short(ROOM_BYTES), Console(changed(2), pause=NOW_S)
    (want,) = wants(board.configure())
    board.free_bytes = PAGE_ROOM_BYTES - 1
    for _ in range(3):
        found = wants(board.do("message", "config/c1", console.piece(want), False))
        want = found[0] if found else want
    assert board.node.fetching is None and not board.releases.wants_pause
    board.free_bytes = ROOM_BYTES
    board.do("message", "config/c1", b"noise", False)
    assert board.releases.is_short, "that is nobody's order"
    assert status(board.configure())["pause"] == NOW_S
    board.rest(1000)
    assert board.releases.wants_pause


def test_after_a_refusal_for_what_ran_short_it_is_tried_beside_the_doors_again():
    board = Short(ROOM_BYTES)
    board.releases.is_short = True
    assert status(board.configure(3, None))["refused"] == [3, "not enough memory: what was free has not been enough"]
    assert wants(board.configure(3, None)) and not board.releases.wants_pause
