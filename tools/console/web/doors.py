"""Doors, outputs and controllers: how each is now, and what may be done about it."""

from tools.console.picture.shown import Door, Output
from tools.console.web import words
from tools.console.web.controllers import Controllers
from tools.console.web.emergency import EmergencyPanel
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.console.web.readers import Readers
from tools.console.web.reason import Act, ReasonForm
from tools.site.compiler.pieces import can_lock_down
from tools.web import parts

_TITLES = ("Door", "Lock", "Leaf", "Since", "")
_NO_WAY_OUT = "no way out, so no lockdown"


class Doors:
    def __init__(self, frame: Frame):
        self._frame = frame
        form = ReasonForm(frame)
        rooms = (EmergencyPanel, _DoorList, Readers, _Outputs, Controllers)
        self._rooms = [room(frame, form) for room in rooms]

    def update(self, view: View) -> None:
        for room in self._rooms:
            room.update(view)


class _DoorList:
    def __init__(self, frame: Frame, form: ReasonForm):
        self._frame, self._form, self._rows = frame, form, {}
        self._free: list[str] = []  # can be locked down, and are not
        self._held: list[str] = []  # are locked down
        with parts.panel("Doors", "doors") as head:
            with head:
                self._tools = parts.box("span", "tools")
            with self._tools:
                if frame.may("lockdown"):
                    self._lock = parts.button("Lock down every door", lambda: form.open(lock_all(self._free, frame.label)))
                if frame.may("release"):
                    self._release = parts.button("Release every door", lambda: form.open(release_all(self._held, frame.label)))
            with parts.box("div", "rows") as self._list:
                parts.columns(*_TITLES)

    def update(self, view: View) -> None:
        doors = self._frame.site.doors
        self._held = [door.name for door in view.doors if door.is_locked_down]
        self._free = [door.name for door in view.doors if not door.is_locked_down and can_lock_down(doors[door.name])]
        if self._frame.may("lockdown"):
            parts.set_shown(self._lock, bool(self._free))
        if self._frame.may("release"):
            parts.set_shown(self._release, bool(self._held))
        for door in view.doors:
            if door.name not in self._rows:
                with self._list:
                    self._rows[door.name] = _DoorRow(self._frame, self._form, door)
            self._rows[door.name].update(door, view)


class _DoorRow:
    """It stays while what it says changes, so that nobody's button goes from under his hand."""

    def __init__(self, frame: Frame, form: ReasonForm, door: Door):
        self._frame, one = frame, {"doors": [door.name]}
        self._lock_down = self._release = None
        with parts.box("div", "line door", role="group", aria_label=door.label):
            parts.line("span", door.label, "name")
            with parts.box("span", "what", data_title="lock"):
                self._lock = parts.line("span")
                self._remark = parts.line("span", "locked down", "tag")
            self._leaf, self._since = parts.line("span"), parts.line("span")
            for cell, title in ((self._leaf, "leaf"), (self._since, "since")):
                cell.props["data-title"] = title
            with parts.box("span", "tools"):
                if frame.may("unlock"):
                    form.offer("Unlock", Act("unlock", {"door": door.name}, f"Unlock {door.label}", "Once, as a badge does."))
                if frame.may("release"):
                    self._release = form.offer("Release", Act("release", one, f"Release {door.label}"))
                if not frame.may("lockdown"):
                    return
                if can_lock_down(frame.site.doors[door.name]):
                    self._lock_down = form.offer("Lock down", Act("lockdown", one, f"Lock down {door.label}", "Until it is released. Who is inside gets out."))
                else:
                    parts.line("span", _NO_WAY_OUT, "quiet")

    def update(self, door: Door, view: View) -> None:
        self._lock.set_text("unknown" if door.is_locked is None else "locked" if door.is_locked else f"unlocked ({door.why})" if door.why else "unlocked")
        leaf = door.alarm or ("open" if door.is_open else "closed" if door.is_open is not None else self._unknown(door))
        troubles = [f"{each.label} {each.trouble}" for each in view.readers if each.door == door.name and each.trouble]
        self._leaf.set_text(", ".join([leaf, *troubles]))
        self._since.set_text(words.time_of(door.since_ms, self._frame.site))
        parts.set_shown(self._remark, door.is_locked_down)
        for button, is_offered in ((self._release, door.is_locked_down), (self._lock_down, not door.is_locked_down)):
            if button:
                parts.set_shown(button, is_offered)

    def _unknown(self, door: Door) -> str:
        return "unknown" if self._frame.site.doors[door.name].sensor else "no sensor"


class _Outputs:
    def __init__(self, frame: Frame, form: ReasonForm):
        self._frame, self._form, self._rows = frame, form, {}
        with parts.box("div") as self._box, parts.panel("Outputs", "outputs"), parts.box("div", "rows") as self._list:
            parts.columns("Output", "State", "Since", "")

    def update(self, view: View) -> None:
        parts.set_shown(self._box, bool(view.outputs))
        for output in view.outputs:
            if output.name not in self._rows:
                with self._list:
                    self._rows[output.name] = _OutputRow(self._frame, self._form, output)
            self._rows[output.name].update(output)


class _OutputRow:
    def __init__(self, frame: Frame, form: ReasonForm, output: Output):
        self._frame, self._silence = frame, None
        self._follows = frame.site.outputs[output.name].follows is not None
        more = "It follows the emergency, and stays on for as long as there is one." if self._follows else ""
        with parts.box("div", "line output", role="group", aria_label=output.label):
            parts.line("span", output.label, "name")
            self._state, self._since = parts.line("span"), parts.line("span")
            for cell, title in ((self._state, "state"), (self._since, "since")):
                cell.props["data-title"] = title
            with parts.box("span", "tools"):
                if frame.may("silence"):
                    self._silence = form.offer("Silence", Act("silence", {"output": output.name}, f"Silence {output.label}", more))

    def update(self, output: Output) -> None:
        state = "unknown" if output.is_on is None else "on" if output.is_on else "off"
        self._state.set_text(state + (", follows the emergency" if self._follows else ""))
        self._since.set_text(words.time_of(output.since_ms, self._frame.site))
        if self._silence:
            parts.set_shown(self._silence, output.is_on is not False)


def lock_all(doors: list[str], label) -> Act:
    names = ", ".join(label("doors", door) for door in doors)
    told = f"{names}. Until they are released; who is inside gets out."
    return Act("lockdown", {"doors": doors}, "Lock down every door", told)


def release_all(doors: list[str], label) -> Act:
    names = ", ".join(label("doors", door) for door in doors)
    return Act("release", {"doors": doors}, "Release every door", f"{names}.")
