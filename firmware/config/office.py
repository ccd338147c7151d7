"""Where a node has a new configuration seen to: what comes for it, what is told of it, what is asked.

Verbs return the node's actions. It is there while `is_busy`; what has to last longer is in the flash.
"""

from firmware.config.store import Store

_NEVER_MS = 1 << 60


class Office:
    """`act`, `carry` and `count` are the node's: they turn actions and results into its own, and count faults.

    `throttle` outlives it.
    """

    def __init__(self, files, factory, throttle, controller, exchange, post, act, carry, count):
        self._controller, self._exchange, self._post = controller, exchange, post
        self._act, self._carry, self._count = act, carry, count
        self._throttle = throttle
        self._store = Store(files, factory)
        self._store.look()
        self._configuring = None  # there, once a manifest is worth more than a look
        self._news_seq = None  # of the note that tells the news, until it is in the flash

    @property
    def due_ms(self) -> int:
        return self._configuring.due_ms if self._configuring else _NEVER_MS

    def is_busy(self) -> bool:
        return self._news_seq is not None or self._configuring is not None and self._configuring.is_busy()

    def has_work(self) -> bool:
        return self._configuring is not None and self._configuring.has_work()

    def start(self, now_ms: int) -> list:
        """The controller has started: tell what this start has made of a new configuration."""
        version, reason = self._store.news()
        actions = self._note("config.refused" if reason else "config.applied", version, reason, now_ms)
        self._news_seq = self._controller.recorder.seqs["notes"]
        return actions

    def durable(self, _now_ms: int, stream: str, seq: int) -> list:
        """Something of ours is in the flash. Once the news is, it need not be told again."""
        if stream == "notes" and seq == self._news_seq:
            self._news_seq = None
            self._store.settle()
        return []

    def link(self, now_ms: int) -> None:
        if self._configuring:
            self._configuring.link(now_ms)

    def take(self, now_ms: int, payload: bytes, is_retained: bool) -> list:
        """Take a manifest, or a piece of what it names."""
        if self._store.knows(payload, is_retained):
            return []
        if self._configuring is None:
            from firmware.config.configuring import Configuring

            settings = self._controller.settings
            self._configuring = Configuring(settings, self._post.keys, self._store, self._controller)
        return self._try(lambda: self._configuring.take(payload, now_ms), now_ms)

    def tick(self, now_ms: int) -> list:
        return self._follow(self._configuring.tick(now_ms), now_ms)

    def work(self, now_ms: int) -> list:
        """Do a piece of the flash's own work."""
        return self._try(lambda: self._configuring.work(now_ms), now_ms)

    def _try(self, verb, now_ms: int) -> list:
        """Do what may take more memory than there is: doors are worth more than a new configuration."""
        try:
            return self._follow(verb(), now_ms)
        except MemoryError:
            return self._follow(self._configuring.give_up("not enough memory: start the controller anew and try again"), now_ms)

    def _follow(self, results: list, now_ms: int) -> list:
        actions = []
        for result in results:
            if result[0] == "want":
                result[1]["t"] = "want"
                actions += self._carry(self._exchange.send(result[1]), now_ms)
            elif result[0] == "refused":
                actions += self._refuse(result[1], result[2], result[3], now_ms)
            else:
                actions.append(result)
        return actions

    def _refuse(self, source: str, version: int | None, reason: str, now_ms: int) -> list:
        """Count and tell; whoever has no key can say anything, but in 10 s once."""
        self._count("config")
        if version is not None:
            self._post.refused = [version, reason]
        count = self._throttle.pass_count("config.refused", source, now_ms)
        if count is None:
            return []
        told = self._note("config.refused", version, reason, now_ms, count)
        return told + ([self._post.status(self._exchange.inc)] if self._exchange.has_link else [])

    def _note(self, kind: str, version, reason, now_ms: int, count: int = 1) -> list:
        desk, fields = self._controller.desk, {"version": version}
        if reason:
            fields["reason"] = reason
        if count > 1:
            fields["count"] = count
        desk.begin(now_ms)
        desk.write(kind, fields)
        return self._act(desk.end(), now_ms)
