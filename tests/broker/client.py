"""An MQTT client of tests that remembers what it hears."""

import contextlib
import socket
import subprocess
import threading
import time

import paho.mqtt.client as paho

from tests.programs import WAIT_S, wait_until

_TRIES = 10
_PAUSE_S = 0.5  # between two tries: an election takes a while


class Client:
    """ways: how it gets in, one of the functions below; will: (topic, payload, is_retained)."""

    def __init__(self, port: int, *ways, client_id: str = "", will: tuple = (), keepalive_s: int = 30, kind=paho.Client):
        self.heard: list[tuple[str, str, bool]] = []
        self.reasons: list[str] = []
        self.is_in = threading.Event()
        self.client = kind(paho.CallbackAPIVersion.VERSION2, client_id, protocol=paho.MQTTv311)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = lambda client, data, flags, reason, properties: self.reasons.append(str(reason))
        self.client.on_message = self._on_message
        if will:
            self.client.will_set(will[0], will[1], 0, will[2])
        for way in ways:
            way(self.client)
        self.port, self.keepalive_s = port, keepalive_s

    def __enter__(self) -> "Client":
        return self.enter()

    def __exit__(self, *error) -> None:
        self.leave()

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
        self._end_pipe()

    def enter(self) -> "Client":
        """Connect, and be in. Raises: OSError where there is no connection, AssertionError where the broker refuses."""
        self.client.connect("127.0.0.1", self.port, self.keepalive_s)
        self.client.loop_start()
        try:
            wait_until(lambda: self.is_in.is_set() or self.reasons, "an answer to CONNECT")
            assert self.is_in.is_set(), self.reasons
        except AssertionError:
            self.leave()
            raise
        return self

    def subscribe(self, *topics: str) -> None:
        """Subscribe, and wait for the broker's word."""
        done = threading.Event()
        self.client.on_subscribe = lambda *args: done.set()
        self.client.subscribe([(topic, 0) for topic in topics])
        assert done.wait(WAIT_S)

    def publish(self, topic: str, payload: str, is_retained: bool = False) -> None:
        self.client.publish(topic, payload, 0, is_retained).wait_for_publish(WAIT_S)

    def hears(self, topic: str, payload: str, wait_s: float = WAIT_S) -> None:
        """Wait for a message."""
        wait_until(lambda: (topic, payload) in [one[:2] for one in list(self.heard)], f"{topic} {payload}", wait_s)

    def vanish(self) -> None:
        """Be gone without a word, as after a power cut."""
        self.client.loop_stop()
        self._end_pipe()
        self.client.socket().shutdown(socket.SHUT_RDWR)

    def _end_pipe(self) -> None:
        pipe = getattr(self.client, "process", None)
        if pipe:
            pipe.kill()
            pipe.wait(WAIT_S)

    def _on_connect(self, client, data, flags, reason, properties) -> None:
        if reason.is_failure:
            self.reasons.append(str(reason))
        else:
            self.is_in.set()

    def _on_message(self, client, data, message) -> None:
        self.heard.append((message.topic, message.payload.decode(), message.retain))


def in_at_last(port: int, **more) -> Client:
    """A client that tries again until it is in, as boards do: a node that is finding out who leads drops whoever comes."""
    for _ in range(_TRIES - 1):
        with contextlib.suppress(OSError, AssertionError):
            return Client(port, **more).enter()
        time.sleep(_PAUSE_S)
    return Client(port, **more).enter()


def password(user: str, word: str):
    """With a password."""
    return lambda client: client.username_pw_set(user, word)


def tls(ca: str, cert: str | None = None, key: str | None = None):
    """With TLS: knowing the broker's authority, and with a certificate if there is one."""
    return lambda client: client.tls_set(ca, cert, key)


class _Piped(paho.Client):
    """A client that speaks through OpenSSL's: Python's own has no pre-shared keys before 3.13."""

    command: list[str]

    def _create_socket_connection(self) -> socket.socket:
        near, far = socket.socketpair()
        self.process = subprocess.Popen(self.command, stdin=far, stdout=far, stderr=subprocess.DEVNULL)
        far.close()
        return near


def with_psk(openssl: str, port: int, identity: str, key: str, **more) -> Client:
    """A client that gets in with a pre-shared key, as a board does."""
    target = ["-connect", f"127.0.0.1:{port}", "-psk_identity", identity, "-psk", key, "-tls1_2"]
    kind = type("Piped", (_Piped,), {"command": [openssl, "s_client", "-quiet", *target]})
    return Client(port, kind=kind, **more)
