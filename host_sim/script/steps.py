"""The steps of a scenario: what is done to the simulated site, and when.

Each step holds `at` and one action. An action knows the World's verb it becomes.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from host_sim.script.commands import Command
from host_sim.script.expectations import Expectation
from host_sim.script.fields import Closed, Flag, Name, Names, Offset, Seconds, ms, tag
from tools.site.cards import canonical

BITS_LEN_MAX = 4096  # far beyond any card: noise may be long
KEYS_LEN_MAX = 256


class Badge(Closed):
    """A card at a reader: the one named, or the first of the user."""

    reader: Name
    card: Annotated[Name, AfterValidator(canonical)] = None
    user: Name = None

    @model_validator(mode="after")
    def _card_or_user(self):
        if (self.card is None) == (self.user is None):
            raise ValueError("give either card or user")
        return self

    def play(self, world) -> None:
        world.badge(self.reader, card=self.card, user=self.user)


class Bits(Closed):
    """Raw Wiegand bits, first on the wire first."""

    reader: Name
    bits: Annotated[str, Field(strict=True, pattern="^[01]+$", max_length=BITS_LEN_MAX)]

    def play(self, world) -> None:
        world.bits(self.reader, self.bits)


class Keys(Closed):
    """Keypad presses, one character each."""

    reader: Name
    digits: Annotated[str, Field(strict=True, pattern="^[0-9*#]+$", max_length=KEYS_LEN_MAX)]

    def play(self, world) -> None:
        world.keys(self.reader, self.digits)


class Rex(Closed):
    """The REX contact of a door."""

    door: Name
    pressed: Flag

    def play(self, world) -> None:
        world.rex(self.door, self.pressed)


class Fire(Closed):
    """The fire input of a controller."""

    controller: Name
    active: Flag

    def play(self, world) -> None:
        world.fire(self.controller, self.active)


class Input(Closed):
    """A general input."""

    input: Name
    active: Flag

    def play(self, world) -> None:
        world.input(self.input, self.active)


class ReaderFault(Closed):
    """A fault of an OSDP reader, on or off."""

    reader: Name
    tamper: Flag = None
    mute: Flag = None
    noise: Flag = None
    lose_key: Flag = None

    @property
    def faults(self) -> set:
        return self.model_fields_set - {"reader"}

    @model_validator(mode="after")
    def _one_fault(self):
        if len(self.faults) != 1:
            raise ValueError("give one of tamper, mute, noise, lose_key")
        return self

    def play(self, world) -> None:
        (fault,) = self.faults
        world.reader(self.reader, fault, getattr(self, fault))


class Network(Closed):
    """Who hears whom. A controller in no group has no link at all."""

    groups: Annotated[
        Annotated[Literal["all"], Tag(tag("all"))] | Annotated[list[Names], Tag(tag("groups"))],
        Discriminator(lambda value: tag("all" if isinstance(value, str) else "groups")),
    ]

    @property
    def named(self) -> list:
        return [] if self.groups == "all" else [name for group in self.groups for name in group]

    @model_validator(mode="after")
    def _once_each(self):
        twice = sorted({name for name in self.named if self.named.count(name) > 1})
        if twice:
            raise ValueError("named more than once: " + ", ".join(twice))
        return self

    def play(self, world) -> None:
        world.set_network(self.groups)


class Power(Closed):
    """Mains of a controller."""

    controller: Name
    on: Flag

    def play(self, world) -> None:
        world.power(self.controller, self.on)


class Clock(Closed):
    """An error of a controller's clock, from now on."""

    controller: Name
    offset_s: Offset

    def play(self, world) -> None:
        world.clock(self.controller, self.offset_s)


class Step(Closed):
    """One moment: `at`, and one of the actions below."""

    at: Seconds
    badge: Badge = None
    bits: Bits = None
    keys: Keys = None
    open: Name = None
    close: Name = None
    rex: Rex = None
    fire: Fire = None
    input: Input = None
    reader: ReaderFault = None
    network: Network = None
    power: Power = None
    clock: Clock = None
    command: Command = None
    expect: Annotated[list[Expectation], Field(min_length=1)] = None

    @property
    def action(self) -> str:
        (name,) = self.model_fields_set - {"at"}
        return name

    @property
    def at_ms(self) -> int:
        return ms(self.at)

    @model_validator(mode="after")
    def _one_action(self):
        actions = sorted(self.model_fields_set - {"at"})
        if len(actions) != 1:
            there = " and ".join(actions) or "no action"
            raise ValueError(f"a step is `at` and one action, here is {there}")
        return self

    def play(self, world) -> None:
        """Do it to the world. `expect` is not done but looked at, by the runner."""
        value = getattr(self, self.action)
        if self.action in ("open", "close"):
            world.leaf(value, self.action == "open")
        else:
            value.play(world)
