"""The keypad of a reader that takes PINs."""

from host_sim.bench.plan.svg import wear
from tools.web import parts

KEYS = "123456789*0#"


class Keypad:
    """A keypad that opens for one reader at a time; keys go straight to the wires."""

    def __init__(self, floor) -> None:
        self.floor, self.page = floor, floor.page
        self.reader, self.typed = None, ""
        self.box = parts.box("div", "keypad", role="group", aria_label="Keypad")
        with self.box:
            with parts.box("div", "keypad-head"):
                self.title = parts.line("strong")
                parts.button("Close", self.close, "ghost")
            self.shown = parts.line("output", "", "typed")
            with parts.box("div", "keys"):
                for key in KEYS:
                    parts.button(key, lambda key=key: self.press(key), "key", _NAMES.get(key, key))
            self.quick = parts.button("", self._type_pin, "primary")
        parts.set_shown(self.box, False)

    def open(self, reader: str) -> None:
        """Lay the keypad of a reader before the visitor."""
        self.reader, self.typed = reader, ""
        self.title.set_text(f"Keypad of {reader}")
        wear(self.box, "keypad " + ("at-left" if self.floor.drawing.place_of(reader)[0] > 0.5 else "at-right"))

    def close(self) -> None:
        """Put it away."""
        self.reader = None

    def answered(self, event: dict) -> None:
        """Put the keypad away when its reader has answered, unless the PIN may be tried again."""
        if event.get("reader") == self.reader and event.get("reason") != "bad_pin":
            self.close()

    def press(self, key: str) -> None:
        """Press one key. `*` and `#` start the display anew."""
        if self.reader:
            self.typed = "" if key in "*#" else (self.typed + "•")[-12:]
            self.floor.visitor.keys(self.reader, key)

    def _type_pin(self) -> None:
        pin = self._pin()
        if pin and self.reader:
            self.floor.visitor.keys(self.reader, f"{pin}#")
            self.typed = ""

    def _pin(self) -> str | None:
        return self.page.bench.site["users"].get(self.page.picked, {}).get("pin")

    def update(self) -> None:
        """Show what was typed, and the quick way for whoever is picked."""
        parts.set_shown(self.box, self.reader is not None)
        self.shown.set_text(self.typed or "Digits, then #")
        pin = self._pin()
        parts.set_shown(self.quick, bool(pin))
        if pin:
            self.quick.set_text(f"Type {self.page.bench.names.person(self.page.picked)}'s PIN and #")


_NAMES = {"*": "Star: clear", "#": "Hash: submit"}
