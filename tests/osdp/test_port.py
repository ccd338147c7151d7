"""Ports that go away, serial ones and connections."""

import errno
import os
import pty
import socket
import tty

import pytest

from tools.osdp.opening import opened
from tools.osdp.port import Port
from tools.osdp.serial_end import SerialEnd
from tools.osdp.tcp import Tcp
from tools.osdp.unusable import Unusable


class End:
    """An end whose every call may fail."""

    file = 1

    def __init__(self):
        self.written, self.fails, self.is_closed = b"", False, False

    def write(self, data):
        self._check()
        self.written += data
        return len(data)

    def read(self):
        self._check()
        return b"x"

    def close(self):
        self.is_closed = True

    def _check(self):
        if self.fails:
            raise OSError(errno.EIO, "gone")


class Maker:
    """Opens an end, or fails so many times."""

    def __init__(self):
        self.made, self.failures, self.tries = [], 0, 0

    def __call__(self):
        self.tries += 1
        if self.failures:
            self.failures -= 1
            raise OSError(errno.ENOENT, "not there")
        self.made.append(End())
        return self.made[-1]


def test_a_port_that_is_there_reads_and_writes_and_has_nothing_to_tell():
    make = Maker()
    port = Port(make, 1)
    assert port.write(b"abc") == 3 and port.read() == b"x" and make.made[0].written == b"abc"
    assert port.tick(0) == [] and port.next_deadline_ms() is None and port.file == 1


@pytest.mark.parametrize("act", (lambda port: port.read(), lambda port: port.write(b"abc")))
def test_a_port_that_goes_away_is_told_once_and_opened_again_later_and_later(act):
    make = Maker()
    port = Port(make, 1)
    make.made[0].fails, make.failures = True, 3
    assert not act(port)
    assert make.made[0].is_closed and port.file is None and port.next_deadline_ms() == 0
    assert port.read() == b"" and port.write(b"abc") == 0
    news, waits, now_ms = port.tick(1000), [], 1000
    assert news == [{"type": "port", "open": False, "reason": "[Errno 5] gone"}]
    while not news or len(waits) == 0:
        waits.append(port.next_deadline_ms() - now_ms)
        now_ms = port.next_deadline_ms()
        assert port.tick(now_ms - 1) == []
        news = port.tick(now_ms)
    assert news == [{"type": "port", "open": True}] and len(waits) == 4 == make.tries - 1
    assert 500 <= waits[0] <= 1000 and 4000 <= waits[3] <= 8000
    assert port.write(b"def") == 3 and make.made[1].written == b"def"


def test_a_port_that_cannot_be_opened_at_first_says_so():
    make = Maker()
    make.failures = 1
    with pytest.raises(OSError):
        Port(make, 1)


@pytest.fixture
def ptys():
    far, near = pty.openpty()
    tty.setraw(near)
    yield far, os.ttyname(near)
    os.close(far)
    os.close(near)


def test_a_serial_port_that_takes_nothing_more_does_not_wait(ptys):
    end = SerialEnd(ptys[1], 9600)
    taken = [end.write(bytes(1000))]
    while taken[-1] and len(taken) < 10_000:  # how much a system takes, and how fast, is its own affair
        taken.append(end.write(bytes(1000)))
    assert taken[0] == 1000 and taken[-1] == 0
    assert end.read() == b""
    os.read(ptys[0], 1 << 16)
    os.write(ptys[0], b"answer")
    assert end.read() == b"answer"
    end.close()


def test_a_serial_port_is_had_by_one_only(ptys):
    end = SerialEnd(ptys[1], 9600)
    with pytest.raises(Unusable, match="another program uses it"):
        opened(ptys[1], 9600)
    end.close()
    opened(ptys[1], 9600).close()


def test_a_connection_neither_waits_nor_keeps_silent_about_its_end():
    with socket.create_server(("127.0.0.1", 0)) as server:
        end = Tcp("127.0.0.1", server.getsockname()[1])
        other, _ = server.accept()
        assert end.read() == b"" and end.write(b"abc") == 3 and other.recv(10) == b"abc"
        taken = [end.write(bytes(1 << 16)) for _ in range(1000)]
        assert taken[-1] == 0
        other.close()
        with pytest.raises(OSError):
            for _ in range(1000):
                end.read()
        end.close()


@pytest.mark.parametrize("port", ("udp://127.0.0.1:1", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:x", "tcp://127.0.0.1:70000", "tcp://:1", "://"))
def test_what_is_no_port_is_said(port):
    with pytest.raises(Unusable, match="this is no port"):
        opened(port, 9600)


def test_a_host_is_a_name_or_an_address_of_either_kind():
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "[::1]"), (socket.AF_INET, "localhost")):
        try:
            server = socket.create_server((host.strip("[]"), 0), family=family)
        except OSError:
            assert family == socket.AF_INET6, "a loopback of the older kind is everywhere"
            continue
        with server:
            opened(f"tcp://{host}:{server.getsockname()[1]}", 9600).close()
