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

    def went_off(self, board: Board) -> None:
        """Take the power from a board: what is not in its flash has never been."""
        board.power_off()
        self._forget_unwritten(board)
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

    def image(self, controller: str) -> object:
        """Return what is in a controller's flash."""
        return self._named(self.boards, controller, "controller").flash.snapshot()

    def restore(self, controller: str, image: object) -> None:
        """Let an old flash come back."""
        board = self._named(self.boards, controller, "controller")
        self.faults["restore"] += 1
        self._while_off(board, board.flash.load, image)

    def _while_off(self, board: Board, what, *args) -> None:
        """Do something to a board without power; one that had power has it again."""
        had_power = board.node is not None
        if had_power:
            self.went_off(board)
        what(*args)
        self._forget_unwritten(board)
        if had_power:
            board.power_on()
