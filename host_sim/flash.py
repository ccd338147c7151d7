"""A simulated board's flash chip: what was programmed survives the power, what was on its way does not."""

from firmware.hal.nor import NorRam

WRITE_MS = 2
CHORE_MS = 20  # between two pieces of the flash's own work
FORMAT_SECTORS = 8  # erased before a log is used; the rest follows when there is time
SECTORS = 96  # a quarter of a board's log partition, which is plenty for a simulated day


def chip_of(world) -> NorRam:
    """Return an empty chip. What its faults leave is drawn from the world's own numbers."""
    return NorRam(SECTORS, draw=world.random.randrange)
