"""Tables of other boards, and ours for them: where core and replica meet when logs do not reach back far enough."""

_FRESH_MS = 4000  # what was cut so lately serves the next who asks, too


class Tables:
    """`act` and `carry` are the node's: they turn the controller's actions and the exchange's results into its own."""

    def __init__(self, controller, exchange, log, act, carry):
        self._controller, self._exchange, self._log = controller, exchange, log
        self._fetching = exchange.fetching
        self._act, self._carry = act, carry
        self._waiting = []  # who wants our table, once it is cut
        self._cut_ms = 0

    def gone(self, key: tuple, seq: int, now_ms: int) -> list:
        """Take that a gap cannot be filled by events any more."""
        self._fetching.gone(tuple(key), seq, now_ms)
        return self._act(self._controller.set_incomplete(True, now_ms), now_ms) + self.tick(now_ms)

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        if self._fetching.due_ms > now_ms:
            return []
        results = self._exchange.fetch(sorted(self._controller.settings["areas"]), now_ms)
        lost = [result for result in results if result[0] == "lost"]
        actions = self._carry([result for result in results if result[0] != "lost"], now_ms)
        return actions + (self._lose(lost, now_ms) if lost else []) + self._note_complete(now_ms)

    def _lose(self, lost: list, now_ms: int) -> list:
        """Nobody has a table that holds what is gone: go on without."""
        if self._log.checkpoints:
            # A fold from what is kept would bring back what must be unknown: the next checkpoint is what all begins with.
            self._log.is_partial = True
            self._log.checkpoints.make_soon()
        actions = self._act(self._controller.forget_whereabouts(lost, now_ms), now_ms)
        for _, controller, inc, stream, _, last in lost:
            actions += self._carry(self._exchange.skipped(controller, inc, stream, last, now_ms), now_ms)
        return actions

    def _note_complete(self, now_ms: int) -> list:
        if self._fetching.is_active():
            return []
        return self._act(self._controller.set_incomplete(False, now_ms), now_ms)

    # -- after a piece of the flash's own work ---------------------------------------------------

    def written(self, now_ms: int) -> list:
        """See what the flash's own work has brought: a page of another's table, or a cut of ours."""
        actions = []
        if self._waiting and self._log.checkpoints.offer is not None:
            waiting, self._waiting, self._cut_ms = self._waiting, [], now_ms
            for asker in waiting:
                actions += self._send(asker, 0, now_ms)
        if self._fetching.written(now_ms):
            actions += self._adopt(now_ms)
        return actions + self.tick(now_ms)

    def _adopt(self, now_ms: int) -> list:
        """Begin anew with the table that has come, and go on with the logs from there."""
        rows = self._log.checkpoints.adopt()
        found, is_exact = self._controller.adopt(self._fetching.can_repeat(), now_ms)
        self._fetching.adopted(is_exact, now_ms)
        actions = self._act(found, now_ms)
        for (controller, inc, stream), seq in rows:
            actions += self._carry(self._exchange.skipped(controller, inc, stream, seq, now_ms), now_ms)
        if self._log.lacks_areas(self._controller.settings["areas"]):
            # The tables of two boards cannot be made one, each has its own past: nothing more is waited for.
            actions += self._lose(self._fetching.lose(), now_ms)
        return actions + self._note_complete(now_ms)

    # -- for others ------------------------------------------------------------------------------

    def wanted(self, asker: str, offset: int, now_ms: int) -> list:
        """Somebody wants a page of our table: of the one that we offer, or of a new one where he begins."""
        if self._fetching.is_active() or not self._log.checkpoints:
            return []
        if offset or self._log.checkpoints.offer is not None and now_ms - self._cut_ms < _FRESH_MS:
            return self._send(asker, offset, now_ms)
        if asker not in self._waiting:
            self._waiting.append(asker)
        self._log.checkpoints.want_cut()
        return []

    def _send(self, asker: str, offset: int, now_ms: int) -> list:
        page = self._log.checkpoints.offer.page(offset) if self._log.checkpoints.offer is not None else None
        return self._carry(self._exchange.send_page(asker, page), now_ms) if page else []
