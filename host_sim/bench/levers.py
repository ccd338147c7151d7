"""What visitors have set by hand and the site has no view of: fire, REX, links, clocks."""

from host_sim.bench.driver import Driver

OFFSET_S_MAX = 366 * 86400


class Levers:
    """Remembers the position of every hand-worked lever. One for all pages."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.fires: set[str] = set()
        self.pressed: set[str] = set()
        self.inputs: set[str] = set()
        self.offsets_s: dict[str, int] = {}
        self.group: dict[str, str] = dict.fromkeys(driver.site["controllers"], driver.offers.networks[0])

    def fire(self, controller: str, is_active: bool) -> str | None:
        """Set or end the fire input of a controller."""
        _put(self.fires, controller, is_active)
        return self.driver.act("fire", controller, is_active)

    def rex(self, door: str, is_pressed: bool) -> str | None:
        """Press or release the REX contact of a door."""
        _put(self.pressed, door, is_pressed)
        return self.driver.act("rex", door, is_pressed)

    def input(self, name: str, is_active: bool) -> str | None:
        """Set a general input."""
        _put(self.inputs, name, is_active)
        return self.driver.act("input", name, is_active)

    def clock(self, controller: str, offset_s: int) -> str | None:
        """Shift a controller's clock, unseen by itself."""
        self.offsets_s[controller] = offset_s
        return self.driver.act("clock", controller, offset_s)

    def link(self, controller: str, group: str) -> str | None:
        """Hang a controller's link elsewhere, or cut it."""
        self.group[controller] = group
        return self.driver.connect(self.group)

    def heal(self) -> str | None:
        """Join all controllers again."""
        self.group = dict.fromkeys(self.group, self.driver.offers.networks[0])
        return self.driver.connect(self.group)

    def is_split(self) -> bool:
        """Tell whether some controllers cannot hear each other."""
        return set(self.group.values()) != {self.driver.offers.networks[0]}


def _put(names: set[str], name: str, is_in: bool) -> None:
    (names.add if is_in else names.discard)(name)
