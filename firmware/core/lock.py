"""The lock of one door: free while any reason holds it free. Pure.

Five reasons, each kept for itself, so that what one of them hides comes out right when it ends:
    emergency   of the site, at a fail-safe lock
    rex         a REX that unlocks: while pressed, and for a time after its release
    operator    a momentary unlock, for a time
    access      a granted badge, for a time
    schedule    the unlock schedule, unless a lockdown stands against it
Rules: RULES.md, "Doors" and "Emergency".
"""


class Lock:
    def __init__(self, settings: dict):
        self.is_fail_safe = settings["lock"] == "fail_safe"
        # "Without a sensor only `timer` exists."
        self.relock_on = settings["relock_on"] if settings["sensor"] else "timer"
        self.waits_for_first = settings["unlock_after_first"]
        self.in_emergency = False
        self.in_lockdown = False
        self.is_scheduled = False
        self.first_came = False
        self.is_pressed = False
        self.is_press_used = False
        self.until_ms = {}  # timed reason -> its end; None: time is up, the open leaf keeps it free

    def reasons(self) -> list:
        """Name what holds the lock free now; an empty list means locked."""
        # Where several begin or end in one moment, the event names the first of these.
        timed, found = self.until_ms, []
        if self.in_emergency and self.is_fail_safe:
            found.append("emergency")
        if self.is_pressed or "rex" in timed:
            found.append("rex")
        if "operator" in timed:
            found.append("operator")
        if "access" in timed:
            found.append("access")
        if self.follows_schedule():
            found.append("schedule")
        return found

    def follows_schedule(self) -> bool:
        """True while the unlock schedule holds it free."""
        return self.is_scheduled and (self.first_came or not self.waits_for_first) and not self.in_lockdown

    def suspends_held(self) -> bool:
        """True while schedule, operator or emergency want the door free, and it may stand open."""
        # An operator's time that is up no longer wants it, even if the open leaf delays the locking.
        is_operator = self.until_ms.get("operator") is not None
        return is_operator or self.follows_schedule() or (self.in_emergency and self.is_fail_safe)

    def schedule(self, is_active: bool):
        self.is_scheduled = is_active
        # RULES.md, "Doors": only after the first granted badge in it; whoever came before does not count.
        self.first_came = False

    def prolong(self, reason: str, until_ms: int):
        """Start a timed reason, or start its time again; nobody's longer time is cut short by it."""
        running_ms = self.until_ms.get(reason)
        self.until_ms[reason] = until_ms if running_ms is None else max(running_ms, until_ms)

    def press(self):
        self.is_pressed = True
        self.is_press_used = False
        self.until_ms.pop("rex", None)

    def release(self, until_ms: int):
        """End a press; the time after it is for a leaf that has not yet made its way."""
        self.is_pressed = False
        if self.is_press_used:
            self.until_ms.pop("rex", None)
        else:
            self.prolong("rex", until_ms)

    def leaf_moved(self, is_open: bool):
        """Relock on `open` or `close`: that move ends every timed reason. A pressed REX is none."""
        if self.relock_on == ("open" if is_open else "close"):
            self.until_ms.clear()
            self.is_press_used = True
        elif is_open:
            self.is_press_used = False

    def cut(self):
        """Take a lockdown: timed unlocks that others gave end, the way out stays."""
        self.in_lockdown = True
        self.until_ms.pop("access", None)
        self.until_ms.pop("operator", None)

    def expire(self, at_ms: int, leaf_is_open: bool):
        """End the timed reasons whose time is up; relock on `close` waits for the leaf."""
        for reason in list(self.until_ms):
            until_ms = self.until_ms[reason]
            if until_ms is None or until_ms > at_ms:
                continue
            if leaf_is_open and self.relock_on == "close":
                self.until_ms[reason] = None
            else:
                del self.until_ms[reason]

    def next_deadline_ms(self) -> int | None:
        first_ms = None
        for reason in self.until_ms:
            until_ms = self.until_ms[reason]
            if until_ms is not None and (first_ms is None or until_ms < first_ms):
                first_ms = until_ms
        return first_ms
