"""The table of another board, asked for page by page where the logs do not reach back far enough any more."""

from firmware.const import const
from firmware.replica.heartbeat import NEVER

_WAIT_MS = const(2000)  # for a page; then it is asked for again, or the next board is asked
_TRIES_MAX = const(3)  # for one page, once anything has come
_GIVE_UP_MS = const(60000)  # without any page from anybody
_AGAIN_MS = const(5000)
_REPEATS_MAX = const(3)


class Fetching:
    """Whom to ask, and when. `peers`: controllers whose areas we share. The flash's own work writes what comes."""

    def __init__(self, log, origins, peers: list):
        self.due_ms = NEVER
        self._log, self._origins, self._peers = log, origins, sorted(peers)
        self._gone = {}  # (controller, inc, stream) -> seq up to which nobody keeps it
        self._has_link = False
        self._asked = None  # who is to send the table
        self._place = 0
        self._tries = 0
        self._since_ms = 0  # when a page came last, or the first was asked for
        self._repeats = 0
        self._is_again = False  # what we had was older than the table: it is asked for again, with that in it

    def is_active(self) -> bool:
        return bool(self._gone) or self._is_again

    def can_repeat(self) -> bool:
        """Say whether a table that does not hold all of ours may be asked for again."""
        return self._repeats < _REPEATS_MAX

    def link(self, is_up: bool, now_ms: int) -> None:
        """Our own link went or came: begin again."""
        self._has_link, self._asked, self._since_ms = is_up, None, now_ms
        self.due_ms = now_ms if is_up and self.is_active() else NEVER

    def gone(self, key: tuple, seq: int, now_ms: int) -> None:
        """Take that a stream is kept nowhere any more up to a seq."""
        if not self.is_active():
            self._since_ms, self._repeats = now_ms, 0
            self.due_ms = now_ms if self._has_link else NEVER
        self._gone[key] = max(seq, self._gone.get(key, 0))

    def tick(self, areas: list, now_ms: int) -> list:
        """Do what is due. Returns ("want", peer, offset), or ("lost", key, first, last) of what is given up."""
        if self.due_ms > now_ms:
            return []
        self._gone = {key: seq for key, seq in self._gone.items() if self._log.last(*key) < seq}
        if not self.is_active():
            self._stop()
            return []
        if now_ms - self._since_ms >= _GIVE_UP_MS or not self._log.checkpoints:
            return self._lose()
        self._choose(areas, now_ms)
        self.due_ms = now_ms + _WAIT_MS
        if self._asked is None:
            return []
        self._tries += 1
        return [("want", self._asked, self._assembly().offset)]

    def page(self, sender: str, message: dict, now_ms: int) -> None:
        """Take a page."""
        if sender == self._asked and self._assembly() is not None and self._assembly().take(message):
            self._tries, self._since_ms = 0, now_ms
            self.due_ms = now_ms + _WAIT_MS

    def written(self, now_ms: int) -> bool:
        """Go on once a page is in the flash. True: all is here, to be adopted."""
        assembly = self._assembly()
        if self._asked is None or assembly is not None and assembly.has_work():
            return False
        if assembly is not None and assembly.is_whole:
            self._asked, self.due_ms = None, NEVER
            return True
        if assembly is None or assembly.has_failed:
            self._asked, self.due_ms = None, now_ms + _WAIT_MS
        elif self._tries == 0:
            self.due_ms = now_ms
        return False

    def adopted(self, is_exact: bool, now_ms: int) -> None:
        """The table is ours. Where facts of ours were older than it, it is asked for again, with these in it."""
        self._gone = {key: seq for key, seq in self._gone.items() if self._log.last(*key) < seq}
        self._is_again = not is_exact and self.can_repeat()
        self._repeats += 1
        self.due_ms, self._since_ms = (now_ms + _AGAIN_MS if self.is_active() else NEVER), now_ms

    # --------------------------------------------------------------------------------------------

    def _assembly(self):
        return self._log.checkpoints.assembly

    def _choose(self, areas: list, now_ms: int) -> None:
        """Stay with whom we asked while he answers; else ask the next who is online."""
        assembly = self._assembly()
        may_stay = assembly is not None and not assembly.has_failed and self._tries < (_TRIES_MAX if assembly.offset else 1)
        if self._asked is not None and may_stay:
            return
        online = [peer for peer in self._peers if self._origins.is_online(peer, now_ms)]
        self._log.checkpoints.give_up()
        self._asked, self._tries = None, 0
        if online:
            self._asked = online[self._place % len(online)]
            self._place += 1
            self._log.checkpoints.assemble(areas)

    def _lose(self) -> list:
        lost = [("lost",) + key + (self._log.last(*key) + 1, self._gone[key]) for key in sorted(self._gone)]
        if self._log.checkpoints:
            self._log.checkpoints.give_up()
        self._gone, self._is_again = {}, False
        self._stop()
        return lost

    def _stop(self) -> None:
        self._asked, self.due_ms = None, NEVER
