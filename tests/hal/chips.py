"""Small chips, and a story of stores, drops and erases on one of them that knows what must be there after a power cut."""

from firmware.hal.flash_log import FlashLog, SectorFailed
from firmware.hal.nor import NorRam

FACTS, NOTES = 1, 2
SECTORS, SECTOR_BYTES = 8, 512


def blank(sectors=SECTORS, sector_bytes=SECTOR_BYTES, draw=None):
    return NorRam(sectors, sector_bytes, draw)


def ready(nor):
    """Mount a chip and erase all that waits."""
    log = FlashLog(nor)
    while log.erase_ahead():
        pass
    return log


def text(number, size):
    """A record that no other has."""
    return bytes([number & 0xFF, number >> 8] + [(number * 7 + i * 31) & 0xFF for i in range(size)])


def visible(log):
    """{(kind, sector number): records} of all kinds. A sector whose first record was torn has none."""
    found = {}
    for kind in range(8):
        for number in log.sectors(kind):
            records = [record for _, record in log.records(number)]
            if records:
                found[(kind, number)] = records
    return found


def cut_draw(side, size):
    """What power leaves: of a program `size` of its bytes, of an erase a blank part of that size on one side."""
    return lambda count: side if count == 2 else min(size, count - 1) if size >= 0 else max(0, count + size)


class Story:
    """What was accepted, what is under way, and steps that change both."""

    def __init__(self, nor):
        self.nor = nor
        self.log = ready(nor)
        self.kept = {}
        self.under_way = None  # what `kept` will be if the operation that power cuts was complete
        self.numbers = set()  # of all sectors that ever held a record

    def append(self, kind, record):
        """Append where there is room. Says whether it was accepted."""
        if self.log.room(kind) < len(record) and not self.open(kind):
            return False
        programs, pages, erases = self.nor.programs, self.nor.pages_programmed, self.nor.erases
        number = self.log._open[kind].number
        self._plan((kind, number), self.kept.get((kind, number), []) + [record])
        try:
            assert self.log.append(kind, record)[0] == number
        except SectorFailed:
            assert self.log.room(kind) == 0
            self.under_way = None
            return False
        assert self.nor.programs == programs + 1 and self.nor.pages_programmed <= pages + 3 and self.nor.erases == erases
        self.numbers.add(number)
        self._done()
        return True

    def drop(self, number):
        operations = self.nor.operations
        for key in self.kept:
            if key[1] == number:
                self._plan(key, None)
        self.log.drop(number)
        assert self.nor.operations <= operations + 1
        self._done()

    def erase(self):
        return self.log.erase_ahead()

    def store(self, kind, record):
        """Append, whatever it takes: the oldest notes go first. One more sector is erased when few are left."""
        while not self.append(kind, record):
            if not self.log.erased() and not self.erase():
                oldest = self.log.sectors(NOTES) or self.log.sectors(FACTS) or self.log.sectors(0)
                self.drop(oldest[0])
        if self.log.erased() < 2:
            self.erase()

    def remount(self):
        """Power is back. Nothing accepted is lost, and what was under way is there whole or not at all."""
        self.nor.restore()
        self.log = FlashLog(self.nor)
        seen = visible(self.log)
        assert seen == self.kept or seen == self.under_way
        self.numbers.update([number for _, number in seen])
        self.kept, self.under_way = seen, None
        assert (self.log.damaged == 0 or self.nor.bad) and self.nor.bad_programs == 0

    def open(self, kind):
        """A new number is above each that ever was on the chip."""
        number = self.log.open(kind)
        assert number is None or number > max(self.numbers or [0])
        return number is not None

    def _plan(self, key, records):
        self.under_way = dict(self.kept)
        self.under_way[key] = records
        if records is None:
            del self.under_way[key]

    def _done(self):
        if self.under_way is not None:
            self.kept, self.under_way = self.under_way, None
