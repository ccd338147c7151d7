"""The simulated site: boards, doors and people in virtual time that jumps from deadline to deadline."""

import json
import random
from collections import Counter
from collections.abc import Callable

from tools.site import parts
from tools.site.compiler.keys import made_up

from host_sim.board import Board
from host_sim.flash import SECTORS
from host_sim.hands import Hands
from host_sim.history import History
from host_sim.network import Network
from host_sim.osdp.lines import Lines
from host_sim.seconds import in_seconds
from host_sim.timeline import Timeline
from host_sim.troubles import Troubles
from host_sim.views import Views, WorldError

__all__ = ["World", "WorldError"]

_NTP_MS = 3600 * 1000


class World(Views, Hands, Troubles):
    """One site at work. Times are virtual milliseconds since the start; `start_ms` is Unix time.

    One seed, one course of events. `faults` counts what was made to go wrong, by kind. `histories` are the consoles
    that the site names.
    """

    def __init__(self, site, start_ms: int, seed: int = 1, flash_sectors: int = SECTORS):
        self.site = site
        self.start_ms = start_ms
        self.flash_sectors = flash_sectors
        self.random = random.Random(seed)
        self.timeline = Timeline()
        self.after, self.run_until = self.timeline.after, self.timeline.run_until
        self.faults: Counter[str] = Counter()
        self.events: list[dict] = []
        self.replies: list[tuple[str, str, dict]] = []
        self.on_event: Callable[[dict], None] = lambda event: None
        self._nonces = 0
        self._told: dict[str, set] = {}  # controller -> (inc, stream, seq) of its events
        self.network = Network(self.timeline, self.random, self.faults)
        self.secrets = made_up(site, seed)
        site_parts = parts(site, start_s=start_ms // 1000, keys=self.secrets)
        self.boards = {name: Board(name, site_parts[name], self, rank) for rank, name in enumerate(sorted(site_parts))}
        self.lines = Lines(site, seed, self.random, self.after, self._deliver)
        for name, board in self.boards.items():
            self.lines.install(name, board.keyring)
        names = list(self.boards)
        self.histories = {name: History(name, names, self, len(names) + rank) for rank, name in enumerate(site.consoles)}
        self.network.join(list(self.boards.values()), list(self.histories.values()))
        for board in self.boards.values():
            board.power_on()
        for board in self.boards.values():
            board.handle(("link", True))
        for history in self.histories.values():
            history.link_changed()
        self.after(_NTP_MS, self._synchronise)

    @property
    def now_ms(self) -> int:
        return self.timeline.now_ms

    def unix_ms(self) -> int:
        """Return the true time."""
        return self.start_ms + self.now_ms

    def _synchronise(self) -> None:
        for board in self.boards.values():
            board.synchronise()
        self.after(_NTP_MS, self._synchronise)

    def _deliver(self, controller: str, event: tuple) -> None:
        """Let a board hear what comes on a line."""
        self.boards[controller].handle(event)

    # -- what boards do --------------------------------------------------------------------------

    def written(self, controller: str, event: dict) -> None:
        """Take an event that a board appends; each own event is told once, as it was first written."""
        name, told = (event["inc"], event["stream"], event["seq"]), self._told.setdefault(controller, set())
        if event["controller"] != controller or name in told:
            return
        if event["inc"] not in (0, self.boards[controller].node.controller.recorder.inc):
            # Others knew more of its log than its own flash does: that was told when it was written.
            return
        told.add(name)
        if event["inc"] and (0, *name[1:]) in told:
            # Told already, when nobody knew yet which incarnation its board is.
            told.remove((0, *name[1:]))
            return
        self.events.append(in_seconds(event, self.start_ms))
        self.on_event(self.events[-1])

    def recall(self, board: Board) -> None:
        """A board has read its flash: what it has not in there it will write anew, as something else."""
        told = self._told.get(board.name, ())
        self._told[board.name] = {name for name in told if board.node.log.has(board.name, *name)}

    def send(self, sender: str, topic: str, payload: bytes, is_retained: bool = False) -> None:
        """Carry a message to all that hear the sender and listen to the topic."""
        if topic.startswith("reply/"):
            self.replies.append((sender, topic[len("reply/") :], json.loads(payload)))
        self.network.send(sender, topic, payload, is_retained)

