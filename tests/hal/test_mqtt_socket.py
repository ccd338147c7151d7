"""The socket that umqtt.simple works on: whole reads, joined writes, and an end to all waiting."""

from firmware.hal.busy import Busy
from firmware.hal.mqtt_socket import Socket
from tests.hal.fake_mqtt import FakeSocket, Libraries


def connected(raw, tls=None):
    libraries = Libraries([raw])
    sock = Socket(libraries, "10.0.0.1", libraries.tls(tls) if tls else None, Busy(bool))
    sock.connect(("10.0.0.1", 1883))
    return sock, libraries


def breaks(function, *arguments):
    try:
        function(*arguments)
    except OSError:
        return True
    return False


def test_its_timeout_stays_whatever_umqtt_asks_for():
    raw = FakeSocket()
    sock, _ = connected(raw)
    sock.settimeout(None)
    sock.setblocking(True)
    assert raw.timeout == 3


def test_a_read_is_whole_although_the_bytes_come_one_by_one():
    sock, _ = connected(FakeSocket(b"abcdef", 1))
    assert sock.read(4) == b"abcd" and sock.read(2) == b"ef"


def test_a_read_over_a_connection_that_ends_or_is_silent_breaks():
    for has_ended in (True, False):
        raw = FakeSocket(b"abc")
        raw.has_ended = has_ended
        sock, _ = connected(raw)
        assert breaks(sock.read, 4)


def test_a_packet_that_trickles_takes_seconds_at_most():
    raw = FakeSocket(b"x" * 100, 1)
    sock, libraries = connected(raw)
    raw.wait = lambda: libraries.sleep_ms(500)
    for read in (sock.read, sock.skip):
        sock.begin()
        began_ms = libraries.now_ms()
        assert breaks(read, 50) and libraries.now_ms() - began_ms <= 7000


def test_what_is_skipped_passes_through_one_small_piece():
    raw = FakeSocket(bytes(100_000) + b"next")
    sock, _ = connected(raw)
    sock.skip(100_000)
    assert raw.largest_read <= 256 and sock.read(4) == b"next"


def test_small_writes_leave_together_before_the_next_read():
    raw = FakeSocket(b"!")
    sock, _ = connected(raw)
    for text in (b"a", b"bc", b"def"):
        assert sock.write(text) == len(text)
    sock.write(bytearray(b"ghij"), 2)
    assert raw.sends == 0 and sock.read(1) == b"!"
    assert (raw.sends, raw.sent) == (1, b"abcdefgh")


def test_large_writes_are_not_copied_and_keep_their_place():
    raw = FakeSocket()
    sock, _ = connected(raw)
    for text in (b"head", b"x" * 4000, b"tail"):
        sock.write(text)
    sock.flush()
    assert raw.sent == b"head" + b"x" * 4000 + b"tail" and raw.sends == 3


def test_many_small_writes_do_not_pile_up():
    raw = FakeSocket()
    sock, _ = connected(raw)
    for _ in range(100):
        sock.write(b"x" * 100)
    assert len(raw.sent) >= 8600


def test_a_write_is_whole_although_the_network_takes_it_in_pieces():
    raw = FakeSocket(piece_max=7)
    sock, _ = connected(raw)
    sock.write(b"0123456789" * 5)
    sock.flush()
    assert raw.sent == b"0123456789" * 5


def test_a_write_that_is_not_taken_breaks():
    raw = FakeSocket()
    sock, _ = connected(raw)
    sock.write(b"x")
    raw.fails["send"] = OSError(110)
    assert breaks(sock.flush)


TLS = {"psk_identity": "a", "psk_key": "00"}


def test_over_tls_it_reads_and_writes_the_stream_and_knows_no_timeout_of_it():
    raw = FakeSocket(b"abcd" + bytes(300) + b"e")
    sock, _ = connected(raw, TLS)
    sock.write(b"x")
    assert sock.is_readable() and sock.read(4) == b"abcd" and raw.sent == b"x" and raw.timeout == 3
    sock.skip(300)
    assert sock.read(1) == b"e" and not sock.is_readable()
    raw.send = sock._stream.write = lambda data: None  # MicroPython's way to say "too late"
    sock.write(b"y")
    assert breaks(sock.flush)


class Slow:
    """The other side of a handshake: takes so many steps, and then bytes, a few at a time."""

    def __init__(self, steps, libraries):
        self.raw = FakeSocket(piece_max=3)
        self.raw.incoming = b"?"  # so that nobody waits for it
        self._steps, self._send, self._libraries = steps, self.raw.send, libraries
        self.raw.send = self.send
        self.depths = []

    def send(self, data):
        self._libraries.clock_ms += 1000
        self.depths.append((self.raw.timeout, self._libraries.busy.depth))
        if self._steps:
            self._steps -= 1
            return None
        return self._send(data)


def shakes_hands(steps):
    libraries = Libraries()
    other = Slow(steps, libraries)
    libraries.socket.waiting.append(other.raw)
    libraries.busy = Busy(bool)
    sock = Socket(libraries, "10.0.0.1", libraries.tls(TLS), libraries.busy)
    sock.connect(("10.0.0.1", 1883))
    sock.write(b"012345678")
    return sock, other


def test_the_steps_of_a_handshake_are_announced_and_do_not_block_and_what_follows_does_and_is_not():
    sock, other = shakes_hands(4)
    sock.flush()
    assert other.raw.sent == b"012345678"
    assert other.depths == [(0, 1)] * 5 + [(3, 0)] * 2
    sock.write(b"9")
    sock.flush()
    assert other.raw.sent == b"0123456789" and other.depths[-1] == (3, 0)


def test_a_handshake_has_an_end():
    sock, other = shakes_hands(100)
    assert breaks(sock.flush) and 10 <= len(other.depths) <= 12


def test_closing_a_broken_socket_is_no_trouble():
    raw = FakeSocket()
    raw.fails["close"] = OSError(104)
    sock, _ = connected(raw)
    sock.close()
    assert raw.is_closed
