"""Where a page is served: on this computer only."""

import socket

HOST = "127.0.0.1"
_PORT_MAX = 65535


def is_free(port: int) -> bool:
    """Tell whether nobody listens there, by listening for a moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free() -> int:
    """Find a port that nobody has."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def in_use(port: int, usual: int) -> str:
    """What to tell who asked for a port that somebody has."""
    other = port + 1 if port < _PORT_MAX else usual
    return f"port {port} on {HOST} is in use: stop the program that has it, or choose another with --port, such as --port {other}"
