"""What goes wrong in one life: kinds of faults drawn for the seed, each at some moments, and how each one ends."""

from host_sim.fuzz.clock_faults import ClockFaults
from host_sim.fuzz.door_faults import DoorFaults
from host_sim.fuzz.network_faults import NetworkFaults
from host_sim.fuzz.power_faults import PowerFaults

_KINDS = {  # how many in a hundred seeds know a kind, and how often it strikes there at most
    "split": (60, 6),
    "bad_links": (35, 5),
    "broker_restart": (25, 3),
    "lose_wills": (15, 2),
    "power_cut": (55, 6),
    "cut_in_flash": (30, 5),
    "bad_sector": (12, 3),
    "replace": (8, 1),
    "old_image": (6, 1),
    "ntp_off": (20, 2),
    "jump": (8, 2),
    "freeze": (6, 1),
    "wrong_clock": (6, 1),
    "fire": (15, 2),
    "forced": (25, 3),
    "rex": (60, 10),
    "noise": (30, 5),
}


class Faults:
    """Plans faults for a `life`. Each kind is a method of one of the parts."""

    def __init__(self, life):
        self._life = life
        self._parts = (NetworkFaults(life), PowerFaults(life), ClockFaults(life), DoorFaults(life))

    def plan(self) -> None:
        draw, schedule = self._life.draw, self._life.schedule
        self._parts[2].set_out()
        for kind, (percent, most) in _KINDS.items():
            strike = self._find(kind)
            if kind in ("cut_in_flash", "bad_sector") and not hasattr(self._life.world, kind):
                continue
            for _ in range(draw.between(1, most) if draw.chance(percent) else 0):
                self._life.after(schedule.moment_ms(), strike)

    def _find(self, kind: str):
        return next(getattr(part, kind) for part in self._parts if hasattr(part, kind))
