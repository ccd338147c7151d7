"""Splits, bad links and brokers that restart."""


class NetworkFaults:
    def __init__(self, life):
        self._life, self._draw = life, life.draw
        self._splits = self._restarts = 0

    def split(self) -> None:
        """Let groups hear only themselves for a while. A later split takes the place of an earlier one."""
        life = self._life
        self._splits += 1
        life.weather.end("split")
        life.weather.begin("split")
        life.act("set_network", self._draw.groups(life.plan.controllers))
        life.after(self._draw.span_ms(5, 7200), self._heal, self._splits)

    def _heal(self, split: int) -> None:
        if split == self._splits:
            self._life.act("set_network", "all")
            self._life.weather.end("split")

    def bad_links(self) -> None:
        """Let some links be slow, lossy, repeating or out of order for a while."""
        names = self._draw.some(self._life.plan.controllers, 1, 3)
        for name in names:
            self._life.weather.begin("link", name)
            self._life.network("link", name, **self._spoils())
        self._life.after(self._draw.span_ms(20, 7200), self._mend, names)

    def _spoils(self) -> dict:
        draw = self._draw
        return {
            "delay_ms": draw.pick((None, None, (5, 60), (50, 400), (500, 3000))),
            "loss": draw.pick((0, 0, 20, 100, 400, 900)),
            "duplicate": draw.pick((0, 0, 50, 500)),
            "reorder": draw.pick((0, 0, 50, 300)),
        }

    def _mend(self, names: list) -> None:
        for name in names:
            self._life.network("link", name)
            self._life.weather.end("link", name)

    def broker_restart(self) -> None:
        down_ms = self._draw.span_ms(1, 300)
        self._restarts += 1
        self._life.weather.begin("broker", self._restarts)
        self._life.network("broker_restart", down_ms)
        self._life.after(down_ms + 10_000, self._life.weather.end, "broker", self._restarts)

    def lose_wills(self) -> None:
        """Let last wills be lost for a while, as in a cluster that loses a node."""
        self._life.network("lose_wills", True)
        self._life.after(self._draw.span_ms(60, 7200), self._life.network, "lose_wills", False)
