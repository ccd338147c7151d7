"""The messages that OSDP is measured with: the same for every implementation, made by the firmware and by the tests' reader."""

from firmware.hal import aes
from firmware.wire import osdp_commands as commands
from firmware.wire.osdp_frame import Frame, Frames, body, closed
from firmware.wire.osdp_identity import diversified
from firmware.wire.osdp_link import Link
from firmware.wire.osdp_secure import Session
from tests.wire.osdp_pd import CARD, Pd, framed
from tests.wire.osdp_world import KEY, World

MASTER = bytes(range(7, 23))  # PyPI's osdp takes the key that those of readers are made of
NONCE = b"\xb3\x1c\x07\xe2\x58\x99\x4d\xa0"
EXCHANGES = 60  # numbers go 1, 2, 3: the first is the right one again
READERS = 4
_POLL, _CHLNG, _SCRYPT = 0x60, 0x76, 0x77
_START_S = 3


def messages() -> dict:
    """Return all that is said, in hex: plain frames, a handshake, and two chains of replies to polls."""
    led = commands.led(None, (1, 0, 2, 2, 30))
    commanded = [closed(body(0, 6, b"", _POLL, b"")), closed(body(0, 6, b"", *led))]
    plain = [framed(0x80, 6, 0x40), framed(0x80, 6, *CARD)]
    acks, shake = _chain(None)
    cards, _ = _chain(CARD)
    return {"commands": _hex(commanded), "led": led[1].hex(), "plain": _hex(plain), "master": MASTER.hex(), "nonce": NONCE.hex(),
            "acks": _hex(acks), "cards": _hex(cards), **{name: data.hex() for name, data in shake.items()}}  # fmt: skip


def polls(count: int) -> list:
    """Return [(ms, hex)]: what readers answer, in Secure Channel, from the first question on until so many polls are over."""
    world = _Recording([Pd(address, KEY) for address in range(READERS)])
    world.run(_START_S * 1000)
    while len(world.heard) < count:
        world.run(100)
    return world.heard


class _Recording(World):
    """`heard`: what the bus has been fed."""

    def __init__(self, pds: list):
        super().__init__(pds)
        self.heard: list = []
        feed = self.bus.feed
        self.bus.feed = lambda data, now_ms: self.heard.append((now_ms, data.hex())) or feed(data, now_ms)


def _chain(news: tuple | None) -> tuple[list[bytes], dict]:
    """Return the replies to so many polls of one session, and what its handshake said."""
    pd, link = Pd(0), Link(0)
    pd.key = diversified(aes, MASTER, pd.cuid)
    link.session = Session(aes, pd.key, NONCE)
    said = _told(link, pd.hear(link.ask(_CHLNG, NONCE, b"\x11\x01")))
    proof = link.session.answer(said[8:16], said[16:])
    assert link.session.is_confirmed(_told(link, pd.hear(link.ask(_SCRYPT, proof, b"\x13\x01"))))
    link.is_secure, replies = True, []
    shake = {"key": pd.key, "cuid": said[:8], "theirs": said[8:16], "cryptogram": said[16:], "rmac": pd.rmac}
    for _ in range(EXCHANGES):
        pd.news = [news] if news else []
        replies.append(pd.hear(link.ask(_POLL, b"")))
        _told(link, replies[-1])
    return replies, shake


def _told(link: Link, reply: bytes) -> bytes:
    verdict = link.judge(_frame(reply))
    assert verdict[0] == "reply", verdict
    return verdict[2]


def _frame(reply: bytes) -> Frame:
    frames = Frames()
    frames.feed(reply)
    frame = frames.next()
    assert frame
    return frame


def _hex(made: list[bytes]) -> list[str]:
    return [each.hex() for each in made]
