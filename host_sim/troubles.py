"""What befalls a simulated site: networks, mains, clocks, flash chips and whole boards. Each fault is counted."""

from host_sim.board import Board

_WILL_MS = 100  # until the others hear that a controller is gone


class Troubles:
    """The breaking half of a world; it has `boards`, `network`, `timeline` and `faults`."""

    # -- network and mains -----------------------------------------------------------------------

    def set_network(self, groups) -> None:
        """Split or heal the network; "all" is one group of everybody. Raises: WorldError for a name nobody has."""
        for group in [] if groups == "all" else groups:
            for name in group:
                self._named(self.network.links, name, "controller")
        self.network.set_groups(groups)

    def power(self, controller: str, is_on: bool) -> None:
        """Cut or restore a controller's mains."""
        board = self._named(self.boards, controller, "controller")
        if is_on and board.node is None:
            board.power_on()
        elif not is_on and board.node is not None:
            self.faults["power_cut"] += 1
            self.went_off(board)

    def cut_in_flash(self, controller: str, operations: int, off_ms: int) -> None:
        """Let power go in the middle of a program or erase of a controller's flash, the first from now being 1."""
        board = self._named(self.boards, controller, "controller")
        board.off_ms = off_ms
        board.flash.cut_after(operations)

    def lost_power(self, board: Board) -> None:
        """Power went in an operation of a board's flash."""
        self.faults["cut_in_flash"] += 1
        self.went_off(board)
        self.after(board.off_ms, self.power, board.name, True)

    def went_off(self, board: Board) -> None:
        """Take the power from a board: what is not in its flash has never been."""
        board.power_off()
        self.after(_WILL_MS, self._announce_gone, board)

    def _announce_gone(self, board: Board) -> None:
        if board.node is None:
            self.network.tell_gone(board.name)

    # -- clocks ----------------------------------------------------------------------------------

    def clock(self, controller: str, offset_s: float) -> None:
        """Let a controller's clock be off from now on, unseen: every synchronisation misleads it."""
        board = self._named(self.boards, controller, "controller")
        self.faults["clock_off"] += bool(offset_s)
        board.clock.offset_ms = round(offset_s * 1000)
        board.misset(board.clock.unix_ms())

    def jump(self, controller: str, ms: int) -> None:
        """Let a clock be wrong by that much until it is synchronised; one that was never set stays so."""
        board = self._named(self.boards, controller, "controller")
        self.faults["jump"] += board.misset(board.clock.unix_ms() + ms)

    def drift(self, controller: str, ppm: int) -> None:
        """Let a board's crystal run fast or slow, with every time that the board measures."""
        self.faults["drift"] += bool(ppm)
        self._named(self.boards, controller, "controller").drift(ppm)

    def freeze(self, controller: str, is_frozen: bool) -> None:
        """Let a board's time of day stand still; doors and timers go on. It runs on from where it stood."""
        self.faults["freeze"] += is_frozen
        self._named(self.boards, controller, "controller").freeze(is_frozen)

    def ntp(self, controller: str, is_on: bool, err_ms: int = 0) -> None:
        """Take away a controller's time server, or give it one that errs by up to `err_ms`."""
        board = self._named(self.boards, controller, "controller")
        self.faults["ntp_off"] += not is_on
        self.faults["ntp_error"] += err_ms > 0
        had_ntp, board.clock.has_ntp, board.clock.ntp_err_ms = board.clock.has_ntp, is_on, err_ms
        if is_on and not had_ntp:
            board.synchronise()

    # -- boards and their flash ------------------------------------------------------------------

    def replace(self, controller: str) -> None:
        """Put a new board in the place of one: same name, other hardware, nothing in its flash."""
        board = self._named(self.boards, controller, "controller")
        self.faults["replace"] += 1
        self._while_off(board, board.renew)

    def bad_sector(self, controller: str, sector: int) -> None:
        """Let a sector of a controller's flash go bad. Limits: beyond the last one it counts from the first again."""
        chip = self._named(self.boards, controller, "controller").flash.chip
        self.faults["bad_sector"] += 1
        chip.bad.add(sector % chip.sectors)

    def image(self, controller: str) -> bytes:
        """Return what is in a controller's flash."""
        return self._named(self.boards, controller, "controller").flash.chip.snapshot()

    def restore(self, controller: str, image: bytes) -> None:
        """Let an old flash come back."""
        board = self._named(self.boards, controller, "controller")
        self.faults["restore"] += 1
        self._while_off(board, board.flash.chip.load, image)

    def _while_off(self, board: Board, what, *args) -> None:
        """Do something to a board without power; one that had power has it again."""
        had_power = board.node is not None
        if had_power:
            self.went_off(board)
        what(*args)
        if had_power:
            board.power_on()
