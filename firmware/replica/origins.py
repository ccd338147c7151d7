"""The others as origins of events: their newest incarnations, who is offline, and whose word does not count.

A controller's word (a promise, an answer) counts only from its highest incarnation seen. Two boards under one name,
heard in turns, have no word at all until an operator retires one of them; neither does what contradicts itself.
"""

from firmware.const import const

SILENT_MS = 75000  # RULES.md, "Numbers": no sign of life for this long counts as offline
_LATE_MS = const(10000)  # a message of the incarnation before may be on its way that long
_KEPT_MAX = const(64)  # of what is blocked or retired, the newest


class Origins:
    """What is known of the others. Names are those of the site: the caller checks them."""

    def __init__(self):
        self._incs = {}  # controller -> highest incarnation seen
        self._has_closed = False  # some controller had several incarnations
        self._heard_ms = {}  # controller -> when, since the link came up
        self._since_ms = 0
        self._gone = set()  # told to be offline, and not heard since
        self._boards = {}  # controller -> (hardware id, inc, when it was first heard with it)
        self._former = {}  # controller -> hardware id of the board before that one
        self._twins = {}  # controller -> incarnations of two boards under its name
        self._blocked = []  # (controller, inc) of which nothing more is accepted
        self._retired = []  # (controller, inc)

    def highest(self, controller: str) -> int:
        """Return the highest incarnation seen of a controller; 0: none."""
        return self._incs.get(controller, 0)

    def seen(self, controller: str, inc: int) -> None:
        """Take note that an incarnation exists."""
        known = self._incs.get(controller, -1)
        if inc > known and (controller, inc) not in self._retired:
            self._incs[controller] = inc
        if known > 0 and inc != known:
            self._has_closed = True

    def heard(self, controller: str, inc: int, now_ms: int) -> bool:
        """Take a sign of life. Says whether this incarnation's word counts."""
        self._heard_ms[controller] = now_ms
        if self._gone:
            self._gone.discard(controller)
        if self._incs.get(controller) == inc and not (self._twins or self._blocked or self._retired):
            return True
        self.seen(controller, inc)
        return self.has_word(controller, inc)

    def has_word(self, controller: str, inc: int) -> bool:
        """Say whether what an incarnation promises counts."""
        if self._twins or self._blocked or self._retired:
            return not self._is_doubtful(controller, inc)
        return self._incs.get(controller) == inc

    def board(self, controller: str, inc: int, hardware: str, now_ms: int) -> bool:
        """Take which board it is that speaks under a name. True: there turn out to be two.

        A board in the place of another is no twin: two there are when the former is heard again, or both have one
        incarnation. Without any a board has not begun yet.
        """
        known = self._boards.get(controller)
        if known and known[0] == hardware and known[1] == inc:
            return False
        if inc == 0 or (controller, inc) in self._retired:
            return False
        if known is None or known[0] == hardware:
            if known is None or inc > known[1]:
                self._boards[controller] = (hardware, inc, now_ms)
            return False
        is_back = self._former.get(controller) == hardware and now_ms - known[2] >= _LATE_MS or inc == known[1]
        is_new = is_back and controller not in self._twins
        if is_back:
            self._twins[controller] = (inc, known[1])
        self._former[controller] = known[0]
        self._boards[controller] = (hardware, inc, now_ms)
        return is_new

    # -- who is there ----------------------------------------------------------------------------

    def link_changed(self, now_ms: int) -> None:
        """Our own link went or came: who has been silent meanwhile may be there."""
        self._heard_ms = {}
        self._since_ms = now_ms

    def gone(self, controller: str) -> None:
        """Take note that somebody is told to be offline."""
        self._gone.add(controller)

    def is_online(self, controller: str, now_ms: int) -> bool:
        """Say whether a controller is not known to be offline."""
        if controller in self._gone:
            return False
        return now_ms - self._heard_ms.get(controller, self._since_ms) < SILENT_MS

    def are_all_there(self, controllers, now_ms: int) -> bool:
        """Say whether all serve their own events, in the one incarnation that they ever had."""
        if self._has_closed:
            return False
        for controller in controllers:
            if not self.is_online(controller, now_ms):
                return False
        return True

    def serves(self, controller: str, inc: int, now_ms: int) -> bool:
        """Say whether an origin can be expected to serve its own events."""
        return inc >= self._incs.get(controller, 0) and self.is_online(controller, now_ms)

    # -- whose word does not count ---------------------------------------------------------------

    def _is_doubtful(self, controller: str, inc: int) -> bool:
        is_old = self._incs.get(controller, 0) != inc or (controller, inc) in self._retired
        return is_old or controller in self._twins or self.is_blocked(controller, inc)

    def block(self, controller: str, inc: int) -> None:
        """Two events of one name contradict each other: nothing more is accepted of their newest incarnation."""
        if inc >= self._incs.get(controller, 0) and (controller, inc) not in self._blocked:
            self._blocked.append((controller, inc))
            del self._blocked[:-_KEPT_MAX]

    def is_blocked(self, controller: str, inc: int) -> bool:
        return bool(self._blocked) and (controller, inc) in self._blocked and inc >= self._incs.get(controller, 0)

    def retire(self, controller: str, inc: int) -> None:
        """An operator has retired one incarnation: what it wrote stays, its word does not count."""
        if (controller, inc) in self._retired:
            return
        self._retired.append((controller, inc))
        del self._retired[:-_KEPT_MAX]
        self._blocked = [entry for entry in self._blocked if entry != (controller, inc)]
        twins = self._twins.pop(controller, ())
        left = [other for other in twins if other != inc]
        if left and self._incs.get(controller) == inc:
            self._incs[controller] = max(left)
        if controller in self._boards and self._boards[controller][1] == inc:
            del self._boards[controller]

    def set_retired(self, retired: list) -> None:
        """Take which (controller, inc) are retired, in place of those before: one that is no more has its word again."""
        for controller, inc in [entry for entry in self._retired if entry not in retired]:
            self._retired.remove((controller, inc))
            self.seen(controller, inc)
        for controller, inc in retired:
            self.retire(controller, inc)
