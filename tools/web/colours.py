"""The button that turns through the colours of a page: as the computer has them, light, dark."""

from nicegui import ui

from tools.web import parts

_COLOURS = {"Auto": None, "Light": False, "Dark": True}
_LABEL = "Colours: {}"


class Colours:
    def __init__(self):
        self._dark = ui.dark_mode(None)
        self._name = "Auto"
        self._button = parts.button(self._name, self._turn, "ghost", _LABEL.format("automatic"))

    def _turn(self) -> None:
        order = list(_COLOURS)
        self._name = order[(order.index(self._name) + 1) % len(order)]
        self._dark.set_value(_COLOURS[self._name])
        self._button.set_text(self._name)
        self._button.props["aria-label"] = _LABEL.format(self._name.lower())
