"""Areas: how each is set, who may come and go where, how full it is and was today, what is doubtful, what its controllers say."""

from nicegui import ui

from tools.console.picture import findings
from tools.console.picture.shown import Area, Controller
from tools.console.web import words
from tools.console.web.configuration import ConfigurationPanel
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.console.web.reason import Act, ReasonForm
from tools.web import parts

_WIDTH, _HEIGHT, _DAY_MS = 480, 60, 24 * 3600 * 1000


class Areas:
    """`curves`: {area: [(when, how many)]} since midnight, as they were when the page was opened."""

    def __init__(self, frame: Frame, curves: dict[str, list[tuple[int, int]]]):
        self._frame, self._curves = frame, curves
        self._cards: dict[str, _Card] = {}
        self._form = ReasonForm(frame)
        self._box = parts.box("div", "cards")
        self._empty = parts.line("p", "This site has no areas.", "quiet")
        ConfigurationPanel(frame)

    def update(self, view: View) -> None:
        parts.set_shown(self._empty, not view.areas)
        for area in view.areas:
            if area.name not in self._cards:
                with self._box:
                    self._cards[area.name] = _Card(self._frame, self._form, area, self._curves.get(area.name, []), view.at_ms)
            self._cards[area.name].update(area, view)


class _Card:
    def __init__(self, frame: Frame, form: ReasonForm, area: Area, curve: list, now_ms: int):
        self._frame = frame
        with parts.panel(area.label, "area") as head:
            with head:
                self._count = parts.line("span", "", "count")
                with parts.box("span", "tools"):
                    settings = parts.line("a", "Settings", "btn")
                    settings.props["href"] = f"/areas/{area.name}"
                    settings.props["aria-label"] = f"Settings of {area.label}"
                    if frame.may("reset"):
                        form.offer("Reset", reset(area))
            self._settings = parts.line("p")
            parts.line("p", f"In by {self._readers(area.entrances)}. Out by {self._readers(area.exits) or 'no reader'}.", "quiet")
            ui.html(_drawn(curve, now_ms, words.midnight_ms(frame.site), area.label), sanitize=False)
            parts.line("p", f"Today from midnight to midnight: so far at most {_most(curve)} inside.", "quiet")
            for found in findings(frame.site, area.name):
                with parts.box("p", "finding"):
                    parts.line("span", _sentence(found.message))
                    parts.line("span", _sentence(found.remedy), "quiet")
            self._health = parts.line("p", "", "quiet")

    def update(self, area: Area, view: View) -> None:
        full = f" of {area.capacity}" if area.capacity else ""
        violations = f", {area.violations} in violation" if area.violations else ""
        self._count.set_text(f"{area.occupancy}{full} inside{violations}")
        self._settings.set_text(_modes(area))
        controllers = [each for each in view.controllers if each.name in area.as_of_ms]
        self._health.set_text(". ".join(filter(None, (_health(controllers), self._isolated(area)))))

    def _readers(self, names: tuple[str, ...]) -> str:
        return ", ".join(self._frame.label("readers", name) for name in names)

    def _isolated(self, area: Area) -> str:
        label = self._frame.label
        told = [f"{label('controllers', name)} does not hear {', '.join(label('controllers', each) for each in others)}"
                for name, others in area.isolated.items()]  # fmt: skip
        return "; ".join(told)


def reset(area: Area) -> Act:
    told = f"Forget who is in {area.label} and all its violations. Nobody can take that back."
    return Act("reset", {"area": area.name}, f"Reset {area.label}", told, f"Yes: forget who is in {area.label}")


def _sentence(text: str) -> str:
    """What the compiler says, without the marks that it puts around keys."""
    return f"{text[:1].upper()}{text[1:]}.".replace("`", "")


def _modes(area: Area) -> str:
    modes = area.settings["anti_passback"]
    entrances, exits = modes["entrances"], modes["exits"]
    told = [f"Anti-passback {entrances}" if entrances == exits else f"Anti-passback {entrances} at entrances, {exits} at exits"]
    expiry = area.settings["violation_timeout_s"]
    if entrances != "off" or exits != "off":
        told.append(f"a violation ends after {words.age(expiry * 1000)}" if expiry else "a violation ends when somebody clears it")
    if area.settings["exempt_groups"]:
        told.append(f"exempt: {', '.join(area.settings['exempt_groups'])}")
    return ", ".join(told) + "."


def _health(controllers: list[Controller]) -> str:
    told = []
    for each in controllers:
        if not each.is_online:
            told.append(f"{each.label} is offline")
        elif each.behind:
            told.append(f"{each.label} is behind by {each.behind}")
        if each.clock_error_ms is not None and abs(each.clock_error_ms) > 1000:
            told.append(f"the clock of {each.label} is {abs(each.clock_error_ms) // 1000} s {'ahead' if each.clock_error_ms > 0 else 'behind'}")
    return "; ".join(told) if told else "All its controllers are in step"


def _most(curve: list[tuple[int, int]]) -> int:
    return max((count for _, count in curve), default=0)


def _drawn(curve: list[tuple[int, int]], now_ms: int, midnight_ms: int, label: str) -> str:
    """An SVG of how many were inside over the day. Labels come from the site file: only their text gets in."""
    top = max(_most(curve), 1)

    def at(moment_ms: int, count: int) -> str:
        x = _WIDTH * max(moment_ms - midnight_ms, 0) / _DAY_MS
        return f"{x:.1f},{_HEIGHT - _HEIGHT * count / top:.1f}"

    points, count = [], 0
    for moment_ms, following in [*curve, (now_ms, curve[-1][1] if curve else 0)]:
        points += [at(moment_ms, count), at(moment_ms, following)]
        count = following
    told = _escaped(f"{label}: at most {_most(curve)} inside today")
    line = f'<polyline points="{" ".join(points)}" class="curve"/>'
    return f'<svg viewBox="0 -2 {_WIDTH} {_HEIGHT + 4}" class="chart" role="img" aria-label="{told}" preserveAspectRatio="none">{line}</svg>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
