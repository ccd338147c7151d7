"""A link to a broker that a scenario can cut: whom a controller hears, and whether it has a network at all."""

_FROM = b'"from":"'


class Wires:
    """The interface of an MqttLink, over one. `told(is_up)` hears of the broker's own comings and goings."""

    def __init__(self, link, told):
        self._link, self._told = link, told
        self._misses = set()  # names of those who are in other groups
        self._has_network = True
        self._has_broker = self._is_up = False
        self._inbox = []
        self.start, self.stop = link.start, link.stop

    @property
    def is_running(self) -> bool:
        return self._link.is_running

    def put(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        if self._is_up:
            self._link.put(topic, payload, is_retained)

    def take(self) -> list:
        self.look()
        found, self._inbox = self._inbox, []
        return found

    def look(self) -> None:
        """Take what has come over the link, for the next `take`."""
        for event in self._link.take():
            if event[0] == "link":
                self._has_broker = event[1]
                self._told(event[1])
                self._change()
            elif self._is_up and self._may_hear(event[1], event[2]):
                self._inbox.append(event)

    def set_network(self, misses) -> None:
        """Let this controller not hear those; None: it has no network."""
        was, was_up = self._misses, self._is_up
        self._misses, self._has_network = set(misses or ()), misses is not None
        self._change()
        if was_up and self._is_up and was != self._misses:
            self._inbox.append(("link", True))  # another broker

    def _change(self) -> None:
        is_up = self._has_broker and self._has_network
        if is_up != self._is_up:
            self._is_up = is_up
            self._inbox.append(("link", is_up))

    def _may_hear(self, topic: str, payload: bytes) -> bool:
        if not self._misses or topic.startswith("command/"):
            return True  # commands come from consoles, who know whom they reach
        if not topic.startswith("ask/"):
            return topic[topic.find("/") + 1 :] not in self._misses
        start = payload.find(_FROM) + len(_FROM)
        return str(payload[start : payload.find(b'"', start)], "utf-8") not in self._misses
