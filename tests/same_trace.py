"""Live one controller's recorded day again, on any interpreter: `same_trace.py ROOT TRACE [LINE..]`, without these lines.

Layout of a trace: JSON lines, one per call that a shell made:
    ["part", [settings page in hex], {table: [page in hex]}, sectors]   first of all
    ["cut", operations]       power goes in the so manieth flash operation from here
    ["mount"]                 power is on; then ["node", contacts, hardware, seed, entropy] and ["resume"]
    ["start", now, cause]  ["handle", now, event]  ["tick", now]  ["chore", now]
    ["store"]                 the oldest of what the node wants written is written; it stays where that fails
    ["sum"]                   print a summary
Prints a JSON line per "sum": what the node knows and keeps, and what it has said so far.
"""
import json
import sys
from binascii import crc32, unhexlify

FORMAT_SECTORS = 8
BLOCK_BYTES = 32768


def canonical(value):
    """The same text for the same value, whatever the order of its dicts."""
    if isinstance(value, dict):
        return "{" + ",".join([key + ":" + canonical(value[key]) for key in sorted(value)]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([canonical(part) for part in value]) + "]"
    return '"' + value if isinstance(value, str) else str(value)


class Said:
    """What a node has answered so far: how many actions of each kind, and a checksum over all."""

    def __init__(self):
        self.counts = {}
        self.crc = 0

    def take(self, actions):
        from firmware.wire import seal
        for action in actions:
            kind = action[0]
            self.counts[kind] = self.counts.get(kind, 0) + 1
            if kind == "send":
                # What a message says, whatever the order of its fields and so its MAC.
                action = action[:2] + (json.loads(seal.content(action[2])), action[3])
            self.crc = crc32(canonical(action).encode(), self.crc)


def summary(node, chip, said):
    """Everything that must be the same, as plain values."""
    presence, log = node.controller.presence, node.log
    return {
        "digests": {area: presence.digest(area) for area in presence.rules},
        "rows": {area: rows(presence, area) for area in presence.rules},
        "vector": log.vector(),
        "durable": log.durable_vector(),
        "said": [said.counts, said.crc],
        "faults": node.faults,
        "flash": {"programs": chip.programs, "bad_programs": chip.bad_programs, "wear": list(chip.wear)},
        "content": content(log),
    }


def rows(presence, area):
    from tests.core.facts import plain
    return [[no, canonical(plain(presence.standing(area, no)))] for no in sorted(set(presence.known(area)))]


def content(log):
    """Checksums of all that is in the flash: events as they are, of checkpoints, which are JSON, the values."""
    flash, crcs = log.shelf.flash, []
    for kind in (1, 2):
        crc = 0
        for sector in flash.sectors(kind):
            for offset, record in flash.records(sector):
                crc = crc32(record, crc32(b"%d %d" % (sector, offset), crc))
        crcs.append(crc)
    for generation in log.generations:
        crc = crc32(canonical([generation.number, generation.sectors, generation.state()]).encode())
        for index in generation.indexes():
            for cut in generation.cuts(index):
                where = [cut.address, cut.stamp, cut.until_ms, cut.base.side]
                crc = crc32(canonical(where).encode(), crc)
                for area in sorted(cut.base.rows):
                    crc = crc32(bytes(cut.base.rows[area]), crc)
        crcs.append(crc)
    return crcs


class Shell:
    """Does with a node what the recorded calls say."""

    def __init__(self, part, sectors):
        from firmware.hal.nor import NorRam
        self.part = part
        self.chip = NorRam(sectors)
        self.said = Said()
        self.node = self.flash = None
        self.is_cut = False
        self.waiting = []  # to be written

    def do(self, line):
        from firmware.hal.nor import PowerCut
        try:
            getattr(self, "do_" + line[0])(*line[1:])
        except PowerCut:
            self.is_cut, self.node = True, None

    def do_cut(self, operations):
        self.chip.cut_at = self.chip.operations + operations

    def do_mount(self):
        from firmware.hal.flash_log import FlashLog
        if self.is_cut:
            self.chip.restore()
            self.is_cut = False
        self.waiting = []
        self.flash = FlashLog(self.chip)
        while self.flash.erased() < FORMAT_SECTORS and self.flash.erase_ahead():
            pass

    def do_node(self, contacts, hardware, seed, entropy):
        from firmware.node import Node
        self.node = Node(self.part, self.flash, contacts, 0, 0, hardware, seed, entropy.encode())

    def do_resume(self):
        self.node.resume()

    def do_start(self, now_ms, cause):
        self.act(self.node.start(now_ms, cause))

    def do_handle(self, now_ms, event):
        if event[0] == "message":
            event[2] = event[2].encode()
        self.act(self.node.handle(tuple(event), now_ms))
        self.node.next_deadline_ms()

    def do_tick(self, now_ms):
        self.act(self.node.tick(now_ms))
        self.node.next_deadline_ms()

    def do_chore(self, now_ms):
        self.act(self.node.chore(now_ms))

    def do_store(self):
        if self.waiting:  # there may be nothing where lines were left out
            kind, what = self.waiting[0]
            store = self.node.log.store if kind == "append" else self.node.log.store_ceiling
            if store(what):
                self.waiting.pop(0)

    def do_sum(self):
        print(json.dumps(summary(self.node, self.chip, self.said)))

    def act(self, actions):
        self.said.take(actions)
        self.waiting += [action for action in actions if action[0] in ("append", "ceiling")]


def read_part(settings, tables):
    from firmware.wire.part import Part, read_settings
    pages = {name: [unhexlify(page) for page in tables[name]] for name in tables}
    return Part(read_settings([unhexlify(page) for page in settings]), pages)


def lines_of(path):
    """The lines of a file. MicroPython itself would read them byte by byte."""
    with open(path) as file:
        rest, block = "", file.read(BLOCK_BYTES)
        while block:
            lines = (rest + block).split("\n")
            rest, block = lines.pop(), file.read(BLOCK_BYTES)
            yield from lines


def main(root, trace, *without):
    sys.path.insert(0, root)
    shell = None
    for number, line in enumerate(lines_of(trace)):
        if shell is None:
            _, settings, tables, sectors = json.loads(line)
            shell = Shell(read_part(settings, tables), sectors)
        elif str(number) not in without:
            shell.do(json.loads(line))


if __name__ == "__main__":
    main(*sys.argv[1:])
