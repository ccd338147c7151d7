"""Where one person stands with one area: presence, violation, pardon, and what time does to them."""

NEVER = "never"
UNKNOWN = "unknown"
IN = "in"
OUT = "out"


class Violation:
    """One violation, from the badge that created it to its end. A suspicion is one not yet sure."""

    def __init__(self, kind: str, mode: str, badge: dict, against: tuple, area: str = ""):
        self.kind = kind
        self.mode = mode
        self.at_ms = badge["at_ms"]
        self.reader = badge["reader"]
        self.of = (badge["controller"], badge["inc"], badge["seq"])
        self.stamp = badge["stamp"]
        # Who had asked everybody and found nothing confirms nothing: then it is here that something is missing.
        self.is_confirmed = bool(badge.get("confirmed")) and area in badge.get("violates", ())
        self.against = against  # (at_ms, reader) of the badge it contradicts, or (None, None)


class Standing:
    """A row of the table in full. It changes by facts and, when it is looked at, by time."""

    def __init__(self, presence: str = NEVER, at_ms: int = 0, reader: str | None = None):
        self.presence = presence
        self.at_ms = at_ms
        self.reader = reader
        self.violation = None
        self.pardon_at_ms = None
        self.entering = {}  # reader -> (direction, time of the pardon its grant used or None, time of the grant)
        self.ended = []  # (violation, by, at_ms) of those whose end is not reported yet

    def copy(self):
        """Return a standing that can be changed without changing this one."""
        other = Standing(self.presence, self.at_ms, self.reader)
        other.violation = self.violation
        other.pardon_at_ms = self.pardon_at_ms
        other.entering = dict(self.entering)
        other.ended = list(self.ended)
        return other

    def is_plain(self) -> bool:
        """Say whether presence, time and reader are all there is to it."""
        return not (self.violation or self.entering or self.ended) and self.pardon_at_ms is None

    def move(self, presence: str, at_ms: int, reader: str | None) -> None:
        """Set presence by a badge, an entry or an operator."""
        self.presence = presence
        self.at_ms = at_ms
        self.reader = reader

    def end_violation(self, by: str, at_ms: int) -> None:
        """Close the violation, if there is one, and keep it until its end is reported."""
        if self.violation:
            self.ended.append((self.violation, by, at_ms))
            self.violation = None

    def forgive(self, by: str, at_ms: int) -> None:
        """End the violation and pardon; without a violation there is nothing to pardon."""
        if self.violation:
            self.end_violation(by, at_ms)
            self.pardon_at_ms = at_ms

    def reset(self, by: str, at_ms: int) -> None:
        """Forgive everything: no violation, no pardon, and presence no longer known."""
        self.end_violation(by, at_ms)
        self.drop_pardons()
        self.forget_presence(at_ms)

    def drop_pardons(self) -> None:
        """Drop the pardon, and those that grants not used yet would give back."""
        self.pardon_at_ms = None
        self.entering = {reader: (entry[0], None, entry[2]) for reader, entry in self.entering.items()}

    def forget_presence(self, at_ms: int) -> None:
        """Make a known presence unknown. Who was never here stays so."""
        if self.presence != NEVER:
            self.move(UNKNOWN, at_ms, self.reader)

    def seen_from(self, direction: str) -> str:
        """Return presence as a badge in this direction is judged: who is entering has moved."""
        return direction if self.entering and self.entered_by(direction) else self.presence

    def entered_by(self, direction: str) -> tuple | None:
        """Return (at_ms, reader) of a grant in this direction that nobody has used yet."""
        grants = [(entry[2], reader) for reader, entry in self.entering.items() if entry[0] == direction]
        return min(grants) if grants else None

    def settle(self, rules, at_ms: int) -> None:
        """Let `violation_timeout_s`, `presence_timeout_s` and `reset_at` act up to a time."""
        if self.violation:
            self._settle_violation(rules, at_ms)
        if self.pardon_at_ms is not None and _is_past(rules.reset_after(self.pardon_at_ms), at_ms):
            self.pardon_at_ms = None
        if self.presence in (IN, OUT):
            ends = earliest(rules.reset_after(self.at_ms), _timeout(rules["presence_timeout_s"], self.at_ms))
            if _is_past(ends, at_ms):
                self.move(UNKNOWN, ends, self.reader)

    def violation_ends_ms(self, rules) -> int | None:
        """Return when time alone will end the violation."""
        since = self.violation.at_ms
        return earliest(self.expires_ms(rules), rules.reset_after(since))

    def expires_ms(self, rules) -> int | None:
        """Return when the violation expires by `violation_timeout_s`."""
        return _timeout(rules["violation_timeout_s"], self.violation.at_ms)

    def _settle_violation(self, rules, at_ms: int) -> None:
        reset, expiry = rules.reset_after(self.violation.at_ms), self.expires_ms(rules)
        if _is_past(reset, at_ms) and (expiry is None or reset <= expiry):
            self.end_violation("reset", reset)
        elif _is_past(expiry, at_ms):
            self.forgive("expiry", expiry)


def earliest(*moments) -> int | None:
    """Return the first of several moments, any of which may be None for never."""
    known = [moment for moment in moments if moment is not None]
    return min(known) if known else None


def _timeout(seconds: int, since_ms: int) -> int | None:
    return since_ms + seconds * 1000 if seconds else None


def _is_past(moment: int | None, at_ms: int) -> bool:
    return moment is not None and moment <= at_ms
