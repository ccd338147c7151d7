"""What runs between controllers and the broker: a piece of TCP for each controller, which can be pulled out.

Who pulls one resets its connections, as a switch does that loses power: both sides notice, and the broker tells the
controller's last will. Until it is plugged in again, every new connection ends at once.
"""

import asyncio
import contextlib
import threading

_HOST = "127.0.0.1"
_CHUNK_BYTES = 1 << 16
_PATIENCE_S = 10


class Cables:
    """All in one thread of their own, so that no page makes them slow. `broker`: (host, port)."""

    def __init__(self, broker: tuple[str, int]):
        self._broker = broker
        self._cables: dict[str, _Cable] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cables", daemon=True)
        self._thread.start()

    def lay(self, name: str) -> tuple[str, int]:
        """Lay a cable. Returns where its controller finds the broker."""
        self._cables[name] = cable = _Cable(self._broker)
        return _HOST, self._await(cable.open())

    def is_plugged(self, name: str) -> bool:
        return self._cables[name].is_plugged

    def plug(self, name: str, is_plugged: bool) -> None:
        """Plug a cable in, or pull it out."""
        self._cables[name].is_plugged = is_plugged
        if not is_plugged:
            self._loop.call_soon_threadsafe(self._cables[name].reset)

    def close(self) -> None:
        for cable in self._cables.values():
            self._await(cable.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        self._loop.close()

    def _await(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_PATIENCE_S)


class _Cable:
    """One of them, in the thread of all."""

    def __init__(self, broker: tuple[str, int]):
        self.is_plugged = True
        self._broker = broker
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        self._server = await asyncio.start_server(self._take, _HOST, 0)
        return self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        self.reset()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_PATIENCE_S)

    def reset(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        task, ends = asyncio.current_task(), {writer}
        self._tasks.add(task)
        self._ends |= ends
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._broker)
            ends.add(far_writer)
            self._ends |= ends
            if self.is_plugged:
                pumps = [asyncio.ensure_future(pump) for pump in (_pump(reader, far_writer), _pump(far_reader, writer))]
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            pass  # there is no broker: the controller sees its connection end
        finally:
            for end in ends:
                end.transport.abort()
            self._ends -= ends
            self._tasks.discard(task)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way, until either side ends."""
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
