"""The watchdog: fed only while every task goes on. Once started nothing stops it, and a board that hangs starts again.

Limits: a flash erase, a collection or a handshake may hold everything for seconds, so that 8 s are the least.
Source: MicroPython, machine.WDT.
"""

from firmware.const import const

TIMEOUT_MS = const(10_000)


class Watchdog:
    """`wdt`: a machine.WDT. `tasks`: names of those who have to tick between any two feeds."""

    def __init__(self, wdt, tasks: tuple):
        self._wdt = wdt
        self._all = (1 << len(tasks)) - 1
        self._bits = {name: 1 << number for number, name in enumerate(tasks)}
        self._ticked = 0

    def tick(self, task: str) -> None:
        """Take that a task is alive; feed when all have said so."""
        self._ticked |= self._bits[task]
        if self._ticked == self._all:
            self._ticked = 0
            self._wdt.feed()

    def missing(self) -> list:
        """Return the names of the tasks that it waits for."""
        return sorted([name for name in self._bits if not self._ticked & self._bits[name]])
