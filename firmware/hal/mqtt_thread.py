"""The link to the broker: umqtt.simple in one thread. Whatever the network does, the door loop does not wait for it.

The thread connects, carries messages between the broker and a mailbox, and after trouble of any kind closes and comes
back, later each time. It feeds no watchdog: a door works without a broker.
"""

import sys
from _thread import stack_size, start_new_thread

from firmware.const import const
from firmware.hal.addresses import Addresses
from firmware.hal.backoff import Backoff
from firmware.hal.busy import Busy
from firmware.hal.mailbox import Mailbox
from firmware.hal.mqtt_client import Client
from firmware.hal.mqtt_session import Session

_QUEUE_ITEMS_MAX = const(48)
_QUEUE_BYTES_MAX = const(16_384)  # in each direction
_KEEPALIVE_S = const(20)  # half as much again after the last echo, the broker publishes the last will
_BUSY_MS = const(1)  # the door loop's turn, also in a flood
_IDLE_MS = const(10)  # the longest that a message lies in a queue of a working link
_NAP_MS = const(100)  # how soon a waiting thread hears that it shall end
_STACK_BYTES = const(16 * 1024)  # the ESP32's default is too small for TLS
# What umqtt.simple raises over a broken or strange connection, besides its own exception. Shortage of memory passes, too.
_TROUBLES = (OSError, AssertionError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError)
_TROUBLES += (MemoryError, ImportError)


class MqttLink(Mailbox):
    """The transport of a controller on MicroPython: a mailbox with a thread behind it. Topics are without `root`.

    `settings`: {"host", "port", "user", "password", "tls": None or {"psk_identity", "psk_key"} or {"ca", "cert", "key"}, paths},
        best with a literal address as host, because no timeout covers the look-up of a name; and perhaps "others",
        [[host, port], ...], more nodes of the same broker. After trouble with one the next is tried. `will`: (topic, payload)
        that the broker keeps for others when this side is gone, or None. `seed` makes boards come back at different times.
        `busy`: a Busy, which hears of handshakes, and of nothing that only waits for the network.
    """

    def __init__(self, settings: dict, client_id: str, root: str, subscriptions: list, will, seed: int, libraries=None, busy=None):
        super().__init__(_QUEUE_ITEMS_MAX, _QUEUE_BYTES_MAX)
        self._addresses = Addresses(settings)
        self._client_id = client_id.encode()
        self._root = root.rstrip("/").encode() + b"/"
        self._subscriptions = [topic.encode() for topic in subscriptions]
        self._echo = b"echo/" + self._client_id
        self._will = (self._root + will[0].encode(), will[1]) if will else None
        self._backoff = Backoff(seed)
        self._busy = busy or Busy(bool)
        self._libraries = libraries
        self._client = self._session = None
        self._is_ending = False
        self.is_running = False

    def start(self) -> None:
        """Begin to connect, in the background. Once more after the thread has ended in an error: `is_running` tells."""
        assert not self.is_running
        if not self._libraries:
            self._libraries = Libraries()
        self._is_ending, self.is_running = False, True
        if sys.platform == "esp32":
            stack_size(_STACK_BYTES)
        start_new_thread(self._run, ())

    def stop(self) -> None:
        """Let the thread close and end, soon. The broker then publishes the last will, as after a power cut."""
        self._is_ending = True

    def turn(self) -> int:
        """Do one small part of the thread's work. Return how many ms nothing needs doing."""
        try:
            if not self._session:
                self._connect()
            is_busy = self._session.step(self._libraries.now_ms())
            if self._session.is_proved:
                self._backoff.worked()
            return _BUSY_MS if is_busy else _IDLE_MS
        except _TROUBLES + (self._libraries.umqtt.MQTTException,):
            return self._broken()

    def _connect(self) -> None:
        libraries = self._libraries
        self._client = Client(libraries, self._addresses.settings(), self._client_id, self._will, _KEEPALIVE_S, self._busy)
        self._client.connect()
        self._session = Session(self._client, self, self._root, self._subscriptions, self._echo, libraries.now_ms())

    def _broken(self) -> int:
        self.count("failures")
        if self._session and self._session.is_half_open:
            self.count("half_open")
        self._close()
        self._addresses.failed()
        return self._backoff.next_ms()

    def _close(self) -> None:
        self.set_up(False)
        client, self._client, self._session = self._client, None, None
        if client:
            client.close()

    def _run(self) -> None:
        try:
            while not self._is_ending:
                self._rest(self.turn())
        finally:
            self._close()
            self.is_running = False

    def _rest(self, rest_ms: int) -> None:
        """Sleep, which also lets the door loop run where threads take turns."""
        while rest_ms > 0 and not self._is_ending:
            self._libraries.sleep_ms(min(rest_ms, _NAP_MS))
            rest_ms -= _NAP_MS


class Libraries:
    """The world outside, imported when the first link starts. Tests hand in another one."""

    def __init__(self):
        import select
        import socket
        import time

        from umqtt import simple

        self.umqtt, self.socket, self.select = simple, socket, select
        self.sleep_ms = time.sleep_ms
        self._time = time
        self._ticks_ms, self._now_ms = time.ticks_ms(), 0

    def now_ms(self) -> int:
        """Milliseconds since the start; the ticks they come from wrap after 12 days. For one thread only."""
        ticks_ms = self._time.ticks_ms()
        self._now_ms += self._time.ticks_diff(ticks_ms, self._ticks_ms)
        self._ticks_ms = ticks_ms
        return self._now_ms

    @staticmethod
    def tls(settings: dict):
        """A TLS context: pre-shared keys for boards, else certificates. Has never run on a board yet.

        Not by the module `ssl`, which drops the pre-shared key in silence and does not check certificates.
        """
        import tls

        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        if "psk_key" in settings:  # MicroPython 1.29
            context.psk_identity = settings["psk_identity"].encode()
            context.psk_key = bytes.fromhex(settings["psk_key"])
            return context
        from firmware.hal import certificates  # boards have pre-shared keys, and never load it

        context.verify_mode = tls.CERT_REQUIRED
        certificates.load(context, settings)
        return context
