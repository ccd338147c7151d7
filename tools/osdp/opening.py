"""The port of the command line: what it may be, and what to say where it cannot be opened."""

import errno
import os
from urllib.parse import urlsplit

from tools.osdp.port import Port
from tools.osdp.serial_end import SerialEnd, ports
from tools.osdp.tcp import Tcp
from tools.osdp.unusable import Unusable

_WHY = {
    errno.ENOENT: "there is no such port",
    errno.EACCES: "you may not use it; on Linux serial ports are often for the group dialout",
    errno.EAGAIN: "another program uses it",
    errno.EBUSY: "another program uses it",
}


def opened(port: str, baud: int) -> Port:
    """Open the port. Raises: Unusable."""
    try:
        return Port(_maker(port, baud), int.from_bytes(os.urandom(3), "big"))
    except OSError as error:
        raise Unusable(f"{port}: cannot be opened: {_why(error)}{_others(port)}") from error


def is_remote(port: str) -> bool:
    """Say whether the port is behind a network."""
    return "://" in port


def _maker(port: str, baud: int):
    """Return what opens the port each time. Raises: Unusable."""
    if not is_remote(port):
        return lambda: SerialEnd(port, baud)
    try:
        url = urlsplit(port)
        host, number = url.hostname, url.port
    except ValueError:
        host = number = None
    if not host or not number or port.partition("://")[0] != "tcp" or url.path not in ("", "/"):
        raise Unusable(f"{port}: this is no port: write a path, or tcp://HOST:PORT")
    return lambda: Tcp(host, number)


def _why(error: OSError) -> str:
    """The shortest true words: pyserial wraps the system's in its own."""
    if error.errno in _WHY:
        return _WHY[error.errno]
    return error.strerror or str(error)


def _others(port: str) -> str:
    if is_remote(port):
        return ""
    found = ports()
    return f". Serial ports here: {', '.join(found)}" if found else ". There is no serial port here: is the adapter plugged in?"
