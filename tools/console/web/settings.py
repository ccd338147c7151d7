"""Settings of one area: wished for in a form, tried on what has happened, and only then put in force."""

from dataclasses import dataclass

from tools.console.configuring import wishes
from tools.console.house import House
from tools.console.picture.shown import Area, Preview
from tools.console.web import meanings, words
from tools.console.web.configuration import ConfigurationPanel, tell_version
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.web import edge, parts

DAYS = 30
_WRITTEN = "It is written into the site file, and the file is signed and sent to every controller as its next version."
_COMMANDED = "It goes to the controllers as a command, and they keep it until a configuration comes: write it into the site file, too. {}."


@dataclass(frozen=True)
class Wish:
    """`given`: the form as it was filled in; `change`: what differs. `error`: why it cannot be, in words. `no_way_out`: doors that forbid it."""

    area: Area
    given: dict[str, str]
    change: dict
    preview: Preview | None
    error: str
    no_way_out: tuple[str, ...]


def wish(house: House, name: str, given: dict[str, str]) -> Wish | None:
    """Try settings on the last days; None where there is no such area. Raises: Trouble."""
    area = next((each for each in house.picture.areas() if each.name == name), None)
    if area is None:
        return None
    form = wishes.shown(area.settings) | given
    try:
        change = wishes.change(area.settings, given)
        preview = house.picture.preview(name, change, DAYS) if change else None
    except ValueError as error:
        return Wish(area, form, {}, None, str(error), ())
    doors = house.picture.plan.doors_of(name) if change and wishes.denies(area.settings, change) else ()
    return Wish(area, form, change, preview, "", tuple(door for door in doors if house.site.doors[door].egress == "none"))


class Settings:
    def __init__(self, frame: Frame, found: Wish):
        self._frame, self._wish = frame, found
        with parts.panel(f"Settings of {found.area.label}", "settings"):
            self._form(found)
            meanings.add(_title)
            if found.error:
                parts.line("p", found.error[:1].upper() + found.error[1:] + ".", "remark").props["role"] = "alert"
        if found.preview:
            with parts.panel("What would change", "preview"):
                for line in wishes.told(found.change):
                    parts.line("p", line[:1].upper() + line[1:] + ".", "why")
                self._past(found.preview)
                self._confirm(found)
        ConfigurationPanel(frame)

    def update(self, view: View) -> None:
        """A form that somebody fills in stays as it is."""

    def _form(self, found: Wish) -> None:
        choices = wishes.CHOICES | {"schedule": ("always", "never", *sorted(self._frame.site.schedules))}
        with parts.box("form", "search", method="get", action=f"/areas/{found.area.name}"):
            for name in wishes.NAMES:
                with parts.box("label"):
                    parts.line("span", _title(name), "quiet")
                    if name in choices:
                        self._choice(name, choices[name], found.given[name])
                    else:
                        parts.box("input", "field", name=name, value=found.given[name], maxlength="1000")
            parts.line("button", "Try it on the past", "btn primary")

    def _choice(self, name: str, options: tuple, given: str) -> None:
        with parts.box("select", "field", name=name):
            for value in dict.fromkeys(options):
                option = parts.line("option", value)
                option.props["value"] = value
                if value == given:
                    option.props["selected"] = True

    def _past(self, found: Preview) -> None:
        frame, site = self._frame, self._frame.site
        since = words.time_of(found.since_ms, site)
        out = sum(each.is_locked_out for each in found.people)
        people = "1 person" if len(found.people) == 1 else f"{len(found.people)} people"
        parts.line("p", f"{found.badges} badges since {since}: {people} would have been denied, {out} would be locked out now.")
        if not found.is_whole:
            parts.line("p", f"There are more badges in {DAYS} days than are tried.", "quiet")
        with parts.box("div", "rows"):
            for each in found.people:
                with parts.box("div", "line"):
                    parts.line("span", each.label, "name")
                    parts.line("span", f"{frame.label('readers', each.reader)}, {words.time_of(each.first_ms, site)}")
                    parts.line("span", f"{words.REASONS.get(each.reason, each.reason)}, {each.denials} {'denial' if each.denials == 1 else 'denials'}")
                    parts.line("span", "locked out" if each.is_locked_out else "", "tag is-red" if each.is_locked_out else "")

    def _confirm(self, found: Wish) -> None:
        if found.no_way_out:
            doors = ", ".join(self._frame.label("doors", door) for door in found.no_way_out)
            parts.line("p", f"Not to be put in force: {doors} has no way out in hardware (egress), and nobody may be shut in.", "remark").props["role"] = "alert"
        elif self._frame.may("set"):
            if wishes.denies(found.area.settings, found.change):
                parts.line("p", "Doors of this area will refuse people. Everybody must be able to leave without a badge: try each way out first.", "remark")
            trouble = self._frame.house.configuring.trouble()
            parts.line("p", _COMMANDED.format(trouble[:1].upper() + trouble[1:].rstrip(".")) if trouble else _WRITTEN, "quiet")
            reason = parts.box("input", "field", aria_label="Reason", placeholder="Reason", maxlength=edge.TEXT_LEN_MAX)
            parts.sender("Put it in force", reason, self._do, "primary")

    async def _do(self, value: object) -> None:
        frame, area, change = self._frame, self._wish.area.name, self._wish.change
        reason = frame.reason(value)
        if not reason:
            return
        if frame.house.configuring.trouble():
            await frame.command("set", {"area": area} | change, reason)
        else:
            await tell_version(frame, frame.house.desk.change, area, change, reason)


def _title(name: str) -> str:
    if name in wishes.SIDES:
        return f"Anti-passback, {name}"
    for unit, word in (("_ms", ", milliseconds"), ("_s", ", seconds")):
        if name.endswith(unit):
            return name.removesuffix(unit).replace("_", " ").capitalize() + word
    return name.replace("_", " ").capitalize()
