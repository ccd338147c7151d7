"""A broker inside this process, for a site that is simulated on one PC: amqtt in a thread of its own."""
import asyncio
import logging
import threading

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler

_HOST = "127.0.0.1"
_START_S = 20
_STOP_S = 3
_LATE_S = 2  # a sign of life may be
_LISTENER = "default"
_PLUGINS = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}


def _miss(handler: BrokerProtocolHandler) -> None:
    """End a connection over which nothing came for as long as its client has promised. amqtt would wait for ever."""
    asyncio.ensure_future(handler.handle_connection_closed())


class _Steady(dict):
    """Who walks over it does not see what changes meanwhile: amqtt waits in the middle of such walks, and would end them."""

    def __iter__(self):
        return iter(list(super().keys()))

    def items(self):
        return list(super().items())


class _Broker(Broker):
    """Knows its connections, so that they can be cut."""

    def __init__(self, config: dict):
        super().__init__(config)
        self._subscriptions = _Steady()
        self._open: dict[asyncio.StreamWriter, StreamWriterAdapter] = {}

    async def stream_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str) -> None:
        self._open[writer] = StreamWriterAdapter(writer)
        try:
            await self.external_connected(StreamReaderAdapter(reader), self._open[writer], listener_name)
        finally:
            del self._open[writer]

    def port(self) -> int:
        """amqtt does not tell which one it was given."""
        return self._servers[_LISTENER].instance.sockets[0].getsockname()[1]

    async def end(self) -> None:
        """Stop for good. amqtt says farewell to each client, and waits for ever for one that goes on talking: that is cut off."""
        self._servers[_LISTENER].instance.close()
        farewell = asyncio.ensure_future(self.shutdown())
        for writer, adapter in self._open.items():
            adapter.is_closed = True  # nothing more is written to it
            writer.transport.abort()
        await asyncio.wait((farewell,), timeout=_STOP_S)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


class EmbeddedBroker:
    """`with EmbeddedBroker() as url`: mqtt://127.0.0.1:PORT. Loopback only, anybody may connect; nothing is kept.

    `port` 0 means one that is free.
    """

    def __init__(self, port: int = 0):
        self.host, self.port = _HOST, port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="broker", daemon=True)
        self._broker: _Broker | None = None

    def __enter__(self) -> str:
        logging.getLogger("amqtt").setLevel(logging.ERROR)  # each connection is worth several lines to it
        BrokerProtocolHandler.handle_read_timeout = _miss
        self._thread.start()
        try:
            self._await(self._start())
        except BaseException:
            self._end()
            raise
        return self.url

    def __exit__(self, *_) -> None:
        try:
            self._await(self._broker.end())
        finally:
            self._end()

    @property
    def url(self) -> str:
        return f"mqtt://{self.host}:{self.port}"

    async def _start(self) -> None:
        listeners = {_LISTENER: {"type": "tcp", "bind": f"{self.host}:{self.port}"}}
        self._broker = _Broker({"listeners": listeners, "plugins": _PLUGINS, "timeout_disconnect_delay": _LATE_S})
        await self._broker.start()
        self.port = self._broker.port()

    def _await(self, coroutine) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_START_S)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_START_S)
        self._loop.close()
