"""Another board under our name: the later of the two goes on under a new incarnation.

Who hears the other as soon as its own link is up has come later. Where two with one incarnation came together, or were
brought together by a network, the one with the higher hardware id gives way after a while.
"""

from firmware.const import const

_FRESH_MS = const(10000)
_TOGETHER_MS = const(60000)
_MET_MAX = const(8)


class Namesake:
    """`hardware`: our own id."""

    def __init__(self, hardware: str):
        self._hardware = hardware
        self._link_ms = 0
        self._met = {}  # hardware id -> since when it is known, with us in its way
        self._yielded = []  # hardware ids that we gave way to

    def link_changed(self, now_ms: int) -> None:
        self._link_ms = now_ms

    def is_met(self) -> bool:
        """Say whether there is another board under our name."""
        return bool(self._met)

    def must_yield(self, own_inc: int, inc: int, hardware: str, now_ms: int) -> bool:
        """Take a heartbeat under our name. Says whether it is for us to give way, once for each board."""
        if hardware == self._hardware or own_inc == 0 or self._is_stranger_to_many(hardware):
            return False
        since_ms = self._met.setdefault(hardware, now_ms)
        is_later = now_ms - self._link_ms < _FRESH_MS and hardware not in self._yielded
        is_stuck = inc == own_inc and now_ms - since_ms >= _TOGETHER_MS and self._hardware > hardware
        if is_later or is_stuck:
            self._met[hardware] = now_ms
            self._yielded.append(hardware)
            del self._yielded[:-_MET_MAX]
            return True
        return False

    def _is_stranger_to_many(self, hardware: str) -> bool:
        return len(self._met) >= _MET_MAX and hardware not in self._met
