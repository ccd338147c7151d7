"""An MQTT 3.1.1 client over umqtt.simple, without what waits in there: its loops for PUBACK and SUBACK, its wait_msg.

umqtt.simple 1.3.4 to 1.8.0 connects, publishes and closes; packets that come are read here. All is QoS 0.
"""

from firmware.hal.mqtt_socket import LinkError, Sockets

_PUBLISH, _PUBACK, _SUBACK = 0x30, 0x40, 0x90
_TOPIC_BYTES_MAX = 256
_CONTROL_BYTES_MAX = 16  # of any packet that may come and is no message
_LENGTH_BYTES_MAX = 4
_REFUSED = 0x80
_ID_MAX = 65535
_EPROTO = 71
_EACCES = 13


class Client:
    """One connection. `umqtt` is the module umqtt.simple, `libraries` as in mqtt_thread.py, all texts are bytes.

    Raises: OSError when the connection is of no use any more; what else umqtt.simple raises comes through as it is.
    """

    def __init__(self, umqtt, libraries, settings: dict, client_id: bytes, will, keepalive_s: int):
        # Its only way to a socket is its module's name `socket`.
        umqtt.socket = Sockets(libraries, settings["host"], settings.get("tls"))
        user, password = settings.get("user"), settings.get("password")
        self._umqtt = umqtt.MQTTClient(
            client_id,
            settings["host"],
            settings["port"],
            user.encode() if user else None,
            (password or "").encode() if user else None,
            keepalive_s,
        )
        if will:
            self._umqtt.set_last_will(will[0], will[1], True)
        self._id = 0

    def connect(self) -> None:
        """Connect and wait for the broker's word, some seconds at most."""
        self._umqtt.connect()

    def close(self) -> None:
        """Close without a farewell: then the broker tells the others by the last will."""
        if self._umqtt.sock:
            self._umqtt.sock.close()
            self._umqtt.sock = None

    def publish(self, topic: bytes, payload, is_retained: bool) -> None:
        """Send a message, now or with the next ones."""
        self._umqtt.publish(topic, payload, is_retained)

    def subscribe(self, topic: bytes) -> int:
        """Ask for a topic filter and return the packet's number, which the answer names. Does not wait for the answer."""
        self._id = self._id % _ID_MAX + 1
        body = self._id.to_bytes(2, "big") + len(topic).to_bytes(2, "big") + topic + b"\0"
        self._umqtt.sock.write(b"\x82" + _length(len(body)) + body)
        return self._id

    def flush(self) -> None:
        """Send all that was published and asked for."""
        self._umqtt.sock.flush()

    def is_readable(self) -> bool:
        """Say whether something has come."""
        return self._umqtt.sock.is_readable()

    def read(self, payload_bytes_max: int) -> tuple:
        """Read one packet: ("message", topic, payload, is_retained), ("subscribed", number), ("too_long",), ("strange",)."""
        sock = self._umqtt.sock
        sock.begin()
        head = sock.read(1)[0]
        size = self._read_length()
        if head & 0xF0 == _PUBLISH:
            return self._read_message(head, size, payload_bytes_max)
        if size > _CONTROL_BYTES_MAX:
            raise LinkError(_EPROTO)
        body = sock.read(size) if size else b""
        return self._read_suback(body) if head == _SUBACK else ("strange",)

    def _read_length(self) -> int:
        size = 0
        for place in range(_LENGTH_BYTES_MAX):
            byte = self._umqtt.sock.read(1)[0]
            size |= (byte & 0x7F) << 7 * place
            if not byte & 0x80:
                return size
        raise LinkError(_EPROTO)

    def _read_message(self, head: int, size: int, payload_bytes_max: int) -> tuple:
        sock = self._umqtt.sock
        topic_bytes, size = self._read_number(), size - 2
        qos = head >> 1 & 3
        size -= topic_bytes + (2 if qos else 0)
        if size < 0 or qos > 1:
            raise LinkError(_EPROTO)
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

    def _read_number(self) -> int:
        return int.from_bytes(self._umqtt.sock.read(2), "big")

    @staticmethod
    def _read_suback(body: bytes) -> tuple:
        if len(body) != 3:
            raise LinkError(_EPROTO)
        if body[2] == _REFUSED:
            raise LinkError(_EACCES)
        return ("subscribed", int.from_bytes(body[:2], "big"))


def _length(size: int) -> bytes:
    """Seven bits a byte, the lowest first, as MQTT counts the rest of a packet. At most two bytes are needed here."""
    return bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])
