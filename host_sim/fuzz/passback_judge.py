"""A second, simple opinion on passbacks, from what really happened in its true order; silent where it is not certain."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from host_sim.fuzz.truth import GONE, LOST, Entry

_SLACK_MS = 30_000
_ACTS = ("apb.cleared", "apb.moved", "apb.passed")


class PassbackJudge:
    """One person in one area. `presence`: the direction of the last grant, None where it is not certain."""

    def __init__(self, life, area: str):
        self._life, self._area = life, area
        self._settings = life.plan.area(area)
        self._around = life.plan.layout.around(area)[1:]
        self.presence: str | None = None
        self._since_ms = self._looked_ms = 0
        self._badges_ms: list[int] = []  # each may have begun a violation that expires
        self._last: Entry | None = None
        self._entering: tuple | None = None
        self.violation: Entry | None = None  # the badge that must be a violation, as far as is certain

    def run(self, user: str, until: Entry | None = None) -> bool:
        """Take all that happened, up to a badge. Returns whether that badge is a passback for certain."""
        truth = self._life.truth
        story = truth.people[user] + [entry for entry in truth.changes if self._concerns(entry)]
        for entry in sorted(story, key=lambda entry: entry.true_ms):
            self._pass_time(entry.true_ms)
            if entry is until:
                return self._is_passback(entry) or self._is_barred(entry)
            if entry.state != LOST:
                self._take(entry)
        self._pass_time(self._life.now_ms)
        return False

    def _concerns(self, entry: Entry) -> bool:
        return entry.event.get("area") == self._area or entry.event["type"].startswith("emergency.")

    def _forget(self) -> None:
        """Be certain of nothing any more."""
        self.presence = self.violation = self._entering = None

    def _take(self, entry: Entry) -> None:
        event, kind = entry.event, entry.event["type"]
        if entry.state == GONE or "area" in event and event["area"] == self._area and self._is_act(event):
            self._forget()
        elif "judge" in event and self._area in event["judge"]:
            self._badge(entry)
        elif "judge" in event and any(event["judge"].get(area, [""])[0] == "out" for area in self._around):
            self.presence = None
        elif kind in ("access.entered", "access.not_used"):
            self._entry(event, entry.true_ms)
        elif kind.startswith("emergency."):
            self._forget()

    def _is_act(self, event: dict) -> bool:
        is_report = event["type"] == "apb.cleared" and event.get("by") != "operator"
        return event["type"] in (*_ACTS, "apb.reset", "area.set") and not is_report

    # -- badges ----------------------------------------------------------------------------------

    def _is_passback(self, entry: Entry) -> bool:
        direction, mode = entry.event["judge"][self._area]
        return mode != "off" and self.presence == direction

    def _is_barred(self, entry: Entry) -> bool:
        return self.violation is not None and entry.event["judge"][self._area][1] == "hard"

    def _badge(self, entry: Entry) -> None:
        direction, mode = entry.event["judge"][self._area]
        is_granted = entry.event["type"] == "access.granted"
        self._badges_ms.append(entry.true_ms)
        is_open = self._is_open(entry, direction)
        if is_open:
            self._forget()
        elif self._is_passback(entry):
            self.violation = self.violation or entry
        elif mode == "deny" and is_granted:
            self.violation = None
        if is_granted:
            self._last, self._since_ms = entry, entry.true_ms
            self._move(entry, direction)
            self.presence = None if is_open else self.presence

    def _move(self, entry: Entry, direction: str) -> None:
        if self._settings["moves_on"] == "entry":
            self._entering = (entry.event["reader"], direction, self.presence) if self._entering is None else None
            self.presence = None
        else:
            self.presence = direction

    def _entry(self, event: dict, at_ms: int) -> None:
        """Take an opening on a grant; also in the areas around it may empty this one."""
        if self._entering and self._entering[0] == event["reader"]:
            _, direction, before = self._entering
            self.presence = direction if event["type"] == "access.entered" else before
            self._entering, self._since_ms = None, at_ms
            if event.get("lost"):
                self.presence = None
        elif event["reader"] not in self._settings["entrances"] + self._settings["exits"]:
            self.presence = None

    def _is_open(self, entry: Entry, direction: str) -> bool:
        """Say whether clocks leave it open in which order this badge and those before it are folded."""
        for other in entry.unheard:
            judge = other.event.get("judge", {})
            if other.state == LOST:
                continue
            if other is self._last and judge.get(self._area, [""])[0] == direction:
                continue  # in whatever order: the same direction twice
            apart_ms = abs(other.event["at_ms"] - entry.event["at_ms"])
            is_near = apart_ms < other.event["err_ms"] + entry.event["err_ms"]
            if is_near or other.event["stamp"] >= entry.event["stamp"]:
                return True
        return False

    # -- time ------------------------------------------------------------------------------------

    def _pass_time(self, now_ms: int) -> None:
        """Let go of what time may have ended."""
        if self._may_expire_until(now_ms):
            self._forget()
        self._looked_ms = now_ms
        presence_s = self._settings["presence_timeout_s"]
        if self.presence and presence_s and now_ms - self._since_ms > presence_s * 1000 - _SLACK_MS:
            self.presence = None
        since_ms = min(self._since_ms, self.violation.true_ms) if self.violation else self._since_ms
        if self._settings["reset_at"] and self._resets_between(since_ms, now_ms):
            self._forget()

    def _may_expire_until(self, now_ms: int) -> bool:
        """Say whether a violation may expire between the last look and now, and a pardon be given for it."""
        ends_ms = [began_ms + 1000 * seconds for seconds in self._timeouts() if seconds for began_ms in self._badges_ms]
        return any(self._looked_ms <= end_ms + _SLACK_MS and end_ms - _SLACK_MS <= now_ms for end_ms in ends_ms)

    def _timeouts(self) -> set:
        """Return every `violation_timeout_s` that the area ever had."""
        told = [entry.event for entry in self._life.truth.changes if entry.event["type"] == "area.set"]
        changed = {event["settings"].get("violation_timeout_s", 0) for event in told if event["area"] == self._area}
        return changed | {self._settings["violation_timeout_s"]}

    def _resets_between(self, since_ms: int, now_ms: int) -> bool:
        zone = ZoneInfo(self._life.plan.written["timezone"])
        start_ms = self._life.plan.start_ms
        at = datetime.fromtimestamp((start_ms + since_ms - _SLACK_MS) / 1000, zone).replace(second=0, microsecond=0)
        until = datetime.fromtimestamp((start_ms + now_ms + _SLACK_MS) / 1000, zone)
        if until - at > timedelta(hours=22):
            return True
        moments = {tuple(map(int, text.split(":"))) for text in self._settings["reset_at"]}
        days = {at.date(), until.date()}
        return any(at <= datetime(day.year, day.month, day.day, *moment, tzinfo=zone) <= until for day in days for moment in moments)
