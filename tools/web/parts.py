"""Plain controls for every panel: real buttons, fields and lists, so that keyboards just work."""

from collections.abc import Callable
from contextlib import contextmanager

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


def line(tag: str, text: str = "", classes: str = "") -> TextElement:
    """Add a text element of any tag."""
    element = TextElement(tag=tag, text=text)
    return element.classes(classes) if classes else element


def box(tag: str = "div", classes: str = "", **attributes) -> ui.element:
    """Add a container of any tag."""
    element = ui.element(tag)
    for key, value in attributes.items():
        element.props[key.replace("_", "-")] = value
    return element.classes(classes) if classes else element


def button(text: str, do: Callable, classes: str = "", label: str = "") -> TextElement:
    """Add a button. `label`: what it says to those who do not see its place."""
    element = line("button", text, f"btn {classes}".strip())
    element.props["type"] = "button"
    if label:
        element.props["aria-label"] = label
    element.on("click", lambda: do(), [])
    return element


def sender(text: str, source: ui.element, do: Callable, classes: str = "") -> TextElement:
    """Add a button that takes along what a field holds at that moment; `do(value)` gets whatever the browser sent."""
    element = line("button", text, f"btn {classes}".strip())
    element.props["type"] = "button"
    element.on("click", lambda e: do(e.args), js_handler=f"() => emit(getHtmlElement({source.id}).value)")
    return element


def columns(*titles: str) -> None:
    """Head a list of lines; each line names its parts itself, so this is for the eye."""
    with box("div", "line heads", aria_hidden="true"):
        for title in titles:
            line("span", title, "quiet")


def set_pressed(element: ui.element, is_pressed: bool) -> None:
    """Show a toggle's position."""
    word = "true" if is_pressed else "false"
    if element.props.get("aria-pressed") != word:
        element.props["aria-pressed"] = word


def set_shown(element: ui.element, is_shown: bool) -> None:
    """Show or hide, only when it differs."""
    if element.visible != is_shown:
        element.set_visibility(is_shown)


def field(label: str, do: Callable, classes: str = "", event: str = "input", **attributes) -> ui.element:
    """Add an input with its label; `do(value)` gets whatever the browser sent."""
    element = box("input", f"field {classes}".strip(), aria_label=label, placeholder=label, **attributes)
    element.on(event, lambda e: do(e.args), js_handler="(e) => emit(e.target.value)", throttle=0.2)
    return element


def select(label: str, options: dict[str, str], do: Callable) -> ui.element:
    """Add a list of choices, the first one chosen; `do(value)` gets whatever the browser sent."""
    with box("select", "field", aria_label=label) as element:
        for value, text in options.items():
            line("option", text).props["value"] = value
    element.on("change", lambda e: do(e.args), js_handler="(e) => emit(e.target.value)")
    return element


def checkbox(do: Callable) -> ui.element:
    """Add a box to tick, in a label of the caller's; `do(value)` gets "on" or "off", or whatever the browser sent."""
    element = box("input", "", type="checkbox")
    element.on("change", lambda e: do(e.args), js_handler="(e) => emit(e.target.checked ? 'on' : 'off')")
    return element


def set_checked(element: ui.element, is_checked: bool) -> None:
    """Tick a box, whatever was clicked on it meanwhile."""
    element.props["checked"] = is_checked
    ui.run_javascript(f"const box = getHtmlElement({element.id}); if (box) box.checked = {str(is_checked).lower()}")


@contextmanager
def panel(title: str, classes: str):
    """Add a titled section; the block fills it, after its heading."""
    with box("section", f"panel {classes}", aria_label=title):
        with box("div", "panel-head") as head:
            line("h2", title)
        yield head
