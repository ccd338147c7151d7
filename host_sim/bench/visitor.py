"""What a visitor does at a reader: badge, type a PIN, walk through."""

import asyncio

from host_sim.bench.bench import Bench

ANSWER_S_MAX = 14  # a PIN and a companion may take this long
STEP_S = 0.05
REACH_S, PASS_S = 0.35, 1.1  # hand to the leaf; through the doorway


class Visitor:
    """Does a person's movements in real time, as asyncio tasks of their own."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def badge(self, reader: str, user: str) -> str | None:
        """Hold a card of the person before a reader: the first whose format it reads, else the first."""
        formats = self.bench.site["readers"][reader].get("formats") or []
        cards = self.bench.site["users"][user].get("cards") or []
        fitting = [card for card in cards if card.split(":")[0] in formats]
        return self.bench.driver.act("badge", reader, card=(fitting or cards or [None])[0], user=user)

    def keys(self, reader: str, digits: str) -> str | None:
        """Press keys at a reader's keypad."""
        return self.bench.driver.act("keys", reader, digits)

    async def walk(self, reader: str, user: str) -> str | None:
        """Badge, and walk through when the answer is a grant."""
        seen = self.bench.driver.event_count
        refusal = self.badge(reader, user)
        if refusal:
            return refusal
        if await self._granted(seen, reader, user):
            await self.pass_through(self.bench.site["readers"][reader]["door"])
        return None

    async def pass_through(self, door: str) -> None:
        """Open the leaf, go through, let it fall shut."""
        await asyncio.sleep(REACH_S)
        self.bench.driver.act("leaf", door, True)
        await asyncio.sleep(PASS_S)
        self.bench.driver.act("leaf", door, False)

    async def _granted(self, seen: int, reader: str, user: str) -> bool:
        """Wait for the answer to a badge. No answer is none."""
        for _ in range(int(ANSWER_S_MAX / STEP_S)):
            for event in self.bench.events_since(seen):
                if event.get("reader") == reader and event.get("user") == user:
                    if event["type"] in ("access.granted", "access.denied"):
                        return event["type"] == "access.granted"
            await asyncio.sleep(STEP_S)
        return False
