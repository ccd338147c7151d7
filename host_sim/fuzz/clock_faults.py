"""Clocks that drift, lose their time server, jump, stand still or are plainly wrong."""

_DRIFT_PPM = 95  # a clock knows of 100
_OFFSET_MS = 90  # a clock knows of 100


class ClockFaults:
    """The first kinds stay within what each clock knows of its error, the others do not."""

    def __init__(self, life):
        self._life, self._draw = life, life.draw

    def _any(self) -> str:
        return self._draw.pick(self._life.plan.controllers)

    def set_out(self) -> None:
        """Give every board of a seed the crystal and the time server it is to live with."""
        if self._draw.chance(50):
            return
        for name in self._life.plan.controllers:
            if self._draw.chance(60):
                self._life.act("drift", name, self._draw.between(-_DRIFT_PPM, _DRIFT_PPM))
            if self._draw.chance(30):
                self._life.act("ntp", name, True, self._draw.between(1, _OFFSET_MS))
            elif self._draw.chance(30):
                self._life.act("clock", name, self._draw.between(-_OFFSET_MS, _OFFSET_MS) / 1000)

    def ntp_off(self) -> None:
        """Let boards go without a time server for a long time."""
        names = self._draw.some(self._life.plan.controllers, 1, 3)
        for name in names:
            self._life.act("ntp", name, False)
        self._life.doubtful_clocks = True
        self._life.after(self._draw.span_ms(600, 80_000), self._ntp_on, names)

    def _ntp_on(self, names: list) -> None:
        for name in names:
            self._life.act("ntp", name, True)

    def jump(self) -> None:
        """Let a clock be wrong, by seconds or by days, until it is synchronised."""
        name = self._any()
        ms = self._draw.span_ms(0.2, 200_000) * self._draw.pick((-1, 1))
        self._doubt(name)
        self._life.act("jump", name, ms)
        self._life.after(self._draw.span_ms(10, 5400), self._resynchronise, name)

    def freeze(self) -> None:
        name = self._any()
        self._doubt(name)
        self._life.act("freeze", name, True)
        self._life.after(self._draw.span_ms(10, 5400), self._thaw, name)

    def _thaw(self, name: str) -> None:
        self._life.act("freeze", name, False)
        self._resynchronise(name)

    def wrong_clock(self) -> None:
        """Let a time server mislead a board for a while."""
        name = self._any()
        self._doubt(name)
        self._life.act("clock", name, self._draw.span_ms(0.2, 100_000) * self._draw.pick((-1, 1)) / 1000)
        self._life.after(self._draw.span_ms(60, 7200), self._set_right, name)

    def _set_right(self, name: str) -> None:
        self._life.act("clock", name, 0)
        self._resynchronise(name)

    def _resynchronise(self, name: str) -> None:
        self._life.act("ntp", name, False)
        self._life.act("ntp", name, True)
        self._life.weather.end("clock", name)

    def _doubt(self, name: str) -> None:
        self._life.doubtful_clocks = self._life.has_bad_clock = True
        self._life.weather.begin("clock", name)
