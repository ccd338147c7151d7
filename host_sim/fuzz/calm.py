"""The last phase: everything works again, and everything must heal."""

_PATIENCE_MS = 15 * 60_000
_LOOK_MS = 20_000
_QUIET_MS = 50_000


class Calm:
    """`life` has the world and all that befell it."""

    def __init__(self, life):
        self._life = life
        self._heard_ms = 0

    def run(self) -> None:
        """Put all in order and wait until nobody has anything new to say."""
        life = self._life
        life.schedule.badges_max = 0
        self._mend()
        self._wait(45_000)
        self._put_right()
        self._wait(30_000)
        self._until_quiet()

    def _mend(self) -> None:
        """Power, network, clocks and contacts are as they should be."""
        life, names = self._life, self._life.plan.controllers
        for name in names:
            life.network("link", name)
            life.act("drift", name, 0)
            life.act("freeze", name, False)
            life.act("clock", name, 0)
            life.world.boards[name].flash.spare()
            life.act("power", name, True)
            life.act("fire", name, False)
        life.network("lose_wills", False)
        life.act("set_network", "all")
        for name in names:
            life.act("ntp", name, False)
            life.act("ntp", name, True)
        for door in life.plan.layout.doors:
            life.act("rex", door, False)
            life.act("leaf", door, False)
        life.weather.clear()

    def _put_right(self) -> None:
        """What operators began they end."""
        operators = self._life.operators
        if operators.has_emergency:
            operators.end_emergency()
        for doors in operators.locked_down:
            operators.release(doors)
        for name in sorted(operators.retired):
            operators.restore(name)

    def _until_quiet(self) -> None:
        life, began_ms = self._life, self._life.now_ms
        while not self._is_quiet():
            if life.now_ms - began_ms > _PATIENCE_MS:
                self._complain(self._restless())
            self._wait(_LOOK_MS)

    def _complain(self, restless: list) -> None:
        """What is not settled by now never will be."""
        is_hidden = all("suspects" in what for what in restless)
        invariant = "4 no passback stays hidden" if is_hidden else "all becomes quiet"
        self._life.checkers.broken(invariant, f"still not settled: {restless}")

    def _wait(self, ms: int) -> None:
        self._life.world.run_until(self._life.now_ms + ms)

    def _is_quiet(self) -> bool:
        return not self._restless()

    def _restless(self) -> list:
        """Return what is not settled: young facts, suspicions, events that a follower lacks."""
        life = self._life
        young = [str(entry.key) for entry in life.truth.recent(life.now_ms - _QUIET_MS)]
        return young or (life.checkers.unsettled() or life.checkers.delivery.lacking())
