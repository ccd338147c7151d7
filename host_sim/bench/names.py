"""What people call the things of a site, and the site's local time."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Names:
    """Labels of a site's things; an id without a label is made readable."""

    def __init__(self, site: dict, start_ms: int) -> None:
        self.site = site
        self.start_ms = start_ms
        try:
            self.zone = ZoneInfo(site.get("timezone") or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            self.zone = timezone.utc

    def of(self, table: str, name: str | None) -> str:
        """Give the label of one thing, by the site file's table."""
        if not name:
            return "somebody" if table == "users" else "outside"
        label = (self.site.get(table, {}).get(name) or {}).get("label")
        return label or (name if table in ("readers", "controllers") else name.replace("_", " ").capitalize())

    def person(self, user: str | None) -> str:
        """Give a person's name; what a label says after a comma is a remark."""
        return self.of("users", user).split(",")[0]

    def remark(self, user: str) -> str:
        """Give what the person's label says after a comma."""
        return self.of("users", user).partition(",")[2].strip()

    def clock(self, at_s: float) -> str:
        """Write a printed event time (seconds since the start) as local time."""
        return self.local(self.start_ms / 1000 + at_s)

    def local(self, unix_s: float) -> str:
        """Write Unix seconds as local time of day; a clock shifted out of all years shows none."""
        try:
            return f"{datetime.fromtimestamp(unix_s, self.zone):%H:%M:%S}"
        except (OverflowError, ValueError, OSError):
            return "--:--:--"
