"""Writes checkpoints of the table, piece by piece, and lets go of what the flash has no room for.

`table` is asked for what a checkpoint holds: `area_names()`, `people_max()`, `keep(no)`, `cut()` -> (highest stamp
folded, up to when what is folded may have happened), `state()`, plain values, `remembered()`, (index, bytes), and to
`watch(keeper)` what changes.
What goes first where room is short is in room.py.
"""

from firmware.replica import generation
from firmware.replica.generation import Generation
from firmware.replica.room import RESERVE, Room
from firmware.replica.shelf import FACTS, PAGES, Full

_FACTS_PER_SECTOR = 13


class Checkpoints:
    """The generations of one log, the newest first, and the one being written."""

    def __init__(self, log):
        self._log = log
        self._shelf = log.shelf
        self._flash = log.shelf.flash
        self.room = Room(log)
        self.every = self._flash.sector_count * _FACTS_PER_SECTOR  # facts from one checkpoint to the next
        self._writing = None
        self._stored_at_last = 0
        self._wants_cut = False  # somebody asks for the table as it is now
        self._is_asked_for = False  # what is being written was begun for him,
        self._draft = None  # and will be this
        self.offer = None  # what he gets
        self._cut_last = None
        self._stuck_at = None  # so many sectors were free when nothing could be done about it
        self.assembly = None  # the table of another board as it comes
        self._mount()

    # -- work in small pieces --------------------------------------------------------------------

    def is_due(self) -> bool:
        """Say whether there is something to do."""
        is_asked = self._wants_cut if self.assembly is None else self.assembly.has_work()
        if is_asked or self.room.wants_erase() or self._writing is not None or self._swaps():
            return True
        return self._stuck_at != self.room.free() if self.room.is_short() else self._is_time()

    def step(self, table) -> list:
        """Do one piece. Returns ("lost", controller, inc, stream, first, last) of what was let go unseen by others."""
        if self.room.wants_erase():
            self._flash.erase_ahead()
        elif self._swaps():
            self._log.swap.work()
        elif self.assembly is not None and self.assembly.has_work():
            self.assembly.work()
        elif self._wants_cut and self.assembly is None and self._log.is_settled():
            self._begin(table)
        elif self.room.is_short():
            return self._make_room(table)
        elif self._writing is not None or self._is_time() and self._log.is_settled():
            self._write(table)
        return []

    def _swaps(self) -> bool:
        return self._log.swap is not None and self._log.swap.has_work()

    def drop_from(self, stamp: int) -> None:
        """Give up the generations that may hold more than what came before a stamp."""
        for kept in list(self._log.generations):
            if self._log.is_partial and kept is self._log.generations[-1]:
                break  # without it nothing would be known of what came before
            if kept.stamp >= stamp:
                self._drop(kept)
        self._abandon()

    # -- writing ---------------------------------------------------------------------------------

    def _begin(self, table) -> None:
        """Begin a checkpoint of the table as it is now. What writes it takes no heap until then."""
        from firmware.replica.writing import Writing

        self._abandon()
        self._is_asked_for, self._wants_cut, self._draft = self._wants_cut, False, None
        self._shelf.close(PAGES)  # a generation has its sectors to itself
        self._stored_at_last = self._log.stored
        kept = Generation(self._next_number(), self._flash)
        if self._is_asked_for:
            from firmware.replica.snapshot import Offer

            self._draft = Offer(kept, self._flash)
        self._writing = Writing(self._log, table, kept, self._put)

    def _write(self, table) -> None:
        if self._writing is None:
            self._begin(table)
        try:
            if not self._writing.has_failed:
                self._writing.step()
        except Full:
            self.room.note_size(len(self._writing.kept.sectors) + 2)
            self._writing.has_failed = True
        if self._writing.has_failed:
            self._abandon()
            self.make_soon()
        elif self._writing.is_done:
            self._finish()

    def _put(self, record: bytes) -> int:
        if len(record) > self._flash.room(PAGES) and self.room.free() <= RESERVE:
            raise Full()
        address = self._shelf.put_bytes(PAGES, record)
        if self._draft is not None:
            self._draft.add(address, record)
        return address

    def _finish(self) -> None:
        made = self._writing.kept
        self._end_writing()
        if self._draft is not None:
            for kept in self._log.generations[1:]:
                if kept is self._cut_last:
                    self._drop(kept)
            self._cut_last, self.offer = made, self._draft
        for kept in self._log.generations:
            kept.forget_places()
        self._log.generations.insert(0, made)

    def _abandon(self) -> None:
        if self._writing is not None:
            self._wants_cut = self._wants_cut or self._is_asked_for
            for sector in self._writing.kept.sectors:
                self._flash.drop(sector)
            self._end_writing()

    def _end_writing(self) -> None:
        self._writing.end()
        self._writing = None
        self._shelf.close(PAGES)

    def _next_number(self) -> int:
        return max([kept.number for kept in self._log.generations] + [0]) + 1

    def make_soon(self) -> None:
        """Let a checkpoint be due."""
        self._stored_at_last = self._log.stored - self.every

    # -- for and from another board --------------------------------------------------------------

    def want_cut(self) -> None:
        """Somebody asks for the table as it is now: let the next pieces of work be a checkpoint for him."""
        self.offer = None
        self._wants_cut = self._writing is None or not self._is_asked_for

    def assemble(self, areas: list) -> None:
        """Begin to take the table of another board."""
        from firmware.replica.snapshot import Assembly

        self.give_up()
        self._abandon()
        self.assembly = Assembly(self._shelf, self._next_number(), areas)

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

    def _make_room(self, table) -> list:
        """Let something go, or make the checkpoint that lets it."""
        going = self.room.next_to_go(self._writing is not None)
        self._stuck_at = None
        if isinstance(going, tuple):
            if going[0] == FACTS and self._log.generations:
                table.forget_changes(self._log.generations[-1].stamp)
            return self._let_sector_go(*going)
        if going is not None:
            self._drop(going)
        elif self._writing is None and not self.room.has_old_facts():
            self._stuck_at = self.room.free()
        elif self.assembly is not None:
            self.give_up()
        elif self._writing is not None or self._log.is_settled():
            self._write(table)
        return []

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
                    found[number] = Generation(number, self._flash)
                if not found[number].take(sector << 12 | offset, sector, record):
                    torn.add(number)
        for number in sorted(found, reverse=True):
            is_older = self._log.generations and self._log.generations[-1].is_taken
            if found[number].is_whole and found[number].address is not None and number not in torn and not is_older:
                self._log.generations.append(found[number])
            else:
                for sector in found[number].sectors:
                    self._flash.drop(sector)
        if self._log.generations:
            address = self._log.generations[0].address
            self._stored_at_last = self._log.stored - sum(1 for _ in self._log.since(address))
            if self._log.generations[0].is_taken:
                self.make_soon()
        self._shelf.close(PAGES)
