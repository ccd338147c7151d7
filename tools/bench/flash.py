"""What a typical day does to the flash of a board, counted on the chip."""
from tools.bench.figure import Figure
from tools.bench.hall import typical_day

PAGES_MAX = 1.5  # most records are shorter than a page, and some cross from one to the next
# A fact with the notes and ceilings that come along takes at most 160 bytes of the 4,096 of a sector.
ERASES_MAX = 160 * 1000 / 4096


def _chips() -> list:
    return [board.flash.chip for board in typical_day().boards.values()]


def bench_flash_pages() -> Figure:
    """Pages of 256 bytes by program; no append programs more than three, and none erases."""
    pages = sum(chip.pages_programmed for chip in _chips()) / sum(chip.programs for chip in _chips())
    return Figure("flash: pages programmed by append", pages, PAGES_MAX, "pages", less_is_better=True)


def bench_flash_wear() -> Figure:
    """Erases by 1,000 facts that a board stores, its own and others', its notes included."""
    facts = sum(board.node.log.stored for board in typical_day().boards.values())
    erases = sum(chip.erases for chip in _chips()) * 1000 / facts
    return Figure("flash: erases by 1,000 facts", erases, ERASES_MAX, "erases", less_is_better=True)
