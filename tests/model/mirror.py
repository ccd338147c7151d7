"""What happened so far, as the events tell it, and what must be said to the next badge."""

from tests.model import facts as F
from tests.model import local_time
from tests.model.knowledge import Knowledge, is_fact, key
from tests.model.live import Answer, View, decide


class Mirror:
    """Follows a site through its events and its network. Units: `now_ms` since 1970."""

    def __init__(self, site: dict, start: str):
        self.site = {"areas": {}, "users": {}, "groups": {}, "readers": {}, "schedules": {}, **site}
        self.start_ms = local_time.unix_ms(self.site, start)
        self.knowledge = Knowledge(self.site)
        self.open, self.unlocked = set(), set()
        self.memo = {}

    def take_in(self, event: dict) -> dict:
        """An event as the fold wants it: whole milliseconds, a stamp that sorts, the origin as the tie-break."""
        at_ms = event.get("at_ms", self.start_ms + round(event["at"] * 1000))
        return event | {"at_ms": at_ms, "stamp": (event["stamp"], event["controller"], event["inc"])}

    def observe(self, event: dict) -> None:
        """Take an event for true."""
        kind = event["type"]
        for there, adds, drops in ((self.open, "door.opened", "door.closed"), (self.unlocked, "door.unlocked", "door.locked")):
            there.add(event["door"]) if kind == adds else None
            there.discard(event["door"]) if kind == drops else None
        if is_fact(event):
            self.knowledge.add(self.take_in(event))

    def view(self, controller: str, now_ms: int) -> View:
        """What this controller may know at a time."""
        facts = self.knowledge.of(controller)
        view = View(self.site, controller, facts, now_ms, self.knowledge.reachable(controller),
                    retired_by(facts), locked_down_by(facts), self.open | self.unlocked, uses_of(facts))
        view.stories = self.stories(facts, view)
        return view

    def stories(self, facts: list, view: View) -> dict:
        """The fold of these facts: always from nothing, but not twice for the same facts."""
        known = frozenset(key(fact) for fact in facts)
        if known not in self.memo:
            self.memo[known] = view.fold()
        return self.memo[known]

    def everything(self, now_ms: int) -> View:
        """As one who has heard it all."""
        facts = self.knowledge.all()
        view = View(self.site, "", facts, now_ms, set(self.knowledge.controllers))
        view.stories = self.stories(facts, view)
        return view

    def controller_of(self, reader: str) -> str:
        return self.site["doors"][self.site["readers"][reader]["door"]]["controller"]

    def user_of(self, badge: dict):
        """Whose card it is, or None."""
        if badge.get("user"):
            return badge["user"]
        owners = [name for name, user in self.site["users"].items() if badge["card"] in user.get("cards", [])]
        return owners[0] if owners else None

    def answer(self, reader: str, user, now_ms: int) -> Answer:
        return decide(self.view(self.controller_of(reader), now_ms), reader, user)


def uses_of(facts: list) -> dict:
    """{user: granted badges}."""
    counts = {}
    for fact in filter(F.is_granted, facts):
        counts[fact["user"]] = counts.get(fact["user"], 0) + 1
    return counts


def locked_down_by(facts: list) -> set:
    """The doors a lockdown names, as far as these facts tell."""
    doors = set()
    for fact in F.in_order([f for f in facts if f["type"].startswith("lockdown.")]):
        named = set(fact["doors"])
        doors = doors | named if fact["type"] == "lockdown.started" else doors - named
    return doors


def retired_by(facts: list) -> set:
    """The controllers nobody waits for."""
    retired = set()
    for fact in F.in_order([f for f in facts if f["type"] in ("controller.retired", "controller.restored")]):
        retired = retired | {fact["peer"]} if fact["type"] == "controller.retired" else retired - {fact["peer"]}
    return retired
