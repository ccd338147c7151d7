"""What a visitor does at a reader: badge, type a PIN, walk through."""

import asyncio

from host_sim.bench.bench import Bench

ANSWER_S_MAX = 14  # a PIN and a companion may take this long
STEP_S = 0.05
REACH_S, PASS_S = 0.35, 1.1  # hand to the leaf; through the doorway
LAMPS = {"granted": True, "denied": False, "denied_apb": False}


class Visit:
    """One badge at one reader, from now on."""

    def __init__(self, bench: Bench, reader: str, user: str) -> None:
        self.bench, self.reader, self.user = bench, reader, user
        self._seen, self._lamp = bench.driver.event_count, bench.view().signals[reader]
        self._controller = bench.site["doors"][bench.site["readers"][reader]["door"]]["controller"]

    def told(self) -> bool | None:
        """Tell what an event says of it; None: there is none yet."""
        for event in self.bench.events_since(self._seen):
            if event.get("reader") == self.reader and event.get("user") == self.user:
                if event["type"] in ("access.granted", "access.denied"):
                    return event["type"] == "access.granted"
        return None

    async def answer(self) -> bool | None:
        """Wait for what an event says; where none comes, for what the reader shows."""
        for _ in range(int(ANSWER_S_MAX / STEP_S)):
            found = self.told()
            if found is None:
                found = self._shown()
            if found is not None:
                return found
            await asyncio.sleep(STEP_S)
        return None

    def _shown(self) -> bool | None:
        view = self.bench.view()
        lamp = view.signals[self.reader]
        return None if lamp == self._lamp or view.boards[self._controller].is_told else LAMPS.get(lamp[0])


class Visitor:
    """Does a person's movements in real time, as asyncio tasks of their own."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def badge(self, reader: str, user: str) -> str | None:
        """Hold a card of the person before a reader: the first whose format it reads, else the first."""
        formats = self.bench.site["readers"][reader].get("formats") or []
        cards = self.bench.site["users"][user].get("cards") or []
        fitting = [card for card in cards if card.split(":")[0] in formats]
        return self.bench.act("badge", reader, card=(fitting or cards or [None])[0], user=user)

    def keys(self, reader: str, digits: str) -> str | None:
        """Press keys at a reader's keypad."""
        return self.bench.act("keys", reader, digits)

    async def pass_through(self, door: str) -> None:
        """Open the leaf, go through, let it fall shut."""
        await asyncio.sleep(REACH_S)
        self.bench.act("leaf", door, True)
        await asyncio.sleep(PASS_S)
        self.bench.act("leaf", door, False)
