"""What each setting of an area means, for those who have not read firmware/RULES.md."""

from tools.console.configuring import wishes
from tools.web import parts

MEANINGS = {
    "entrances": "A wrong badge at an entrance: off does not judge it, soft lets in and records, deny refuses this badge, "
    "hard refuses the person at every entrance and exit until the violation ends.",
    "exits": "The same at exits.",
    "when_isolated": "What deny and hard do while the area's controllers do not all hear one another: soft lets in and records, "
    "enforce goes by what the door's own controller knows.",
    "first_use": "What the first badge of somebody may be, of whom nothing is known: either, or only an entrance.",
    "moves_on": "What counts as having gone through: the grant, or that the door was opened after it, which needs door sensors.",
    "after_emergency": "At the end of an emergency: reset forgets who is inside and all violations, keep keeps both.",
    "confirm_grants": "Ask the other controllers before a grant, too, not only before a denial.",
    "violation_timeout_s": "After so long a violation ends by itself; 0: only an operator ends it.",
    "presence_timeout_s": "After so long it counts as unknown whether somebody is in or out; 0: never.",
    "confirm_ms": "How long a door waits for the answers of other controllers.",
    "capacity": "At most so many people inside.",
    "minimum": "A badge that would leave fewer than so many inside waits ten seconds for a second one at that door; the last one out is never held.",
    "schedule": "The area judges only then.",
    "exempt_groups": "Nobody of these groups is judged: first aid, security. Spaces between them.",
    "reset_at": "Times of day at which it is forgotten who is inside, such as 04:00. Spaces between them.",
}


def add(title) -> None:
    """Add a list that opens; `title(name)` is what the form calls a setting."""
    with parts.box("details", "choose"):
        parts.line("summary", "What they mean")
        with parts.box("dl", "meanings"):
            for name in wishes.NAMES:
                parts.line("dt", title(name))
                parts.line("dd", MEANINGS[name])
