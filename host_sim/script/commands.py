"""Operators' commands in a scenario: which actions there are and what each names."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from host_sim.script.fields import Flag, Name, Names, Presence

# action -> (keys it needs, keys it may have); `set` also takes the settings themselves
ACTIONS = {
    "clear": ({"area", "user"}, set()),
    "reset": ({"area"}, set()),
    "move": ({"area", "user", "presence"}, set()),
    "pass": ({"area", "user"}, set()),
    "unlock": ({"door"}, set()),
    "lockdown": ({"doors"}, set()),
    "release": ({"doors"}, set()),
    "silence": ({"output"}, set()),
    "emergency": ({"active"}, {"controller"}),
    "retire": ({"controller"}, {"inc"}),
    "restore": ({"controller"}, set()),
    "set": ({"area"}, set()),
    "pair": ({"reader"}, set()),
    "rotate": ({"reader"}, set()),
}
Action = Literal[tuple(ACTIONS)]


class Command(BaseModel):
    """One command. Names of people, areas, doors, readers and outputs may be wrong: the firmware refuses them."""

    model_config = ConfigDict(extra="allow", frozen=True)

    operator: Name
    action: Action
    reason: str = None
    area: Name = None
    user: Name = None
    presence: Presence = None
    door: Name = None
    reader: Name = None
    doors: Names = None
    output: Name = None
    active: Flag = None
    controller: Name = None
    inc: int = None

    @model_validator(mode="after")
    def _keys_of_the_action(self):
        needs, takes = ACTIONS[self.action]
        given = set(self.model_fields_set) - {"operator", "action", "reason"}
        missing = sorted(needs - given)
        surplus = [] if self.action == "set" else sorted(given - needs - takes)
        if missing:
            raise ValueError(f"{self.action} needs " + ", ".join(missing))
        if surplus:
            raise ValueError(f"{self.action} takes no " + ", ".join(surplus))
        return self

    @property
    def fields(self) -> dict:
        """What was written, nothing added."""
        return self.model_dump(exclude_unset=True)

    def play(self, world) -> None:
        world.command(self.fields)
