"""The fold of the history: the same code as on the boards, over all areas of the site at once."""
from firmware.core import events
from firmware.core.presence import Presence
from firmware.core.site_state import Emergency, Switches, retired_name
from tools.console.picture.plan import Plan


class Fold:
    """Conclusions from all facts and site events, taken in the order of their commit. `story`: as Presence wants it."""

    def __init__(self, plan: Plan, story):
        self._plan = plan
        self.presence = Presence(plan.areas, plan.zone, plan.reader_numbers, story, plan.people_count())
        self.emergency, self.lockdowns, self.retired = Emergency(), Switches(), Switches()
        self.newest: dict[str, int] = {}  # controller -> at_ms of its newest event

    def take(self, event: dict) -> None:
        at_ms, controller = event["at_ms"], event["controller"]
        if at_ms > self.newest.get(controller, 0):
            self.newest[controller] = at_ms
        if event["stream"] == "site":
            self._take_site(event)
        elif events.is_fact(event):
            self._tidy(self.presence.take(event))

    def forget(self) -> None:
        for part in (self.emergency, self.lockdowns, self.retired, self.presence):
            part.forget()

    def keep(self) -> dict:
        """All but what is about single people, as plain values."""
        return {
            "emergency": self.emergency.keep(), "lockdowns": self.lockdowns.keep(), "retired": self.retired.keep(),
            "areas": self.presence.keep_changes(), "newest": self.newest,
        }  # fmt: skip

    def restore(self, kept: dict) -> None:
        self.emergency.restore(kept["emergency"])
        self.lockdowns.restore(kept["lockdowns"])
        self.retired.restore(kept["retired"])
        self.presence.restore_changes(kept["areas"])
        self.newest = dict(kept["newest"])

    def _take_site(self, event: dict) -> None:
        kind = event["type"]
        if kind.startswith("lockdown."):
            self.lockdowns.take(event, event["doors"], kind == "lockdown.started")
        elif kind.startswith("controller."):
            self.retired.take(event, [retired_name(event["peer"], event.get("peer_inc"))], kind == "controller.retired")
        else:
            self.emergency.take(event)
            self._tidy(self.presence.take_emergency_ends(self.emergency.ends()))

    def _tidy(self, touched: list[tuple]) -> None:
        """Forget what a controller keeps until it has reported it."""
        del self.presence.unjudged[:]
        for area, no in touched:
            if self.presence.standing(area, no).ended:
                self.presence.drop_ended(area, no)
