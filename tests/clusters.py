"""A broker of three nodes for tests: Debian's nats-server, which speaks MQTT 3.1.1 by its JetStream.

with cluster(folder) as nodes:
    nodes.ports            where MQTT clients connect, one port for each node
    nodes.kill(0)          as a power cut does
    nodes.start(0)         the same node again, with what it had stored
    nodes.freeze(0)        its connections stay open, and nobody answers, until nodes.thaw(0)

Limits: it refuses QoS 2; of three nodes two must run for new clients to get in; the last wills of clients of a node that
dies are never published, and those of a node that froze come when it thaws, wherever its clients are by then.
"""

import contextlib
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho

from tests.programs import WAIT_S, find, free_ports, running

SIZE = 3
# The nodes elect a leader for what they store, and refuse or drop clients until then.
READY_S = 60
_NODE = """\
server_name: n{index}
listen: 127.0.0.1:{port}
jetstream {{ store_dir: "{store}", max_mem: 64M, max_file: 256M }}
cluster {{ name: site, listen: 127.0.0.1:{route}, routes: [{routes}] }}
mqtt {{ listen: 127.0.0.1:{mqtt}, stream_replicas: {size}, consumer_replicas: {size} }}
"""


class Cluster:
    """Three nodes of one broker, each of which may be killed and started again."""

    def __init__(self, folder: Path):
        self.folder, self.program = folder, find("nats-server")
        found = free_ports(3 * SIZE)
        self.ports, self._routes, self._own = found[:SIZE], found[SIZE : 2 * SIZE], found[2 * SIZE :]
        self._stacks = [contextlib.ExitStack() for _ in range(SIZE)]
        self._nodes: list[subprocess.Popen | None] = [None] * SIZE

    def start(self, index: int) -> None:
        """Start a node, and wait until it listens."""
        path = self.folder / f"n{index}.conf"
        path.write_text(self._settings(index))
        log = self.folder / f"n{index}.log"
        ports = (self.ports[index], self._routes[index])
        self._nodes[index] = self._stacks[index].enter_context(running([self.program, "-c", str(path)], ports, log))

    def kill(self, index: int) -> None:
        """End a node at once, in the middle of whatever it does."""
        self._nodes[index].kill()
        self._nodes[index].wait(WAIT_S)
        self._stacks[index].close()

    def freeze(self, index: int) -> None:
        self._nodes[index].send_signal(signal.SIGSTOP)

    def thaw(self, index: int) -> None:
        self._nodes[index].send_signal(signal.SIGCONT)

    def wait_until_ready(self) -> None:
        """Wait until every node lets a client in that the others then know of."""
        until_s = time.monotonic() + READY_S
        for port in self.ports:
            while not _lets_in(port):
                assert time.monotonic() < until_s, f"no client gets in on port {port}"

    def stop(self) -> None:
        for stack in self._stacks:
            stack.close()

    def _settings(self, index: int) -> str:
        routes = ", ".join(f"nats://127.0.0.1:{route}" for route in self._routes)
        ports = {"port": self._own[index], "route": self._routes[index], "mqtt": self.ports[index]}
        return _NODE.format(index=index, store=self.folder / f"store{index}", routes=routes, size=SIZE, **ports)


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster that clients can use, ended with the block."""
    nodes = Cluster(folder)
    try:
        for index in range(SIZE):
            nodes.start(index)
        nodes.wait_until_ready()
        yield nodes
    finally:
        nodes.stop()


def _lets_in(port: int) -> bool:
    """Whether a node answers a client within a few seconds."""
    is_in = threading.Event()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    client.on_connect = lambda client, data, flags, reason, properties: reason.is_failure or is_in.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    found = is_in.wait(8)
    client.disconnect()
    client.loop_stop()
    return found
