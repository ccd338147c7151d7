"""An hour in which many of two thousand people come to a site of three boards, with hundreds of commands; a board is replaced."""

from host_sim.world import World
from tests.model import small
from tools.site import parse

START_MS = 1767603600000
SECTORS = 44  # so few that the first facts are let go: then only a table tells who is where
PEOPLE = 2000
STEP_MS = 1200
DOORS = ("north", "east", "south", "west")
COMING = 1000
LEAVES_FROM = 800  # from whom on people also leave, in the order in which they came
PASSES = range(150, 760)  # from whom to whom on somebody gets a pass each time


def site():
    """A hall, and a gallery that one is in, too, of whoever came by two of the doors."""
    areas = {"hall": small.area(" ".join(DOORS), anti_passback="hard"), "gallery": small.area("east west", anti_passback="soft")}
    doors = {"north": "c1", "east": "c1", "south": "c2", "west": "c3"}
    users = {name(number): {"groups": ["staff"], "cards": [f"H10301:7:{number}"]} for number in range(PEOPLE)}
    outputs = {"siren": {"controller": "c1", "follows": "emergency"}}
    return parse(small.site(areas, doors, users=users, outputs=outputs), "site")


def name(number: int) -> str:
    return f"p{number}"


def order(action: str, **fields) -> dict:
    return {"operator": "ada", "action": action, "reason": "test", **fields}


# What happens besides, once so many people have come.
EVENTS = [
    (100, World.command, order("reset", area="gallery")),
    (120, World.set_network, [["c1"], ["c2", "c3"]]),
    (180, World.set_network, "all"),
    (210, World.power, "c1", False),
    (230, World.power, "c1", True),
    (300, World.command, order("emergency", active=True)),
    (302, World.command, order("emergency", active=False)),
    (350, World.command, order("set", area="hall", anti_passback="soft")),
    (400, World.command, order("lockdown", doors=["north"])),
    (402, World.command, order("release", doors=["north"])),
    (420, World.command, order("unlock", door="north")),
    (460, World.command, order("move", area="hall", user=name(3), presence="out")),
    (LEAVES_FROM, World.replace, "c1"),
    (LEAVES_FROM + 60, World.command, order("retire", controller="c3")),
    (LEAVES_FROM + 90, World.command, order("restore", controller="c3")),
]


class Hour:
    """`world` after `live`."""

    def __init__(self):
        self.world = World(site(), START_MS, seed=5, flash_sectors=SECTORS)

    def live(self) -> None:
        for number in range(COMING):
            for _, what, *args in [event for event in EVENTS if event[0] == number]:
                what(self.world, *args)
            self._pass(number, "in")
            if number in PASSES:
                self.world.command(order("pass", area="hall", user=name(number - PASSES.start)))
            if number >= LEAVES_FROM:
                self._pass(number - LEAVES_FROM, "out")
        self.world.run_until(self.world.now_ms + 120_000)

    def _pass(self, number: int, side: str) -> None:
        """Let somebody go through a door."""
        world, door = self.world, DOORS[number % len(DOORS)]
        world.badge(f"{door}_{side}", user=name(number))
        world.after(300, world.leaf, door, True)
        world.after(800, world.leaf, door, False)
        world.run_until(world.now_ms + STEP_MS)
