"""The broker of a live bench: one that runs in this process and can be stopped, or somebody's elsewhere."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from host_sim.broker import EmbeddedBroker
from host_sim.views import WorldError

_VERBS = {True: ("restart", "stop"), False: ("start",)}


class OwnBroker:
    """Runs in this process, on a port that stays the same. Raises: WorldError where it cannot start."""

    keeps = False  # what is retained in it is gone with it

    def __init__(self, port: int = 0):
        self._broker: EmbeddedBroker | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="broker work")  # a stop takes longer than a page may wait
        self._work: Future | None = None
        self._port = port
        self._start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self._port}"

    @property
    def is_up(self) -> bool:
        return self._broker is not None and not self._is_busy()

    @property
    def state(self) -> str:
        if self._is_busy():
            return "Broker is being worked on"
        failure = self._work.exception() if self._work else None
        return f"Broker failed: {failure}" if failure else "Broker is up" if self._broker else "Broker is stopped"

    def verbs(self) -> tuple[str, ...]:
        """Return what can be done to it now."""
        return () if self._is_busy() else _VERBS[self._broker is not None]

    def work(self, verb: str) -> None:
        """Do something to it, in the background."""
        if verb not in self.verbs():
            raise WorldError(f"The broker cannot {verb} now.")
        self._work = self._worker.submit(self._do, verb)

    def close(self) -> None:
        self._worker.shutdown()
        if self._broker:
            self._stop()

    def _is_busy(self) -> bool:
        return self._work is not None and not self._work.done()

    def _do(self, verb: str) -> None:
        if verb != "start":
            self._stop()
        if verb != "stop":
            self._start()

    def _start(self) -> None:
        broker = EmbeddedBroker(self._port)
        try:
            broker.__enter__()
        except Exception as error:  # noqa: BLE001 amqtt has one of its own for each kind of trouble
            raise WorldError(f"a broker cannot listen on 127.0.0.1:{self._port}: {error}") from None
        self._broker, self._port = broker, broker.port

    def _stop(self) -> None:
        broker, self._broker = self._broker, None
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # it would complain of every client that it cuts off
        broker.__exit__(None, None, None)


class OthersBroker:
    """Somebody's broker. `has_link()` says whether the console reaches it."""

    keeps = True

    def __init__(self, url: str, has_link):
        self.url, self._has_link = url, has_link

    @property
    def is_up(self) -> bool:
        return self._has_link()

    @property
    def state(self) -> str:
        return "Broker is reached" if self.is_up else "Broker is not reached"

    def verbs(self) -> tuple[str, ...]:
        return ()

    def work(self, verb: str) -> None:
        raise WorldError("This broker is somebody else's.")

    def close(self) -> None:
        """It goes on."""
