"""A node and a new configuration, on every interpreter: what it says, asks, writes, and when it begins anew."""

import json

from tests.wire.test_node_portable import BIT_MS, NINE_MS, STAFF, events, of_kind, only, sent  # noqa: F401, I001
from firmware.config import Opener
from firmware.config.loading import open_part
from firmware.config.store import Store
from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam
from firmware.hal.ram_files import RamFiles
from firmware.node import Node
from firmware.wire import messages, seal
from firmware.wire.part_pages import PartPages
from tests.config.desk import PAGE_ROOM_BYTES, ROOM_BYTES, Console, changed, same
from tests.core.parts import EVENT_KEY


class Board:
    """A board with files, as a shell runs it: with each ("restart",) its node begins anew."""

    def __init__(self, free_bytes=1 << 30):
        self.files, self.flash, self.factory = RamFiles(), NorRam(12), PartPages(changed(1))
        self.now_ms, self.free_bytes = 0, free_bytes
        self.starts = 0
        self.start("power_on")

    def start(self, cause):
        self.actions, self.starts = [], self.starts + 1
        store = Store(self.files, self.factory)
        self.part = open_part(store)
        log = FlashLog(self.flash)
        for _ in range(log.wants_erase()):
            log.erase_ahead()
        opener = Opener(lambda: self.files, self.factory, store, lambda: self.free_bytes)
        self.node = Node(self.part, log, {}, self.now_ms, entropy=b"boot", configuration=opener)
        self.node.resume()
        self.act(self.node.handle(("clock", NINE_MS + self.now_ms), self.now_ms))
        self.act(self.node.start(self.now_ms, cause))
        return self.actions

    def act(self, actions):
        self.actions += actions
        for action in actions:
            if action[0] == "append":
                assert self.node.log.store(action[1])
                self.act(self.node.handle(("durable", action[1]["stream"], action[1]["seq"]), self.now_ms))
            elif action[0] == "ceiling":
                assert self.node.log.store_ceiling(action[1])
                self.act(self.node.handle(("durable", "ceiling", action[1]), self.now_ms))

    def do(self, *event):
        """Hand one thing in, and let the flash do its work; returns all that came of it."""
        self.actions = []
        self.act(self.node.handle(event, self.now_ms))
        self.work()
        return self.actions

    def work(self):
        while self.node.fetching and self.node.fetching.has_work():
            self.act(self.node.chore(self.now_ms))

    def rest(self, ms):
        self.actions, end_ms = [], self.now_ms + ms
        while self.node.next_deadline_ms() is not None and self.node.next_deadline_ms() <= end_ms:
            self.now_ms = max(self.now_ms, self.node.next_deadline_ms())
            self.act(self.node.tick(self.now_ms))
            self.work()
        self.now_ms = end_ms
        return self.actions

    def fetch(self, console, is_retained=True):
        """Hear a manifest and be served; returns the last that came of it."""
        actions = self.do("message", "config/c1", console.manifest, is_retained)
        while wants(actions):
            (want,) = wants(actions)
            actions = self.do("message", "config/c1", console.piece(want), False)
        return actions


def wants(actions):
    found = [json.loads(seal.content(payload)) for _, topic, payload, _ in of_topic(actions, "want/c1")]
    return [want for want in found if "page" in want]


def of_topic(actions, topic):
    return [action for action in actions if action[0] == "send" and action[1] == topic]


def status(actions):
    told = [json.loads(seal.content(action[2])) for action in of_topic(actions, "status/c1")]
    return told[-1] if told else None


def test_from_a_manifest_to_a_controller_that_says_what_is_in_force():
    board, console = Board(), Console(changed(2, home_assistant=False, links=[]))
    assert status(board.do("link", True))["configuration"] == 1
    actions = board.fetch(console)
    assert actions[-1] == ("restart",) and board.node.fetching is None
    actions = board.start("config")
    assert only(actions, "config.applied")["version"] == 2 and board.node.fetching is None
    assert only(actions, "controller.started")["configuration"] == 2
    told = status(board.do("link", True))
    assert told["configuration"] == 2 and "refused" not in told
    assert same(board.part, changed(2)) and not Store(board.files, board.factory).look()
    assert not events(board.start("power_on"), "config.applied"), "it is told once"


def test_what_it_wants_is_a_message_of_its_own_that_every_reader_takes():
    board, console = Board(), Console(changed(2))
    board.do("link", True)
    actions = board.do("message", "config/c1", console.manifest, True)
    ((_, topic, payload, is_retained),) = of_topic(actions, "want/c1")
    message = messages.read(topic, payload, EVENT_KEY)
    assert not is_retained and message["to"] == "console" and message["version"] == 2 and message["page"] == ["list", 0]
    other = Board()
    other.do("link", True)
    assert not other.do("message", "want/c2", seal.seal(seal.content(payload).replace(b'"c1"', b'"c2"'), EVENT_KEY), False)
    for wrong in ({"page": ["list"]}, {"page": None}, {"page": [5, 0]}, {"version": -1}, {"offset": "0"}, {"size": None}, {"to": 5}):
        made = dict(json.loads(seal.content(payload)))
        made.update(wrong)
        assert messages.decode(json.dumps(made).encode()) is None, wrong


def test_the_manifest_in_force_costs_nothing_when_the_broker_repeats_it():
    board, console = Board(), Console(changed(2))
    board.do("link", True)
    board.fetch(console)
    board.start("config")
    board.free_bytes = 0
    for is_retained in (True, False):
        assert board.do("message", "config/c1", console.manifest, is_retained) == []
    assert board.node.faults == {}


def test_with_little_heap_a_board_says_so_and_goes_on():
    board, console = Board(ROOM_BYTES - 1), Console(changed(2))
    board.do("link", True)
    told = status(board.do("message", "config/c1", console.manifest, True))
    assert told["refused"] == [None, "not enough memory: it takes 28 kB of heap, and 27 are free"] and told["configuration"] == 1
    assert board.do("message", "config/c1", console.manifest, True) == []
    assert board.node.faults == {"config.memory": 2} and board.node.fetching is None
    board.free_bytes = ROOM_BYTES
    assert board.fetch(console)[-1] == ("restart",)


def test_what_doors_come_to_need_meanwhile_is_theirs():
    board, console = Board(), Console(changed(2))
    board.do("link", True)
    actions = board.do("message", "config/c1", console.manifest, True)
    board.free_bytes = PAGE_ROOM_BYTES
    actions = board.do("message", "config/c1", console.piece(wants(actions)[0]), False)
    assert wants(actions), "that is enough for a page more"
    board.free_bytes = PAGE_ROOM_BYTES - 1
    while wants(actions):
        actions = board.do("message", "config/c1", console.piece(wants(actions)[0]), False)
    refused = only(actions, "config.refused")
    assert (refused["version"], refused["reason"]) == (2, "not enough memory: it takes 14 kB of heap, and 13 are free")
    assert status(actions)["refused"] == [2, refused["reason"]] and board.node.fetching is None


def test_a_configuration_proves_itself_where_there_is_no_room_for_more():
    board, console = Board(), Console(changed(2))
    board.do("link", True)
    board.fetch(console)
    board.free_bytes = 100
    for cause in ("config", "power_on", "power_on", "power_on", "power_on"):
        actions = board.start(cause)
        assert len(events(actions, "config.applied")) == (cause == "config") and board.node.fetching is None
    assert board.part.settings["version"] == 2, "three starts and no word, and it would be gone"


def test_what_failed_is_told_there_too_and_what_comes_before_that_waits():
    board, console = Board(), Console(changed(2))
    board.do("link", True)
    board.fetch(console)
    store = Store(board.files, board.factory)
    store.open()
    store.fall_back("it did not start")
    board.free_bytes = 100
    act, board.act = board.act, lambda actions: board.actions.extend(actions)  # nothing gets into the flash yet
    assert only(board.start("power_on"), "config.refused")["reason"] == "it did not start"
    assert board.do("message", "config/c1", Console(changed(3)).manifest, True) == [] and board.node.faults == {"config.memory": 1}
    board.act = act
    assert only(board.start("power_on"), "config.refused") and not events(board.start("power_on"), "config.refused")


def test_memory_that_ends_in_the_middle_ends_the_fetching_and_not_the_controller():
    board, console = Board(), Console(changed(2))
    board.do("link", True)
    board.do("message", "config/c1", console.manifest, True)

    def short(*_):
        raise MemoryError

    board.node.fetching._configuring._take_piece = short
    actions = board.do("message", "config/c1", console.piece({"page": ["list", 0], "offset": 0, "size": 192}), False)
    assert only(actions, "config.refused")["reason"].startswith("not enough memory") and board.node.fetching is None


def test_a_refusal_is_written_told_and_counted():
    board = Board()
    board.do("link", True)
    actions = board.do("message", "config/c1", Console(changed(2), to="c2").manifest, True)
    refused = only(actions, "config.refused")
    assert (refused["version"], refused["reason"], refused["stream"]) == (2, "wrong to", "notes")
    assert status(actions)["refused"] == [2, "wrong to"]
    actions = board.do("message", "config/c1", Console(changed(2), b"x" * 32).manifest, True)
    assert only(actions, "config.refused")["version"] is None and status(actions)["refused"] == [2, "wrong to"]
    for _ in range(5):
        assert board.do("message", "config/c1", Console(changed(2), b"x" * 32).manifest, True) == []
    assert board.node.faults == {"config": 7}
    board.rest(10_000)
    actions = board.do("message", "config/c1", Console(changed(2), b"x" * 32).manifest, True)
    assert only(actions, "config.refused")["count"] == 6


def test_without_a_link_it_asks_when_the_link_is_up_again():
    board, console = Board(), Console(changed(2))
    board.do("link", True)
    (want,) = wants(board.do("message", "config/c1", console.manifest, True))
    board.do("link", False)
    assert not wants(board.rest(300_000))
    board.do("link", True)
    assert wants(board.rest(10)) == [want] or wants(board.actions)[0]["offset"] == want["offset"]


def test_the_news_is_told_again_where_power_went_before_it_was_in_the_flash():
    board, console = Board(), Console(changed(2))
    board.do("link", True)
    board.fetch(console)
    act, board.act = board.act, lambda actions: board.actions.extend(actions)  # nothing gets into the flash
    for _ in range(2):
        assert only(board.start("config"), "config.applied")
    board.act = act
    assert only(board.start("config"), "config.applied")
    assert not events(board.start("config"), "config.applied")


def test_a_node_without_files_counts_what_comes():
    node = Node(changed(1), FlashLog(NorRam(12)), {}, entropy=b"boot")
    node.resume()
    assert node.handle(("message", "config/c1", Console(changed(2)).manifest, True), 0) == []
    assert node.faults == {"retained": 1}
