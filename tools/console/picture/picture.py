"""The picture of a site: who is where now, who is in violation, how doors and controllers are. Thread-safe."""
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from firmware.core import area_changes, events
from firmware.core.standing import IN, Standing
from tools.console.history import History, Query
from tools.console.picture import curve, preview, shown
from tools.console.picture.fold import Fold
from tools.console.picture.generations import Generations
from tools.console.picture.plan import Plan
from tools.console.picture.reported import Reported
from tools.console.picture.states import States
from tools.console.picture.things import Things
from tools.console.replica.peers import Peer
from tools.site.compiler.layout import controllers_of, readers_of
from tools.site.compiler.numbers import Numbers
from tools.site.model import Site

_AT_ONCE = 1000
_CHECKPOINT_EVERY = 10_000  # events; so many are folded at most when a console starts
_SAFE_MAX = 1000


class Picture:
    """Folds what the history holds, from the newest checkpoint on. `peers`: of the replica; without it nobody is online.

    All verbs answer from RAM but `violations`, `muster`, `occupancy` and `preview`, which also ask the history.
    Raises: Trouble.
    """

    def __init__(self, site: Site, history: History, numbers: Numbers | None = None,
                 peers: Callable[[], dict[str, Peer]] = dict, unix_ms: Callable[[], int] | None = None):  # fmt: skip
        self.plan = Plan(site, numbers)
        self._site, self._history, self._peers = site, history, peers
        self._unix_ms = unix_ms or (lambda: time.time_ns() // 1_000_000)
        self._lock = threading.RLock()
        self._reported = Reported(history)
        self._generations = Generations(history)
        self._begin()
        self.take()

    # -- keeping up ------------------------------------------------------------------------------

    def take(self, _events: Iterable[dict] = ()) -> None:
        """Fold what is new in the history. `_events` only tell that something is."""
        with self._lock:
            if self._is_torn:
                self._begin()
            self._is_torn = True  # if anything is raised now, in the middle of a fact
            while found := self._history.since(self._upto_id, _AT_ONCE):
                read_id = self._upto_id
                for number, event in found:
                    self._take(number, event, read_id)
                if self._upto_id - self._kept_id >= _CHECKPOINT_EVERY:
                    self.checkpoint()
            self._is_torn = False

    def checkpoint(self) -> None:
        """Write down what is folded."""
        with self._lock:
            if self._upto_id > self._kept_id:
                self._generations.write(self._upto_id, self._fold, self._states)
                self._kept_id = self._upto_id

    def prune(self, now_ms: int) -> int:
        """Let the history delete what is old about people, once the table stands for it. Returns how many events."""
        self.take()
        self.checkpoint()
        return self._history.prune(now_ms, self._kept_id)

    def _begin(self) -> None:
        """Begin with the newest checkpoint that can be used."""
        self._states = States()
        self._fold = Fold(self.plan, self._story)
        self._fold.on_late_change(self._generations.drop_from)
        self._seen_id = self._history.last_id  # up to there nothing is handed out any more for which another stands
        self._upto_id = self._generations.restore(self._fold, self._states)
        self._kept_id = self._begun_id = self._upto_id
        self._is_torn = False

    def _take(self, number: int, event: dict, read_id: int) -> None:
        """`read_id`: up to there all was read before this event was."""
        self._upto_id = number
        folded_id = self._begun_id if number <= self._seen_id else read_id
        replaced = self._replaced(event, folded_id)
        if replaced is None:
            self._learn(event)
        else:
            self._unlearn(replaced, number)
        self._reported.take(event)

    def _learn(self, event: dict) -> None:
        self._states.take(event)
        self._fold.take(event)

    def _replaced(self, event: dict, folded_id: int) -> int | None:
        """The lowest stamp of what this event stands for, if that was folded; it has a number up to `folded_id` then."""
        stamps = []
        for name in events.replaced(event):
            if (self._history.number(*name) or folded_id + 1) <= folded_id:
                stamps.append(self._history.event(*name)["stamp"])
        if events.renamed(event) is not None and event["stamp"] <= self._fold.cut()[0]:
            stamps.append(event["stamp"])  # under which number it was folded is not known any more
        return min(stamps, default=None)

    def _unlearn(self, lowest_stamp: int, number: int) -> None:
        """Fold again up to an event, without what others stand for."""
        self._generations.drop_from(lowest_stamp)
        self._begin()
        while found := [each for each in self._history.since(self._upto_id, _AT_ONCE) if each[0] <= number]:
            for self._upto_id, event in found:
                self._learn(event)
        self._upto_id = number

    def _story(self, no: int, counts):
        return self._generations.story(no, counts, self._upto_id)

    # -- areas and people ------------------------------------------------------------------------

    def areas(self) -> list[shown.Area]:
        violated = [violation.area for violation in self.violations()]
        with self._lock:
            return [self._area(name, violated.count(name)) for name in self.plan.areas]

    def settings(self) -> dict[str, dict]:
        """{area: settings in force}, as the core has them."""
        with self._lock:
            return {area: rules.settings for area, rules in self._fold.rules().items()}

    def violations(self) -> list[shown.Violation]:
        """Everybody in violation or suspected now, who has been for longest first."""
        with self._lock:
            found = [self._violation(area, no) for area, no in self._fold.special()]
        return sorted((each for each in found if each), key=lambda violation: violation.since_ms)

    def known(self, area: str) -> list[int]:
        """The numbers of everybody of whom an area has heard."""
        with self._lock:
            return self._fold.known(area)

    def standing(self, area: str, no: int) -> Standing:
        """How somebody stands with an area now."""
        with self._lock:
            return self._fold.standing(area, no, self._unix_ms())

    def inside(self, area: str) -> shown.Inside:
        """Who is in an area. Raises: KeyError."""
        with self._lock:
            people = [self._inside(area, no) for no in self._fold.known(area)]
        people = tuple(sorted((person for person in people if person), key=lambda person: person.label.casefold()))
        return shown.Inside(area, self.plan.label("areas", area), people, self._as_of(area))

    def muster(self, readers: Iterable[str] = ()) -> shown.Muster:
        """Who is still inside which area; in an emergency without those who have badged at some readers since it began."""
        since_ms = self.emergency().since_ms
        safe = {each.user: each for each in self._safe(readers, since_ms)} if since_ms is not None else {}
        areas = []
        for name in self.plan.areas:
            inside = self.inside(name)
            missed = tuple(person for person in inside.people if person.user not in safe)
            areas.append(shown.Inside(name, inside.label, missed, inside.as_of_ms))
        return shown.Muster(since_ms, tuple(areas), tuple(sorted(safe.values(), key=lambda each: each.at_ms)))

    def occupancy(self, area: str, since_ms: int) -> list[tuple[int, int]]:
        """(when, how many are inside from then on) of an area from a moment on, such as midnight, as is known now."""
        with self._lock:
            return curve.curve(self.plan, self._fold, self._history, area, since_ms, self._unix_ms())

    def preview(self, area: str, settings: dict, days: int) -> shown.Preview:
        """Who would have been denied in an area in the last days. `settings`: as the command `set` takes them.

        Raises: ValueError, which says what is wrong with a setting; KeyError.
        """
        with self._lock:
            rules = self._fold.rules()
        return preview.preview(self.plan, self._history, rules, area, settings, days, self._unix_ms())

    # -- things ----------------------------------------------------------------------------------

    def controllers(self) -> list[shown.Controller]:
        lost: Counter[str] = Counter()
        for row in self._history.lost():
            lost[row["controller"]] += row["last"] - row["first"] + 1
        incs: dict[str, set] = defaultdict(set)
        for controller, inc, _ in self._history.reaches():
            incs[controller].add(inc)
        with self._lock:
            return [self._things().controller(name, lost[name], incs[name] - {0}) for name in sorted(self._site.controllers)]

    def doors(self) -> list[shown.Door]:
        with self._lock:
            return [self._things().door(name) for name in sorted(self._site.doors)]

    def readers(self) -> list[shown.Reader]:
        with self._lock:
            return [self._things().reader(name) for name in sorted(self._site.readers)]

    def outputs(self) -> list[shown.Output]:
        with self._lock:
            return [self._things().output(name) for name in sorted(self._site.outputs)]

    def emergency(self) -> shown.Emergency:
        with self._lock:
            return self._things().emergency()

    # --------------------------------------------------------------------------------------------

    def _things(self) -> Things:
        return Things(self.plan, self._fold, self._states, self._peers())

    def _area(self, name: str, violations: int) -> shown.Area:
        rules, entry = self._fold.rules()[name], self._site.areas[name]
        settings = area_changes.shared(rules.settings)
        told = {controller: self._states.isolated(controller).get(name) for controller in rules["controllers"]}
        isolated = {controller: tuple(names) for controller, names in told.items() if names}
        occupancy = self._fold.inside(name, self._unix_ms())
        return shown.Area(
            name, self.plan.label("areas", name), entry.parent, tuple(entry.entrances), tuple(entry.exits),
            settings, occupancy, violations, isolated, self._as_of(name),
        )  # fmt: skip

    def _as_of(self, area: str) -> dict[str, int | None]:
        things = self._things()
        return {name: things.known_until(name) for name in controllers_of(self._site, readers_of(self._site, [area]))}

    def _violation(self, area: str, no: int) -> shown.Violation | None:
        standing = self.standing(area, no)
        found = standing.violation
        if found is None:
            return None
        user = self._user(no)
        is_sure, is_late = self._reported.of(user, area, found)
        against_ms, against_reader = found.against
        return shown.Violation(
            user, self.plan.label("users", user), area, found.kind, found.mode, found.at_ms, found.reader, tuple(found.of),
            standing.violation_ends_ms(self._fold.rules()[area]), against_ms, against_reader,
            is_sure, is_late, self._is_forgotten(area, found.at_ms),
        )  # fmt: skip

    def _is_forgotten(self, area: str, since_ms: int) -> bool:
        forgot = [self._states.get("controller", name, "forgot") or 0 for name in self._fold.rules()[area]["controllers"]]
        return bool(forgot) and min(forgot) > since_ms

    def _inside(self, area: str, no: int) -> shown.Person | None:
        standing = self.standing(area, no)
        if standing.presence != IN:
            return None
        user = self._user(no)
        return shown.Person(user, self.plan.label("users", user), standing.at_ms, standing.reader)

    def _safe(self, readers: Iterable[str], since_ms: int) -> list[shown.Safe]:
        found = []
        for reader in readers:
            query = Query(reader=reader, types=("access.granted", "access.denied"), since_ms=since_ms, limit=_SAFE_MAX, oldest_first=True)
            found += [event for event in self._history.search(query).events if event.get("user")]
        return [shown.Safe(e["user"], self.plan.label("users", e["user"]), e["at_ms"], e["reader"]) for e in found]

    def _user(self, no: int) -> str:
        return self.plan.user_of.get(no, f"number {no}")
