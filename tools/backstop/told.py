"""What controllers tell those who look: states, and answers to commands. Checked for their seal, sender and shape."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from firmware.wire import seal


class _Told(BaseModel):
    """Fields that a later version may add are left out."""

    model_config = ConfigDict(extra="ignore", strict=True)

    sender: str = Field(alias="from")


class Door(_Told):
    t: Literal["door"]
    locked: bool
    open: bool | None
    alarm: Literal["forced", "held"] | None


class Output(_Told):
    t: Literal["output"]
    active: bool


class Area(_Told):
    t: Literal["area"]
    occupancy: int
    violations: int
    users: list[str]
    """Of at most 32 in violation."""
    isolated: bool


class Reply(_Told):
    t: Literal["reply"]
    to: str
    nonce: str
    refused: str | None = None
    done: Literal["now", "before"] | None = None
    event: dict | None = None
    note: str | None = None


_ANY = TypeAdapter(Annotated[Door | Output | Area | Reply, Field(discriminator="t")])
KINDS = ("door", "output", "area", "reply")


def read(topic: str, payload: bytes, key: bytes) -> Door | Output | Area | Reply | str:
    """Return what was told on a topic, or one word for what is wrong with it, as firmware.wire.messages.read does."""
    if not seal.is_sealed(payload, key):
        return "seal"
    try:
        told = _ANY.validate_python(json.loads(seal.content(payload)))
    except (ValidationError, ValueError):
        return "message"
    return told if topic.startswith(told.t + "/") else "topic"
