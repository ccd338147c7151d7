"""The control panel's side of one OSDP reader. Pure: time, frames and keys come in, questions and events come out.

Whatever goes wrong costs a new start at once, which takes about half a second: a question without an answer three times, a
session that the reader forgot, twice an answer that somebody else may have given. After six such starts that led to nothing,
to not even one answer in a session, the reader is refused. Who proves to be another one than we want, or cannot prove who he is,
is refused at once. A refused reader is asked again after half a second, one, two, up to 30 s. Nothing that anybody says makes a
reader that has a key speak in plain.
A reader that is there and only asks for patience is offline after 8 s like one that is silent: BUSY needs no key.
Cards and keys that a reader has kept while it was offline are old, and whoever brought them has gone: they are dropped, until
a poll is answered with something else.

Events:
    ("online", is secure)        ("offline", why)       ("refused", why), once for each why
    ("card", bits, head)         ("keys", text, head)   ("tamper", is on)   ("power", fails)
    ("inputs" | "outputs" | "readers", a byte for each) ("mfg", vendor, data)
    ("done", tag, what it said)  ("failed", tag, why)   of commands; a number is the reason of a NAK
    ("identity", bytes)          who it is, where nobody knew: vendor, model, serial, cUID. To be kept and handed in next time
    and those of firmware.wire.osdp_keys
"""

from firmware.const import const
from firmware.wire.osdp_keys import Keys
from firmware.wire.osdp_link import Link
from firmware.wire.osdp_replies import is_answer, read
from firmware.wire.osdp_start import MALFORMED, ON, READY, RMAC, Start

_POLL, _COMSET, _KEYSET, _CHLNG, _SCRYPT = const(0x60), const(0x6E), const(0x75), const(0x76), const(0x77)
_DEFAULT = const(0)
_NAK, _NAK_SEQUENCE, _NAK_SECURE = const(0x41), const(4), const(6)
_POLL_MS = const(50)
_SILENCE_MS = const(8000)  # as long as a reader waits for us, too
_QUEUE_LEN_MAX = const(8)
_FAULT_COUNT_MAX = const(65535)
_NEVER = const(1 << 60)
_BUSY_MS = const(250)
_TRIES_MAX = const(3)
_RESTART_MS = const(50)  # doubled up to the next with each start that leads to nothing
_SILENT_MS = const(1000)
_REFUSED_MS = const(500)
_REFUSED_MS_MAX = const(30_000)
_BAD_MACS_MAX = const(8)  # in a minute; a MAC has 32 bits: at this rate a forger needs centuries
_MINUTE_MS = const(60_000)
SESSION_MS_MAX = 86_400_000
SESSION_FRAMES_MAX = 1 << 20
_FRAME_BYTES_MORE = const(30)  # around a command's data, its padding counted
_STARTS_MAX = const(6)


class OsdpReader:
    """One reader, at its address. `due_ms`: when it wants to be asked; `faults` counts what was not as it should be.

    random: gives so many bytes, which nobody can foresee. identity: what an earlier ("identity", ..) said. other_key: one that
    the reader may have instead, where a change was cut off: ("rotated",) or ("rotation_failed", "old_key") say which it is.
    Limits: _QUEUE_LEN_MAX commands wait.
    """

    def __init__(self, address: int, key, aes, random, allow_plain: bool = False, identity: bytes | None = None, other_key=None):
        self.faults = {}
        self.is_online = self.is_secure = False
        self.refused = None
        self.due_ms = 0
        self.keys = Keys(key, other_key)
        self._identity = identity
        self._allow_plain = allow_plain
        self._link = Link(address)
        self._start = Start(self._link, aes, random)
        self._queue = []
        self._refused_ms = _REFUSED_MS
        self._starts = self._tries = 0
        self._heard_ms = self._session_ms = 0
        self._bad_macs = []  # when they came
        self._tamper = self._power = None
        self._is_stale = True
        self._begin()

    # What a door and an operator want.

    def command(self, tag, command: tuple) -> bool:
        """Have a command of osdp_commands said. Returns: whether it will end in ("done", tag, ..) or ("failed", tag, ..).

        After COMSET is done the reader is at its new address and speed: make bus and reader anew.
        """
        assert command[0] not in (_KEYSET, _CHLNG, _SCRYPT)
        is_open = command[0] == _COMSET and not self.is_secure
        is_long = len(command[1]) + _FRAME_BYTES_MORE > self._start.rx_bytes()
        if not self.is_online or is_open or is_long or len(self._queue) == _QUEUE_LEN_MAX:
            self._count("dropped")
            return False
        self._queue.append([tag, command, 0])
        return True

    def pair(self, until_ms: int, new_key, now_ms: int) -> bool:
        """Open a window in which a new reader is given this key. Store the key first. Returns: whether it is fit."""
        if not self.keys.pair(until_ms, new_key):
            return False
        self._refused_ms, self._starts = _REFUSED_MS, 0
        self._begin()
        self.due_ms = now_ms
        return True

    def rotate(self, new_key) -> bool:
        """Give the reader another key in its session. Keep both until ("rotated",) or ("rotation_failed", ..)."""
        return self.is_online and self.is_secure and self.keys.rotate(new_key)

    def says(self) -> tuple:
        """Return what it said of itself last, as it came: the data of PDID and PDCAP, or b"" each.

        Only who is online in Secure Channel has proved it.
        """
        return self._start.id_data, self._start.capabilities

    # What the bus asks, in this order.

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        events = self.keys.tick(now_ms)
        if events:
            self._begin()  # a window has closed: what was begun in it is over
            self.due_ms = now_ms
        if self.is_online and now_ms - self._heard_ms >= _SILENCE_MS:
            events += self._restart(now_ms, "silence") + self._down("silence")
        if self.due_ms <= now_ms and not self._may_speak():
            events += self._refuse("weak_key" if self.keys.is_weak else "no_key", now_ms)
            self.due_ms = _NEVER
        if self._is_ready and self._is_old(now_ms):
            events += self._restart(now_ms, "renewed")
        return events

    def next_deadline_ms(self) -> int:
        """Return when `tick` or `question` has something to do."""
        due_ms, until_ms = self.due_ms, self.keys.until_ms
        if self.is_online and self._heard_ms + _SILENCE_MS < due_ms:
            due_ms = self._heard_ms + _SILENCE_MS
        return due_ms if until_ms is None or due_ms < until_ms else until_ms

    def is_starting(self) -> bool:
        """Say whether it has answered, and has not proved itself yet."""
        return not self._is_ready and not self._start.is_first()

    def question(self, now_ms: int) -> bytes | None:
        """Return what is to be said now: the last question again, byte for byte, or a new one. None: nothing after all."""
        if not self._is_asked and not self._ask(now_ms):
            return None
        self._is_asked = True
        self._tries += 1
        self.due_ms = now_ms + _POLL_MS
        return self._link.sent

    def no_answer(self, now_ms: int) -> list:
        """Take that the question brought no answer in time."""
        self._count("no_answer")
        if not self._is_asked:
            return []
        if self._start.is_first():
            self._begin()
            self.due_ms = now_ms + (_BUSY_MS if self.is_online else _SILENT_MS)
            return []
        return self._again(now_ms)

    def answer(self, frame, now_ms: int) -> list | None:
        """Take a frame. Returns: events, or None where the answer may still come."""
        verdict = self._link.judge(frame) if self._is_asked else ("other",)
        kind = verdict[0]
        if kind == "reply":
            return self._reply(verdict[1], verdict[2], verdict[3], now_ms)
        self._count(kind)
        if kind == "other":
            return None
        if kind == "unheard":
            return self._again(now_ms)
        if kind == "busy":
            self._tries -= 1
            self.due_ms = now_ms + _BUSY_MS
            return []
        if kind == "bad_mac":
            return self._bad_mac(now_ms)
        if verdict[1] == "plain" and frame.code != _NAK and self._asked != _KEYSET:
            return self._once_more("plain", now_ms)  # who ends a session says NAK, or some of them a plain ACK to KEYSET
        return self._restart(now_ms, verdict[1])

    # How it goes on.

    def _ask(self, now_ms: int) -> bool:
        """Put a new question on the link."""
        assert self._may_speak()
        self._tries = 0
        if not self._is_ready:
            is_asked = self._start.ask()
            if not is_asked:  # no random number
                self._count("nonce")
                self._begin()
                self.due_ms = now_ms + _SILENT_MS
            return is_asked
        if self.keys.wants_to_tell():
            self._asked = _KEYSET
            self._link.ask(_KEYSET, b"\x01\x10" + self.keys.tell())
        elif self._queue:
            code, data = self._queue[0][1]
            self._asked = code
            self._queue[0][2] += 1
            self._link.ask(code, data)
        else:
            self._asked = _POLL
            self._link.ask(_POLL, b"")
        return True

    def _reply(self, code: int, data: bytes | None, block: bytes, now_ms: int) -> list:
        self._is_asked = False
        if self._is_ready:
            return self._said(code, data, block, now_ms)
        step = self._start.take(code, data, block)
        if step == ON:
            self.due_ms = now_ms
            return []
        if step == READY:
            return self._ready(now_ms)
        # Who heard our proof damaged has forgotten what it was to prove when it comes again: that is an accident.
        is_accident = step == MALFORMED or (step == RMAC and self._tries > 1)
        return self._restart(now_ms, step) if is_accident else self._refuse(step, now_ms)

    def _ready(self, now_ms: int) -> list:
        """The start is over. Under SCBK-D a reader gets its key and nothing else."""
        self._is_ready = True
        self._session_ms = self.due_ms = now_ms
        if self._choice and self._choice[0] == _DEFAULT:
            return []
        is_new = self.keys.is_pairing() or len(self._identity or b"") < len(self._start.seen)
        events = self.keys.proved()
        if is_new:
            self._identity = self._start.seen
            events.append(("identity", self._start.seen))
        self._heard_ms = now_ms
        is_secure = self._link.is_secure
        if not self.is_online or self.is_secure != is_secure:
            events.append(("online", is_secure))
            self._is_stale = True
        self.is_online, self.is_secure, self.refused = True, is_secure, None
        return events

    def _said(self, code: int, data: bytes | None, block: bytes, now_ms: int) -> list:
        """Take what a reader says that is online, or that is being given a key."""
        self._heard_ms = now_ms
        said = None if data is None else read(code, data)
        if said and said[0] in ("card", "keys") and block == b"\x16":
            said = None  # right, and yet for everybody to read
        if not _ends_session(said):
            self._starts, self._refused_ms = 0, _REFUSED_MS
        if self._asked == _KEYSET:
            return self._keyset_said(said, now_ms)
        events = self._result(said, code) + (self._news(said) if said else [])
        if not said:
            self._count("malformed")
        elif said[0] == "nak":
            self._count("nak")
            if _ends_session(said):
                return events + self._restart(now_ms, "nak")
        if self._queue or self.keys.wants_to_tell():
            self.due_ms = now_ms
        return events

    def _keyset_said(self, said: tuple | None, now_ms: int) -> list:
        """Whatever it was, the next session proves what became of it."""
        events = self.keys.rejected(said[1]) if said and said[0] == "nak" else []
        return events + self._restart(now_ms, "keyset")

    def _result(self, said: tuple | None, code: int) -> list:
        """What became of the command that was asked, if it was one."""
        if self._asked == _POLL:
            return []
        tag = self._queue.pop(0)[0]
        if said and said[0] == "nak":
            return [("failed", tag, said[1])]
        return [("done", tag, said)] if said and is_answer(self._asked, code) else [("failed", tag, "reply")]

    def _news(self, said: tuple) -> list:
        kind = said[0]
        if kind in ("card", "keys") and self._is_stale:
            self._count("stale")
            return []
        self._is_stale = self._is_stale and self._asked != _POLL
        if kind == "local":
            events = [] if said[1] == self._tamper else [("tamper", said[1])]
            events += [] if said[2] == self._power else [("power", said[2])]
            self._tamper, self._power = said[1], said[2]
            return events
        return [said] if kind in ("card", "keys", "inputs", "outputs", "readers", "mfg") else []

    # How it does not.

    def _again(self, now_ms: int) -> list:
        """Ask the same once more, or begin anew."""
        if self._tries >= _TRIES_MAX:
            return self._restart(now_ms, "no_answer")
        self.due_ms = now_ms
        return []

    def _once_more(self, why: str, now_ms: int) -> list:
        """Ask the same again, but only once: a reader that repeats its answers still has the true one, and the card in it."""
        if self._tries > 1:
            return self._restart(now_ms, why)
        self.due_ms = now_ms + _RESTART_MS
        return []

    def _bad_mac(self, now_ms: int) -> list:
        self._bad_macs = [ms for ms in self._bad_macs if now_ms - ms < _MINUTE_MS] + [now_ms]
        if len(self._bad_macs) < _BAD_MACS_MAX:
            return self._once_more("bad_mac", now_ms)
        events = self._refuse("bad_mac", now_ms)
        self.due_ms = self._bad_macs[0] + _MINUTE_MS
        return events

    def _restart(self, now_ms: int, why: str) -> list:
        """Begin anew, soon. A command that may have been heard is said once more in the next session, but not twice."""
        self._count("restart_" + why)
        if self._starts >= _STARTS_MAX:
            return self._refuse(why, now_ms)
        events = []
        if self._queue and self._queue[0][2] > 1:
            events.append(("failed", self._queue.pop(0)[0], "lost"))
        self._begin()
        self.due_ms = now_ms + min(_RESTART_MS << min(self._starts, 5), _SILENT_MS)
        self._starts += 1
        return events

    def _refuse(self, why: str, now_ms: int) -> list:
        """Have nothing to do with this one, and look again later."""
        self._count("refused_" + why)
        self._starts = 0
        if self.keys.takes_turn():  # of two keys it may have the other: it is refused where it has neither
            self._begin()
            self.due_ms = now_ms
            return []
        events = [] if self.refused == why else [("refused", why)]
        self.refused = why
        self._begin()
        self.due_ms = now_ms + self._refused_ms
        self._refused_ms = min(2 * self._refused_ms, _REFUSED_MS_MAX)
        return events + self._down("refused")

    def _down(self, why: str) -> list:
        if not self.is_online:
            return []
        self.is_online = self.is_secure = False
        self._tamper = self._power = None
        events = [("offline", why)] + [("failed", waiting[0], "offline") for waiting in self._queue]
        self._queue = []
        return events

    def _begin(self) -> None:
        self._choice = self.keys.choice()
        self._start.begin(self._choice, None if self.keys.is_pairing() else self._identity)
        self._is_asked = self._is_ready = False
        self._asked = _POLL

    def _may_speak(self) -> bool:
        return self._choice is not None or (self._allow_plain and not self.keys.is_keyed)

    def _is_old(self, now_ms: int) -> bool:
        if not self._link.is_secure or self._is_asked or self._queue:
            return False
        return now_ms - self._session_ms >= SESSION_MS_MAX or self._link.session.frames >= SESSION_FRAMES_MAX

    def _count(self, why: str) -> None:
        self.faults[why] = min(self.faults.get(why, 0) + 1, _FAULT_COUNT_MAX)


def _ends_session(said: tuple | None) -> bool:
    """Say whether a reader does not know of any session. Who says so to every poll is of no use, whatever it proved before."""
    return bool(said) and said[0] == "nak" and _NAK_SEQUENCE <= said[1] <= _NAK_SECURE
