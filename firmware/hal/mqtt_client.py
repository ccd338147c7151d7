"""An MQTT 3.1.1 client over umqtt.simple, without what waits in there: its loops for PUBACK and SUBACK, its wait_msg.

umqtt.simple 1.3.4 to 1.8.0 connects, publishes and closes; packets that come are read here. All is QoS 0.
"""

from firmware.const import const
from firmware.hal.mqtt_socket import Socket

_PUBLISH = const(0x30)
_SUBACK = const(0x90)
_TOPIC_BYTES_MAX = const(256)
_CONTROL_BYTES_MAX = const(16)  # of any packet that may come and is no message
_LENGTH_BYTES_MAX = const(4)
_REFUSED = const(0x80)
_ID_MAX = const(65535)
_EPROTO = const(71)
_EACCES = const(13)


class Client:
    """One connection, `sock` once it is connected. `libraries` and `busy` as in mqtt_thread.py, all texts are bytes.

    Raises: OSError when the connection is of no use any more; what else umqtt.simple raises comes through as it is.
    """

    def __init__(self, libraries, settings: dict, client_id: bytes, will, keepalive_s: int, busy):
        self._libraries, self._busy = libraries, busy
        self._host, self._tls = settings["host"], settings.get("tls")
        # Its only way to a socket is the name `socket` in its module, of which it calls two functions.
        libraries.umqtt.socket = self
        self.getaddrinfo = libraries.socket.getaddrinfo
        user, password = settings.get("user"), settings.get("password")
        self._umqtt = libraries.umqtt.MQTTClient(
            client_id,
            self._host,
            settings["port"],
            user.encode() if user else None,
            (password or "").encode() if user else None,
            keepalive_s,
        )
        if will:
            self._umqtt.set_last_will(will[0], will[1], True)
        self.sock = None
        self._id = 0

    def socket(self) -> Socket:
        """Make the socket that umqtt.simple asks for."""
        context = None
        if self._tls:
            with self._busy:
                context = self._libraries.tls(self._tls)
        self.sock = Socket(self._libraries, self._host, context, self._busy)
        return self.sock

    def connect(self) -> None:
        """Connect and wait for the broker's word, some seconds at most."""
        self._umqtt.connect()

    def close(self) -> None:
        """Close without a farewell: then the broker tells the others by the last will."""
        if self.sock:
            self.sock.close()
            self.sock = None

    def publish(self, topic: bytes, payload, is_retained: bool) -> None:
        """Send a message, now or with the next ones."""
        self._umqtt.publish(topic, payload, is_retained)

    def subscribe(self, topic: bytes) -> int:
        """Ask for a topic filter and return the packet's number, which the answer names. Does not wait for the answer."""
        self._id = self._id % _ID_MAX + 1
        body = self._id.to_bytes(2, "big") + len(topic).to_bytes(2, "big") + topic + b"\0"
        size = len(body)  # in seven bits a byte, the lowest first
        head = b"\x82" + (bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7]))
        self.sock.write(head + body)
        return self._id

    def read(self, payload_bytes_max: int) -> tuple:
        """Read one packet: ("message", topic, payload, is_retained), ("subscribed", number), ("too_long",), ("strange",)."""
        sock = self.sock
        sock.begin()
        head = sock.read(1)[0]
        size = self._read_length()
        if head & 0xF0 == _PUBLISH:
            return self._read_message(head, size, payload_bytes_max)
        if size > _CONTROL_BYTES_MAX:
            raise OSError(_EPROTO)
        body = sock.read(size) if size else b""
        return _subscribed(body) if head == _SUBACK else ("strange",)

    def _read_length(self) -> int:
        size = 0
        for place in range(_LENGTH_BYTES_MAX):
            byte = self.sock.read(1)[0]
            size |= (byte & 0x7F) << 7 * place
            if not byte & 0x80:
                return size
        raise OSError(_EPROTO)

    def _read_message(self, head: int, size: int, payload_bytes_max: int) -> tuple:
        sock = self.sock
        topic_bytes = int.from_bytes(sock.read(2), "big")
        qos = head >> 1 & 3
        size -= 2 + topic_bytes + (2 if qos else 0)
        if size < 0 or qos > 1:
            raise OSError(_EPROTO)
        is_short = topic_bytes <= _TOPIC_BYTES_MAX and size <= payload_bytes_max
        if not is_short:
            sock.skip(topic_bytes)
        topic = sock.read(topic_bytes) if is_short and topic_bytes else b""
        if qos:  # nobody asked for it; the broker is told that it has come
            sock.write(b"\x40\x02" + sock.read(2))
        if not is_short:
            sock.skip(size)
            return ("too_long",)
        return ("message", topic, sock.read(size) if size else b"", bool(head & 1))


def _subscribed(body: bytes) -> tuple:
    if len(body) != 3:
        raise OSError(_EPROTO)
    if body[2] == _REFUSED:
        raise OSError(_EACCES)
    return ("subscribed", int.from_bytes(body[:2], "big"))
