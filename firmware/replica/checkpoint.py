"""Writes checkpoints of the table, piece by piece, and lets go of what the flash has no room for.

`table` is asked for what a checkpoint holds: `area_names()`, `people_max()`, `keep(no)`, `cut()` -> (highest stamp
folded, up to when what is folded may have happened), and `state()`, plain values.
"""

import json

from firmware.replica import generation
from firmware.replica.generation import BEGIN, CHUNK, CHUNK_PEOPLE, END, STATE, Generation, pack_chunk
from firmware.replica.shelf import FACTS, NOTES, PAGES, Full
from firmware.replica.snapshot import Assembly, Offer

_READY = 4  # erased sectors kept at hand
_SPARE = 8  # sectors that are neither used nor bad; below, something is let go
# Of 384 sectors (1.5 MB) 100 hold 10,000 notes; a checkpoint every 5,000 facts leaves two that reach back 10,000.
_NOTES_PER_384 = 100
_FACTS_PER_SECTOR = 13


class Checkpoints:
    """The generations of one log, the newest first, and the one being written."""

    def __init__(self, log):
        self._log = log
        self._shelf = log.shelf
        self._flash = log.shelf.flash
        self.every = self._flash.sector_count * _FACTS_PER_SECTOR  # facts from one checkpoint to the next
        self._making = None
        self._next = 0  # chunk to be written
        self._people_max = 0
        self._stored_at_last = 0
        self._wants_cut = False  # somebody asks for the table as it is now
        self.offer = None  # what he gets
        self._cut_last = None
        self.assembly = None  # the table of another board as it comes
        self._mount()

    # -- work in small pieces --------------------------------------------------------------------

    def is_due(self) -> bool:
        """Say whether there is something to do."""
        if self._wants_cut or self._making is not None or self.assembly is not None and self.assembly.has_work():
            return True
        erased, waiting = self._flash.erased(), self._flash.wants_erase()
        return (erased < _READY and waiting > 0) or erased + waiting < _SPARE or self._is_time()

    def step(self, table) -> list:
        """Do one piece. Returns ("lost", controller, inc, stream, first, last) of what was let go unseen by others."""
        if self._wants_erase():
            self._flash.erase_ahead()
        elif self.assembly is not None and self.assembly.has_work():
            self.assembly.work()
        elif self.assembly is not None and self._is_short() and self._must_make():
            self.give_up()
        elif self._wants_cut and self._log.is_settled():
            self._cut(table)
        elif self._is_short() and not self._must_make():
            return self._let_go()
        elif self._log.is_settled() and (self._making is not None or self._is_time() or self._must_make()):
            self._write(table)
        return []

    def drop_from(self, stamp: int) -> None:
        """Give up the generations that may hold more than what came before a stamp."""
        for kept in list(self._log.generations):
            cut = kept.cut(0)
            if self._log.is_partial and kept is self._log.generations[-1]:
                break  # without it nothing would be known of what came before
            if cut is None or cut.stamp >= stamp:
                self._drop(kept)
        if self._making:
            self._abandon()

    # -- writing ---------------------------------------------------------------------------------

    def _write(self, table) -> None:
        try:
            if self._making is None:
                self._begin(table)
            elif self._next * CHUNK_PEOPLE < max(self._people_max, 1):
                self._write_chunk(table)
            else:
                self._finish(table)
        except Full:
            self._abandon()

    def _begin(self, table) -> None:
        numbers = [kept.number for kept in self._log.generations]
        self._making = Generation(max(numbers + [0]) + 1, self._read)
        self._next, self._people_max = 0, table.people_max()
        self._shelf.turn(PAGES)  # a generation has its sectors to itself
        self._stored_at_last = self._log.stored
        self._put(BEGIN, 0, json.dumps(table.area_names()).encode())

    def _write_chunk(self, table) -> None:
        first = self._next * CHUNK_PEOPLE
        people = [table.keep(no) for no in range(first, first + CHUNK_PEOPLE)]
        cut = (self._log.end + 1,) + table.cut()
        self._put(CHUNK, self._next, pack_chunk(cut, self._making.areas, people))
        self._next += 1

    def _finish(self, table) -> None:
        state = {"address": self._log.end + 1, "vector": self._log.durable_vector(), "table": table.state()}
        state["partial"] = self._log.is_partial
        self._put(STATE, 0, json.dumps(state).encode())
        self._put(END, 0, b"")
        self._log.generations.insert(0, self._making)
        self._making = None

    def _put(self, what: int, index: int, body: bytes) -> None:
        for record in generation.records(self._making.number, what, index, body):
            address = self._shelf.put_bytes(PAGES, record)
            self._making.take(address, address >> 12, record)

    def _abandon(self) -> None:
        for sector in self._making.sectors:
            self._flash.drop(sector)
        self._shelf.close(PAGES)
        self._making = None

    def make_soon(self) -> None:
        """Let a checkpoint be due."""
        self._stored_at_last = self._log.stored - self.every

    # -- for and from another board --------------------------------------------------------------

    def want_cut(self) -> None:
        """Somebody asks for the table: let the next piece of work be a checkpoint cut at one moment."""
        self._wants_cut, self.offer = True, None

    def _cut(self, table) -> None:
        """Write a whole checkpoint at once: another board cannot know what came while it was written."""
        self._wants_cut = False
        if self._making is not None:
            self._abandon()
        for kept in self._log.generations[1:]:
            if kept is self._cut_last or self._is_short():
                self._drop(kept)
        number = max([kept.number for kept in self._log.generations] + [0]) + 1
        self._write(table)
        while self._making is not None:
            while self._flash.erased() < 2 and self._flash.wants_erase():
                self._flash.erase_ahead()
            self._write(table)
        if self._log.generations and self._log.generations[0].number == number:
            self._cut_last = self._log.generations[0]
            self.offer = Offer(self._cut_last, self._flash)

    def assemble(self, areas: list) -> None:
        """Begin to take the table of another board."""
        self.give_up()
        if self._making is not None:
            self._abandon()
        number = max([kept.number for kept in self._log.generations] + [0]) + 1
        self.assembly = Assembly(self._shelf, number, self._read, areas)

    def give_up(self) -> None:
        """Take no more of another's table."""
        if self.assembly is not None:
            for sector in self.assembly.kept.sectors:
                self._flash.drop(sector)
            self._shelf.close(PAGES)
            self.assembly = None

    def adopt(self) -> list:
        """Let the table that has come stand for all that was here. Returns (key, seq) of what need not come any more."""
        taken, self.assembly = self.assembly.kept, None
        self._shelf.close(PAGES)
        for kept in list(self._log.generations):
            self._drop(kept)
        self._log.generations.append(taken)
        self.make_soon()
        return self._log.begin_with(taken)

    # -- letting go ------------------------------------------------------------------------------

    def _is_time(self) -> bool:
        return self.assembly is None and self._log.stored - self._stored_at_last >= self.every

    def _free(self) -> int:
        return self._flash.erased() + self._flash.wants_erase()

    def _wants_erase(self) -> bool:
        return self._flash.erased() < _READY and self._flash.wants_erase() > 0

    def _is_short(self) -> bool:
        return self._free() < _SPARE

    def _must_make(self) -> bool:
        """Say whether nothing can be let go before there is a newer checkpoint."""
        has_facts = self._flash.count(FACTS) > 1
        return has_facts and not self._has_spare_notes() and not self._oldest_facts() and self._free() > 2

    def _has_spare_notes(self) -> bool:
        return self._flash.count(NOTES) > max(self._flash.sector_count * _NOTES_PER_384 // 384, 1)

    def _oldest_facts(self) -> int | None:
        """Return the oldest sector of facts if every one of them is in two checkpoints, or in the only one."""
        whole = self._log.generations
        if not whole or self._flash.count(FACTS) < 2:
            return None
        oldest = self._flash.oldest(FACTS)
        keeper = whole[min(1, len(whole) - 1)]
        if keeper.is_taken:
            return oldest if len(whole) > 1 and self._is_before(oldest, whole[0]) else None
        return oldest if self._is_before(oldest, keeper) else None

    def _is_before(self, sector: int, kept) -> bool:
        cut = kept.cut(0)
        return bool(cut) and (sector << 12 | 0xFFF) < cut.address

    def _let_go(self) -> list:
        if self._has_spare_notes():
            return self._let_sector_go(NOTES, self._flash.oldest(NOTES))
        oldest = self._oldest_facts()
        if oldest is not None:
            while len(self._log.generations) > 2 and self._reaches(self._log.generations[-1], oldest):
                self._drop(self._log.generations[-1])
            return self._let_sector_go(FACTS, oldest)
        return self._let_sector_go(NOTES, self._flash.oldest(NOTES)) if self._flash.count(NOTES) > 1 else []

    def _reaches(self, kept, sector: int) -> bool:
        cut = kept.cut(0)
        return cut is None or cut.address <= (sector << 12 | 0xFFF)

    def _let_sector_go(self, kind: int, sector: int) -> list:
        lost = self._log.forget_sector(kind, sector)
        self._flash.drop(sector)
        return lost

    def _drop(self, kept) -> None:
        self._log.generations.remove(kept)
        for sector in kept.sectors:
            self._flash.drop(sector)

    # -- after a restart -------------------------------------------------------------------------

    def _mount(self) -> None:
        found, torn = {}, set()
        for sector in self._flash.sectors(PAGES):
            for offset, record in self._flash.records(sector):
                number = generation.number_of(record)
                if number not in found:
                    found[number] = Generation(number, self._read)
                if not found[number].take(sector << 12 | offset, sector, record):
                    torn.add(number)
        for number in sorted(found, reverse=True):
            is_older = self._log.generations and self._log.generations[-1].is_taken
            if found[number].is_whole and number not in torn and not is_older:
                self._log.generations.append(found[number])
            else:
                for sector in found[number].sectors:
                    self._flash.drop(sector)
        if self._log.generations:
            address = self._log.generations[0].state()["address"]
            self._stored_at_last = self._log.stored - sum(1 for _ in self._log.since(address))
            if self._log.generations[0].is_taken:
                self.make_soon()
        self._shelf.close(PAGES)

    def _read(self, address: int) -> bytes | None:
        return self._flash.read(address >> 12, address & 0xFFF)
