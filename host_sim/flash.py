"""A simulated board's flash chip and the work on it: writes in their order, chores when no reader is in a frame."""

from collections import deque

from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam, PowerCut

SECTORS = 96  # a quarter of a board's log partition, which is plenty for a simulated day
_WRITE_MS = 2
_CHORE_MS = 20  # between two pieces of the flash's own work
_RETRY_MS = 1000  # until a write is tried again for which there was no room
_FORMAT_SECTORS = 8  # erased before a log is used; the rest follows when there is time
_CHORES_MAX = 64  # to make room for one write


class Flash:
    """The chip of one board. `lost_power()` is called when power goes in one of its operations."""

    def __init__(self, board, timeline, draw, sectors: int, lost_power):
        self.chip = NorRam(sectors, draw=draw)
        self.is_cut = False
        self._board, self._timeline, self._lost_power = board, timeline, lost_power
        self._pending: deque[tuple] = deque()
        self._starts = 0
        self._is_write_due = self._is_chore_due = False

    def cut_after(self, operations: int) -> None:
        """Let power go in one of the next programs and erases, the first being 1."""
        self.chip.cut_at = self.chip.operations + operations

    def spare(self) -> None:
        """Let no cut be due any more."""
        self.chip.cut_at = None

    def mount(self) -> FlashLog:
        """Power is on: return the log that the chip holds. Raises: PowerCut."""
        if self.is_cut:
            self.chip.restore()
            self.is_cut = False
        self._starts += 1
        self._pending.clear()
        self._is_write_due = self._is_chore_due = False
        log = FlashLog(self.chip)
        while log.erased() < _FORMAT_SECTORS and log.erase_ahead():
            pass
        return log

    def attempt(self, what, *args) -> None:
        """Do something that may touch the chip; a power cut in the middle of it is the end of it."""
        try:
            what(*args)
        except PowerCut:
            self.is_cut = True
            self._lost_power()

    def is_writing(self) -> bool:
        """Say whether something waits to be written."""
        return bool(self._pending)

    # -- writes ----------------------------------------------------------------------------------

    def put(self, kind: str, what) -> None:
        """Take something to be written soon: ("append", event) or ("ceiling", stamp)."""
        self._pending.append((kind, what))
        self._plan_writes(_WRITE_MS)

    def _plan_writes(self, delay_ms: int) -> None:
        if not self._is_write_due:
            self._is_write_due = True
            self._timeline.after(delay_ms, self._begin, self._write_all, self._starts)

    def _begin(self, what, start: int) -> None:
        """Do what was planned, unless there was a restart since."""
        if self._board.node is not None and start == self._starts:
            self.attempt(what)

    def _write_all(self) -> None:
        self._is_write_due = False
        while self._pending:
            kind, what = self._pending[0]
            if not self._write(kind, what):
                self._plan_writes(_RETRY_MS)
                break
            self._pending.popleft()
            self._tell(kind, what)
        self.plan_chores()

    def _write(self, kind: str, what) -> bool:
        """Write one thing. Where no sector is left, let the oldest go at once."""
        log = self._board.node.log
        store = log.store_ceiling if kind == "ceiling" else log.store
        for _ in range(_CHORES_MAX):
            if store(what):
                return True
            self._board.chore()
        return False

    def _tell(self, kind: str, what) -> None:
        if kind == "ceiling":
            self._board.handle(("durable", "ceiling", what))
        elif what["controller"] == self._board.name:
            self._board.handle(("durable", what["stream"], what["seq"], what["inc"]))

    # -- chores ----------------------------------------------------------------------------------

    def plan_chores(self) -> None:
        """Let the flash's own work go on, if there is any."""
        if not self._is_chore_due and self._board.node.has_chores():
            self._is_chore_due = True
            self._timeline.after(_CHORE_MS, self._begin, self._do_chore, self._starts)

    def _do_chore(self) -> None:
        self._is_chore_due = False
        if not self._board.is_reading():
            self._board.chore()
        self.plan_chores()
