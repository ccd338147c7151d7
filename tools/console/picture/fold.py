"""The fold of the history: the same code as on the boards, over all areas of the site at once."""
from firmware.core import events
from firmware.core.area_rules import AreaRules
from firmware.core.presence import Presence
from firmware.core.saved import Base
from firmware.core.site_state import Emergency, Switches, retired_name
from firmware.core.standing import Standing
from tools.console.picture.plan import Plan

COMMANDS = ("commands", "area_commands")


class Fold:
    """Conclusions from all facts and site events, taken in the order of their commit. `story`: as Presence wants it.

    Areas that are not inside one another have nothing to do with each other: each family of them has a table of its own,
    so that a fact costs no more where there are many areas.
    """

    def __init__(self, plan: Plan, story):
        self._plan = plan
        self._tables: dict[str, Presence] = {}  # area -> the table that it is in
        for area in plan.areas:
            if area not in self._tables:
                family = {name: plan.areas[name] for name in plan.family(area)}
                table = Presence(family, plan.zone, plan.reader_numbers, story, plan.people_count())
                table.at_once_max = 1 << 16  # here everybody can wait for it
                self._tables |= dict.fromkeys(family, table)
        self._all = list(dict.fromkeys(self._tables.values()))
        self.emergency, self.lockdowns, self.retired = Emergency(), Switches(), Switches()
        self.newest: dict[str, int] = {}  # controller -> at_ms of its newest event

    # -- what comes ------------------------------------------------------------------------------

    def take(self, event: dict) -> None:
        at_ms, controller = event["at_ms"], event["controller"]
        if at_ms > self.newest.get(controller, 0):
            self.newest[controller] = at_ms
        if event["stream"] == "site":
            self._take_site(event)
        elif events.is_fact(event):
            for table in self._concerned(event):
                self._tidy(table, table.take(event))

    def on_late_change(self, told) -> None:
        """Let it be told the stamp of a change that lies before what is folded."""
        for table in self._all:
            table.on_late_change = told

    def _concerned(self, fact: dict) -> list[Presence]:
        if events.is_badge(fact):
            areas = fact["judge"]
        elif "reader" in fact:  # of a grant that was used, or not: the judgement of its badge is not in it
            areas = self._plan.readers[fact["reader"]]["areas"] if fact["reader"] in self._plan.readers else self._tables
        else:
            areas = [fact.get("area")]
        return list(dict.fromkeys(self._tables[area] for area in areas if area in self._tables))

    def _tidy(self, table: Presence, touched: list[tuple]) -> None:
        """Forget what a controller keeps until it has reported it."""
        del table.unjudged[:]
        for area, no in touched:
            if table.standing(area, no).ended:
                table.drop_ended(area, no)

    def _take_site(self, event: dict) -> None:
        kind = event["type"]
        if kind.startswith("lockdown."):
            self.lockdowns.take(event, event["doors"], kind == "lockdown.started")
        elif kind.startswith("controller."):
            self.retired.take(event, [retired_name(event["peer"], event.get("peer_inc"))], kind == "controller.retired")
        else:
            self.emergency.take(event)
            for table in self._all:
                self._tidy(table, table.take_emergency_ends(self.emergency.ends()))

    # -- what it comes to ------------------------------------------------------------------------

    def rules(self) -> dict[str, AreaRules]:
        """The rules in force."""
        return {area: table.rules[area] for area, table in self._tables.items()}

    def special(self) -> list[tuple[str, int]]:
        """(area, number) of everybody whose standing is more than a row."""
        return sorted(place for table in self._all for place in table.special())

    def known(self, area: str) -> list[int]:
        return list(self._tables[area].known(area))

    def inside(self, area: str, at_ms: int) -> int:
        return self._tables[area].inside(area, at_ms)

    def standing(self, area: str, no: int, at_ms: int | None = None) -> Standing:
        """One standing at a time, or as the last fact left it."""
        table = self._tables[area]
        return table.standing(area, no) if at_ms is None else table.view(no, at_ms)[area]

    # -- checkpoints -----------------------------------------------------------------------------

    def cut(self) -> tuple[int, int]:
        """(highest stamp folded, up to when any badge folded may have happened)."""
        cuts = [table.cut() for table in self._all]
        return max((stamp for stamp, _ in cuts), default=0), max((until_ms for _, until_ms in cuts), default=0)

    def people_max(self) -> int:
        return max((table.people_max() for table in self._all), default=0)

    def keep_person(self, no: int) -> tuple[dict, dict, int]:
        """(rows, side, up to when his own badges may have happened) as Presence keeps them."""
        rows, side, until_ms = {}, {}, 0
        for table in self._all:
            his = table.keep(no)
            rows, side, until_ms = rows | his[0], side | his[1], max(until_ms, his[2])
        return rows, side, until_ms

    def restore_person(self, no: int, base: Base) -> None:
        for table in self._all:
            table.restore(no, base)

    def keep(self) -> dict:
        """All but what is about single people, as plain values."""
        return {
            "emergency": self.emergency.keep(), "lockdowns": self.lockdowns.keep(), "retired": self.retired.keep(),
            "families": [[family, _kept(self._tables[family[0]])] for family in self.shape()], "newest": self.newest,
        }  # fmt: skip

    def restore(self, kept: dict) -> None:
        """Take up what `keep` gave, also where areas have come or gone since, or stand elsewhere."""
        self.emergency.restore(kept["emergency"])
        self.lockdowns.restore(kept["lockdowns"])
        self.retired.restore(kept["retired"])
        for family in self.shape():
            before = [changes for areas, changes in kept["families"] if set(areas) & set(family)]
            if before:
                self._tables[family[0]].restore_changes(_joined(before))
                for name in COMMANDS:
                    getattr(self._tables[family[0]], name).restore(bytes.fromhex(part) for each in before for part in each.get(name, []))
        self.newest = dict(kept["newest"])

    def shape(self) -> list[list[str]]:
        """Which areas have a table together."""
        return [sorted(area for area, other in self._tables.items() if other is table) for table in self._all]


def _kept(table: Presence) -> dict:
    return table.keep_changes() | {name: [bytes(part).hex() for part in getattr(table, name).keep()] for name in COMMANDS}


def _order(key: tuple) -> tuple:
    return key[:3] + (key[3] or "",)


def _joined(changes: list[dict]) -> dict:
    """What several tables kept of their areas, for one that has all of these."""
    if len(changes) == 1:
        return changes[0]
    unique = {tuple(change[0]) + (change[2],): change for each in changes for change in each["changes"]}
    return {
        "changes": [unique[key] for key in sorted(unique, key=_order)], "nonces": [nonce for each in changes for nonce in each.get("nonces", [])],
        "highest": max(each["highest"] for each in changes), "until": max(each["until"] for each in changes),
        "far": [row for each in changes for row in each["far"]], "forgotten": max(each["forgotten"] for each in changes),
    }  # fmt: skip
