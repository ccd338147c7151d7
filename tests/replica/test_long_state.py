"""What a checkpoint keeps beside the rows, longer than any piece that a heap in use has: it is written and read in parts."""

from firmware.replica import generation
from firmware.replica.generation import STATE, Generation
from firmware.replica.sound import is_sound
from firmware.replica.writing import Writing

NAMES = ['"', "\\", "ü€", "]}", ", ", ""]


class Log:
    end = 41
    is_partial = False

    class shelf:
        class flash:
            record = memoryview(bytearray(500))

    def durable_vector(self):
        return [["c%d" % number, 1, "facts", number] for number in range(64)]


class Table:
    def __init__(self, count):
        self.told = {"site": {"none": [], "nothing": {}}, "boot": 7}
        self.told["nonces"] = [[NAMES[number % 6] + str(number), [1767603600000 + number, "c1", number]] for number in range(count)]

    def area_names(self):
        return ["hall"]

    def people_max(self):
        return 0

    def cut(self):
        return (5, 6)

    def keep(self, no):
        return ({}, {}, 0)

    def watch(self, keeper):
        """Nothing changes."""

    def remembered(self):
        return iter(())

    def state(self):
        return self.told


class Flash:
    """A checkpoint of `count` nonces as it lies there: `records` by address. `longest`: parts of the state in one step."""

    def __init__(self, count):
        self.records = {}
        self.table = Table(count)
        self.longest = 0
        made = Writing(Log(), self.table, Generation(3, self), self._put)
        while not made.is_done:
            before = len(self.records)
            made.step()
            self.longest = max(self.longest, len(self.records) - before)

    def _put(self, record):
        self.records[len(self.records)] = bytes(record)
        return len(self.records) - 1

    def read(self, sector, offset):
        return self.records.get(sector << 12 | offset)

    def found(self):
        """Return (the generation as a start finds it, addresses of its state)."""
        kept, state = Generation(3, self), []
        for address in sorted(self.records):
            assert kept.take(address, 0, self.records[address])
            if self.records[address][4] == STATE:
                state.append(address)
        assert kept.is_whole
        return (kept, state)


def test_a_state_comes_back_as_it_was_however_long_it_is():
    for count in (0, 1, 7, 8, 9, 300):
        flash = Flash(count)
        kept, parts = flash.found()
        assert kept.state() == {"address": 42, "vector": Log().durable_vector(), "partial": False, "table": flash.table.told}
        assert all([len(flash.records[part]) <= generation.PART_BYTES + 9 for part in parts])
        assert len(parts) > 20 or count < 300


def test_a_long_state_is_written_a_sector_at_a_time():
    assert Flash(300).longest == 8


def test_a_state_of_which_a_part_is_gone_is_none():
    for count in (0, 300):
        flash = Flash(count)
        kept, parts = flash.found()
        del flash.records[parts[-1]]
        assert kept.state() is None and not is_sound(kept, STATE, parts)


def test_a_long_state_that_is_no_json_is_not_sound():
    flash = Flash(300)
    kept, parts = flash.found()
    for text in (b"[" * 100, b"}", b"\xff\x00", b""):
        flash.records[parts[9]] = flash.records[parts[9]][:9] + text
        assert not is_sound(kept, STATE, parts)
