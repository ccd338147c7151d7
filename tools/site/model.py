"""A site: everything its file may say, and every default."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from tools.site.errors import Fault, shown
from tools.site.values.fields import (
    Address,
    Broker,
    Card,
    CardFormat,
    Date,
    Days,
    Duration,
    Id,
    Label,
    Minute,
    Moment,
    Names,
    Pin,
    Ranges,
    Seconds,
    TimeZone,
    listed,
    refusal,
)

MODES = ("off", "soft", "deny", "hard")
Mode = Literal["off", "soft", "deny", "hard"]


class Entry(BaseModel):
    """A table of the file: no unknown keys, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Named(Entry):
    """A table with a name of its own, and a label for people."""

    label: Label | None = None


class Controller(Named):
    board: str = "sim"
    terminals: dict[str, str] = {}
    network: dict[Literal["ssid", "password", "address", "gateway", "ntp"], Annotated[str, Field(min_length=1, max_length=64)]] | None = None
    """As firmware/hal/net.py has it; `ntp`: a time server, or a public one."""


class Door(Named):
    controller: str
    lock: Literal["fail_secure", "fail_safe"] = "fail_secure"
    unlock_s: Annotated[Duration, Field(ge=0.1)] = 5
    sensor: bool = False
    relock_on: Literal["open", "close", "timer"] | None = None
    """`open` with a sensor, else `timer`."""
    held_open_s: Duration | None = None
    """30 with a sensor; 0 = never."""
    rex: Literal["none", "unlock", "shunt", "report"] = "none"
    egress: Literal["none", "mechanical", "break_glass"] = "none"
    unlock_schedule: str = "never"
    unlock_after_first: bool = False
    interlock: Names = []

    @model_validator(mode="after")
    def _fill(self) -> "Door":
        if self.relock_on is None:
            self.relock_on = "open" if self.sensor else "timer"
        if self.held_open_s is None:
            self.held_open_s = 30 if self.sensor else 0
        return self


class Reader(Named):
    door: str
    protocol: Literal["wiegand", "osdp"] = "wiegand"
    formats: Annotated[list[CardFormat], Field(min_length=1, max_length=16)] = ["H10301"]
    mode: Literal["card", "card_and_pin", "card_or_pin"] = "card"
    keypad: Literal["4bit", "6bit", "8bit"] = "4bit"
    parity: bool = True
    bus: Annotated[str, Field(min_length=1, max_length=24)] | None = None
    address: Annotated[int, Field(ge=0, le=126)] | None = None
    baud: Literal[9600, 19200, 38400, 57600, 115200, 230400] = 9600
    allow_plain: bool = False


class AntiPassback(Entry):
    entrances: Mode = "off"
    exits: Mode = "off"


def _both_directions(value: Any) -> Any:
    if isinstance(value, str) and value in MODES:
        return {"entrances": value, "exits": value}
    if isinstance(value, dict | AntiPassback):
        return value
    raise refusal(
        f"{shown(value)} is no mode of anti-passback",
        "Use off, soft, deny or hard, or one each for `entrances` and `exits`",
    )


class Area(Named):
    entrances: Annotated[Names, Field(json_schema_extra={"minItems": 1})] = []
    exits: Names = []
    anti_passback: Annotated[
        AntiPassback, BeforeValidator(_both_directions, json_schema_input_type=Mode | AntiPassback)
    ] = AntiPassback()
    exempt_groups: Names = []
    violation_timeout_s: Seconds = 0
    presence_timeout_s: Seconds = 0
    reset_at: Annotated[
        list[Minute], Field(max_length=1440), BeforeValidator(listed, json_schema_input_type=str | list[str])
    ] = []
    schedule: str = "always"
    first_use: Literal["either", "entrance"] = "either"
    parent: str | None = None
    moves_on: Literal["grant", "entry"] = "grant"
    when_isolated: Literal["soft", "enforce"] = "soft"
    confirm_grants: bool = False
    confirm_ms: Annotated[int, Field(ge=1, le=2000)] = 300
    capacity: Annotated[int, Field(ge=1, le=65535)] | None = None
    minimum: Annotated[int, Field(ge=1, le=65535)] | None = None
    after_emergency: Literal["reset", "keep"] = "reset"


class Schedule(Named):
    weekly: dict[Days, Ranges] = {}
    holidays: dict[Date, Ranges] = {}


_DoorNames = Annotated[Names, BeforeValidator(listed, json_schema_input_type=str | list[str])]


class Access(Entry):
    doors: _DoorNames
    schedule: str = "always"


class Group(Named):
    access: Annotated[list[Access], Field(max_length=1000)] = []
    lockdown: bool = False


class User(Named):
    groups: Annotated[list[str], Field(max_length=64)] = []
    cards: Annotated[list[Card], Field(max_length=255)] = []
    pin: Pin | None = None
    active: bool = True
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    extended: bool = False
    uses: Annotated[int, Field(ge=0, le=65534)] | None = None


class Operator(Named):
    role: Literal["viewer", "site_manager", "site_admin"]


class Input(Named):
    controller: str
    kind: Literal["fire", "tamper", "mains", "battery", "other"]
    contact: Literal["nc", "no"] | None = None
    """`nc` for fire and tamper, else `no`."""

    @model_validator(mode="after")
    def _fill(self) -> "Input":
        if self.contact is None:
            self.contact = "nc" if self.kind in ("fire", "tamper") else "no"
        return self


class Output(Named):
    controller: str
    follows: Literal["emergency"] | None = None


class Filters(Entry):
    doors: Names | None = None
    areas: Names | None = None
    readers: Names | None = None
    controllers: Names | None = None


class Link(Filters):
    when: str
    output: str
    action: Literal["on", "off", "pulse"] = "on"
    for_s: Annotated[int, Field(ge=0, le=86400)] = 0
    """0 = until silenced."""


class Alert(Filters):
    when: _DoorNames
    schedule: str = "always"
    quiet_s: Seconds = 300
    send: Annotated[list[Address], Field(max_length=100)] = []


class Site(Named):
    site: Id
    timezone: TimeZone = "UTC"
    broker: Broker = "embedded"
    consoles: Annotated[list[Id], Field(max_length=100)] = ["console"]
    home_assistant: bool = False
    people_days: Seconds = 0
    controllers: dict[Id, Controller] = {}
    doors: dict[Id, Door] = {}
    readers: dict[Id, Reader] = {}
    areas: dict[Id, Area] = {}
    schedules: dict[Id, Schedule] = {}
    groups: dict[Id, Group] = {}
    users: dict[Id, User] = {}
    operators: dict[Id, Operator] = {}
    inputs: dict[Id, Input] = {}
    outputs: dict[Id, Output] = {}
    links: Annotated[list[Link], Field(max_length=1000)] = []
    alerts: Annotated[list[Alert], Field(max_length=1000)] = []

    _warnings: list[Fault] = PrivateAttr(default_factory=list)

    @property
    def warnings(self) -> list[Fault]:
        """What is doubtful and allowed all the same."""
        return self._warnings
