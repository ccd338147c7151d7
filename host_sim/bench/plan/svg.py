"""SVG elements for the page, drawn once and changed where they differ."""

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


def shape(tag: str, classes: str = "", **attributes) -> ui.element:
    """Add one SVG element; underscores in attribute names become hyphens."""
    return _dressed(ui.element(tag), classes, attributes)


def words(text: str, classes: str = "", **attributes) -> TextElement:
    """Add one line of SVG text."""
    return _dressed(TextElement(tag="text", text=text), classes, attributes)


def _dressed(element: ui.element, classes: str, attributes: dict) -> ui.element:
    for key, value in attributes.items():
        element.props[key.replace("_", "-") if key != "viewBox" else key] = value
    if classes:
        element.classes(classes)
    return element


def wear(element: ui.element, classes: str) -> None:
    """Give an element exactly these classes, if it has others."""
    if list(element.classes) != classes.split():
        element.classes(replace=classes)


def mark(element: ui.element, **attributes) -> None:
    """Set attributes that differ."""
    for key, value in attributes.items():
        key = key.replace("_", "-")
        if element.props.get(key) != value:
            element.props[key] = value


def press(element: ui.element, do) -> None:
    """Make an element a button for mouse, finger and keyboard."""
    element.props.update({"role": "button", "tabindex": "0"})
    element.on("click", lambda: do(), [])
    element.on("keydown.enter.prevent", lambda: do(), [])
    element.on("keydown.space.prevent", lambda: do(), [])
