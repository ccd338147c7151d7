"""Mains that go at any moment, also in the middle of a flash operation; bad sectors, new boards, old flash images."""


class PowerFaults:
    def __init__(self, life):
        self._life, self._draw = life, life.draw

    def _any(self) -> str:
        return self._draw.pick(self._life.plan.controllers)

    def power_cut(self) -> None:
        """Cut the mains of a board, or of all, for a while."""
        names = self._life.plan.controllers if self._draw.chance(10) else [self._any()]
        off_ms = self._draw.span_ms(0.05, 5400)
        for name in names:
            self._go_off(name)
            self._life.after(off_ms + self._draw.between(0, 500), self.come_on, name)

    def _go_off(self, name: str) -> None:
        self._life.weather.begin("power", name)
        self._life.act("power", name, False)

    def come_on(self, name: str) -> None:
        self._life.act("power", name, True)
        self._life.weather.end("power", name)

    def cut_in_flash(self) -> None:
        """Cut the mains in one of the next operations of a board's flash."""
        name, off_ms = self._any(), self._draw.span_ms(0.05, 1800)
        self._life.weather.begin("flash", name)
        self._life.act("cut_in_flash", name, self._draw.between(1, 12), off_ms)
        # It strikes when the board writes next: nobody knows when.
        self._life.after(off_ms + 1_800_000, self._life.weather.end, "flash", name)

    def bad_sector(self) -> None:
        self._life.act("bad_sector", self._any(), self._draw.between(0, 24))

    def replace(self) -> None:
        """Put an empty board in the place of another."""
        name = self._any()
        self._life.spy.renewed[name] = False
        self._disturb(name)
        self._life.act("replace", name)

    def old_image(self) -> None:
        """Keep what is in a board's flash, and put it back later."""
        name = self._any()
        self._life.after(self._draw.span_ms(60, 3600), self._restore, name, self._life.world.image(name))

    def _restore(self, name: str, image) -> None:
        self._life.spy.renewed[name] = True
        self._disturb(name)
        self._life.act("restore", name, image)

    def _disturb(self, name: str) -> None:
        """Nobody relies on a new board before it has heard all that others have."""
        self._life.has_renewed = True
        self._life.weather.begin("renewed", name)
        self._life.after(120_000, self._life.weather.end, "renewed", name)
