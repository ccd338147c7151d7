"""A world for the MQTT link: a socket that is told what comes, umqtt.simple as its versions behave, a clock by hand."""

ETIMEDOUT = 110
CONNACK = b"\x20\x02\0\0"


class FakeSocket:
    """What a board's socket does after `settimeout`: return what has come, or raise when nothing comes in time.

    `piece_max`: of one read or write. `has_ended`: the other side has closed. `fails`: {method name: exception}.
    """

    def __init__(self, incoming=b"", piece_max=1 << 20):
        self.incoming = bytearray(incoming)
        self.sent = bytearray()
        self.sends = 0
        self.piece_max = piece_max
        self.has_ended = self.is_closed = False
        self.fails = {}
        self.largest_read = 0
        self.timeout = None
        self.wait = None  # is called before each read

    def settimeout(self, seconds):
        self.timeout = seconds

    def setblocking(self, is_blocking):
        self.timeout = None if is_blocking else 0

    def connect(self, address):
        self._may_fail("connect")

    def recv(self, size):
        self._may_fail("recv")
        if self.wait:
            self.wait()
        size = min(size, self.piece_max)
        self.largest_read = max(self.largest_read, size)
        data = bytes(self.incoming[:size])
        if not data and not self.has_ended:
            raise OSError(ETIMEDOUT)
        self.incoming = self.incoming[size:]
        return data

    def recv_into(self, view):
        data = self.recv(len(view))
        view[: len(data)] = data
        return len(data)

    readinto = recv_into  # MicroPython's name

    def send(self, data):
        self._may_fail("send")
        self.sends += 1
        taken = bytes(data[: self.piece_max])
        self.sent += taken
        return len(taken)

    def close(self):
        self.is_closed = True
        self._may_fail("close")

    def _may_fail(self, name):
        if name in self.fails:
            raise self.fails[name]


class TlsStream:
    """What MicroPython wraps around a socket: other names, and a write that may be too late without raising."""

    def __init__(self, raw):
        self.raw = raw
        self.read, self.readinto, self.write, self.close = raw.recv, raw.readinto, raw.send, raw.close


class _Poll:
    def __init__(self):
        self._stream = None

    def register(self, stream, events):
        self._stream = stream.raw if isinstance(stream, TlsStream) else stream

    def poll(self, timeout_ms):
        return [(self._stream, 1)] if self._stream.incoming or self._stream.has_ended else []


class _Select:
    poll = _Poll


class _SocketModule:
    def __init__(self, sockets):
        self.waiting = list(sockets)
        self.opened = []

    def socket(self):
        self.opened.append(self.waiting.pop(0))
        return self.opened[-1]

    def getaddrinfo(self, host, port):
        return [(2, 1, 0, "", (host, port))]


class _Context:
    def __init__(self, settings):
        self.settings = settings

    def wrap_socket(self, raw, server_hostname, do_handshake_on_connect):
        assert not do_handshake_on_connect  # it would wait, and nobody could tell its waits from its work
        return TlsStream(raw)


class Libraries:
    """Stands for mqtt_thread.Libraries. `sockets` are handed out in turn."""

    def __init__(self, sockets=(), version=(1, 3, 4)):
        self.umqtt, self.select, self.socket = Umqtt(version), _Select, _SocketModule(sockets)
        self.tls = _Context
        self.clock_ms = 0
        self.rests = []

    def now_ms(self):
        return self.clock_ms

    def sleep_ms(self, ms):
        self.rests.append(ms)
        self.clock_ms += ms


class MQTTException(Exception):
    pass


class Umqtt:
    """The module umqtt.simple as far as a version of it matters here: how it treats its socket, and what it raises.

    1.3.4 knows no timeout; from 1.5.0 on `connect` sets one, none by default; 1.8.0 closes an old socket first.
    `raises`: {method name: exception}, as its asserts and short reads do.
    """

    def __init__(self, version):
        self.version = version
        self.MQTTException = MQTTException
        self.socket = None
        self.raises = {}
        self.clients = []

    def MQTTClient(self, *arguments):
        self.clients.append(_UmqttClient(self, *arguments))
        return self.clients[-1]


class _UmqttClient:
    def __init__(self, module, client_id, server, port=0, user=None, password=None, keepalive=0):
        for text in (client_id, user, password):
            assert text is None or isinstance(text, bytes)  # it writes the number of characters as that of bytes
        self.module = module
        self.sock = self.will = None
        self.client_id, self.server, self.port = client_id, server, port
        self.user, self.password, self.keepalive = user, password, keepalive

    def set_last_will(self, topic, message, retain=False, qos=0):
        self.will = (topic, message, retain)

    def connect(self):
        self._may_raise("connect")
        if self.module.version >= (1, 8, 0) and self.sock:
            self.sock.close()
        self.sock = self.module.socket.socket()
        if self.module.version >= (1, 5, 0):
            self.sock.settimeout(None)
        self.sock.connect(self.module.socket.getaddrinfo(self.server, self.port)[0][-1])
        self.sock.write(bytearray(b"\x10\0\0\0"), 2)
        answer = self.sock.read(4)
        assert answer[0] == 0x20 and answer[1] == 0x02
        if answer[3] != 0:
            raise MQTTException(answer[3])

    def publish(self, topic, message, retain=False, qos=0):
        self._may_raise("publish")
        assert qos == 0  # it would wait for an answer without an end
        size = 2 + len(topic) + len(message)
        self.sock.write(bytearray((0x30 | retain, size & 0x7F | 0x80, size >> 7, 0)), 3)
        self.sock.write(len(topic).to_bytes(2, "big"))
        self.sock.write(topic)
        self.sock.write(message)

    def wait_msg(self):
        raise AssertionError("nobody may call this: it takes the timeout away")

    check_msg = subscribe = ping = wait_msg

    def _may_raise(self, name):
        if name in self.module.raises:
            raise self.module.raises[name]


def message(topic, payload, head=0x30, number=b""):
    """A PUBLISH packet."""
    body = len(topic).to_bytes(2, "big") + topic + number + payload
    return bytes([head]) + length(len(body)) + body


def length(size):
    data = b""
    while size > 0x7F:
        data += bytes([size & 0x7F | 0x80])
        size >>= 7
    return data + bytes([size])


def suback(number, code=0):
    return b"\x90\x03" + number.to_bytes(2, "big") + bytes([code])


SETTINGS = {"host": "10.0.0.1", "port": 1883, "user": None, "password": None, "tls": None}
