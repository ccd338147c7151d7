"""What runs between the controllers of a live bench and its broker: whole, silent, cut, and whole again."""

import socket
import threading

import pytest

from host_sim.bench.live.cables import CUT, ON, SILENT, Cables

PATIENCE_S, SILENCE_S = 10, 0.3
ends: list = []  # connections whose end the far side has noticed


def echo(listener: socket.socket) -> None:
    """Answer everybody with his own words, until the listener is closed."""

    def answer(one: socket.socket) -> None:
        try:
            while data := one.recv(100):
                one.sendall(data)
        except OSError:
            pass
        ends.append(one)

    while True:
        try:
            one, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=answer, args=(one,), daemon=True).start()


@pytest.fixture
def cables():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=echo, args=(listener,), daemon=True).start()
        made = Cables([list(listener.getsockname())])
        yield made
        made.close()
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def call(cables):
    [address], opened = cables.lay("c1"), []

    def connect() -> socket.socket:
        opened.append(socket.create_connection(tuple(address), PATIENCE_S))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def is_over(one: socket.socket) -> bool:
    try:
        one.sendall(b"x")
        return one.recv(100) == b""
    except ConnectionError:
        return True


def test_a_silent_cable_hides_even_that_somebody_has_left(cables, call):
    one, other = call(), call()
    one.sendall(b"one")
    assert one.recv(100) == b"one"
    cables.set("c1", SILENT)
    noticed = len(ends)
    one.sendall(b"two")
    other.close()
    one.settimeout(SILENCE_S)
    with pytest.raises(TimeoutError):
        one.recv(100)
    assert len(ends) == noticed
    cables.set("c1", ON)
    one.settimeout(PATIENCE_S)
    assert one.recv(100) == b"two"
    assert cables.state("c1") == ON


def test_a_cut_cable_ends_what_there_is_and_all_that_is_tried(cables, call):
    one = call()
    one.sendall(b"one")
    assert one.recv(100) == b"one"
    cables.set("c1", CUT)
    assert is_over(one) and is_over(call())
    cables.set("c1", ON)
    again = call()
    again.sendall(b"two")
    assert again.recv(100) == b"two"


def test_one_cable_is_cut_and_the_others_are_not(cables, call):
    [address] = cables.lay("c2")
    cables.set("c1", CUT)
    with socket.create_connection(tuple(address), PATIENCE_S) as other:
        other.sendall(b"one")
        assert other.recv(100) == b"one"
    assert is_over(call())
