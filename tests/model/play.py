"""A whole naive site: plays the steps of a scenario by the model alone and writes the facts it would."""

from tests.model import facts as F
from tests.model.mirror import Mirror

CLEARERS = ("site_admin", "site_manager")
SITE_COMMANDS = {"lockdown": "lockdown.started", "release": "lockdown.ended", "retire": "controller.retired", "restore": "controller.restored"}
COMMANDS = {"clear": "apb.cleared", "reset": "apb.reset", "move": "apb.moved", "pass": "apb.passed", "set": "area.set"}


class NaiveSite(Mirror):
    """`events` holds what the last steps said."""

    def __init__(self, site: dict, start: str):
        super().__init__(site, start)
        self.events, self.count, self.pending = [], 0, []

    def write(self, controller: str, at_s: float, kind: str, **fields) -> None:
        self.count += 1
        at_ms = self.start_ms + round(at_s * 1000)
        event = {"at": at_s, "at_ms": at_ms, "controller": controller, "inc": 1, "seq": self.count,
                 "stamp": (at_ms << 16) + self.count, "type": kind, **fields}
        self.events.append(event)
        self.observe(event)

    def play(self, step: dict) -> None:
        """One step; those that touch no presence do nothing here."""
        at_s = step["at"]
        self.let_grants_lapse(at_s)
        for action in set(step) & {"badge", "open", "close", "network", "power", "fire", "command"}:
            getattr(self, "do_" + action)(at_s, step[action])

    def let_grants_lapse(self, at_s: float) -> None:
        """Whoever did not open the door in time has not entered."""
        for grant in list(self.pending):
            ends_s = grant["at"] + self.site["doors"][grant["door"]].get("unlock_s", 5)
            if ends_s < at_s:
                self.complete(grant, ends_s, "access.not_used")

    def complete(self, grant: dict, at_s: float, kind: str, **more) -> None:
        self.pending.remove(grant)
        if self.site["doors"][grant["door"]].get("sensor"):
            self.write(grant["controller"], at_s, kind, door=grant["door"], reader=grant["reader"], user=grant["user"], **more)

    def do_badge(self, at_s: float, badge: dict) -> None:
        controller, user = self.controller_of(badge["reader"]), self.user_of(badge)
        if controller in self.knowledge.off:
            return
        answer = self.answer(badge["reader"], user, self.start_ms + round(at_s * 1000))
        said = {"reader": badge["reader"], "door": self.site["readers"][badge["reader"]]["door"], "user": user}
        said |= {"violates": answer.violates} if answer.violates else {}
        if answer.judge:
            said |= {"judge": answer.judge, "after": self.after(controller, user, answer)}
        flags = {name: True for name in ("pardoned", "exempt", "unverified") if getattr(answer, name)}
        if answer.granted:
            self.write(controller, at_s, "access.granted", **{"judge": {}} | said | flags)
            self.pending.append(self.events[-1])
            if said["door"] in self.open:
                self.complete(self.events[-1], at_s, "access.entered")
        else:
            self.write(controller, at_s, "access.denied", reason=answer.reason, areas=answer.areas, **said | flags)

    def after(self, controller: str, user: str, answer) -> dict:
        """{area: the newest badge of this person there that is known here}."""
        known = [f for f in F.in_order(self.knowledge.of(controller)) if F.is_badge(f) and f["user"] == user]
        newest = {area: [F.identity(f) for f in known if area in f["judge"]][-1:] for area in answer.judge}
        return {area: found[0] for area, found in newest.items() if found}

    def do_open(self, at_s: float, door: str) -> None:
        self.open.add(door)
        for grant in [grant for grant in self.pending if grant["door"] == door]:
            self.complete(grant, at_s, "access.entered")

    def do_close(self, at_s: float, door: str) -> None:
        self.open.discard(door)

    def do_network(self, at_s: float, network: dict) -> None:
        self.knowledge.network(network["groups"])

    def do_power(self, at_s: float, power: dict) -> None:
        self.knowledge.power(power["controller"], power["on"])
        for grant in [grant for grant in self.pending if grant["controller"] == power["controller"]]:
            self.complete(grant, at_s, "access.not_used", lost=True)

    def do_fire(self, at_s: float, fire: dict) -> None:
        source = [fire["controller"], "fire"]
        kind, fields = ("emergency.started", {"source": source}) if fire["active"] else ("emergency.ended", {"ends": [source]})
        self.write(fire["controller"], at_s, kind, **fields)

    def do_command(self, at_s: float, command: dict) -> None:
        role = self.site["operators"].get(command["operator"], {}).get("role")
        fact = COMMANDS.get(command["action"]) or SITE_COMMANDS.get(command["action"])
        online = (self.knowledge.groups or [set()])[0] - self.knowledge.off
        if fact is None or not online:
            return
        controller = min(online)
        if role not in CLEARERS or (fact == "area.set" and role != "site_admin"):
            self.write(controller, at_s, "command.refused", operator=command["operator"], action=command["action"])
            return
        fields = {k: v for k, v in command.items() if k in ("operator", "area", "user", "presence", "reason", "doors")}
        fields |= {"peer": command["controller"]} if "controller" in command else {}
        if fact == "area.set":
            fields["settings"] = {k: v for k, v in command.items() if k not in ("operator", "area", "reason", "action")}
        self.write(controller, at_s, fact, by="operator", **fields)
