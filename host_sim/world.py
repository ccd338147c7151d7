"""The simulated site: boards, doors and people in virtual time that jumps from deadline to deadline."""

import heapq
import random
from collections.abc import Callable

from firmware.wire.keypad_codec import encode_key
from firmware.wire.wiegand import encode_card
from tools.site import parts

from host_sim.board import Board
from host_sim.network import Network
from host_sim.seconds import in_seconds
from host_sim.views import Views, WorldError

_BIT_MS = 2
_KEY_MS = 100
_FRAME_GAP_MS = 60
_WILL_MS = 100  # until the others hear that a controller is gone
_NTP_MS = 3600 * 1000
_TICKS_MAX = 1000  # at one moment
_SITE_WIDE = ("emergency", "lockdown", "release", "retire", "restore")


class World(Views):
    """One site at work. Times are virtual milliseconds since the start; `start_ms` is Unix time."""

    def __init__(self, site, start_ms: int, seed: int = 1):
        self.site = site
        self.start_ms = start_ms
        self.now_ms = 0
        self.random = random.Random(seed)
        self.events: list[dict] = []
        self.replies: list[tuple[str, str, dict]] = []
        self.on_event: Callable[[dict], None] = lambda event: None
        self._queue: list = []
        self._queued = 0
        self._nonces = 0
        self._ticked_ms, self._ticks = 0, 0
        self._reader_free_ms: dict[str, int] = {}
        self._seen: set = set()
        site_parts = parts(site, start_s=start_ms // 1000)
        self.network = Network(sorted(site_parts), self.random)
        self.boards = {name: Board(name, site_parts[name], self) for name in sorted(site_parts)}
        for board in self.boards.values():
            board.power_on()
        for board in self.boards.values():
            board.handle(("link", True))
        self.after(_NTP_MS, self._synchronise)

    # -- time ------------------------------------------------------------------------------------

    def unix_ms(self) -> int:
        """Return the true time."""
        return self.start_ms + self.now_ms

    def after(self, delay_ms: int, what: Callable[[], None]) -> None:
        """Let something happen later."""
        self._queued += 1
        heapq.heappush(self._queue, (self.now_ms + delay_ms, self._queued, what))

    def run_until(self, until_ms: int) -> None:
        """Jump from deadline to deadline up to a time, that included."""
        while True:
            board = min(self.boards.values(), key=_due)
            queued_ms = self._queue[0][0] if self._queue else None
            if queued_ms is not None and queued_ms <= min(until_ms, _due(board)):
                at_ms, _, what = heapq.heappop(self._queue)
                self.now_ms = max(self.now_ms, at_ms)
                what()
            elif _due(board) <= until_ms:
                self.now_ms = max(self.now_ms, board.due_ms)
                self._tick(board)
            else:
                break
        self.now_ms = max(self.now_ms, until_ms)

    def _tick(self, board: Board) -> None:
        """Tick a board. One that is due again and again at the same moment would stop the world."""
        self._ticks = self._ticks + 1 if self._ticked_ms == self.now_ms else 0
        self._ticked_ms = self.now_ms
        assert self._ticks < _TICKS_MAX, f"{board.name} is due for ever at {self.now_ms} ms"
        board.tick()

    def _synchronise(self) -> None:
        for board in self.boards.values():
            board.synchronise()
        self.after(_NTP_MS, self._synchronise)

    # -- what people do --------------------------------------------------------------------------

    def badge(self, reader: str, card: str | None = None, user: str | None = None) -> None:
        """Present a card: pulses on the reader's two wires."""
        if card is None:
            cards = self._named(self.site.users, user, "user").cards
            if not cards:
                raise WorldError(f"user '{user}' has no card")
            card = cards[0]
        try:
            self.bits(reader, encode_card(card))
        except ValueError as error:
            raise WorldError(f"card '{card}': {error}") from None

    def bits(self, reader: str, bits: str) -> None:
        """Send raw bits over a reader's wires."""
        board = self._board_of_reader(reader)
        start_ms = max(self.now_ms, self._reader_free_ms.get(reader, 0))
        for place, bit in enumerate(bits):
            self.after(start_ms - self.now_ms + place * _BIT_MS, lambda bit=bit: board.handle(("bit", reader, int(bit))))
        self._reader_free_ms[reader] = start_ms + len(bits) * _BIT_MS + _FRAME_GAP_MS

    def keys(self, reader: str, digits: str) -> None:
        """Press keys of a reader's keypad, one after the other."""
        kind = self._named(self.site.readers, reader, "reader").keypad
        for place, key in enumerate(digits):
            try:
                bits = encode_key(kind, key)
            except (KeyError, ValueError):
                raise WorldError(f"a keypad has no key '{key}'") from None
            self.after(place * _KEY_MS, lambda bits=bits: self.bits(reader, bits))

    def leaf(self, door: str, is_open: bool) -> None:
        """Move a door's leaf."""
        board = self._board_of_door(door)
        board.contacts[door] = is_open
        if self.site.doors[door].sensor:
            board.handle(("leaf", door, is_open))

    def rex(self, door: str, is_pressed: bool) -> None:
        """Press or release a door's REX contact."""
        board = self._board_of_door(door)
        board.rex[door] = is_pressed
        board.handle(("rex", door, is_pressed))

    def fire(self, controller: str, is_active: bool) -> None:
        """Switch a controller's fire input."""
        board = self._named(self.boards, controller, "controller")
        names = [name for name, put in sorted(board.part.settings["inputs"].items()) if put["kind"] == "fire"]
        if not names:
            raise WorldError(f"controller '{controller}' has no fire input")
        self._switch(board, names[0], is_active)

    def input(self, name: str, is_active: bool) -> None:
        """Switch a general input."""
        controller = self._named(self.site.inputs, name, "input").controller
        self._switch(self.boards[controller], name, is_active)

    def reader(self, reader: str, fault: str, is_on: bool) -> None:
        """Give an OSDP reader a fault."""
        self._named(self.site.readers, reader, "reader")
        raise WorldError(f"reader '{reader}' is no OSDP reader: it has no fault '{fault}'")

    def command(self, fields: dict) -> None:
        """Let an operator ask for something; the controllers decide whether he may."""
        self._nonces += 1
        command = {"nonce": f"n{self._nonces}", **fields}
        for board in self._addressees(command):
            board.handle(("command", dict(command)))

    def _addressees(self, command: dict) -> list[Board]:
        """Return whom the operators' console sends a command: in the first group only."""
        group = self.network.groups[0] if self.network.groups else []
        online = [self.boards[name] for name in sorted(group) if self.boards[name].node]
        if command.get("action") in _SITE_WIDE:
            return online
        for key, section, where in (("area", "areas", "areas"), ("door", "doors", "doors"), ("output", "outputs", "outputs")):
            name = command.get(key)
            if isinstance(name, str) and name in getattr(self.site, section):
                return [board for board in online if _answers_for(board, where, name)][:1]
        return online[:1]

    # -- what befalls them -----------------------------------------------------------------------

    def set_network(self, groups) -> None:
        """Split or heal the network; "all" is one group of everybody."""
        groups = [sorted(self.boards)] if groups == "all" else groups
        for group in groups:
            for name in group:
                self._named(self.boards, name, "controller")
        before = {name: (self.network.has_link(name), self.network.hears(name)) for name in self.boards}
        self.network.set_groups(groups)
        for name, board in self.boards.items():
            after = (self.network.has_link(name), self.network.hears(name))
            if after != before[name]:
                board.link_changed()
                self._tell_who_is_gone(board, set(before[name][1]) - set(after[1]))

    def power(self, controller: str, is_on: bool) -> None:
        """Cut or restore a controller's mains."""
        board = self._named(self.boards, controller, "controller")
        if is_on and board.node is None:
            board.power_on()
        elif not is_on and board.node is not None:
            board.power_off()
            self._seen = {key for key in self._seen if key[0] != controller} | board.flash.keys(controller)
            self.after(_WILL_MS, lambda: self._announce_gone(board))

    def clock(self, controller: str, offset_s: float) -> None:
        """Let a controller's clock be off from now on, unseen."""
        board = self._named(self.boards, controller, "controller")
        board.clock_offset_ms = round(offset_s * 1000)
        if board.node and board.node.controller.site.is_clock_trusted():
            board.handle(("clock", board.unix_ms()))

    def _announce_gone(self, board: Board) -> None:
        if board.node is None:
            for other in self.network.hears(board.name):
                self._tell_who_is_gone(self.boards[other], {board.name})

    def _tell_who_is_gone(self, board: Board, gone: set) -> None:
        for name in sorted(gone):
            board.handle(("peer", name, False))

    # -- what boards do --------------------------------------------------------------------------

    def written(self, controller: str, event: dict) -> None:
        """Take an event that a board appends; each own event is told once, as it was first written."""
        key = (event["controller"], event["inc"], event["stream"], event["seq"])
        if event["controller"] != controller or key in self._seen:
            return
        self._seen.add(key)
        self.events.append(in_seconds(event, self.start_ms))
        self.on_event(self.events[-1])

    def send(self, sender: str, to: str | None, payload: bytes) -> None:
        """Carry a message to one controller or to all that hear the sender."""
        for other in self.network.hears(sender):
            if to in (None, other):
                self.after(self.network.delay_ms(), lambda other=other: self._deliver(sender, other, payload))

    def _deliver(self, sender: str, to: str, payload: bytes) -> None:
        if to in self.network.hears(sender):
            self.boards[to].handle(("message", payload))

    def replied(self, controller: str, operator: str, answer: dict) -> None:
        self.replies.append((controller, operator, answer))

    # --------------------------------------------------------------------------------------------

    def _switch(self, board: Board, name: str, is_active: bool) -> None:
        board.contacts[name] = is_active
        board.handle(("input", name, is_active))


def _answers_for(board: Board, section: str, name: str) -> bool:
    """Say whether a board takes commands for a door or output of its own, or an area with readers of its own."""
    settings = board.part.settings[section]
    return name in settings and board.name in settings[name].get("controllers", [board.name])


def _due(board: Board) -> float:
    return float("inf") if board.due_ms is None else board.due_ms
