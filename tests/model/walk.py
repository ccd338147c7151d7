"""A walk: the real firmware in a World, each of its answers and each row of its tables compared with the model."""

from tests.model import settings as S
from tests.model.mirror import Mirror
from tests.model.stage import PASSBACK, TOLD, Stage

CALM_MS = 5000
CHANGES = {"network", "power"}
REPORTED = ("expiry", "healed", "reset", "settings")


class Walk(Stage):
    """`differences` collects what was found while the world ran: [(text, expectation or None)]."""

    def __init__(self, site: dict, start: str, name: str = "walk"):
        self.mirror, self.differences = Mirror(site, start), []
        self.changed_ms = self.mirror.start_ms  # when network or power last changed
        super().__init__(site, start, name)

    def take(self, event: dict) -> None:
        super().take(event)
        try:
            if event["type"] in TOLD:
                self.compare_answer(event)
            self.mirror.observe(event)
        except Exception as wrong:  # the world's own supervisor must not swallow what the judge stumbles over
            self.differences.append((f"the judge cannot read {event}: {wrong!r}", None))

    def step(self, step: dict) -> list:
        """The step, its answer, and a look at all tables before and after."""
        self.run_until(step["at"] - 0.001)
        self.compare_tables()
        wanted = self.wanted(step)
        self.tell_mirror(step)
        said = super().step(step)
        self.compare_count(step, wanted)
        if not CHANGES & set(step):  # a link that came up takes a moment
            self.compare_tables()
        return said

    def run_until(self, at_s: float) -> None:
        super().run_until(at_s)
        self.fail_if_different()

    def wanted(self, step: dict):
        """How many answers a badge must get; None for an unknown card, of which not each is told."""
        if "user" not in step.get("badge", {}):
            return None
        return int(self.mirror.controller_of(step["badge"]["reader"]) not in self.mirror.knowledge.off)

    def tell_mirror(self, step: dict) -> None:
        if CHANGES & set(step):
            self.changed_ms = self.mirror.start_ms + self.world.now_ms
        if "network" in step:
            self.mirror.knowledge.network(step["network"]["groups"])
        if "power" in step:
            self.mirror.knowledge.power(step["power"]["controller"], step["power"]["on"])

    def compare_count(self, step: dict, wanted) -> None:
        if wanted is None:
            return
        told = [e for e in self.fresh if e["type"] in TOLD and e["reader"] == step["badge"]["reader"]]
        if len(told) != wanted:
            self.differences.append((f"{len(told)} answers to {step}, {wanted} expected", None))
        self.fail_if_different()

    def compare_answer(self, event: dict) -> None:
        told = self.mirror.take_in(event)
        expected = fields_of(self.mirror.answer(told["reader"], told.get("user"), told["at_ms"]))
        for field, value in expected.items():
            if plain(told.get(field)) != plain(value):
                said = {k: v for k, v in expected.items() if k in ("type", "reason")} | {"reader": told["reader"]}
                self.differences.append((f"{field} is {told.get(field)!r}, not {value!r} in {event}", {"event": said}))
                return

    def compare_tables(self) -> None:
        now_ms = self.mirror.start_ms + self.world.now_ms
        for controller in sorted(set(self.mirror.knowledge.controllers) - self.mirror.knowledge.off):
            view = self.mirror.view(controller, now_ms)
            for area in self.site["areas"]:
                if controller in S.owners(self.site, area):
                    for user in self.site["users"]:
                        self.compare_row(view, controller, area, user)
        self.fail_if_different()

    def compare_row(self, view, controller: str, area: str, user: str) -> None:
        expected, told = view.now(area, user)[0], self.world.row(controller, area, user)
        kind = expected.violation.kind if expected.violation else None
        presence = expected.presence.replace("never", "unknown")
        there = (told["presence"].replace("never", "unknown"), told["violation"] or told["suspected"], bool(told["pardon"]))
        if there != (presence, kind, expected.pardon):
            text = f"row {controller} {area} {user} is {there}, not {(presence, kind, expected.pardon)}"
            self.differences.append((text, {"area": area, "user": user, "presence": presence, "violation": kind, "controller": controller}))
        elif told["violation"] is None and kind and self.is_sure(view, area, expected):
            self.differences.append((f"row {controller} {area} {user}: {kind} is only suspected, all have been heard", None))

    def compare_reports(self) -> None:
        """Each conclusion was reported once. Only where nothing was late."""
        stories = self.mirror.everything(self.mirror.start_ms + self.world.now_ms).told()
        expected = sorted(report for (area, user), log in stories.items() for report in reports_of(area, user, log))
        told = sorted(filter(None, map(report_in, self.events)))
        surplus, missing = [r for r in told if told.count(r) > expected.count(r)], [r for r in expected if r not in told]
        self.check(not surplus and not missing, f"reports: surplus {surplus}, missing {missing}")

    def is_sure(self, view, area: str, row) -> bool:
        """With everybody in reach nothing stays a suspicion for longer than the next question, which comes every 2 s."""
        since_ms = max(row.violation.since_ms, self.changed_ms)
        return not view.is_isolated(area) and view.now_ms - since_ms > CALM_MS

    def fail_if_different(self) -> None:
        for text, expectation in self.differences:
            self.check(False, text, expectation)


def fields_of(answer) -> dict:
    """What the event must say."""
    if not answer.granted and answer.reason not in PASSBACK:
        return {"type": TOLD[1], "reason": answer.reason}
    fields = {name: getattr(answer, name) for name in ("judge", "violates", "pardoned", "unverified")}
    if answer.granted:
        return {"type": TOLD[0], **fields}
    return {"type": TOLD[1], "reason": answer.reason, "areas": answer.areas, **fields}


def reports_of(area: str, user: str, log: list) -> list:
    made = []
    for what, how, of, _ in log:
        if what == "violation":
            made.append(("apb.violation", area, user, how, of))
        elif how in REPORTED:
            made.append(("apb.cleared", area, user, how, of))
    return made


def report_in(event: dict):
    """(type, area, user, kind or by, of) of a report, None for anything else."""
    if event["type"] == "apb.violation":
        return (event["type"], event["area"], event["user"], event["kind"], tuple(event["of"]))
    if event["type"] == "apb.cleared" and event["by"] in REPORTED:
        return (event["type"], event["area"], event["user"], event["by"], tuple(event["of"]))
    return None


def plain(value):
    """Lists for tuples, and nothing for false and empty."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in sorted(value.items())} or None
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value] or None
    return value or None

