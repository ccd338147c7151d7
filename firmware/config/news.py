"""What a start has made of a new configuration: told once, and what is on trial has proved itself when that is in the flash."""

from firmware.config.store import Store
from firmware.const import const

_NEVER_MS = const(1 << 60)


class Proving:
    """As a node has it, where there is no room for more: its verbs return the node's actions. `store`: a Store; the rest is the node's.

    Whatever comes meanwhile for a configuration or release waits: it is told of again.
    """

    due_ms = _NEVER_MS

    def __init__(self, store, controller, exchange, post, act, carry, count):
        self._store, self._controller = store, controller
        self._act, self._count = act, count
        self._seq = None  # of the note that tells it, until it is in the flash
        store.look()

    def is_busy(self) -> bool:
        return self._seq is not None

    def has_work(self) -> bool:
        return False

    def start(self, now_ms: int) -> list:
        """The controller has started: tell it."""
        news, desk = self._store.news(), self._controller.desk
        if not news:
            return []
        version, reason = news
        fields = {"version": version}
        if reason:
            fields["reason"] = reason
        desk.begin(now_ms)
        desk.write("config.refused" if reason else "config.applied", fields)
        actions = self._act(desk.end(), now_ms)
        self._seq = self._controller.recorder.seqs["notes"]
        return actions

    def durable(self, _now_ms: int, stream: str, seq: int) -> list:
        """Something of ours is in the flash. Once the news is, it need not be told again."""
        if stream == "notes" and seq == self._seq:
            self._seq = None
            self._store.settle()
        return []

    def link(self, now_ms: int) -> None:
        """It asks nobody for anything."""

    def take(self, _now_ms: int, payload: bytes, is_retained: bool) -> list:
        self._count("config.memory")
        return []


def opened(releases, make_files, factory, *parts):
    """Return what tells the news of a start that has room for nothing else: of a release first, if there is any."""
    if releases and releases.has_news:
        from firmware.update import trial

        return trial.Proving(releases, *parts)
    return Proving(Store(make_files(), factory), *parts)
