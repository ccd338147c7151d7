"""Field types that scenario steps and expectations share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

AT_S_MAX = 157_680_000  # five years: the zone table of a part ends not long after
NAMES_MAX = 256
TEXT_LEN_MAX = 200

Name = Annotated[str, Field(strict=True, min_length=1, max_length=TEXT_LEN_MAX)]
Flag = Annotated[bool, Field(strict=True)]
Seconds = Annotated[float, Field(strict=True, ge=0, le=AT_S_MAX, allow_inf_nan=False)]
Offset = Annotated[float, Field(strict=True, ge=-AT_S_MAX, le=AT_S_MAX, allow_inf_nan=False)]
Names = Annotated[list[Name], Field(min_length=1, max_length=NAMES_MAX)]

Presence = Literal["in", "out", "unknown"]
Kind = Literal["double_entrance", "double_exit", "exit_without_entrance", "skipped_entrance", "none"]


class Closed(BaseModel):
    """A table that takes the keys it names and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def ms(seconds: float) -> int:
    """Seconds of a scenario to the nearest whole millisecond."""
    return round(seconds * 1000)


def tag(form: str) -> str:
    """The mark of one form of several, told from a key of the file by its brackets."""
    return f"<{form}>"


def is_tag(part: str) -> bool:
    """True for a mark made by `tag`."""
    return part.startswith("<")
