"""What the client asks of umqtt.simple, and what it reads of a broker's bytes, the strange ones included."""

from firmware.hal.busy import Busy
from firmware.hal.mqtt_client import Client
from tests.hal.fake_mqtt import CONNACK, SETTINGS, FakeSocket, Libraries, MQTTException, length, message, suback

VERSIONS = ((1, 3, 4), (1, 4, 0), (1, 5, 0), (1, 6, 0), (1, 7, 0), (1, 8, 0))
LIMIT = 4096


def client_of(raw, version=(1, 3, 4), **settings):
    libraries = Libraries([raw], version)
    return Client(libraries, dict(SETTINGS, **settings), b"lobby", (b"status/lobby", b"gone"), 20, Busy(bool)), libraries


def connected(incoming=b"", piece_max=1 << 20):
    raw = FakeSocket(CONNACK + incoming, piece_max)
    client, _ = client_of(raw)
    client.connect()
    raw.sent = bytearray()
    return client, raw


def reads(incoming, count=1, piece_max=1 << 20):
    client, raw = connected(incoming, piece_max)
    packets = [client.read(LIMIT) for _ in range(count)]
    assert not raw.incoming, "it left bytes behind, which would be read as a packet"
    return packets


def breaks(incoming):
    client, raw = connected(incoming)
    raw.has_ended = True
    try:
        client.read(LIMIT)
    except OSError:
        return True
    return False


def test_every_version_connects_with_our_timeout():
    for version in VERSIONS:
        raw = FakeSocket(CONNACK)
        client, libraries = client_of(raw, version)
        client.connect()
        assert raw.timeout == 3, version
        used = libraries.umqtt.clients[0]
        assert (used.client_id, used.server, used.port, used.keepalive) == (b"lobby", "10.0.0.1", 1883, 20)
        assert used.will == (b"status/lobby", b"gone", True)


def test_a_user_without_a_password_and_a_name_with_umlauts_are_bytes_for_umqtt():
    client, libraries = client_of(FakeSocket(CONNACK), user="türe")
    assert (libraries.umqtt.clients[0].user, libraries.umqtt.clients[0].password) == ("türe".encode(), b"")
    client, libraries = client_of(FakeSocket(CONNACK), password="x")
    assert (libraries.umqtt.clients[0].user, libraries.umqtt.clients[0].password) == (None, None)


def test_a_broker_that_says_nothing_after_connect_is_not_waited_for():
    client, _ = client_of(FakeSocket())
    try:
        client.connect()
        assert False
    except OSError:
        pass


def test_a_broker_that_refuses_is_an_exception_of_umqtt():
    client, _ = client_of(FakeSocket(b"\x20\x02\0\x05"))
    try:
        client.connect()
        assert False
    except MQTTException:
        pass


def test_a_message_is_read_whole_in_whatever_pieces_it_comes():
    for piece_max in (1, 2, 3, 100, 5000):
        assert reads(message(b"log/a", b"hello" * 100), 1, piece_max) == [("message", b"log/a", b"hello" * 100, False)]


def test_the_retained_flag_is_kept():
    assert reads(message(b"status/a", b"on", 0x31)) == [("message", b"status/a", b"on", True)]


def test_an_empty_message_and_one_as_long_as_may_be():
    assert reads(message(b"a", b"") + message(b"b", bytes(LIMIT)), 2) == [
        ("message", b"a", b"", False),
        ("message", b"b", bytes(LIMIT), False),
    ]


def test_a_message_above_the_limit_is_skipped_in_small_pieces():
    for size in (LIMIT + 1, 5000, 1_000_000):
        client, raw = connected(message(b"log/a", bytes(size)) + message(b"log/b", b"next"))
        raw.largest_read = 0
        assert client.read(LIMIT) == ("too_long",)
        assert raw.largest_read <= 256
        assert client.read(LIMIT) == ("message", b"log/b", b"next", False)


def test_a_topic_above_the_limit_is_skipped_with_its_message():
    assert reads(message(b"x" * 5000, b"hello") + message(b"a", b"b"), 2) == [("too_long",), ("message", b"a", b"b", False)]


def test_a_stray_puback_is_read_to_its_end():
    assert reads(b"\x40\x02\0\x07" + message(b"a", b"b"), 2) == [("strange",), ("message", b"a", b"b", False)]


def test_a_stray_ping_answer_and_an_unsubscribe_answer_too():
    assert reads(b"\xd0\0" + b"\xb0\x02\0\x01" + message(b"a", b"b"), 3)[2] == ("message", b"a", b"b", False)


def test_a_message_that_asks_for_an_answer_gets_one():
    client, raw = connected(message(b"a", b"b", 0x32, b"\x12\x34") + message(b"a", bytes(5000), 0x32, b"\x12\x35"))
    assert client.read(LIMIT) == ("message", b"a", b"b", False) and client.read(LIMIT) == ("too_long",)
    client.sock.flush()
    assert raw.sent == b"\x40\x02\x12\x34\x40\x02\x12\x35"


def test_what_no_broker_sends_breaks_the_connection():
    assert breaks(message(b"a", b"b", 0x34, b"\0\1"))  # QoS 2
    assert breaks(b"\x30\x03\0\x09abc")  # a topic longer than its packet
    assert breaks(b"\x30\xff\xff\xff\xff\x01")  # a length of five bytes
    assert breaks(b"\xb0" + length(5000) + bytes(5000))
    assert breaks(b"\x90\x04\0\x01\0\0")
    assert breaks(suback(1, 0x80))  # refused


def test_every_packet_cut_anywhere_breaks_and_nothing_else():
    for packet in (message(b"log/a", b"hello"), suback(7), b"\x40\x02\0\x07", message(b"a", bytes(4097))):
        for size in tuple(range(min(len(packet), 20))) + (len(packet) - 1,):
            assert breaks(packet[:size]), packet[:20]


def test_a_subscription_is_asked_for_and_not_waited_for():
    client, raw = connected()
    assert client.subscribe(b"log/+") == 1
    assert not raw.sent
    client.sock.flush()
    assert raw.sent == b"\x82\x0a\0\x01\0\x05log/+\0"


def test_a_long_filter_has_a_length_of_two_bytes():
    client, raw = connected()
    client.subscribe(b"x" * 200)
    client.sock.flush()
    assert raw.sent == b"\x82\xcd\x01\0\x01\0\xc8" + b"x" * 200 + b"\0"


def test_packet_numbers_begin_again_at_one_after_65535():
    client, raw = connected()
    numbers = [client.subscribe(b"a") for _ in range(65537)]
    assert numbers[:2] == [1, 2] and numbers[65534:] == [65535, 1, 2] and 0 not in numbers
    client.sock.flush()
    assert raw.sent[-8:] == b"\x82\x06\0\x02\0\x01a\0"


def test_the_answer_names_the_subscription():
    assert reads(suback(65535)) == [("subscribed", 65535)]


def test_a_message_is_published_in_one_piece():
    client, raw = connected()
    sends = raw.sends
    client.publish(b"log/a", b"x" * 200, True)
    client.sock.flush()
    assert raw.sent[0] == 0x31 and raw.sent.endswith(b"\0\x05log/a" + b"x" * 200) and raw.sends == sends + 1


def test_closing_says_no_farewell_and_may_be_done_twice():
    client, raw = connected()
    client.close()
    client.close()
    assert raw.is_closed and not raw.sent
