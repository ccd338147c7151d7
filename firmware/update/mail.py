"""The link of a board in minimal mode: it tells that the board is there, and takes a new release. Nothing else is heard.

The firmware that a node is made of may be what fails, so none of it works here. Where doors pause for one release it is over as soon
as that is here, is refused, or does not come in time. They may pause for a configuration, too: then that is what is taken.
"""

import json

from firmware.const import const
from firmware.update import PAUSED, records
from firmware.wire import seal

_LINK_MS = const(5)  # how long a message lies in the link's mailbox
_RELINK_MS = const(1000)
# A pause, at most: without a word from whoever has the release; in all; until what was said last is at the broker.
_SILENT_MS = const(60_000)
_WHOLE_MS = const(600_000)
_TELL_MS = const(2000)
_NEVER_MS = const(1 << 60)
_CONFIG, _UPDATE = const(b'{"t":"config"'), const(b'{"t":"update"')


class Mail:
    """`make_link(mail)` gives what firmware/app.py calls a link; `releases`: a Releases; `is_calm()`: of Minimal.

    `is_pause`: doors pause for one release, or for a configuration, which goes into `store`, a Store. `is_over`: a new one waits to be
    tried, or doors have paused for long enough.
    """

    def __init__(self, settings: dict, keys, releases, store, is_calm, make_link, is_pause: bool = False):
        self.is_over = self._is_refused = False
        self._version, self._silent_ms, self._over_ms = None, _SILENT_MS, _NEVER_MS
        self._name, self._key, self._releases = settings["controller"], seal.find_key(keys, ""), releases
        told = records.told(releases.tree, PAUSED) if is_pause else {}
        self._is_update = told.get("for") != "config"
        if is_pause:
            releases.status["pause"] = told.get("version" if self._is_update else "config", 0)
            # What is older is refused, and ends no pause.
            self._version = releases.status["pause"] if self._is_update else settings["version"] + 1
        if self._is_update:
            from firmware.update.updating import Updating as Fetching
        else:
            from firmware.config.configuring import Configuring as Fetching

        self._fetching = Fetching(settings, keys, releases.open() if self._is_update else store, lambda waited_ms: is_calm())
        self._link = make_link(self)
        self._relink_ms = 0

    def subscriptions(self) -> list:
        """Return the filters of the topics that this board listens to."""
        return ["config/" + self._name]

    def last_will(self) -> tuple:
        """Return (topic, bytes) of what the broker publishes, retained, when this board is gone."""
        return ("status/" + self._name, self._status({}))

    def turn(self, now_ms: int) -> int:
        """Hear what has come and do a piece of what is due. Returns how long nothing needs doing, in ms."""
        if not self._link.is_running and now_ms >= self._relink_ms:
            self._relink_ms = now_ms + _RELINK_MS
            self._link.start()
        for event in self._link.take():
            self._hear(event, now_ms)
        if self._fetching.due_ms <= now_ms:
            self._follow(self._fetching.tick(now_ms))
        if self._version is not None:
            self._watch(now_ms)
        if self._fetching.has_work():
            self._follow(self._fetching.work(now_ms))
            return 0
        return _LINK_MS

    def _watch(self, now_ms: int) -> None:
        """See whether doors have paused for long enough. Once all of it is here it only waits for whoever wants out."""
        is_late = now_ms >= _WHOLE_MS or now_ms >= self._silent_ms and not self._fetching.is_ready()
        if is_late and not self._is_refused:
            self._follow([("refused", None, self._version, "it did not come in the time for which doors pause")])
        if self._is_refused:
            self._over_ms = min(self._over_ms, now_ms + _TELL_MS)
            self.is_over = self.is_over or now_ms >= self._over_ms

    def _hear(self, event: tuple, now_ms: int) -> None:
        if event[0] == "message":
            self._silent_ms = now_ms + _SILENT_MS
        other = _CONFIG if self._is_update else _UPDATE
        if event[0] == "message" and event[1] == "config/" + self._name and not event[2].startswith(other):
            self._follow(self._fetching.take(event[2], now_ms))
        elif event[0] == "link" and event[1]:
            self._put({}, True)
            self._fetching.link(now_ms)

    def _follow(self, results: list) -> None:
        for result in results:
            if result[0] == "want":
                self._put({"want": result[1]}, False)
            elif result[0] == "refused":
                self._releases.status["refused_update" if self._is_update else "refused"] = [result[2], result[3]]
                # An old one that somebody repeats ends no pause.
                self._is_refused = self._is_refused or self._version is not None and (result[2] or 0) >= self._version
                self._put({}, True)
            elif result[0] == "staged":
                self._releases.status["staged"] = result[1]
                self._put({}, True)
            else:  # reboot, restart
                self.is_over = True

    def _put(self, more: dict, is_retained: bool) -> None:
        self._link.put("status/" + self._name, self._status(more), is_retained)

    def _status(self, more: dict) -> bytes:
        """Say that this is no controller: whoever asks it for a judgement would wait in vain. So it wants nothing on `want` either."""
        told = {"t": "status", "from": self._name, "online": False, "minimal": True}
        told.update(self._releases.status)
        told.update(more)
        return seal.seal(json.dumps(told).encode(), self._key)
