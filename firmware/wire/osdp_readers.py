"""All OSDP readers of one board: its buses, the keys that they share with it, and what of it a controller wants to know.

Results:
    ("write", bus, bytes)              to go out on the line
    ("frame", reader, [heard, ..])     as a firmware.wire.wiegand Line tells it: card, keys or fault
    ("told", event type, fields)       reader.online, .offline, .tamper or .paired; command.refused, by the reader
A reader that was refused as another one is tampered with, and stays down until it proves its key again, or an operator
pairs it. One without a key, where plain is not allowed, is offline.
Keys: a new one is in the keyring before the reader hears of it, beside the old one, until the reader has proved one of them.
"""

from firmware.const import const
from firmware.wire.feedback import osdp_commands
from firmware.wire.osdp_bus import OsdpBus
from firmware.wire.osdp_commands import LOCAL_STATUS
from firmware.wire.osdp_cp import OsdpReader
from firmware.wire.osdp_nonces import Nonces
from firmware.wire.wiegand_cards import read

_START_MS = const(8000)  # whoever is not online by then is told to be offline, as a reader that fell silent
_WINDOW_MS = const(60_000)
# Whoever is refused for one of these is another one than he should be, or somebody speaks in his place. Anything else may be
# a bad line, or a reader that was never paired.
_FOREIGN = const((
    "identity", "no_encryption", "challenge", "default_key", "cryptogram", "rmac", "forged", "bad_mac",
))  # fmt: skip
_WHY = {
    "timeout": "no reader asked for a key in time",
    "no_proof": "the reader was given the key and has not proved it",
    "old_key": "the reader keeps its old key",
}


class OsdpReaders:
    """`settings` of a part, of which some readers are OSDP. `keyring`: as firmware.hal.keyring. `entropy`: bytes that nobody
    can foresee, others at each start; without them no reader with a key is spoken to."""

    def __init__(self, settings: dict, keyring, entropy: bytes, now_ms: int):
        self.readers = {name: each for name, each in settings["readers"].items() if each["protocol"] == "osdp"}
        self.faults = {}
        self._keyring = keyring
        self._nonces = Nonces(entropy) if entropy else None
        self._records = {name: list(keyring.get(name) or (None, None, None)) for name in self.readers}
        self._buses = {}
        for bus in sorted({each["bus"] for each in self.readers.values()}):
            self._buses[bus] = self._bus([name for name in self.readers if self.readers[name]["bus"] == bus])
        self._told = {name: None for name in self.readers}  # the event type told last
        self._open = set()  # readers whose cover is open
        self._asked = {}  # reader -> (verb, fields of the operator) of a change of keys that is under way
        self._before = {}  # reader -> its record before that
        self._start_ms = now_ms + _START_MS

    # -- what happens ----------------------------------------------------------------------------

    def take(self, bus: str, data: bytes, now_ms: int) -> list:
        """Take bytes from a line."""
        if bus not in self._buses:
            return self._count("bus")
        return self._results(bus, self._buses[bus].feed(data, now_ms))

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        results = []
        for bus in self._buses:
            if self._buses[bus].next_deadline_ms() <= now_ms:
                results += self._results(bus, self._buses[bus].tick(now_ms))
        if self._start_ms is not None and now_ms >= self._start_ms:
            self._start_ms = None
            for name in sorted(self.readers):
                if self._told[name] is None:
                    results += self._tell(name, "offline", {"why": "silence"})
        return results

    def next_deadline_ms(self) -> int:
        due_ms = min([bus.next_deadline_ms() for bus in self._buses.values()])
        return due_ms if self._start_ms is None else min(due_ms, self._start_ms)

    # -- what a controller wants -----------------------------------------------------------------

    def signal(self, name: str, pattern: str) -> None:
        """Let a reader show and sound an outcome. One that is offline or busy is not told."""
        if name in self.readers:
            for command in osdp_commands(pattern):
                self._reader(name).command(pattern, command)

    def pair(self, name: str, fields: dict, now_ms: int) -> str | None:
        """Open the window in which a reader is given a key. fields: of the operator, for the event. Returns: why not, or None."""
        return self._change("pair", name, fields, lambda bus, key: bus.pair(name, now_ms + _WINDOW_MS, key, now_ms))

    def rotate(self, name: str, fields: dict, now_ms: int) -> str | None:
        """Give a reader another key in its session. Returns: why not, or None."""
        return self._change("rotate", name, fields, lambda bus, key: bus.rotate(name, key))

    def _change(self, verb: str, name: str, fields: dict, begin) -> str | None:
        if name not in self.readers:
            return "reader '%s' is no OSDP reader" % name
        if self._nonces is None:
            return "no random numbers"
        if name in self._asked and (verb, self._asked[name][0]) != ("pair", "rotate"):  # the reader may never be seen again
            return "the key of reader '%s' is being changed" % name
        before = self._records[name]
        new = self._nonces.key()
        if not self._keep(name, [new, before[0], before[2]]):
            return "no room to keep a key"
        if not begin(self._buses[self.readers[name]["bus"]], new):
            self._keep(name, before)
            return "reader '%s' is not online in Secure Channel" % name
        self._before[name], self._asked[name] = before, (verb, fields)
        return None

    # -- buses -----------------------------------------------------------------------------------

    def _bus(self, names: list) -> OsdpBus:
        made = {}
        for name in names:
            each, record = self.readers[name], self._records[name]
            key = record[0] if self._nonces else None
            made[name] = OsdpReader(
                each["address"], key, self._keyring.cipher, self._nonces, each["allow_plain"] and record[0] is None, record[2], record[1]
            )
        return OsdpBus(made, self.readers[names[0]]["baud"])

    def _reader(self, name: str) -> OsdpReader:
        return self._buses[self.readers[name]["bus"]].readers[name]

    def _results(self, bus: str, actions: list) -> list:
        results = []
        for action in actions:
            if action[0] == "send":
                results.append(("write", bus, action[1]))
            else:
                results += self._heard(action[1], action[2])
        return results

    def _heard(self, name: str, event: tuple) -> list:
        """Turn what a reader said or did into results."""
        kind = event[0]
        if kind == "card":
            found = read(event[1].encode(), self.readers[name]["formats"], self.readers[name]["parity"])
            return [("frame", name, [found])]
        if kind == "keys":
            return [("frame", name, [("keys", event[1])])]
        if kind == "online":
            # Readers tell of their cover when it moves; one that was open all the time has to be asked.
            self._reader(name).command("status", LOCAL_STATUS)
            return self._tell(name, "online", {} if event[1] else {"why": "plain"})
        if kind == "offline":
            return self._down(name, event[1])
        if kind == "refused":
            return self._refused(name, event[1])
        if kind == "tamper":
            return self._moved(name, event[1])
        if kind == "identity":
            self._keep(name, self._records[name][:2] + [event[1]])
            return []
        if kind in ("paired", "rotated"):
            return self._changed(name)
        if kind in ("pairing_failed", "rotation_failed"):
            return self._unchanged(name, event[1])
        return [] if kind == "done" or event == ("power", False) else self._count(kind)

    def _refused(self, name: str, why: str) -> list:
        if self._reader(name).keys.is_pairing():
            return self._count("pairing_" + why)
        return self._tell(name, "tamper" if why in _FOREIGN else "offline", {"why": why})

    def _down(self, name: str, why: str) -> list:
        """A reader that was refused has been told of; one that is to be paired is down for that."""
        self._open.discard(name)
        if why != "refused":
            return self._tell(name, "offline", {"why": why})
        return self._tell(name, "offline", {"why": "pairing"}) if self._reader(name).keys.is_pairing() else []

    def _moved(self, name: str, is_open: bool) -> list:
        """The cover was opened or shut: then all is well, which is said if something else was said before."""
        if is_open:
            self._open.add(name)
            return self._tell(name, "tamper", {"why": "cover"})
        self._open.discard(name)
        return self._tell(name, "online", {}) if self._told[name] == "tamper" else []

    # -- keys ------------------------------------------------------------------------------------

    def _changed(self, name: str) -> list:
        """The reader has proved its new key: the other one is gone, and so is who the reader was where it was paired."""
        record = self._records[name]
        self._keep(name, [record[0], None, record[2]])
        self._before.pop(name, None)
        results = self._tell(name, "paired", self._asked.pop(name, (None, {}))[1])
        return results + (self._tell(name, "tamper", {"why": "cover"}) if name in self._open else [])

    def _unchanged(self, name: str, why) -> list:
        """The key did not change, as far as anybody knows: of one that was told and not proved both stay."""
        self._count("change_" + str(why))
        if why == "old_key":
            record = self._records[name]
            self._keep(name, [record[1], None, record[2]])
        elif why != "no_proof" and name in self._before:
            self._keep(name, self._before[name])
        self._before.pop(name, None)
        if name not in self._asked:
            return []
        verb, fields = self._asked.pop(name)
        why = _WHY.get(why, "the reader refuses the key: %s" % why)
        told = {"operator": fields["operator"], "action": verb, "reason": why, "reader": name, "nonce": fields["nonce"]}
        return [("told", "command.refused", told)]

    def _keep(self, name: str, record: list) -> bool:
        if not self._keyring.put(name, *record):
            self._count("keyring")
            return False
        self._records[name] = record
        return True

    # -- telling ---------------------------------------------------------------------------------

    def _tell(self, name: str, what: str, fields: dict) -> list:
        if self._told[name] == what:
            return []
        self._told[name] = what
        told = {"reader": name}
        told.update(fields)
        return [("told", "reader." + what, told)]

    def _count(self, kind: str) -> list:
        self.faults[kind] = self.faults.get(kind, 0) + 1
        return []
