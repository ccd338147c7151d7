"""People at the doors of a live site, and how long each waits for an answer."""

import statistics

from host_sim.hands import BIT_MS

CARD_BITS = 26


def site(controllers: int, people: int) -> dict:
    """One hard area over all controllers, a door on each; its people go in and out anywhere."""
    names = [f"c{no}" for no in range(1, controllers + 1)]
    return {
        "site": "crowd",
        "timezone": "UTC",
        "controllers": {name: {"board": "sim"} for name in names},
        "doors": {f"door_{name}": {"controller": name, "sensor": False, "relock_on": "timer", "unlock_s": 1} for name in names},
        "readers": {f"{name}_{way}": {"door": f"door_{name}"} for name in names for way in ("in", "out")},
        "areas": {
            "hall": {
                "entrances": [f"{name}_in" for name in names],
                "exits": [f"{name}_out" for name in names],
                "anti_passback": "hard",
            }
        },
        "groups": {"staff": {"access": [{"doors": ["*"]}]}},
        "users": {f"p{no}": {"groups": ["staff"], "cards": [f"H10301:1:{no + 1}"]} for no in range(people)},
        "operators": {"ada": {"role": "site_admin"}},
    }


class Crowd:
    """Taps readers of a LiveSite. `waits`: {(phase, answer): ms from the last bit of a card to the answer at its reader}."""

    def __init__(self, live):
        self.live = live
        self.phase = "up"
        self.waits: dict[tuple, list[int]] = {}
        self._asked: dict[tuple, tuple] = {}  # (reader, user) -> (phase, when the card had been read)
        self._turn = 0
        live.on_event = self._take

    def tap(self, reader: str, user: str) -> None:
        assert (reader, user) not in self._asked, f"{user} still waits at {reader}"
        self._asked[reader, user] = (self.phase, self.live.now_ms + CARD_BITS * BIT_MS)
        self.live.badge(reader, user=user)

    def go(self, seconds: float, every_ms: int = 100) -> None:
        """Let all go in, one after the other, each at another door, and then out; of ten that are in one lends the card."""
        end_ms = self.live.now_ms + seconds * 1000
        names, users = sorted(self.live.boards), sorted(self.live.site.users)
        while self.live.now_ms < end_ms:
            turn, self._turn = self._turn, self._turn + 1
            way = "out" if turn // len(users) % 2 else "in"
            self.tap(f"{names[turn % len(names)]}_{way}", users[turn % len(users)])
            self.live.run_until(self.live.now_ms + every_ms)
            if turn % 10 == 9:
                self.tap(f"{names[(turn + 1) % len(names)]}_{way}", users[turn % len(users)])
                self.live.run_until(self.live.now_ms + every_ms)

    def wait_for_answers(self, wait_s: float) -> None:
        self.live.time.wait_for(lambda: not self._asked, wait_s)
        assert not self._asked, f"nobody answered {sorted(self._asked)}"

    def longest_ms(self) -> int:
        return max(max(waits) for waits in self.waits.values())

    def told(self) -> str:
        """What was measured, in words."""
        return "; ".join(
            f"{phase}, {answer}: {len(waits)} badges, median {statistics.median(waits):.0f} ms, longest {max(waits)} ms"
            for (phase, answer), waits in self.waits.items()
        )

    def _take(self, event: dict) -> None:
        key = (event.get("reader"), event.get("user"))
        if event["type"] in ("access.granted", "access.denied") and key in self._asked:
            phase, read_ms = self._asked.pop(key)
            answer = event["type"].removeprefix("access.")
            self.waits.setdefault((phase, answer), []).append(self.live.now_ms - read_ms)
