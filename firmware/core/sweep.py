"""Something done to everybody: bit by bit, because for thousands of people it takes longer than a door may wait.

Whoever is looked at before his turn is done then.
"""


class Sweep:
    """`change(no)` does it to one person and returns (area, no) of his standings that may have changed; the numbers end at `end`.

    `resets`: {area: at_ms} where whoever has not been in since then is not in any more. `is_refold`: it takes up every fact in the log.
    """

    def __init__(self, change, end: int, resets: dict, is_refold: bool = False):
        self.change = change
        self.resets = resets
        self.is_refold = is_refold
        self.next = 0  # those before are done
        self._end = end
        self._done = set()  # of the others

    def is_open(self, no: int) -> bool:
        """Say whether somebody is still to be done."""
        return self.next <= no < self._end and no not in self._done

    def take(self, no: int) -> bool:
        """Let somebody count as done. False: he did already."""
        was_open = self.is_open(no)
        if was_open:
            self._done.add(no)
        return was_open

    def step(self) -> int | None:
        """Return whose turn it is; None: everybody has been done."""
        while self.next < self._end:
            no = self.next
            if self.is_open(no):
                return no
            self._done.discard(no)
            self.next += 1
        return None
