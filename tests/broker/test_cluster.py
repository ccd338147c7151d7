"""What Backstop needs of a broker, on one of three nodes: also while a node dies."""

import pytest

from tests.broker.client import Client, in_at_last
from tests.clusters import SIZE, cluster
from tests.programs import find, wait_until

pytestmark = [pytest.mark.broker, pytest.mark.slow]
ROOT = "backstop/v1/demo/"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    find("nats-server")
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def boards(nodes, **more) -> list[Client]:
    """One client on each node, each with its last will, all hearing all."""
    found = []
    for index, port in enumerate(nodes.ports):
        will = (f"{ROOT}status/c{index}", "offline", True)
        found.append(in_at_last(port, client_id=f"c{index}", will=will, **more))
        found[-1].subscribe(f"{ROOT}#")
    for client in found:
        wait_until(lambda client=client: _is_heard(client, found), "the nodes know of each other's subscriptions")
    for client in found:
        client.heard.clear()
    return found


def _is_heard(client: Client, others: list[Client]) -> bool:
    """Say something, and whether all have heard something of it: a subscription is known at its own node first, at the others later."""
    topic = f"{ROOT}probe/{others.index(client)}"
    client.publish(topic, "here")
    return all(topic in [one[0] for one in list(other.heard)] for other in others)


def ended(clients) -> None:
    for client in clients:
        client.__exit__()


def all_hear(clients, topic: str, payload: str) -> None:
    for client in clients:
        client.hears(ROOT + topic, payload)


def test_messages_reach_the_clients_of_every_node_in_order(nodes):
    clients = boards(nodes)
    for number in range(50):
        for index, client in enumerate(clients):
            client.publish(f"{ROOT}log/c{index}", f"m{number}")
    for index in range(SIZE):
        all_hear(clients, f"log/c{index}", "m49")
    for client in clients:
        for index in range(SIZE):
            assert [said for topic, said, _ in client.heard if topic == f"{ROOT}log/c{index}"] == [f"m{n}" for n in range(50)]
    ended(clients)


def test_a_long_message_arrives_whole(nodes):
    clients = boards(nodes)
    clients[0].publish(f"{ROOT}log/c0", "x" * 4096)
    all_hear(clients, "log/c0", "x" * 4096)
    ended(clients)


def test_what_is_retained_waits_for_late_clients_of_other_nodes_until_it_is_replaced_or_taken_back(nodes):
    with Client(nodes.ports[0]) as board:
        for topic, said in (("lobby", "open"), ("gone", "open"), ("lobby", "locked"), ("gone", "")):
            board.publish(f"{ROOT}door/{topic}", said, True)
        for port in nodes.ports:
            wait_until(lambda port=port: retained(port, "door/+") == [(f"{ROOT}door/lobby", "locked", True)], "retained")


def retained(port: int, topic: str) -> list:
    """What a new client of a node hears first."""
    with Client(port) as late:
        late.subscribe(ROOT + topic)
        late.subscribe(f"{ROOT}echo/late")
        late.publish(f"{ROOT}echo/late", "end")
        late.hears(f"{ROOT}echo/late", "end")
        return [one for one in late.heard if "/echo/" not in one[0]]


def test_a_last_will_reaches_other_nodes_and_is_retained(nodes):
    clients = boards(nodes)
    clients[0].publish(f"{ROOT}status/c0", "online", True)
    all_hear(clients[1:], "status/c0", "online")
    clients[0].vanish()
    all_hear(clients[1:], "status/c0", "offline")
    offline = (f"{ROOT}status/c0", "offline", True)
    wait_until(lambda: retained(nodes.ports[2], "status/c0") == [offline], "the will, retained")
    ended(clients[1:])


def test_messages_go_on_while_a_node_dies_and_its_clients_move_to_another(nodes):
    """The others notice nothing, and the node comes back with what it missed. Its last wills are lost."""
    clients = boards(nodes)
    clients[0].publish(f"{ROOT}door/lobby", "locked", True)
    all_hear(clients, "door/lobby", "locked")
    for number in range(40):
        if number == 10:
            nodes.kill(0)
        clients[1].publish(f"{ROOT}log/c1", f"k{number}")
        clients[2].publish(f"{ROOT}log/c2", f"k{number}")
    for name in ("c1", "c2"):
        all_hear(clients[1:], f"log/{name}", "k39")
        for client in clients[1:]:
            said = [payload for topic, payload, _ in client.heard if topic == f"{ROOT}log/{name}"]
            assert said == [f"k{number}" for number in range(40)]
    ended(clients[:1])
    _moves_to_another_node(nodes, clients[1:])
    ended(clients[1:])
    nodes.start(0)
    nodes.wait_until_ready()
    with Client(nodes.ports[0]) as back:
        back.subscribe(f"{ROOT}door/lobby")
        back.hears(f"{ROOT}door/lobby", "open")


def _moves_to_another_node(nodes, others: list[Client]) -> None:
    """What every board does that has lost its broker: it tries again until it is in, then says that it is there."""
    moved = in_at_last(nodes.ports[1], client_id="c0", will=(f"{ROOT}status/c0", "offline", True))
    moved.subscribe(f"{ROOT}#")
    moved.hears(f"{ROOT}door/lobby", "locked")
    moved.publish(f"{ROOT}status/c0", "online again", True)
    moved.publish(f"{ROOT}door/lobby", "open", True)
    all_hear(others, "status/c0", "online again")
    others[0].publish(f"{ROOT}have/c1", "after it")
    moved.hears(f"{ROOT}have/c1", "after it")
    moved.vanish()
    all_hear(others, "status/c0", "offline")
