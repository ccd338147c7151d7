"""The link to the broker on a PC: paho-mqtt in one thread, with the queues, waits and words of firmware/hal/mqtt_thread.py."""
import ssl
import threading
import time

from paho.mqtt import client as paho

from firmware.hal.addresses import Addresses
from firmware.hal.backoff import Backoff
from firmware.hal.mailbox import BYTES_MAX, Mailbox, full_topic

# A PC has room, and a console hears the whole site.
_QUEUE_ITEMS_MAX = 5000
_QUEUE_BYTES_MAX = 8_000_000
# paho asks the broker for a sign of life after so long, and closes when none came in the same time again.
_KEEPALIVE_S = 4
_SUBSCRIBED_S = 6  # until all subscriptions are confirmed
_PROVED_S = 5  # a link that held so long works
_LOOP_S = 0.01  # the longest that a message lies in a queue of a working link
_BATCH = 100
_STOP_S = 10
_TROUBLES = (OSError, ValueError)
_COMMAND = b"command/"


class MqttLink(Mailbox):
    """The transport of a simulated controller and of a console: a mailbox with a thread behind it, as on a board.

    `settings`: {"host", "port", "user", "password", "tls": None or {"ca", "cert", "key"}: paths of PEM files, or from
        Python 3.13 on {"psk_identity", "psk_key"}: hex}, and perhaps "others", [[host, port], ...], more nodes of the same
        broker. `will`: (topic, payload) that the broker keeps, or None.
    """

    def __init__(self, settings: dict, client_id: str, root: str, subscriptions: list[str], will: tuple | None, seed: int):
        super().__init__(_QUEUE_ITEMS_MAX, _QUEUE_BYTES_MAX)
        self._settings = settings
        self._client_id = client_id
        self._root = root.rstrip("/") + "/"
        self._subscriptions = subscriptions
        self._will = will
        self._addresses = Addresses(settings)
        self._backoff = Backoff(seed)
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._up_s: float | None = None  # when this connection was ready

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to connect, in the background."""
        assert not self.is_running
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, name=f"mqtt {self._client_id}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close. The broker then publishes the last will, as after a power cut."""
        self._ending.set()
        if self._thread:
            self._thread.join(_STOP_S)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._connection()
            self._up_s = None
            self.set_up(False)
            if not self._ending.is_set():
                self.count("failures")
                self._addresses.failed()
                self._ending.wait(self._backoff.next_ms() / 1000)

    def _connection(self) -> None:
        """Live one connection to its end."""
        client, settings = self._client(), self._addresses.settings()
        try:
            client.connect(settings["host"], settings["port"], _KEEPALIVE_S)
            end_s = time.monotonic() + _SUBSCRIBED_S
            while client.loop(_LOOP_S) == paho.MQTT_ERR_SUCCESS and not self._ending.is_set():
                if self._up_s is not None:
                    self._tend(client)
                elif time.monotonic() > end_s:
                    break
        except _TROUBLES:  # a name that is none, a port nobody listens on, a certificate, a broken socket
            pass
        finally:
            if client.socket():
                client.socket().close()  # without a farewell: the last will is for the others

    def _client(self) -> paho.Client:
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=self._client_id)
        client.on_connect, client.on_subscribe = self._connected, self._subscribed
        client.on_message, client.on_disconnect = self._heard, self._disconnected
        if self._settings.get("user"):
            client.username_pw_set(self._settings["user"], self._settings.get("password"))
        if self._settings.get("tls"):
            client.tls_set_context(context(self._settings["tls"]))
        if self._will:
            client.will_set(self._root + self._will[0], self._will[1], retain=True)
        return client

    def _tend(self, client: paho.Client) -> None:
        """Send what waits, as long as the socket takes it: paho would queue without a limit."""
        if time.monotonic() > self._up_s + _PROVED_S:
            self._backoff.worked()
        for _ in range(_BATCH):
            message = None if client.want_write() else self.next_out()
            if not message:
                return
            client.publish(full_topic(self._root.encode(), message[0]).decode(), message[1], retain=message[2])

    def _connected(self, client, _data, _flags, reason, _properties) -> None:
        if not reason.is_failure:  # else the broker closes
            client.subscribe([(self._root + topic, 0) for topic in self._subscriptions])

    def _subscribed(self, client, _data, _number, reasons, _properties) -> None:
        if any(reason.is_failure for reason in reasons):
            client.disconnect()
            return
        self._up_s = time.monotonic()
        self._forget_commands()
        self.count("connects")
        self.set_up(True)

    def _forget_commands(self) -> None:
        """Who gave a command while the link was broken has been told that nobody answered: it must not open a door later."""
        with self._lock:
            for message in self._out.take_all():
                if message[0].startswith(_COMMAND):
                    self._out.dropped += 1
                else:
                    self._out.put(message)

    def _disconnected(self, _client, _data, _flags, reason, _properties) -> None:
        if self._up_s is not None and reason == "Keep alive timeout":
            self.count("half_open")
        self._up_s = None  # paho may say it twice

    def _heard(self, _client, _data, message: paho.MQTTMessage) -> None:
        topic = message.topic
        if not topic.startswith(self._root):
            self.count("strange")
        elif len(message.payload) > BYTES_MAX:
            self.count("too_long")
        else:
            self.arrived(topic[len(self._root) :].encode(), message.payload, message.retain)


def context(tls: dict) -> ssl.SSLContext:
    """Certificates, or a pre-shared key where Python can do that. Raises: OSError, ValueError."""
    if "psk_key" not in tls:
        made = ssl.create_default_context(cafile=tls["ca"])
        if tls.get("cert"):
            made.load_cert_chain(tls["cert"], tls["key"])
        return made
    if not hasattr(ssl.SSLContext, "set_psk_client_callback"):
        raise ValueError("TLS with a pre-shared key needs Python 3.13 on a PC: give the console a certificate")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False  # there is no certificate: the key is the proof
    made.verify_mode = ssl.CERT_NONE
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("PSK")
    made.set_psk_client_callback(lambda _hint: (tls["psk_identity"], bytes.fromhex(tls["psk_key"])))
    return made
