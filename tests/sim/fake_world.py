"""A world small enough to see through: it writes down what is asked of it, and happens as told."""


class FakeWorld:
    """Stands in for host_sim.world.World. `plan` maps ms to the events of that moment."""

    def __init__(self, plan: dict | None = None):
        self.plan = dict(plan or {})
        self.now_ms = 0
        self.calls = []
        self.events = []
        self.on_event = None
        self.doors = {"lobby": {"locked": True, "open": False}}
        self.rows = {}
        self.unpowered = set()
        self.differences = []

    def run_until(self, until_ms: int) -> None:
        for at_ms in sorted(self.plan):
            if self.now_ms <= at_ms <= until_ms:
                for event in self.plan.pop(at_ms):
                    self.on_event({"at": at_ms / 1000, "controller": "c1", "inc": 1, "seq": 1} | event)
        self.now_ms = until_ms

    def __getattr__(self, verb: str):
        """Any verb: written down with its moment."""
        if verb not in ("badge", "bits", "keys", "leaf", "rex", "fire", "input", "reader", "set_network", "power",
                        "clock", "command"):
            raise AttributeError(verb)
        return lambda *values, **named: self.calls.append((self.now_ms, verb, *values, named))

    def door(self, name: str) -> dict:
        return self.doors[name]

    def output(self, name: str) -> bool:
        return name == "strobe"

    def occupancy(self, area: str) -> int:
        return 3

    def holders(self, area: str) -> list:
        return ["c1", "c2"]

    def is_powered(self, name: str) -> bool:
        return name not in self.unpowered

    def row(self, controller: str, area: str, user: str) -> dict:
        nothing = {"presence": "never", "violation": None, "suspected": None}
        return self.rows.get((controller, area, user), nothing)

    def agree(self) -> list:
        return self.differences
