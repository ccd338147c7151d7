"""What the flash of a log has room for, and what goes first when it has not.

In this order: notes that are more than their share; facts that two checkpoints hold; checkpoints beyond the second;
then a new checkpoint is made, so that facts may go. Where there is no room for one, the second goes, then the notes;
where nothing else is left, the only checkpoint makes room for the next, or the oldest facts are lost.
"""

from firmware.const import const
from firmware.replica.shelf import FACTS, NOTES

READY = 4  # erased sectors kept at hand
RESERVE = 2  # free sectors that a checkpoint leaves: one for facts, one for notes
_SPARE = const(8)  # sectors that are neither used nor bad; below, something is let go
# Of 384 sectors (1.5 MB) 100 hold 10,000 notes; a checkpoint every 5,000 facts leaves two that reach back 10,000.
_NOTES_PER_384 = const(100)
_SECTOR_BYTES = const(3800)  # that hold anything, less what records cost
_ROW_BYTES = const(10)
_SWAP_MIN = const(3)
_OTHERS = const(6)  # facts and notes, one open and one to go on with each, one to let go, and one that the ring never erases


class FlashTooSmall(Exception):
    """A log cannot live in so few sectors."""


class Room:
    """Looks at one log's flash; changes nothing."""

    def __init__(self, log):
        self._log = log
        self._flash = log.shelf.flash
        self._least = 2  # sectors of a checkpoint

    def require(self, people: int, areas: int, has_swap: bool = False) -> None:
        """Raises: FlashTooSmall, where two checkpoints of a table and what else there must be do not fit."""
        rows = people * areas * _ROW_BYTES
        self._least = 2 + rows // _SECTOR_BYTES
        least = 2 * self._least + _OTHERS + (sectors_max(rows) if has_swap else 0)
        if self._flash.sector_count < least:
            here = self._flash.sector_count
            raise FlashTooSmall("the log needs at least %d sectors of flash, here are %d" % (least, here))

    def swap_max(self) -> int:
        """Return how many sectors a swap may take beside two checkpoints and what else there must be."""
        return self._flash.sector_count - 2 * self._least - _OTHERS

    def note_size(self, sectors: int) -> None:
        """Take note that a checkpoint takes so many sectors."""
        self._least = max(self._least, sectors)

    def free(self) -> int:
        return self._flash.erased() + self._flash.wants_erase()

    def wants_erase(self) -> bool:
        return self._flash.erased() < READY and self._flash.wants_erase() > 0

    def is_short(self) -> bool:
        return self.free() < max(self._size() + RESERVE + 1, min(_SPARE, self._flash.sector_count >> 2))

    def has_old_facts(self) -> bool:
        """Say whether a new checkpoint would let facts go."""
        return self._flash.count(FACTS) > 1

    def next_to_go(self, is_writing: bool):
        """Return what is let go next: a sector, as (kind, number), or a checkpoint. None: nothing has to."""
        checkpoints = self._log.generations
        if self._has_spare_notes():
            return self._oldest(NOTES)
        facts = self.oldest_facts()
        if facts is not None:
            return (FACTS, facts)
        if len(checkpoints) > 2:
            return checkpoints[-1]
        is_for_next = self.has_old_facts() and not is_writing
        return None if self._has_for(self._size() if is_for_next else 1) else self._out_of_need(checkpoints)

    def _out_of_need(self, checkpoints: list):
        """Return what goes where not even a new checkpoint has room."""
        if len(checkpoints) > 1:
            return checkpoints[-1]
        if self._flash.count(NOTES) > 1:
            return self._oldest(NOTES)
        if self._has_for(1) or not self.has_old_facts():
            return None
        if checkpoints and not checkpoints[0].is_taken and self._has_for(self._size() - len(checkpoints[0].sectors)):
            return checkpoints[0]
        return self._oldest(FACTS)

    def _size(self) -> int:
        """Return how many sectors the next checkpoint may take."""
        return max([len(kept.sectors) for kept in self._log.generations[:1]] + [self._least])

    def _has_for(self, sectors: int) -> bool:
        return self.free() >= sectors + RESERVE

    def lacks_past(self) -> bool:
        """Say whether facts were let go that no checkpoint holds: power went while the only one made room for the next."""
        shelf, oldest = self._log.shelf, self._flash.oldest(FACTS)
        for address, _, _ in shelf.heads(FACTS, oldest) if oldest is not None else ():
            found = shelf.about(address, -1)  # nobody: its link is all that is wanted
            link = found and found[0]
            if link and not self._flash.holds(FACTS, link >> 12):
                return True
        return False

    def _oldest(self, kind: int) -> tuple:
        return (kind, self._flash.oldest(kind))

    def _has_spare_notes(self) -> bool:
        return self._flash.count(NOTES) > max(self._flash.sector_count * _NOTES_PER_384 // 384, 1)

    def oldest_facts(self) -> int | None:
        """Return the oldest sector of facts if every one of them is in two checkpoints, or in the only one."""
        whole = self._log.generations
        if not whole or self._flash.count(FACTS) < 2:
            return None
        oldest = self._flash.oldest(FACTS)
        keeper = whole[min(1, len(whole) - 1)]
        if keeper.is_taken:
            return oldest if len(whole) > 1 and is_before(oldest, whole[0]) else None
        return oldest if is_before(oldest, keeper) else None


def sectors_max(size: int) -> int:
    """Return how many sectors a swap may take for pages of so many bytes."""
    return _SWAP_MIN + (size + (size >> 1)) // _SECTOR_BYTES


def is_before(sector: int, kept) -> bool:
    """Say whether all of a sector of facts is folded in a checkpoint."""
    return (sector << 12 | 0xFFF) < kept.address
