"""What people do to a simulated site: cards, keys, doors, contacts and operators' commands."""

import json

from firmware.wire import seal
from firmware.wire.keypad_codec import encode_key
from firmware.wire.wiegand_texts import encode_card

from host_sim.board import Board
from host_sim.views import WorldError

BIT_MS = 2
_KEY_MS = 100
_FRAME_GAP_MS = 60
_OF_READERS = ("pair", "rotate")
_SITE_WIDE = ("emergency", "lockdown", "release", "retire", "restore")


class Hands:
    """The acting half of a world; it has `site`, `boards`, `timeline` and `network`."""

    def badge(self, reader: str, card: str | None = None, user: str | None = None) -> None:
        """Present a card: pulses on the reader's two wires, or an OSDP reader's answer to the next poll."""
        if card is None:
            cards = self._named(self.site.users, user, "user").cards
            if not cards:
                raise WorldError(f"user '{user}' has no card")
            card = cards[0]
        try:
            bits = encode_card(card)
        except ValueError as error:
            raise WorldError(f"card '{card}': {error}") from None
        if reader in self.lines.devices:
            self.lines.devices[reader].present(bits)
        else:
            self.bits(reader, bits)

    def bits(self, reader: str, bits: str) -> None:
        """Send raw bits over a Wiegand reader's wires."""
        board = self._board_of_wires(reader)
        wait_ms = max(0, board.reader_free_ms.get(reader, 0) - self.now_ms)
        for place, bit in enumerate(bits):
            self.after(wait_ms + place * BIT_MS, board.handle, ("bit", reader, int(bit)))
        board.reader_free_ms[reader] = self.now_ms + wait_ms + len(bits) * BIT_MS + _FRAME_GAP_MS

    def keys(self, reader: str, digits: str) -> None:
        """Press keys of a reader's keypad, one after the other."""
        kind = self._named(self.site.readers, reader, "reader").keypad
        for place, key in enumerate(digits):
            if reader in self.lines.devices:
                if key not in "0123456789*#":
                    raise WorldError(f"a keypad has no key '{key}'")
                self.after(place * _KEY_MS, self.lines.devices[reader].press, key)
                continue
            try:
                bits = encode_key(kind, key)
            except (KeyError, ValueError):
                raise WorldError(f"a keypad has no key '{key}'") from None
            self.after(place * _KEY_MS, self.bits, reader, bits)

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
        if reader not in self.lines.devices:
            raise WorldError(f"reader '{reader}' is no OSDP reader: it has no fault '{fault}'")
        self.lines.devices[reader].set_fault(fault, is_on)

    def _board_of_wires(self, reader: str) -> Board:
        board = self._board_of_reader(reader)
        if reader in self.lines.devices:
            raise WorldError(f"reader '{reader}' is an OSDP reader: no raw bits")
        return board

    def command(self, fields: dict) -> None:
        """Let an operator ask for something; the controllers decide whether he may."""
        self._nonces += 1
        command = {"nonce": f"n{self._nonces}", **fields}
        for board in self._addressees(command):
            self.command_to(board.name, command)

    def command_to(self, controller: str, command: dict) -> None:
        """Send one controller a command as a console does: signed, and with the challenge of its `status`."""
        status = self.network.kept("status/" + controller)
        if status is None:
            return
        payload = signed(self.site, self.secrets, controller, json.loads(status).get("challenge", ""), command)
        self.boards[controller].handle(("message", "command/" + controller, payload, False))

    def _addressees(self, command: dict) -> list[Board]:
        """Return whom the operators' console sends a command: in the first group only."""
        boards = [self.boards[name] for name in self.network.first_group() if name in self.boards]
        online = [board for board in boards if board.has_power]
        if command.get("action") in _SITE_WIDE:
            return online
        for key, section, where in (("area", "areas", "areas"), ("door", "doors", "doors"), ("output", "outputs", "outputs")):
            name = command.get(key)
            if isinstance(name, str) and name in getattr(self.site, section):
                return [board for board in online if _answers_for(board, where, name)][:1]
        if command.get("action") in _OF_READERS and command.get("reader") in self.site.readers:
            return [board for board in online if board is self._board_of_reader(command["reader"])]
        return online[:1]

    def _switch(self, board: Board, name: str, is_active: bool) -> None:
        board.contacts[name] = is_active
        board.handle(("input", name, is_active))


def signed(site, keys, controller: str, challenge: str, command: dict) -> bytes:
    """Return a command as an operator's console sends it; somebody who is no operator has made up a key."""
    fields, operator = dict(command), command.get("operator")
    fields.pop("operator", None)
    is_one = isinstance(operator, str) and operator in keys.operators
    role = site.operators[operator].role if is_one else "site_admin"
    envelope = {"to": controller, "site": site.site, "role": role, "challenge": challenge}
    message = {"t": "command", "from": operator, "action": fields.pop("action", None), **fields, **envelope}
    key = keys.key_for(operator, controller) if is_one else b"made up"
    return seal.seal(json.dumps(message, separators=(",", ":")).encode(), key)


def _answers_for(board: Board, section: str, name: str) -> bool:
    """Say whether a board takes commands for a door or output of its own, or an area with readers of its own."""
    settings = board.part.settings[section]
    return name in settings and board.name in settings[name].get("controllers", [board.name])
