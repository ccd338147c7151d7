"""Lives of a board whose heap is in pieces of 4 kB from its start on, for tests/board/in_pieces.py. Each is one of VERBS.

Whatever asks for a longer piece is a MemoryError. Each prints a JSON line at its end: what there is to look at.
"""

import gc
import json

from tests import pieces

PIECE_BYTES = 4112  # 4,096, and what MicroPython has behind bytes
PIN_EACH = 2000  # calls
THRESHOLD_BYTES = 24_000  # of garbage
BADGES = 20
NAMES = 400  # the tests have names, too, which on a board have no place in MicroPython's table: it grows before the heap is in pieces


def live(rom, verb, words):
    gc.threshold(THRESHOLD_BYTES)
    VERBS[verb](rom, *words)


class Pins:
    """Keep the heap in pieces. `longest`: the longest that there was once it had been pinned."""

    def __init__(self):
        self._pins = None
        self.longest = 0
        for number in range(NAMES):
            hasattr(self, "name%d" % number)

    def again(self):
        """What was in use and is free now may have become a longer piece."""
        self._pins = None
        self._pins = pieces.pinned(PIECE_BYTES)
        self.longest = max(self.longest, pieces.longest())


def tell(pins, **told):
    told["longest"] = pins.longest
    print(json.dumps(told))


def tape(rom, folder, sectors):
    """The recorded calls that a board of a large site gets. `folder`: the pages of its part, and `tape`."""
    from firmware.wire.part import Part, read_settings
    from tests.board.tape_player import Player, calls
    from tests.small_heap_board import flash, load

    settings = read_settings(load(folder, flash, ("settings",))["settings"])
    player, pins, count = Player(Part(settings, load(folder, flash)), int(sectors)), Pins(), 0
    for call in calls(folder + "/tape"):
        player.do(call)
        count += 1
        if call[0] == "start" or count % PIN_EACH == 0:
            pins.again()
    presence, log = player.node.controller.presence, player.node.log
    digests = {area: presence.digest(area) for area in presence.rules}
    tell(pins, counts=player.counts, vector=log.vector(), digests=digests, is_partial=log.is_partial, cuts=len(log.generations))


def takes(rom, folder):
    """A new configuration comes, and a node begins with it in the same heap. `folder`: as small_heap_config.py has it."""
    from firmware.config.loading import open_part
    from firmware.config.store import Store
    from tests import small_heap_config
    from tests.small_heap_board import flash, load

    (board, factory), pins = small_heap_config.fetching(folder, load(folder, flash), 128), Pins()
    pins.again()
    count = board.configure(folder + "/news")
    faults, board.node = board.node.faults, None
    pins.again()
    store = Store(small_heap_config.files(folder + "/config"), factory)
    board.begin(open_part(store), None)
    with open(folder + "/frames") as frames:
        board.tap("d0_in", frames.readline().strip())
    tell(pins, count=count, faults=faults, version=store.manifest.version, granted=board.granted)


def fetches(rom, folder):
    """A new release comes. `folder`: an empty one."""
    from firmware.hal.busy import Busy
    from firmware.hal.files import Files
    from firmware.hal.tree import Tree
    from tests.update import desk

    tree = Tree(folder, Busy(bool))
    for path in desk.FILES_OLD:
        assert tree.patch(desk.OLD + "/" + path, 0, [desk.FILES_OLD[path]])
    tree.write("installed.json", [json.dumps(desk.INSTALLED).encode()])
    shipper, board, pins = desk.Shipper(desk.FILES_NEW), desk.Receiver(tree, Files(folder + "/update")), Pins()
    pins.again()
    board.fetch(shipper)
    tell(pins, staged=board.is_staged(), refusals=board.refusals(), asked=len(shipper.asked))


def controller(rom):
    """A whole controller on fake hardware: badges, door events; and one that begins anew in the same heap."""
    from tests.board import controller as board

    chip = board.chip()
    chip.partitions = {"log": rom.Nor()}
    made, pins, types = board.Controller(chip), Pins(), {}
    for _ in range(2):
        pins.again()
        for number in range(BADGES):
            made.tap(number % 4, ("front_in", "front_out")[number % 2], 200 + number % 7 * 300, 4000)
            made.contact("front.sensor", False)
            made.contact("front.rex", number % 2 == 0)
            made.contact("front.sensor", True)
        for name in made.types():
            types[name] = types.get(name, 0) + 1
        made = board.Controller(chip, cause="config")
    tell(pins, types=types)


def forgets(rom, folder):
    """Where everybody is in the hall becomes unknown: the table of another board did not tell."""
    from firmware.wire.part import read_settings
    from tests.small_heap_board import Board, flash, load, read

    board, pins = Board(read_settings(load(folder, read, ("settings",))["settings"]), load(folder, flash), 128), Pins()
    pins.again()
    presence, count = board.node.controller.presence, 0
    presence.forget_whereabouts(["hall"], board.start_ms)
    while presence.is_sweeping():
        presence.sweep()
    for no in presence.known("hall"):
        count += presence.standing("hall", no).presence == "unknown"
    tell(pins, unknown=count)


def lists(rom, folder):
    """A node of many people starts; prints the map of the heap before and after that."""
    import micropython
    from firmware.wire.part import read_settings
    from tests.small_heap_board import Board, flash, load, read

    print("CODE")
    micropython.mem_info(1)
    board = Board(read_settings(load(folder, read, ("settings",))["settings"]), load(folder, flash), 128)
    gc.collect()
    print("NODE")
    micropython.mem_info(1)
    assert board.granted == 0


VERBS = {"tape": tape, "takes": takes, "fetches": fetches, "controller": controller, "forgets": forgets, "lists": lists}
