"""The kinds of values a site file holds. Each says in its own words what is wrong and what would be right."""

import math
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from tools.site import cards
from tools.site.errors import shown, suggestion
from tools.site.values import texts, zones

ID_PATTERN = r"^[a-z0-9_-]{1,24}$"
_ID_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
YEAR_S = 366 * 86400


def refusal(message: str, remedy: str) -> PydanticCustomError:
    """An error that already says everything."""
    return PydanticCustomError("site", "{message}", {"message": message, "remedy": remedy})


def check_id(text: str) -> str:
    if not 1 <= len(text) <= 24 or not set(text) <= _ID_LETTERS:
        raise refusal(f"{shown(text)} is no id", "Use 1 to 24 characters of a-z 0-9 _ -; put other names into `label`")
    return text


def _checked(parse: Callable, what: str, remedy: str) -> AfterValidator:
    def check(text: str) -> str:
        try:
            parse(text)
        except ValueError:
            raise refusal(f"{shown(text)} is not {what}", remedy) from None
        return text

    return AfterValidator(check)


def _check_zone(text: str) -> str:
    if text not in zones.names():
        close = suggestion(text, sorted(zones.names()))
        hint = f"Did you mean {shown(close)}?" if close else 'Use a name such as "Europe/Lisbon" or "UTC"'
        raise refusal(f"{shown(text)} is no time zone", hint)
    return text


def _check_card(text: str) -> str:
    try:
        return cards.canonical(text)
    except ValueError as error:
        message, _, remedy = str(error).partition("; ")
        raise refusal(
            message, remedy[:1].upper() + remedy[1:] or "Write FORMAT:FACILITY:NUMBER, FORMAT:NUMBER or RAW:BITS:HEX"
        ) from None


def _check_format(text: str) -> str:
    if text not in cards.FORMAT_NAMES:
        raise refusal(f"{shown(text)} is no card format", "Use one of " + ", ".join(cards.FORMAT_NAMES))
    return text


def _check_pin(text: str) -> str:
    if not 4 <= len(text) <= 12 or not set(text) <= set("0123456789"):
        raise refusal("this is no PIN", 'Use 4 to 12 digits in quotes, such as "2468"')
    return text


def _check_broker(text: str) -> str:
    scheme, mark, host = text.partition("://")
    if text != "embedded" and (scheme not in ("mqtt", "mqtts") or not mark or not host or not text.isprintable()):
        raise refusal(f"{shown(text)} is no broker", 'Use "embedded" or a URL such as "mqtt://broker.example:1883"')
    return text


def _check_address(text: str) -> str:
    scheme, mark, rest = text.partition("://")
    if not scheme or not mark or not rest or not text.isprintable():
        raise refusal("this is no address", 'Use a URL such as "mailto://…" or "json://127.0.0.1:9000/hook"')
    return text


def _check_label(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise refusal(f"{shown(text)} is no label", "Use text people can read, on one line")
    return text


def _check_number(value):
    if isinstance(value, float) and not math.isfinite(value):
        raise refusal(f"{shown(value)} is no number of seconds", "Use a number")
    return value


def _check_ms(value: float) -> float:
    if abs(value * 1000 - round(value * 1000)) > 1e-6:
        raise refusal(f"{shown(value)} is finer than a millisecond", "Use at most three decimals")
    return value


def listed(value: Any) -> Any:
    """One name alone means a list of one."""
    return [value] if isinstance(value, str) else value


_TIME = _checked(texts.minute_of_day, "a time of day", 'Write "HH:MM", from "00:00" to "23:59"')
_RANGE = _checked(texts.range_of_day, "a range of times", 'Write "HH:MM-HH:MM", such as "08:00-18:30" or "22:00-06:00"')
_DAYS = _checked(texts.days_of_week, "a day of the week", 'Write "mon" … "sun" or two of them, such as "mon-fri"')
_DATE = _checked(texts.day_number, "a date", 'Write "YYYY-MM-DD", such as "2026-12-25"')
_MOMENT = _checked(texts.moment, "a local time", 'Write "YYYY-MM-DDTHH:MM:SS" without an offset, from 1970 to 2099')

Id = Annotated[str, AfterValidator(check_id), Field(json_schema_extra={"pattern": ID_PATTERN})]
Label = Annotated[str, StringConstraints(max_length=64), AfterValidator(_check_label)]
TimeZone = Annotated[str, AfterValidator(_check_zone)]
Minute = Annotated[str, _TIME]
Range = Annotated[str, _RANGE]
Days = Annotated[str, _DAYS]
Date = Annotated[str, _DATE]
Moment = Annotated[str, _MOMENT]
Card = Annotated[str, AfterValidator(_check_card)]
CardFormat = Annotated[str, AfterValidator(_check_format), Field(json_schema_extra={"enum": list(cards.FORMAT_NAMES)})]
Pin = Annotated[str, AfterValidator(_check_pin), Field(json_schema_extra={"pattern": "^[0-9]{4,12}$"})]
Broker = Annotated[str, AfterValidator(_check_broker)]
Address = Annotated[str, AfterValidator(_check_address)]
Seconds = Annotated[int, Field(ge=0, le=2**31)]
Duration = Annotated[float, Field(ge=0, le=86400), AfterValidator(_check_ms), BeforeValidator(_check_number)]
Ranges = Annotated[list[Range], Field(max_length=48)]
Names = Annotated[list[str], Field(max_length=1000)]
