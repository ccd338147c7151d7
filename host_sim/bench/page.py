"""One open page: its panels, what its visitor has picked, and its own heartbeat."""

from nicegui import ui

from host_sim.bench.bench import Bench
from host_sim.bench.panels.areas import Areas
from host_sim.bench.panels.banner import Banner
from host_sim.bench.panels.controllers import Controllers
from host_sim.bench.panels.doors import Doors
from host_sim.bench.panels.floor import Floor
from host_sim.bench.panels.header import Header
from host_sim.bench.panels.people import People
from host_sim.bench.panels.readers import Readers
from host_sim.bench.panels.stream import Stream
from host_sim.bench.panels.troubles import Troubles
from tools.web import parts

REFRESH_S = 0.1
BEHIND_S_MAX = 2  # a lag below this is nobody's business
# Tells the page whether it is narrow, at the start and whenever that changes.
_WATCH_WIDTH = """
<script type="module">
const narrow = window.matchMedia('(max-width: 700px)');
let told = false, timer;
const tell = () => {
  if (narrow.matches === told) return;
  if (!window.did_handshake) return void (timer = setTimeout(tell, 30));
  emitEvent('bench-narrow', told = narrow.matches);
};
narrow.addEventListener('change', () => { clearTimeout(timer); timer = setTimeout(tell, 150); });
tell();
</script>
"""


class Page:
    """What one visitor sees and has in hand."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.picked: str | None = None
        self.operator = next(iter(bench.site["operators"]), None)
        self.seen = bench.driver.event_count
        self._build()
        self.refresh()
        ui.on("bench-narrow", lambda e: self._set_narrow(e.args))
        ui.timer(REFRESH_S, self.refresh)

    def _build(self) -> None:
        ui.add_body_html(_WATCH_WIDTH)
        with parts.box("div", "page"):
            self.header = Header(self)
            self.banner = Banner(self)
            with parts.box("div", "columns"):
                with parts.box("div", "left"):
                    self.people = People(self)
                with parts.box("div", "middle"):
                    self.floor = Floor(self)
                    self.doors = Doors(self)
                    self.controllers = Controllers(self)
                    self.readers = Readers(self)
                with parts.box("div", "right"):
                    self.troubles = Troubles(self)
                    self.areas = Areas(self)
                    self.stream = Stream(self)
            self.foot = parts.line("p", "", "foot quiet")
        self.live = parts.box("div", "sr-only", role="status", aria_live="polite")
        with self.live:
            self.spoken = parts.line("span")
        left = [self.header, self.banner, self.people]
        self.panels = [*left, self.floor, self.troubles, self.areas, self.doors, self.controllers, self.readers]

    def refresh(self) -> None:
        """Bring the page up to the site."""
        new = self.bench.events_since(self.seen)
        self.seen = self.bench.driver.event_count
        self.stream.add(new)
        for event in new:
            self._notice(event)
        for text in sorted({f"Refused: {e.get('reason')}" for e in new if e["type"] == "command.refused"}):
            self.say(text)
        view = self.bench.view()
        for panel in self.panels:
            panel.update(view)
        self._foot()

    def _notice(self, event: dict) -> None:
        if event["type"] in ("access.granted", "access.denied"):
            self.floor.bubbles.answer(event)
            self.floor.keypad.answered(event)

    def _foot(self) -> None:
        faults = self.bench.faults
        text = f"{faults.total} faults counted. Newest: {faults.newest}" if faults.total else "No faults counted."
        behind_s = self.bench.driver.behind_s()
        if behind_s > BEHIND_S_MAX:
            text = f"The simulator is {behind_s:.0f} s behind the clock. {text}"
        self.foot.set_text(text)

    def _set_narrow(self, value: object) -> None:
        if isinstance(value, bool):
            self.floor.draw(is_narrow=value)
        else:
            self.bench.faults.count("value", "bench-narrow takes true or false")

    def pick(self, user: str) -> None:
        """Take a person's badge in hand; again puts it back."""
        self.picked = None if self.picked == user else user

    def command(self, action: str, **fields) -> None:
        """Act as the chosen operator."""
        if self.operator is None:
            self.say("This site has no operators.")
        else:
            self.check(self.bench.command(self.operator, action, **fields))

    def check(self, refusal: str | None) -> None:
        """Show a refusal, if there was one."""
        if refusal:
            self.say(refusal)

    def say(self, text: str) -> None:
        """Show a short message for a moment."""
        ui.notify(text, position="top", color="dark", timeout=4000)

    def tell(self, text: str) -> None:
        """Say something to those who listen to the page."""
        self.spoken.set_text(text)
