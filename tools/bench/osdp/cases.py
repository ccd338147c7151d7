"""One panel and its readers on a wire, and what a fault did to them."""

from tools.bench.osdp.seen import poll_gaps_us, secure_us
from tools.bench.osdp.wire import Sent, Wire

KEY = bytes.fromhex("9c1f0b6e5ad2874433e81720cbf5a96d")
FIRST, SECOND = "10111011000000110010000110", "10001111100000001010100011"
_SECOND_US = 1_000_000
_AGAIN_US = 2 * _SECOND_US  # until somebody shows a card again
_BEGIN_US_MAX = 60 * _SECOND_US  # a panel that never was in Secure Channel loses nothing by a fault


class Bench:
    """A panel and its readers, at addresses from 1 on, from the moment that they get power: `start_us`."""

    def __init__(self, panel, reader, count: int, baud: int, clock):
        self.start_us = clock()
        self.wire = Wire(baud)
        self.addresses = list(range(1, count + 1))
        self.panel = panel(self.addresses, KEY, self.wire.end(False), clock)
        self.readers = [reader(no, KEY, self.wire.end(True), clock) for no in self.addresses]

    def refresh(self) -> None:
        self.panel.refresh()
        for reader in self.readers:
            reader.refresh()

    def secure_us(self) -> int | None:
        """From power to Secure Channel with all readers."""
        each = [secure_us(self._with(no), self.start_us) for no in self.addresses]
        known = [us for us in each if us is not None]
        return max(known) - self.start_us if len(known) == len(each) else None

    def gaps_us(self) -> list[int]:
        """The times between two polls of the same reader, since Secure Channel with all."""
        taken_us = self.secure_us()
        return [] if taken_us is None else poll_gaps_us(self.wire.sent, self.start_us + taken_us)

    def _with(self, address: int) -> list[Sent]:
        """What was sent to and from one reader."""
        return [frame for frame in self.wire.sent if frame.data.lstrip(b"\xff")[1] & 0x7F == address]


class Case:
    """A fault on a bench that is online: a card is shown in the midst of it, and another one two seconds after it."""

    def __init__(self, name: str, bench: Bench, fault):
        self.name = name
        self.bench = bench
        self._fault = fault
        self._shown_us: dict[str, int] = {}

    def refresh(self, now_us: int) -> None:
        self.bench.refresh()
        over_us = self._fault.over_us
        if not self._shown_us and self._is_quiet(now_us):
            self.bench.wire.fault = self._fault
            self._show(FIRST, now_us)
        elif len(self._shown_us) == 1 and over_us is not None and now_us >= over_us + _AGAIN_US:
            self._show(SECOND, now_us)

    def back_us(self) -> int | None:
        """From when the line was good again to Secure Channel."""
        over_us = self._fault.over_us
        us = None if over_us is None else secure_us(self.bench.wire.sent, over_us)
        return None if us is None else us - over_us

    def cards_us(self) -> list[int | None]:
        """How long each of the two cards took; None for what never came."""
        return [self._card_us(FIRST), self._card_us(SECOND)]

    def is_over(self, now_us: int, wait_us: int) -> bool:
        """Say whether all has come that can come, or was waited for."""
        over_us = self._fault.over_us
        if over_us is None:
            return now_us >= self.bench.start_us + _BEGIN_US_MAX
        return now_us >= over_us + wait_us or (self._card_us(SECOND) is not None and self.back_us() is not None)

    def _is_quiet(self, now_us: int) -> bool:
        last = self.bench.wire.sent[-1]
        return last.is_reply and last.end_us < now_us

    def _show(self, card: str, now_us: int) -> None:
        self._shown_us[card] = now_us
        self.bench.readers[0].show(card)

    def _card_us(self, card: str) -> int | None:
        came = [at_us for at_us, bits in self.bench.panel.cards if bits == card]
        return came[0] - self._shown_us[card] if came else None
