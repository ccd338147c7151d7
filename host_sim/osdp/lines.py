"""The RS-485 lines of a site, with a simulated reader for each OSDP reader that the site has.

A frame is heard by everybody on its line when its last bit is out; an answer begins a little later. Readers have keys of
their own, as if an installer had paired them, and keep them whatever happens to their board.
"""

from collections.abc import Callable

from firmware.wire.seal import hmac

from host_sim.osdp.device import Pd

_REPLY_MS = 3
_NOISE = 12  # one frame in so many is spoiled
_SAID_MAX = 50
_ENTER, _CLEAR = 0x0D, 0x7F
FAULTS = ("tamper", "mute", "noise", "lose_key")


class Device(Pd):
    """A reader on a line. `faults`: those that it has now."""

    def __init__(self, name: str, reader, key: bytes | None):
        super().__init__(reader.address, key, resends=True)
        self.pdid = hmac(name.encode(), b"reader")[:12]  # another for each
        self.cuid = self.pdid[:8]
        self.name, self.bus, self.baud = name, reader.bus, reader.baud
        self.faults: set[str] = set()
        self._lost_key: bytes | None = None

    def wire_ms(self, data: bytes) -> int:
        return len(data) * 10_000 // self.baud + 1

    def present(self, bits: str) -> None:
        """Read a card. A reader that nobody hears may as well be without power."""
        if self.mute:
            return
        padded = bits + "0" * (-len(bits) % 8)
        data = int(padded, 2).to_bytes(len(padded) // 8, "big")
        self.news.append((0x50, b"\0\1" + len(bits).to_bytes(2, "little") + data))

    def press(self, key: str) -> None:
        """Press one key of the keypad."""
        if self.mute:
            return
        code = {"#": _ENTER, "*": _CLEAR}.get(key, ord(key))
        self.news.append((0x53, bytes([0, 1, code])))

    def set_fault(self, fault: str, is_on: bool) -> None:
        """Have one of FAULTS, or be without it again."""
        (self.faults.add if is_on else self.faults.discard)(fault)
        if fault == "mute":
            self.mute = is_on
        elif fault == "tamper":
            self.is_open = is_on
            self.news.append(self.local_status())
        elif fault == "lose_key" and is_on and self.key:
            self._lost_key = self.key
            self._begin(None)
        elif fault == "lose_key" and not is_on and self._lost_key:
            self._begin(self._lost_key)
            self._lost_key = None

    def _begin(self, key: bytes | None) -> None:
        """Start with that key; without one as from the factory, where the default one is taken."""
        self.key, self.takes_default = key, key is None
        self.restart()

    def hear(self, data: bytes) -> bytes:
        reply = super().hear(data)
        if self.key and "lose_key" in self.faults:
            self.faults.discard("lose_key")  # it was given another
            self._lost_key = None
        del self.said[:-_SAID_MAX]
        return reply


class Lines:
    """`after(ms, verb, *words)` is the time; `deliver(controller, event)` hands a board what comes; `random` spoils frames."""

    def __init__(self, site, seed, random, after: Callable, deliver: Callable[[str, tuple], None]):
        self._random, self._after, self._deliver = random, after, deliver
        self._site = site
        self._real: dict[tuple[str, str], Callable[[bytes], None]] = {}
        self.devices: dict[str, Device] = {}
        for name, reader in site.readers.items():
            if reader.protocol == "osdp":
                key = None if reader.allow_plain else hmac(f"{seed}".encode(), name.encode())[:16]
                self.devices[name] = Device(name, reader, key)

    def install(self, controller: str, keyring) -> None:
        """Let a new board share the keys of its readers; a board that has some already knows better."""
        for name in self._of(controller):
            kept, device = keyring.get(name), self.devices[name]
            if kept and kept[0]:
                device.key = kept[0]
            elif device.key:
                keyring.put(name, device.key)

    def baud(self, controller: str, bus: str) -> int:
        """Return the speed of a line that has simulated readers still; another controller's of that name may have another."""
        return next(self.devices[name].baud for name in self._of(controller) if self.devices[name].bus == bus)

    def attach(self, controller: str, bus: str, write: Callable[[bytes], None]) -> None:
        """Let a line be a real one, with readers that nobody here simulates: `write` carries what the board says."""
        for name in [name for name in self._of(controller) if self.devices[name].bus == bus]:
            del self.devices[name]
        self._real[controller, bus] = write

    def write(self, controller: str, bus: str, data: bytes) -> None:
        """Carry what a board sends."""
        if (controller, bus) in self._real:
            self._real[controller, bus](data)
            return
        for name in self._of(controller):
            device = self.devices[name]
            if device.bus == bus:
                self._after(device.wire_ms(data), self._ask, controller, device, data)

    def _of(self, controller: str) -> list[str]:
        return [name for name in sorted(self.devices) if self._site.doors[self._site.readers[name].door].controller == controller]

    def _ask(self, controller: str, device: Device, data: bytes) -> None:
        reply = device.hear(self._spoiled(device, data))
        if reply:
            reply = self._spoiled(device, reply)
            event = ("bytes", device.bus, reply)
            self._after(_REPLY_MS + device.wire_ms(reply), self._deliver, controller, event)

    def _spoiled(self, device: Device, data: bytes) -> bytes:
        if "noise" not in device.faults or self._random.randrange(_NOISE):
            return data
        at = self._random.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << self._random.randrange(8)]) + data[at + 1 :]
