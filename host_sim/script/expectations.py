"""Expectations of a scenario: each looks at the world and says what is wrong, or nothing."""

from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from host_sim.script.fields import Closed, Flag, Kind, Name, Presence, tag
from host_sim.script.lines import line
from host_sim.script.patterns import alike, check_known, matches

Pattern = Annotated[dict[str, Any], AfterValidator(check_known)]


class Happened(Closed):
    """Since the previous `expect`, some event had all these fields."""

    event: Pattern

    def wrong(self, world, events: list) -> str | None:
        if any(matches(self.event, event) for event in events):
            return None
        return "no such event; there was " + alike(self.event, events)


class DidNotHappen(Closed):
    """Since the previous `expect`, no event had all these fields."""

    no_event: Pattern

    def wrong(self, world, events: list) -> str | None:
        seen = [event for event in events if matches(self.no_event, event)]
        return f"there was {line(seen[0])}" if seen else None


class Row(Closed):
    """What the controllers of an area say about one person. "none" is null for TOML, which has no null."""

    area: Name
    user: Name
    presence: Presence = None
    violation: Kind | None = None
    suspected: Kind | None = None
    controller: Name = None

    @property
    def wanted(self) -> dict:
        given = self.model_fields_set - {"area", "user", "controller"}
        return {key: _none(getattr(self, key)) for key in sorted(given)}

    @model_validator(mode="after")
    def _something(self):
        if not self.wanted:
            raise ValueError("give presence, violation or suspected")
        return self

    def wrong(self, world, events: list) -> str | None:
        asked = [self.controller] if self.controller else world.holders(self.area)
        asked = [name for name in asked if world.is_powered(name)]
        if not asked:
            return f"no powered controller holds {self.area}"
        return "; ".join(filter(None, (self._wrong_at(world, name) for name in asked))) or None

    def _wrong_at(self, world, controller: str) -> str | None:
        row = world.row(controller, self.area, self.user)
        seen = {key: _shown(row.get(key)) for key in self.wanted}
        return None if seen == self.wanted else f"{controller} says {seen}"


def _none(word: str | None) -> str | None:
    return None if word == "none" else word


def _shown(word: str | None) -> str | None:
    return "unknown" if word == "never" else word


class Occupancy(Closed):
    """How many people are in an area."""

    area: Name
    occupancy: Annotated[int, Field(strict=True, ge=0)]

    def wrong(self, world, events: list) -> str | None:
        seen = world.occupancy(self.area)
        return None if seen == self.occupancy else f"{seen} are in"


class DoorState(Closed):
    """The lock as it really is, and the leaf."""

    door: Name
    locked: Flag = None
    open: Flag = None

    @property
    def wanted(self) -> dict:
        return self.model_dump(exclude_unset=True, exclude={"door"})

    @model_validator(mode="after")
    def _something(self):
        if not self.wanted:
            raise ValueError("give locked or open")
        return self

    def wrong(self, world, events: list) -> str | None:
        state = world.door(self.door)
        seen = {key: state[key] for key in self.wanted}
        return None if seen == self.wanted else f"it is {seen}"


class OutputState(Closed):
    """An AUX output."""

    output: Name
    on: Flag

    def wrong(self, world, events: list) -> str | None:
        seen = world.output(self.output)
        return None if seen == self.on else f"it is {'on' if seen else 'off'}"


def _true(value: bool) -> bool:
    if not value:
        raise ValueError("only true can be expected")
    return value


class Agree(Closed):
    """All powered controllers hold the same rows for every area they share."""

    agree: Annotated[Flag, AfterValidator(_true)]

    def wrong(self, world, events: list) -> str | None:
        return "; ".join(map(str, world.agree())) or None


def _form(value: Any) -> str | None:
    """Which form a raw expectation has, by its keys."""
    keys = value if isinstance(value, dict) else ()
    for form in ("event", "no_event", "occupancy", "area", "door", "output", "agree"):
        if form in keys:
            return tag(form)
    return None


Expectation = Annotated[
    Annotated[Happened, Tag(tag("event"))]
    | Annotated[DidNotHappen, Tag(tag("no_event"))]
    | Annotated[Row, Tag(tag("area"))]
    | Annotated[Occupancy, Tag(tag("occupancy"))]
    | Annotated[DoorState, Tag(tag("door"))]
    | Annotated[OutputState, Tag(tag("output"))]
    | Annotated[Agree, Tag(tag("agree"))],
    Discriminator(
        _form,
        custom_error_type="no_form",
        custom_error_message="an expectation names one of event, no_event, area, door, output, agree",
    ),
]
