"""The settings of one area as its rules read them.

Layout: settings are a dict with the keys of RULES.md, "Area settings"; `anti_passback` is always
{"entrances": mode, "exits": mode} and `reset_at` a sorted list of minutes of the local day.
"""

from firmware.const import const
from firmware.core import schedule

IN = "in"
OUT = "out"
_LONGEST_DAY_MS = const(27 * 3600 * 1000)  # a day that a change of offset made longer
MODES = ("off", "soft", "deny", "hard")  # each stricter than the one before
_SOFT = const(1)


class Horizon:
    """Up to when the wall clock can be believed: `reset_at` waits for a trusted clock."""

    def __init__(self):
        self.until_ms = None

    def is_beyond(self, moment_ms: int) -> bool:
        return self.until_ms is not None and moment_ms > self.until_ms


class AreaRules:
    """One area's settings, with the moments its `reset_at` means in the site's time zone."""

    def __init__(self, settings: dict, zone, horizon):
        self.settings = settings
        self._zone = zone
        self._horizon = horizon
        self._from_ms = self._reset_ms = 0  # between these lies no `reset_at` moment; the second is one,
        self._last_ms = self._next_ms = 0  # and between these, which both are
        # Nothing ends by time alone.
        self.is_lasting = not (settings["violation_timeout_s"] or settings["presence_timeout_s"] or settings["reset_at"])

    def __getitem__(self, key):
        return self.settings[key]

    def mode(self, direction: str) -> str:
        """Return the mode of a badge in this direction."""
        return self.settings["anti_passback"]["entrances" if direction == IN else "exits"]

    def denies(self) -> bool:
        """Say whether any badge can be denied here by its mode."""
        modes = self.settings["anti_passback"].values()
        return "hard" in modes or "deny" in modes

    def reset_after(self, at_ms: int) -> int | None:
        """Return the first `reset_at` moment after a time, in Unix ms."""
        if not self.settings["reset_at"]:
            return None
        if not self._from_ms <= at_ms < self._reset_ms:
            self._reset_ms = schedule.first_moment_after(self.settings["reset_at"], self._zone, at_ms)
            self._from_ms = at_ms
        return None if self._horizon.is_beyond(self._reset_ms) else self._reset_ms

    def last_reset(self, at_ms: int) -> int:
        """Return the last `reset_at` moment up to a time, in Unix ms; 0 where there is none."""
        if not self.settings["reset_at"]:
            return 0
        if self._horizon.until_ms is not None or not self._last_ms <= at_ms < self._next_ms:
            last, following = 0, self.reset_after(at_ms - _LONGEST_DAY_MS)
            while following is not None and following <= at_ms:
                last, following = following, self.reset_after(following)
            self._last_ms, self._next_ms = last, following or 0
        return self._last_ms

    def forgives(self, new: dict) -> bool:
        """Say whether changing to `new` ends violations: a stricter direction, or all `off`."""
        old, new = self.settings["anti_passback"], new["anti_passback"]
        if all(mode == "off" for mode in new.values()):
            return True
        return any(MODES.index(new[side]) > max(MODES.index(old[side]), _SOFT) for side in new)
