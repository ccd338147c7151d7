"""The links of a PC and of MicroPython, 64 and 32 bit, over real brokers: messages, wills, floods."""
import pytest

from host_sim.broker import EmbeddedBroker
from tests.broker.boards import Board, Listener
from tests.brokers import Mosquitto, wait_for
from tests.interpreters import ALL

pytestmark = [pytest.mark.broker, pytest.mark.slow]
FLOOD = 3000


@pytest.fixture(scope="module", params=["mosquitto", "embedded"])
def port(request, tmp_path_factory):
    if request.param == "mosquitto":
        with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
            yield broker.port
    else:
        with EmbeddedBroker() as url:
            yield int(url.rpartition(":")[2])


@pytest.fixture(params=ALL)
def board(request, port):
    with Board(request.param, port) as board:
        board.wait_link(True)
        yield board


@pytest.fixture
def listener(port):
    with Listener(port) as listener:
        yield listener


def test_messages_go_both_ways(board, listener):
    listener.say("door/lobby", b"open")
    heard = wait_for(lambda: board.messages("door/lobby"), "nothing came in")
    assert heard[-1] == {"topic": "door/lobby", "payload": "open", "bytes": 4, "is_retained": False}
    numbers = wait_for(lambda: listener.payloads(f"have/{board.name}")[20:], "too little came out")
    assert [int(number) for number in numbers] == list(range(int(numbers[0]), int(numbers[0]) + len(numbers)))
    board.assert_no_call_waited()


def test_what_a_board_publishes_as_retained_is_kept_and_comes_back_as_such(board, listener, port):
    listener.say(f"command/{board.name}", f"keep door/{board.name} shut".encode())
    wait_for(lambda: listener.payloads(f"door/{board.name}"), "not published")
    with Board(board.kind, port) as again:  # the same name: the broker ends the other connection
        kept = wait_for(lambda: again.messages(f"door/{board.name}"), "nothing was kept")
    assert kept[0]["payload"] == "shut" and kept[0]["is_retained"]


def test_too_long_messages_are_skipped_and_counted(board, listener):
    for size in (4096, 4097, 5000, 1_000_000):
        listener.say("door/large", bytes(size))
    listener.say("door/last", b"last")
    wait_for(lambda: board.messages("door/last"), "nothing after the long ones")
    assert [message["bytes"] for message in board.messages("door/large")] == [4096]
    assert board.next_stats()["stats"]["too_long"] == 3
    board.assert_no_call_waited()


def test_a_killed_board_is_announced_by_its_last_will(board, listener):
    board.kill()
    wait_for(lambda: listener.payloads(f"status/{board.name}") == [b"offline"], "no last will")


def test_a_link_that_is_stopped_is_announced_too(board, listener):
    listener.say(f"command/{board.name}", b"stop")
    board.wait_link(False)
    wait_for(lambda: listener.payloads(f"status/{board.name}") == [b"offline"], "no last will")


def test_a_flood_towards_a_board_is_taken_or_dropped_and_counted_and_the_link_lives(board, listener):
    for number in range(FLOOD):
        listener.say("log/test", b"%d" % number + bytes(200))
    listener.say("door/last", b"last")
    wait_for(lambda: board.messages("door/last"), "nothing after the flood", 60)
    figures = board.next_stats()
    assert figures["stats"]["failures"] == 0
    assert figures["heard"] + figures["stats"]["dropped_in"] == FLOOD
    board.assert_no_call_waited()


def test_a_flood_from_a_board_keeps_the_newest_and_counts_the_rest(board, listener):
    dropped = board.next_stats()["stats"]["dropped_out"]
    listener.say(f"command/{board.name}", b"put %d" % FLOOD)
    wait_for(lambda: (listener.payloads(f"log/{board.name}") or [b" "])[-1].split()[:1] == [b"%d" % (FLOOD - 1)], "no end", 60)
    numbers = [int(payload.split()[0]) for payload in listener.payloads(f"log/{board.name}")]
    assert numbers == sorted(set(numbers))
    lost = FLOOD - len(numbers)
    assert lost <= board.next_stats()["stats"]["dropped_out"] - dropped  # heartbeats were dropped, too
    board.assert_no_call_waited()
