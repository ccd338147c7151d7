"""The carrier between simulated controllers: groups that hear each other, and delay."""

_DELAY_MS = (2, 8)


class Network:
    """Says who hears whom. Delays are drawn from the world's own random numbers."""

    def __init__(self, controllers: list[str], random):
        self._random = random
        self.groups = [list(controllers)]

    def set_groups(self, groups: list[list[str]]) -> None:
        self.groups = [list(group) for group in groups]

    def has_link(self, controller: str) -> bool:
        """Say whether a controller reaches the carrier at all."""
        return any(controller in group for group in self.groups)

    def hears(self, controller: str) -> list[str]:
        """Return the others that a controller exchanges messages with."""
        return sorted(other for group in self.groups if controller in group for other in group if other != controller)

    def delay_ms(self) -> int:
        """Draw the time one message takes."""
        return self._random.randint(*_DELAY_MS)
