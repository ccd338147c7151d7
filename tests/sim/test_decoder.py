"""One decoder for all stations: the same values as everybody for himself would get, and never the same objects."""
from firmware.wire import messages
from host_sim.decoder import Decoder
from tests.replica.sides import message


def heartbeat(number=0):
    told = message("have", vector=[["c1", 1, "facts", number]], clock=[number, 100, True])
    (payload,) = messages.encode_all(told)
    return payload


def test_it_decodes_as_the_firmware_does():
    decode, payload = Decoder().decode, heartbeat()
    assert decode(payload) == decode(payload) == messages.decode(payload) is not None


def test_each_station_gets_values_of_its_own():
    decode, payload = Decoder().decode, heartbeat()
    decode(payload)["vector"][0].append("changed")
    assert decode(payload) == messages.decode(payload)


def test_what_is_no_message_is_one_for_nobody():
    decode = Decoder().decode
    assert decode(b"{}") is decode(b"{}") is None


def test_it_forgets_the_oldest():
    decoder = Decoder()
    for number in range(1000):
        assert decoder.decode(heartbeat(number))["clock"][0] == number
    assert len(decoder._known) < 100
    assert decoder.decode(heartbeat(0)) == messages.decode(heartbeat(0))
