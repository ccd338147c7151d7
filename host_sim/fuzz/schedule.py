"""When something happens in a life: some busy spells, long quiet hours, and nothing that makes a seed too dear."""

from host_sim.fuzz.draw import Draw

HOUR_MS = 3_600_000
_HOURS = {2: 45, 3: 20, 5: 15, 8: 10, 14: 6, 24: 4}
_BOARD_HOURS_MAX = 40  # heartbeats of many boards over many hours are dear


class Schedule:
    """Moments are virtual milliseconds."""

    def __init__(self, draw: Draw, boards: int):
        self._draw = draw
        hours = min(draw.weighted(_HOURS), max(2, _BOARD_HOURS_MAX // (boards * boards)))
        self.end_ms = hours * HOUR_MS - draw.between(0, HOUR_MS // 2) * (hours > 2)
        self._spells = [self._spell() for _ in range(draw.between(1, 3))]
        self.badges_max = draw.weighted({40: 25, 100: 45, 200: 20, 300: 10})
        self.outings_ms = sorted(self.moment_ms() for _ in range(self.badges_max // 3))
        self.honest_percent = draw.weighted({100: 20, 80: 40, 50: 25, 20: 15})

    def _spell(self) -> tuple[int, int]:
        length_ms = self._draw.span_ms(120, 2400)
        start_ms = self._draw.between(1000, max(1000, self.end_ms - length_ms))
        return start_ms, min(start_ms + length_ms, self.end_ms)

    def moment_ms(self) -> int:
        """Draw a moment, mostly in a busy spell."""
        if self._draw.chance(80):
            return self._draw.between(*self._draw.pick(self._spells))
        return self._draw.between(1000, self.end_ms)
