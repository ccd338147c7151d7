"""One decoder for all stations: the same values as everybody for himself would get, and never the same objects."""
from firmware.wire import messages, seal
from host_sim.decoder import Decoder
from tests.replica.sides import message

KEY = b"k" * 32
TOPIC = "have/c2"


def heartbeat(number=0):
    told = message("have", vector=[["c1", 1, "facts", number]], clock=[number, 100, True])
    (payload,) = messages.encode_all(told)
    return seal.seal(payload, KEY)


def test_it_reads_as_the_firmware_does():
    read, payload = Decoder().read, heartbeat()
    assert read(TOPIC, payload, KEY) == read(TOPIC, payload, KEY) == messages.read(TOPIC, payload, KEY)
    assert read(TOPIC, payload, KEY)["t"] == "have"


def test_it_seals_as_the_firmware_does():
    payload = seal.content(heartbeat())
    assert Decoder().seal(payload, KEY) == seal.seal(payload, KEY)


def test_each_station_gets_values_of_its_own():
    read, payload = Decoder().read, heartbeat()
    read(TOPIC, payload, KEY)["vector"][0].append("changed")
    assert read(TOPIC, payload, KEY) == messages.read(TOPIC, payload, KEY)


def test_what_is_no_message_is_one_for_nobody():
    read, payload = Decoder().read, heartbeat()
    rows = ((TOPIC, payload, b"x"), ("have/c1", payload, KEY), (TOPIC, payload[:-3], KEY), (TOPIC, seal.seal(b"{}", KEY), KEY))
    for row, wrong in zip(rows, ("seal", "topic", "seal", "message"), strict=True):
        assert read(*row) == read(*row) == messages.read(*row) == wrong
    assert read(TOPIC, payload, KEY)["t"] == "have", "each topic and key for itself"


def test_it_forgets_the_oldest():
    decoder = Decoder()
    for number in range(1000):
        assert decoder.read(TOPIC, heartbeat(number), KEY)["clock"][0] == number
    assert len(decoder._known) < 100
    assert decoder.read(TOPIC, heartbeat(0), KEY) == messages.read(TOPIC, heartbeat(0), KEY)
