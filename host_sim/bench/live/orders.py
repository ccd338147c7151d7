"""Operators' commands on their way: signed, over the broker, to whom they are for, as `backstop` gives them."""

import secrets

from host_sim.hands import signed
from host_sim.views import WorldError
from tools.backstop.orders import ANSWER_S, SITE_WIDE, addressees

_NONCE_BYTES = 12
_ANSWER_MS = ANSWER_S * 1000


class Orders:
    """What of them has no answer yet. `house`: the site; `listener`: its console; `faults` counts those without one."""

    def __init__(self, house, listener, faults):
        self._house, self._listener, self._faults = house, listener, faults
        self._open: dict[str, tuple] = {}  # nonce -> (command, who was asked, who is left to ask, when that is due)

    def give(self, fields: dict) -> None:
        """Send a command. Raises: WorldError where nobody can be reached."""
        meant = addressees(self._house.site, fields["action"], fields)
        there = [name for name in meant if name in self._listener.online()]
        if not there:
            raise WorldError(f"Nobody is reachable of {', '.join(meant)}: nothing was sent.")
        command = {"nonce": secrets.token_hex(_NONCE_BYTES), **fields}
        if fields["action"] in SITE_WIDE:
            for name in there:
                self._send(name, command)
        else:
            self._ask(command, there)

    def turn(self) -> None:
        """Take the answers that came; after a while without one ask the next."""
        for _, _, reply in self._listener.replies:
            self._open.pop(reply.get("nonce"), None)
        self._listener.replies.clear()
        for nonce, (command, asked, left, due_ms) in list(self._open.items()):
            if due_ms <= self._house.now_ms:
                del self._open[nonce]
                if left:
                    self._ask(command, left)
                else:
                    self._faults.count("command", f"{command['action']}: no answer from {asked}")

    def _ask(self, command: dict, names: list[str]) -> None:
        self._send(names[0], command)
        self._open[command["nonce"]] = (command, names[0], names[1:], self._house.now_ms + _ANSWER_MS)

    def _send(self, controller: str, command: dict) -> None:
        challenge = self._listener.challenge(controller) or ""
        payload = signed(self._house.site, self._house.secrets, controller, challenge, command)
        self._listener.publish("command/" + controller, payload)
