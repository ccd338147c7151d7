"""Local time of a site to Unix time, for the start of a scenario."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def unix_ms(local: datetime, zone: ZoneInfo) -> int:
    """Unix ms of a local time: the first of two, or the first that exists after a gap."""
    at = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local:
        at = _end_of_gap(local, zone)
    return round(at.timestamp() * 1000)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which a zone jumped over `local`, found by halving."""
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
