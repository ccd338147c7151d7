"""A console that follows a whole site: messages in, messages out, batches into the history. Time arrives as an argument."""
import dataclasses
from collections import Counter
from collections.abc import Callable

from firmware.core.site_state import Switches, retired_incs, retired_name
from firmware.replica.exchange import Exchange
from firmware.wire import messages, seal, topics
from tools.console.history import History, Query
from tools.console.replica.commits import Commits
from tools.console.replica.log import ReplicaLog
from tools.console.replica.peers import Peers

STREAMS = ("facts", "notes", "site")
KINDS = ("log", "have", "want", "status")  # of topics, that it listens to
_ERR_MS = 100
_RETIREMENTS = ("controller.retired", "controller.restored")


@dataclasses.dataclass(frozen=True)
class Place:
    """Who the console is: its name in the site file, the controllers, the other consoles, the key between them all."""

    name: str
    controllers: tuple[str, ...]
    consoles: tuple[str, ...]
    key: bytes


class Follower:
    """`send(topic, payload)`; `unix_ms()`: the time. `serves`: whether others get events from here that nobody else has.

    Two consoles of a site have names of their own.
    """

    def __init__(self, place: Place, history: History, hear, send: Callable, unix_ms: Callable, seed: int, serves: bool = True):
        self.place, self.serves = place, serves
        self.faults: Counter[str] = Counter()
        self._send, self._unix_ms, self._history = send, unix_ms, history
        self._log = ReplicaLog(history)
        self._heard_all = hear
        self._commits = Commits(history, self._log, self._hear, unix_ms)
        self.peers = Peers(place.controllers, self._log)
        follows = {stream: sorted(place.controllers) for stream in STREAMS}
        self._exchange = Exchange(
            place.name, 0, follows, self._log, lambda _: 0, lambda _: unix_ms(), self._tell,
            hardware=place.name, seed=seed, keeps_all_notes=True,
        )  # fmt: skip
        self._retired = Switches()
        self._note_retirements(self._all_retirements())

    # -- what happens to it ----------------------------------------------------------------------

    def link(self, is_up: bool, now_ms: int) -> None:
        if not is_up:
            self.peers.link_lost()
        self._act(self._exchange.link(is_up, now_ms), now_ms)

    def message(self, topic: str, payload: bytes, is_retained: bool, now_ms: int) -> None:
        message = messages.read(topic, payload, self.place.key)
        if isinstance(message, str):
            self.faults[message] += 1
            return
        sender = message["from"]
        if sender == self.place.name:
            return  # a broker sends us our own, too
        if sender not in self.place.controllers and sender not in self.place.consoles:
            self.faults["stranger"] += 1
            return
        if message["t"] == "status":
            self._take_status(message, is_retained, now_ms)
            return
        self.peers.heard(message, now_ms, self._unix_ms())
        if self._commits.is_full() and message["t"] == "log":
            self.faults["no room"] += len(message["entries"])  # all of it can be had later
            return
        self._act(self._exchange.receive(message, now_ms), now_ms)

    def tick(self, now_ms: int) -> None:
        self._act(self._exchange.tick(now_ms), now_ms)
        self._commits.tick(now_ms)

    def finish(self, now_ms: int) -> None:
        """Write what waits, while the database takes it."""
        while self.waiting and self._commits.commit(now_ms):
            pass

    def next_deadline_ms(self) -> int | None:
        due = [each for each in (self._exchange.next_deadline_ms(), self._commits.due_ms) if each is not None]
        return min(due, default=None)

    # -- how it is -------------------------------------------------------------------------------

    @property
    def trouble(self) -> str | None:
        """Why the database takes nothing now."""
        return self._commits.trouble

    @property
    def failures(self) -> int:
        """How often it took nothing."""
        return self._commits.failures

    @property
    def waiting(self) -> int:
        """Events that are here and not in the database yet."""
        return len(self._log.waiting)

    # --------------------------------------------------------------------------------------------

    def _take_status(self, message: dict, is_retained: bool, now_ms: int) -> None:
        self.peers.heard(message, now_ms, self._unix_ms())
        if not message["online"] and not is_retained:
            self.peers.gone(message["from"])
            self._exchange.peer(message["from"], False)

    def _act(self, results, now_ms: int) -> None:
        for result in results:
            kind = result[0]
            if kind == "send":
                self._publish(result[2])
            elif kind == "take":
                self._commits.arrived(now_ms)
            elif kind == "gone":
                self._act(self._exchange.skipped(*result[1:], now_ms=now_ms), now_ms)
                self._commits.arrived(now_ms)
            elif kind == "closed":
                self._log.closed(result[1:4], result[4])
                self._commits.arrived(now_ms)
            elif kind in ("conflict", "twins"):
                self.faults[kind] += 1
                self.peers.doubled(result[1], now_ms)
        if self._log.lost:
            self._commits.arrived(now_ms)

    def _publish(self, message: dict) -> None:
        if message["t"] == "log" and not self.serves:
            return
        ((topic, addressed),) = topics.addressed(message, {})
        for payload in messages.encode_all(addressed):
            self._send(topic, seal.seal(payload, self.place.key))

    def _tell(self, now_ms: int) -> dict:
        return {"clock": [self._unix_ms(), _ERR_MS, True]}

    # -- what was committed ----------------------------------------------------------------------

    def _hear(self, events: list[dict]) -> None:
        self._note_retirements([event for event in events if event["type"] in _RETIREMENTS])
        self._heard_all(events)

    def _all_retirements(self) -> list[dict]:
        query, found = Query(types=_RETIREMENTS, limit=1000), []
        while query:
            page = self._history.search(query)
            found += page.events
            query = dataclasses.replace(query, after=page.next) if page.next else None
        return found

    def _note_retirements(self, events: list[dict]) -> None:
        """Whose word an operator has ended does not count; nor is he twin to anybody."""
        for event in events:
            name = retired_name(event["peer"], event.get("peer_inc"))
            self._retired.take(event, [name], event["type"] == "controller.retired")
        if events:
            self._exchange.origins.set_retired(retired_incs(self._retired))
