"""What a controller sends, each message sealed and on its topic; and what it was sent, opened where the seal is right.

Actions: ("send", topic, bytes, is_retained).
"""

from firmware.const import const
from firmware.wire import messages, order, seal, topics

_ECHOES = const(32)  # messages that may be on their way to the broker and back


class Post:
    """The post of one controller. `entropy`: bytes that nobody can foresee, others at each start; without them it has no
    challenge, and no command is opened."""

    def __init__(self, part, hardware: str, entropy: bytes):
        self._settings, self.keys = part.settings, part.tables["keys"]
        self._name, self._hardware, self._entropy = part.settings["controller"], hardware, entropy
        self._key = seal.find_key(self.keys, "")
        self._challenge = ""
        self._own = ("log/" + self._name, "have/" + self._name)  # what comes on these is an echo, or another board of our name
        self._sent, self._turn = [-2] * _ECHOES, 0  # parts of the MACs of the newest that we sent there
        self.refused = None  # [version, reason] of a configuration that was not taken
        self.release = {}  # what the status tells of the firmware
        # A simulator, where many hear the same bytes, has faster ones.
        self.reader, self.sealer = messages.read, seal.seal
        self.renew_challenge()

    def read(self, topic: str, payload: bytes):
        """Return the message that came on a topic, or one word for what is wrong with it."""
        return self.reader(topic, payload, self._key)

    def is_echo(self, topic: str, payload: bytes) -> bool:
        """Say whether a broker gives back what was sent here. Nobody else seals the same, so nothing in it is news."""
        return topic in self._own and _mark(payload) in self._sent

    def opened(self, payload: bytes, is_retained: bool) -> tuple:
        """Return what `order.opened` does of a command to this controller."""
        return order.opened(payload, is_retained, self._settings, self.keys, self._challenge)

    def renew_challenge(self) -> None:
        """Let no command count that was signed before."""
        if self._entropy:
            self._entropy = seal.hmac(self._entropy, b"next")
            self._challenge = seal.hmac(self._entropy, b"challenge")[:8].hex()

    def send(self, message: dict) -> list:
        """Send a message of the exchange, in as many pieces as it takes."""
        actions = []
        for topic, part in topics.addressed(message, self._settings["areas"]):
            for payload in messages.encode_all(part):
                sealed = self.sealer(payload, self._key)
                actions.append(("send", topic, sealed, False))
                if topic in self._own:
                    self._sent[self._turn] = _mark(sealed)
                    self._turn = (self._turn + 1) % _ECHOES
        return actions

    def tell(self, topic: str, message: dict, is_retained: bool = True) -> tuple:
        """Say something to those who look, or to an operator."""
        message["from"] = self._name
        return ("send", topic, self.sealer(messages.encode(message), self._key), is_retained)

    def status(self, inc: int) -> tuple:
        told = {"t": "status", "online": True, "inc": inc, "hw": self._hardware, "challenge": self._challenge}
        told["configuration"] = self._settings["version"]
        told.update(self.release)
        if self.refused:
            told["refused"] = self.refused
        return self.tell("status/" + self._name, told)

    def last_will(self) -> tuple:
        """Return (topic, bytes) of what the broker publishes, retained, when this controller is gone."""
        return self.tell("status/" + self._name, {"t": "status", "online": False})[1:3]


def _mark(sealed: bytes) -> int:
    """Return 28 bits of a message's MAC, a small number on every board; -1 of what has none."""
    try:
        return int(sealed[-34:-27], 16)
    except ValueError:
        return -1
