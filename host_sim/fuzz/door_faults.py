"""What befalls doors: fire, leaves forced open, REX contacts, noise on a reader's wires."""


class DoorFaults:
    def __init__(self, life):
        self._life, self._draw = life, life.draw

    def _door(self) -> str:
        return self._draw.pick(list(self._life.plan.layout.doors))

    def fire(self) -> None:
        """Open the fire input of a board for a while."""
        name = self._draw.pick(self._life.plan.controllers)
        self._life.weather.begin("fire", name)
        self._life.act("fire", name, True)
        self._life.after(self._draw.span_ms(1, 1800), self._fire_ends, name)

    def _fire_ends(self, name: str) -> None:
        self._life.act("fire", name, False)
        self._life.weather.end("fire", name)

    def forced(self) -> None:
        """Open a leaf that nobody let open."""
        door = self._door()
        if self._life.take_door(door):
            self._life.act("leaf", door, True)
            self._life.after(self._draw.span_ms(0.5, 90), self._shut, door)

    def _shut(self, door: str) -> None:
        self._life.act("leaf", door, False)
        self._life.after(1000, self._life.leave_door, door)

    def rex(self) -> None:
        """Press a REX contact, by hand or with a board leant against it."""
        door = self._door()
        self._life.act("rex", door, True)
        self._life.after(self._draw.span_ms(0.06, 60), self._life.act, "rex", door, False)

    def noise(self) -> None:
        """Pulses that mean nothing, or a card that nobody knows."""
        reader = self._draw.pick(list(self._life.plan.layout.ways))
        if self._draw.chance(50):
            self._life.act("badge", reader, card=f"H10301:9:{self._draw.between(1, 60_000)}")
        else:
            self._life.act("bits", reader, "".join(self._draw.pick("01") for _ in range(self._draw.between(1, 40))))
