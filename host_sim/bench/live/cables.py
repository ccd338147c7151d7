"""What runs between controllers and the broker: some TCP for each controller, which can be cut or fall silent.

Of one that is `cut` the connections are reset, and every new one ends at once: both sides notice, and the broker tells the
controller's last will. Through one that is `silent` nothing passes, as when a plug is pulled or a radio fades: nobody
notices before he misses a sign of life.
"""

import asyncio
import contextlib
import threading
from functools import partial

ON, SILENT, CUT = STATES = ("on", "silent", "cut")
_HOST = "127.0.0.1"
_CHUNK_BYTES = 1 << 16
_PATIENCE_S = 10


class Cables:
    """All in one thread of their own, so that no page makes them slow. `nodes`: [[host, port], …] of the broker."""

    def __init__(self, nodes: list[list]):
        self._nodes = nodes
        self._states: dict[str, str] = {}
        self._cables: dict[str, _Cable] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cables", daemon=True)
        self._thread.start()

    def lay(self, name: str) -> list[list]:
        """Lay a cable. Returns where its controller finds each node."""
        self._states[name], self._cables[name] = ON, _Cable()
        return [[_HOST, port] for port in self._await(self._cables[name].open(self._nodes))]

    def state(self, name: str) -> str:
        return self._states[name]

    def set(self, name: str, state: str) -> None:
        """Let a cable be in one of the STATES."""
        if state != self._states[name]:
            self._states[name] = state
            self._await(self._cables[name].be(state))

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

    def __init__(self):
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task] = set()
        self._servers: list[asyncio.Server] = []

    async def open(self, nodes: list[list]) -> list[int]:
        """Listen once for each node. Returns the ports."""
        self._servers = [await asyncio.start_server(partial(self._take, *node), _HOST, 0) for node in nodes]
        return [server.sockets[0].getsockname()[1] for server in self._servers]

    async def be(self, state: str) -> None:
        self._is_cut = state == CUT
        self._flows.clear() if state == SILENT else self._flows.set()
        if self._is_cut:
            self._reset()

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        await self.be(CUT)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_PATIENCE_S)

    def _reset(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def _take(self, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        task, ends = asyncio.current_task(), {writer}
        self._tasks.add(task)
        self._ends |= ends
        try:
            if not self._is_cut:
                far_reader, far_writer = await asyncio.open_connection(host, port)
                ends.add(far_writer)
                self._ends |= ends
                pumps = [asyncio.ensure_future(pump) for pump in (self._pump(reader, far_writer), self._pump(far_reader, writer))]
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            pass  # nobody is there: the controller sees its connection end
        finally:
            for end in ends:
                end.transport.abort()
            self._ends -= ends
            self._tasks.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes one way, until either side ends; what comes while it is silent waits, as in a network."""
        with contextlib.suppress(OSError):
            while True:
                data = await reader.read(_CHUNK_BYTES)
                await self._flows.wait()
                if not data:
                    return
                writer.write(data)
                await writer.drain()
