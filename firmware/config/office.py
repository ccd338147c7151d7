"""Where a node has a new configuration or release seen to: what comes for it, what is told of it, what is asked.

Verbs return the node's actions. It is there while `is_busy`; what has to last longer is in the flash.
"""

from firmware.config import LACK
from firmware.config.store import Store
from firmware.const import const

_NEVER_MS = const(1 << 60)
_PAGE_ROOM_BYTES = const(14_000)  # of heap, free, without which no page more is fetched: doors may need meanwhile what was free
_UPDATE = const(b'{"t":"update"')
_PIECE = const(b'{"t":"piece"')


class Office:
    """`act`, `carry` and `count` are the node's: they turn actions and results into its own, and count faults.

    `opener`: whose it is; `throttle` outlives it.
    """

    def __init__(self, opener, files, factory, throttle, controller, exchange, post, act, carry, count):
        self._controller, self._exchange, self._post = controller, exchange, post
        self._act, self._carry, self._count = act, carry, count
        self._throttle, self._releases, self._free_bytes = throttle, opener.releases, opener.free_bytes
        self._store = Store(files, factory)
        self._store.look()
        self._configuring = None  # there, once a manifest is worth more than a look
        self._proving = self._news = None  # there, while something is to be told of a release or of a configuration

    @property
    def due_ms(self) -> int:
        due_ms = self._configuring.due_ms if self._configuring else _NEVER_MS
        return min(due_ms, self._proving.due_ms) if self._proving else due_ms

    def is_busy(self) -> bool:
        return any([part is not None and part.is_busy() for part in (self._news, self._proving, self._configuring)])

    def has_work(self) -> bool:
        return self._proving is not None and self._proving.has_work() or self._configuring is not None and self._configuring.has_work()

    def start(self, now_ms: int) -> list:
        """The controller has started: tell what this start has made of a new configuration or release."""
        parts, actions = (self._controller, self._exchange, self._post, self._act, self._carry, self._count), []
        if self._releases and self._releases.has_news:
            from firmware.update.trial import Proving

            self._proving = Proving(self._releases, *parts)
            actions += self._proving.start(now_ms)
        if self._store.news():
            from firmware.config.news import Proving as News

            self._news = News(self._store, *parts)
            actions += self._news.start(now_ms)
        return actions

    def durable(self, now_ms: int, stream: str, seq: int) -> list:
        """Something of ours is in the flash. Once the news is, it need not be told again."""
        if self._news:
            self._news.durable(now_ms, stream, seq)
        return self._proving.durable(now_ms, stream, seq) if self._proving else []

    def link(self, now_ms: int) -> None:
        if self._configuring:
            self._configuring.link(now_ms)

    def take(self, now_ms: int, payload: bytes, is_retained: bool) -> list:
        """Take a manifest, or a piece of what it names."""
        if self._store.knows(payload, is_retained):
            return []
        if not self._is_seen_to(payload):
            return []
        return self._try(lambda: self._configuring.take(payload, now_ms), now_ms)

    def _is_seen_to(self, payload: bytes) -> bool:
        """Have somebody see to it. One thing comes at a time, and a configuration before a release: that one is told of again."""
        is_update, now = payload.startswith(_UPDATE), self._configuring
        if is_update and (self._releases is None or now and now.is_busy() and now.REFUSAL == "config.refused"):
            return False
        if payload.startswith(_PIECE) and now:
            return True
        if now is None or is_update is (now.REFUSAL == "config.refused"):
            self._configuring = self._updating() if is_update else self._new_configuring()
        return True

    def _new_configuring(self):
        from firmware.config.configuring import Configuring

        return Configuring(self._controller.settings, self._post.keys, self._store, self._is_calm)

    def _is_calm(self, waited_ms: int) -> bool:
        from firmware.config.calm import is_calm

        return is_calm(self._controller, waited_ms)

    def _updating(self):
        from firmware.update.updating import Updating

        self._releases.is_short = True  # until it is there
        made = Updating(self._controller.settings, self._post.keys, self._releases.open(), self._is_calm_and_linked)
        self._releases.is_short = False
        return made

    def _is_calm_and_linked(self, waited_ms: int) -> bool:
        return self._exchange.has_link and self._is_calm(waited_ms)

    def tick(self, now_ms: int) -> list:
        actions = self._proving.tick(now_ms) if self._proving else []
        return actions + (self._follow(self._configuring.tick(now_ms), now_ms) if self._configuring else [])

    def work(self, now_ms: int) -> list:
        """Do a piece of the flash's own work."""
        if self._proving and self._proving.has_work():
            return self._proving.work(now_ms)
        free_bytes = self._free_bytes()
        if free_bytes < _PAGE_ROOM_BYTES:  # doors have come to need it
            return self._stop(LACK % (_PAGE_ROOM_BYTES // 1000, free_bytes // 1000), now_ms)
        return self._try(lambda: self._configuring.work(now_ms), now_ms)

    def _try(self, verb, now_ms: int) -> list:
        """Do what may take more memory than there is: doors are worth more than a new configuration."""
        try:
            return self._follow(verb(), now_ms)
        except MemoryError:
            return self._stop("not enough memory: start the controller anew and try again", now_ms)

    def _stop(self, reason: str, now_ms: int) -> list:
        """There is no memory for what is on its way."""
        if self._configuring.may_pause and self._releases:  # it is told of again, and then doors do
            self._releases.is_short, self._configuring = True, None
            return []
        return self._follow(self._configuring.give_up(reason), now_ms)

    def _follow(self, results: list, now_ms: int) -> list:
        actions = []
        for result in results:
            if result[0] == "want":
                result[1]["t"] = "want"
                actions += self._carry(self._exchange.send(result[1]), now_ms)
            elif result[0] == "refused":
                actions += self._refuse(result[1], result[2], result[3], now_ms)
            elif result[0] == "staged":
                self._releases.status["staged"] = result[1]
                actions += self._note("update.staged", result[2], None, now_ms) + self._status()
            else:
                actions.append(result)
        return actions

    def _status(self) -> list:
        return [self._post.status(self._exchange.inc)] if self._exchange.has_link else []

    def _refuse(self, source: str, version: int | None, reason: str, now_ms: int) -> list:
        """Count and tell; whoever has no key can say anything, but in 10 s once."""
        kind, fields = self._configuring.REFUSAL, {"version": version}
        self._count("config")
        if kind != "config.refused":
            fields = self._configuring.told()
            self._releases.status["refused_update"] = [version, reason]
        elif version is not None:
            self._post.refused = [version, reason]
        count = self._throttle.pass_count(kind, source, now_ms)
        if count is None:
            return []
        return self._note(kind, fields, reason, now_ms, count) + self._status()

    def _note(self, kind: str, fields: dict, reason, now_ms: int, count: int = 1) -> list:
        desk, fields = self._controller.desk, dict(fields)
        if reason:
            fields["reason"] = reason
        if count > 1:
            fields["count"] = count
        desk.begin(now_ms)
        desk.write(kind, fields)
        return self._act(desk.end(), now_ms)
