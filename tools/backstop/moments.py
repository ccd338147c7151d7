"""Moments as people give them: how long ago, or when."""

import datetime
import re
import zoneinfo

import click

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def since_ms(text: str, zone: str, now_ms: int) -> int:
    """Unix milliseconds of "90s", "15m", "2h", "7d" or "1w" ago, or of a local time. Raises: BadParameter."""
    ago = re.fullmatch(r"(\d{1,9})([smhdw])", text)
    if ago:
        return max(0, now_ms - int(ago[1]) * _UNITS_S[ago[2]] * 1000)
    try:
        at = datetime.datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=zoneinfo.ZoneInfo(zone))
        return int(at.timestamp() * 1000)
    except (ValueError, OverflowError):
        message = f"{text!r} is no moment: use one such as 15m, 2h, 7d or 2026-11-29T08:00"
        raise click.BadParameter(message, param_hint="--since") from None
