"""What somebody sees who listens to the line, and knows no key. Pure.

A panel is in Secure Channel when a poll was answered in it, and the panel goes on with the next number: it has taken the answer.
From then on a card would have reached it. Polls count, and not the first words in the channel: ours asks for more of them.
"""

from tools.bench.osdp.wire import Sent

_WITH_BLOCK, _NUMBER = 0x08, 0x03
_COMMANDS, _REPLIES = (0x15, 0x17), (0x16, 0x18)
_NAK, _POLL = 0x41, 0x60


def _raw(data: bytes) -> bytes:
    """A frame without its mark."""
    return data.lstrip(b"\xff")


def _is_in_session(raw: bytes, kinds: tuple) -> bool:
    return len(raw) > 8 and bool(raw[4] & _WITH_BLOCK) and raw[6] in kinds


def _is_poll(raw: bytes) -> bool:
    return _is_in_session(raw, _COMMANDS) and raw[7] == _POLL


def _is_taken(asked: bytes, then: bytes) -> bool:
    """Say whether a panel that has asked this and now that goes on in its session."""
    return _is_in_session(then, _COMMANDS) and then[4] & _NUMBER == (asked[4] & _NUMBER) % 3 + 1


def secure_us(sent: list[Sent], since_us: int) -> int | None:
    """When the first answer to a poll in Secure Channel had come whole after this moment and was taken, or None."""
    asked, reply = b"", None
    for frame in sent:
        raw = _raw(frame.data)
        if frame.is_reply:
            is_good = frame.heard == frame.data and _is_in_session(raw, _REPLIES) and raw[7] != _NAK
            reply = frame if is_good and frame.end_us > since_us and _is_poll(asked) else None
        elif reply and _is_taken(asked, raw):
            return reply.end_us
        else:
            asked, reply = raw, None
    return None


def poll_gaps_us(sent: list[Sent], since_us: int) -> list[int]:
    """The times between two polls of the same reader, of all readers."""
    last, gaps = {}, []
    for frame in sent:
        raw = _raw(frame.data)
        if frame.is_reply or frame.end_us < since_us or not _is_poll(raw):
            continue
        if raw[1] in last:
            gaps.append(frame.end_us - last[raw[1]])
        last[raw[1]] = frame.end_us
    return gaps
