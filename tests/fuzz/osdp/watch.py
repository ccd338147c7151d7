"""What must hold on a line, whatever happens: what is asked, what is told, how often. Shares no code with the firmware.

Runs on every interpreter.
"""

from tests.fuzz.osdp.frames import is_frame

_POLL, _ID, _CAP, _KEYSET, _CHLNG, _SCRYPT = 0x60, 0x61, 0x62, 0x75, 0x76, 0x77
_CHALLENGE, _PROOF, _SEALED = 0x11, 0x13, (0x15, 0x17)
_NEWS = {"card": 0x50, "keys": 0x53}
BUFFER_BYTES_MAX = 2880
QUEUE_MAX = 8
# A start is six questions and a new one comes after 50 ms; a poll waits so long, too.
PER_READER, PER_LINE = 60, 160
REFUSALS = ("identity", "no_encryption", "challenge", "default_key", "cryptogram", "rmac", "forged", "malformed", "weak_key", "no_key", "no_answer",
            "sequence", "session", "plain", "bad_mac", "nak", "keyset", "silence", "renewed")  # fmt: skip
FAULTS = REFUSALS + ("other", "busy", "unheard", "lost", "nonce", "dropped", "stale")
LINE_FAULTS = ("noise", "length", "cut", "crc", "sum", "block", "overflow", "overload")


class Watch:
    """`times_ms`: when each reader was asked; `all_ms`: when anybody was."""

    def __init__(self, bus, pds):
        self.times_ms = {name: [] for name in bus.readers}
        self.all_ms = []
        self._bus = bus
        self._pds = {"r%d" % pd.address: pd for pd in pds}
        self._stream = bytearray()  # since the last question
        self._now_ms = 0
        self._keyed = {name: name in ("r0", "r3") for name in bus.readers}
        self._plain = ("r1",)
        self._until_ms = {name: 0 for name in bus.readers}
        self._waiting = {name: set() for name in bus.readers}
        self._changing = set()  # readers that may be told a key
        self._online = set()

    def pairing(self, name: str, until_ms: int) -> None:
        self._until_ms[name] = until_ms
        self._changing.add(name)

    def rotating(self, name: str) -> None:
        self._changing.add(name)

    def accepted(self, name: str, tag: int) -> None:
        self._waiting[name].add(tag)

    def heard(self, data: bytes) -> None:
        self._stream += data

    def asked(self, question: bytes, now_ms: int) -> None:
        """Take what is sent. In plain a reader with a key hears who are you, what can you, and the challenge with its key."""
        assert question[:1] == b"\xff" and is_frame(question[1:]), question
        name = "r%d" % question[2]
        self._stream, self._now_ms = bytearray(), now_ms
        for times_ms, most in ((self.times_ms[name], PER_READER), (self.all_ms, PER_LINE)):
            times_ms.append(now_ms)
            assert len(times_ms) <= most or now_ms - times_ms[-most - 1] >= 1000, "asked too often"
        block = question[6 : 6 + question[6]] if question[5] & 8 else b""
        code = question[6 + len(block)]
        if not block:
            self._in_plain(name, code)
        elif block[1] in (_CHALLENGE, _PROOF):
            self._in_handshake(name, code, block, now_ms)
        else:
            self._in_session(name, code, block)

    def told(self, name: str, event: tuple) -> None:
        """Take an event."""
        kind = event[0]
        assert SHAPES[kind](*event[1:]), event
        if kind in _NEWS:
            assert self._was_said(name, event), (name, event)
        elif kind in ("done", "failed"):
            self._waiting[name].remove(event[1])
        elif kind == "online":
            assert event[1] or (name in self._plain and not self._keyed[name])
            self._online.add(name)
        elif kind == "offline":
            self._online.remove(name)
        elif kind in ("paired", "rotated"):
            self._changing.discard(name)
        elif kind == "pairing_failed" and isinstance(event[1], int):
            self._keyed[name] = name in ("r0", "r3")

    def bounds(self) -> None:
        """Nothing grows without an end."""
        frames = self._bus.frames
        assert len(frames._buffer) <= BUFFER_BYTES_MAX and set(frames.faults) <= set(LINE_FAULTS), frames.faults
        for name, reader in self._bus.readers.items():
            assert len(reader._queue) <= QUEUE_MAX and len(reader._bad_macs) <= QUEUE_MAX
            assert reader.is_online == (name in self._online)
            assert reader.is_online or not self._waiting[name], "nobody answers whoever is offline"
            for fault in reader.faults:
                assert fault.replace("restart_", "").replace("refused_", "") in FAULTS, fault

    def _in_plain(self, name: str, code: int) -> None:
        if code in (_ID, _CAP):
            return
        assert name in self._plain and not self._keyed[name] and code not in (_KEYSET, _CHLNG, _SCRYPT), (name, code)

    def _in_handshake(self, name: str, code: int, block: bytes, now_ms: int) -> None:
        assert len(block) == 3 and code == (_CHLNG if block[1] == _CHALLENGE else _SCRYPT)
        if block[2]:
            assert self._keyed[name], "there is no key to ask for"
        else:
            assert now_ms < self._until_ms[name], "SCBK-D outside its window"

    def _in_session(self, name: str, code: int, block: bytes) -> None:
        assert len(block) == 2 and block[1] in _SEALED and code not in (_CHLNG, _SCRYPT)
        if code == _KEYSET:
            assert block[1] == 0x17 and name in self._changing, "nobody wants another key"
            self._keyed[name] = True

    def _was_said(self, name: str, event: tuple) -> bool:
        """Whether a reader has sealed this, which counts once; or, of one without a key, whether it stands on the wire."""
        code, news = _NEWS[event[0]], self._pds[name].sealed_news
        for place, (said, data) in enumerate(news):
            if said == code and _says(event, data):
                del news[: place + 1]
                return True
        if name not in self._plain or self._keyed[name]:
            return False
        return self._stands_in_plain(int(name[1:]), code, event)

    def _stands_in_plain(self, address: int, code: int, event: tuple) -> bool:
        stream = bytes(self._stream)
        for at in range(len(stream) - 6):
            if stream[at] == 0x53 and stream[at + 1] == address | 0x80:
                frame = stream[at : at + (stream[at + 2] | stream[at + 3] << 8)]
                begin = 5 + frame[5] if len(frame) > 6 and frame[4] & 8 else 5
                if is_frame(frame) and frame[4] & 4 and frame[begin] == code and _says(event, frame[begin + 1 : -2]):
                    return True
        return False


def _says(event: tuple, data: bytes) -> bool:
    """Whether a card or keys are what this data says."""
    if event[0] == "keys":
        text = "".join([{0x0D: "#", 0x7F: "*"}.get(key, chr(key) if key in b"0123456789*#" else "?") for key in data[2:]])
        return event[1:] == (text, data[0])
    bits = "".join(["{:08b}".format(byte) for byte in data[4:]])
    count = data[2] | data[3] << 8 if len(data) > 3 else 0
    return event[1:] == (bits[:count], data[0])


def _is_bits(bits, head) -> bool:
    return 0 < len(bits) <= 256 and not bits.strip("01") and 0 <= head <= 255


def _is_why(why) -> bool:
    return isinstance(why, int) or why in ("timeout", "old_key", "no_proof")


SHAPES = {
    "online": lambda is_secure: is_secure in (True, False),
    "offline": lambda why: why in ("silence", "refused"),
    "refused": lambda why: why in REFUSALS,
    "card": _is_bits,
    "keys": lambda text, head: 0 < len(text) <= 32 and not text.strip("0123456789*#?") and 0 <= head <= 255,
    "tamper": lambda is_on: is_on in (True, False),
    "power": lambda fails: fails in (True, False),
    "inputs": lambda states: isinstance(states, bytes) and len(states) > 0,
    "outputs": lambda states: isinstance(states, bytes) and len(states) > 0,
    "readers": lambda states: isinstance(states, bytes) and len(states) > 0,
    "mfg": lambda vendor, data: len(vendor) == 3 and isinstance(data, bytes),
    "done": lambda tag, said: isinstance(said, tuple),
    "failed": lambda tag, why: isinstance(why, int) or why in ("lost", "offline", "reply"),
    "identity": lambda data: len(data) in (8, 16),
    "paired": lambda: True,
    "rotated": lambda: True,
    "pairing_failed": _is_why,
    "rotation_failed": _is_why,
}
