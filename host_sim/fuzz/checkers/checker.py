"""What all checkers share."""

from host_sim.fuzz.story import Broken


class Checker:
    """Watches one invariant of a life.

    What it may take: `on_act(verb, args)`, `on_step()`, `on_event(entry)`, `on_send(sender, payload)`,
    `on_power(controller, is_on)`, `on_unanswered(visit)`, `at_end()`.
    """

    invariant = ""

    def __init__(self, life):
        self.life = life
        self.checked = 0

    def broken(self, text: str) -> None:
        """Say that the invariant does not hold. Raises: Broken."""
        raise Broken(self.invariant, text)
