"""What a badge may have to wait for, counted on CPython: `python -m tools.bench.programs.waits`. See tools/bench/waits.py.

Four boards share a hall. One is cut off for a while from the others, and all are busy meanwhile; then they meet, each hears of
what it missed, and people are judged anew. Of one board each piece of work that a badge cannot interrupt is counted.
Prints {piece: [milliseconds that it would take an ESP32, an estimate, in rising order]} as JSON.
"""

import json
from collections import defaultdict
from collections.abc import Callable

from tools.bench.strokes import Counting, Strokes

COUNTED = "c00"
BOARDS, PEOPLE = 4, 100
BADGES, MINUTE_MS = 100, 60_000  # of each board, in ten minutes
CHIP = "hal/nor.py"  # what stands for the flash: a board has none of it


class Pieces:
    """`of`: {piece: [estimate in ms]}."""

    def __init__(self, counting: Counting):
        self.of: dict[str, list[float]] = defaultdict(list)
        self._counting, self._is_within = counting, False

    def watch(self, kind: type, method: str, name: Callable[..., str]) -> None:
        """Count each call of a method of the board's parts. `name(*arguments)` is that of the piece."""
        plain = getattr(kind, method)

        def counted(part, *args):
            if part.name != COUNTED or self._is_within:
                return plain(part, *args)
            return self._count(name(*args), lambda: plain(part, *args))

        setattr(kind, method, counted)

    def _count(self, name: str, call: Callable):
        found = []
        self._is_within = True
        try:
            strokes = self._counting.count(lambda: found.append(call()))
        finally:
            self._is_within = False
        self.of[name].append(without_chip(strokes).estimate_ms())
        return found[0]


def without_chip(strokes: Strokes) -> Strokes:
    """What is left without the simulated flash."""
    for counts in (strokes.calls, strokes.lookups):
        for place in [place for place in counts if place[0] == CHIP]:
            del counts[place]
    return strokes


def main() -> None:
    pieces = Pieces(Counting())
    from firmware.node import Node
    from firmware.replica.log import Log
    from firmware.wire import messages, seal
    from host_sim.board import Board
    from tools.bench.hall import BOARD_SECTORS, Crowd, Hall, site

    made = Board._made

    def like_a_board(self):
        """Without what makes a simulation fast: nothing is shared or kept at hand."""
        node = made(self)
        if self.name == COUNTED:
            node.post.reader, node.post.sealer = messages.read, seal.seal
            node.log.shelf.facts_max = 0
        return node

    Board._made, Board.events_at_once = like_a_board, 1
    pieces.watch(Node, "handle", lambda event, now_ms: f"message {event[1].split('/')[0]}" if event[0] == "message" else event[0])
    pieces.watch(Node, "go_on", lambda now_ms: "next event")
    pieces.watch(Node, "tick", lambda now_ms: "tick")
    pieces.watch(Node, "chore", lambda now_ms: "chore")
    pieces.watch(Log, "store", lambda event: "store")
    hall = Hall(site(BOARDS, PEOPLE), flash_sectors=BOARD_SECTORS)
    crowd = Crowd(hall, sorted(hall.site.doors))
    hall.run_until(MINUTE_MS)
    for apart in ("all", [[name for name in hall.boards if name != COUNTED]], "all"):
        hall.set_network(apart)
        crowd.live(BADGES * BOARDS, hall.now_ms + 10 * MINUTE_MS)
    print(json.dumps({name: sorted(found) for name, found in pieces.of.items()}))


if __name__ == "__main__":
    main()
