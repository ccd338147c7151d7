"""One life: a site, its people and its troubles, from a seed to the calm in which everything must have healed."""

from collections.abc import Callable

from host_sim.fuzz.calm import Calm
from host_sim.fuzz.checkers import Checkers
from host_sim.fuzz.claims import Claims
from host_sim.fuzz.draw import Draw
from host_sim.fuzz.faults import Faults
from host_sim.fuzz.operators import Operators
from host_sim.fuzz.pace import Pace
from host_sim.fuzz.pairs import Pairs
from host_sim.fuzz.people import Cheat, Honest
from host_sim.fuzz.schedule import Schedule
from host_sim.fuzz.site import draw_plan
from host_sim.fuzz.spy import Spy
from host_sim.fuzz.story import Story
from host_sim.fuzz.truth import Entry, Truth
from host_sim.fuzz.visit import Visit
from host_sim.fuzz.weather import Weather
from host_sim.world import World
from tools.site import parse

_BADGES = ("access.granted", "access.denied")
_LOOK_AGAIN_MS = 60


class Life:
    """Everything of one seed. `run` raises Broken, or whatever the firmware raises."""

    def __init__(self, seed: int, story: Story):
        self.draw, self.story = Draw(seed), story
        self.plan = draw_plan(self.draw)
        self.world = World(parse(self.plan.written, "fuzz"), self.plan.start_ms, seed)
        self.badges = 0
        self.has_renewed = False  # some board got another flash
        self.has_bad_clock = False  # some clock was worse than clocks can be
        self.doubtful_clocks = False  # some clock may be wrong by more than it knows
        self.visits: dict[tuple[str, str], Visit] = {}
        self._taken: set[str] = set()  # doors at which somebody stands
        self.truth = Truth(lambda: self.world.now_ms)
        self.weather = Weather(lambda: self.world.now_ms)
        self.claims, self.pace, self.pairs = Claims(self), Pace(self), Pairs(self)
        self.truth.on_first = self._happened
        self.checkers = Checkers(self)
        self.schedule = Schedule(self.draw, len(self.plan.controllers))
        self.people = {user: self._person(user) for user in self.plan.written["users"]}
        self.spy = Spy(self)
        self.faults, self.operators = Faults(self), Operators(self)

    def _person(self, user: str):
        return (Honest if self.draw.chance(self.schedule.honest_percent) else Cheat)(self, user)

    def run(self) -> None:
        """Live, calm down, and look at what is left."""
        people = list(self.people.values())
        for at_ms in self.schedule.outings_ms:
            self.after(at_ms, self._go_out, self.draw.pick(people), self.draw.between(0, 5))
        self.faults.plan()
        self.operators.plan()
        self.world.run_until(self.schedule.end_ms)
        Calm(self).run()
        self.checkers.tell("at_end")

    def _go_out(self, person, trips: int) -> None:
        if self.badges < self.schedule.badges_max:
            person.trips = trips
            person.act()

    # -- what the others ask of a life -----------------------------------------------------------

    @property
    def now_ms(self) -> int:
        return self.world.now_ms

    def after(self, delay_ms: int, what: Callable, *args) -> None:
        self.world.after(delay_ms, what, *args)

    def is_powered(self, controller: str) -> bool:
        return self.world.boards[controller].node is not None

    def act(self, verb: str, *args, **fields) -> None:
        """Do something to the world, in sight of the checkers."""
        self.story.tell(self.now_ms, "act", [verb, *args, *fields.values()])
        self.checkers.tell("on_act", verb, args)
        getattr(self.world, verb)(*args, **fields)
        self.checkers.tell("on_step")
        self.after(_LOOK_AGAIN_MS, self.checkers.tell, "on_step")

    def network(self, verb: str, *args, **fields) -> None:
        """Do something to the network."""
        self.story.tell(self.now_ms, "act", ["network." + verb, *args, fields])
        getattr(self.world.network, verb)(*args, **fields)

    # -- doors and visits ------------------------------------------------------------------------

    def take_door(self, door: str) -> bool:
        """Stand at a door, if nobody does."""
        is_free = door not in self._taken
        self._taken.add(door)
        return is_free

    def leave_door(self, door: str) -> None:
        self._taken.discard(door)

    def start_visit(self, visit: Visit) -> None:
        self.badges += 1
        self.visits[visit.way.reader, visit.user] = visit

    def unanswered(self, visit: Visit) -> None:
        self.checkers.tell("on_unanswered", visit)

    def power_lost(self, controller: str) -> None:
        """Who stands at a door of a board that died waits no longer."""
        for visit in list(self.visits.values()):
            if visit.way.controller == controller and not visit.is_over:
                visit.power_lost()

    # -- what happens ----------------------------------------------------------------------------

    def _happened(self, entry: Entry) -> None:
        """Take an event as it is first written."""
        event = entry.event
        self.story.tell(self.now_ms, "event", event)
        if event["stream"] == "facts" and event.get("user"):
            self._note_knowledge(entry)
        visit = self.visits.get((event.get("reader"), event.get("user"))) if event["type"] in _BADGES else None
        if visit and not visit.is_over:
            entry.began_ms = visit.began_ms
        self.checkers.tell("on_event", entry)
        if visit and not visit.is_over:
            visit.answered(entry)

    def _note_knowledge(self, entry: Entry) -> None:
        """Keep what the board of a fact did not know, and in which areas all was well."""
        board = self.world.boards[entry.event["controller"]]
        before = self.truth.people[entry.event["user"]][-8:-1]
        entry.unheard = [other for other in before if not (board.name == other.event["controller"] or board.name in other.heard)]
        areas = entry.event.get("judge", ())
        entry.is_calm = {area for area in areas if self.checkers.is_calm(area, board)}
