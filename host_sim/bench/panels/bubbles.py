"""The answer of a reader in words, beside the reader, for a few seconds."""

import time

from host_sim.bench import words
from host_sim.bench.plan.drawing import Drawing
from tools.web import parts

SHOWN_S = {"good": 3.5, "bad": 8.0, "hint": 4.0}


class Bubbles:
    """At most one bubble per reader; the newest answer wins."""

    def __init__(self, page, drawing: Drawing) -> None:
        self.page, self.drawing = page, drawing
        self.layer = parts.box("div", "bubbles")
        self.shown: dict[str, tuple] = {}

    def answer(self, event: dict) -> None:
        """Show a granted or denied badge."""
        reader, names = event.get("reader"), self.page.bench.names
        if reader not in self.drawing.readers:
            return
        user = names.person(event.get("user")) if event.get("user") else ""
        if event["type"] == "access.granted":
            self.say(reader, f"{user}, come in" if _is_entrance(self.page, reader) else f"{user}, goodbye", "good")
        elif event["type"] == "access.denied":
            why = words.reason(event, names)
            self.say(reader, f"{user}: {why}" if user else words.capital(why), "bad", words.because(event, names))

    def say(self, reader: str, text: str, tone: str, more: str = "") -> None:
        """Put a bubble beside a reader."""
        self._drop(reader)
        x, y = self.drawing.place_of(reader)
        side = "at-right" if x > 0.66 else "at-left" if x < 0.33 else "at-middle"
        flip = " below" if y < 0.25 or y > 0.7 else ""  # not over the people the answer is about
        with self.layer, parts.box("div", f"bubble {tone} {side}{flip}", data_bubble=reader) as bubble:
            parts.line("strong", text)
            if more:
                parts.line("span", more)
        bubble.style(f"left:{x * 100:.2f}%;top:{y * 100:.2f}%")
        self.shown[reader] = (bubble, time.monotonic() + SHOWN_S[tone])
        self.page.tell(f"{text}. {more}")

    def update(self) -> None:
        """Take away what has been read."""
        for reader, (_, until_s) in list(self.shown.items()):
            if time.monotonic() >= until_s:
                self._drop(reader)

    def _drop(self, reader: str) -> None:
        bubble = self.shown.pop(reader, None)
        if bubble:
            bubble[0].delete()


def _is_entrance(page, reader: str) -> bool:
    return not any(reader in (a.get("exits") or []) for a in page.bench.site["areas"].values()) or any(
        reader in a["entrances"] for a in page.bench.site["areas"].values())
