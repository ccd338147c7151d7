"""Any bytes at all against OSDP frames, words, sessions, a reader and a line; and a second reading of what is a frame."""

import binascii

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.hal import aes
from firmware.wire import osdp_secure as secure
from firmware.wire import osdp_commands as commands
from firmware.wire import osdp_replies as replies
from firmware.wire.osdp_bus import OsdpBus
from firmware.wire.osdp_cp import OsdpReader
from firmware.wire.osdp_crc import crc16
from firmware.wire.osdp_frame import FRAME_BYTES_MAX, Frames, body, closed
from tests.wire.osdp_pd import Pd, framed
from tests.wire.osdp_vectors import all_frames
from tests.wire.osdp_world import KEY, Dice, World, online
from tests.wire.test_osdp_frame import FAULTS

pytestmark = pytest.mark.slow
REAL = [data for data, _ in all_frames()]
keys = st.binary(min_size=16, max_size=16)
blocks = st.sampled_from([b"", b"\x11\x00", b"\x12\x01", b"\x13\x01", b"\x14\x01", b"\x15", b"\x16", b"\x17", b"\x18"])


@st.composite
def frames(draw, size=60):
    """Any frame that is one, without its mark."""
    block, control = draw(blocks), draw(st.integers(0, 3)) | draw(st.sampled_from([0, 4]))
    begun = body(draw(st.integers(0, 255)), control, block, draw(st.integers(0, 255)), draw(st.binary(max_size=size)))
    mac = draw(st.binary(min_size=4, max_size=4)) if block[:1] >= b"\x15" else b""
    return closed(begun + mac)[1:]


@st.composite
def damaged(draw):
    """A frame that somebody hurt."""
    made = bytearray(draw(frames() | st.sampled_from(REAL)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(made) - 1))
        made[place : place + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
        if not made:
            break
    return bytes(made)


cards_to_us = st.builds(lambda number, data: framed(0x80, 4 | number, 0x50, data), st.integers(0, 3), st.binary(max_size=12)) | st.builds(
    lambda number, bits: framed(0x80, 4 | number, 0x50, b"\0\0\x08\0" + bytes([bits])), st.integers(1, 3), st.integers(0, 255))
noise = st.binary(max_size=40) | st.lists(st.sampled_from(list(b"\x53\xff\x00\x08\x04\x05")), max_size=40).map(bytes) | damaged()
streams = st.lists(noise | frames() | st.just(b"\xff"), max_size=12)


def is_frame(data: bytes) -> bool:
    """What a frame is, read from the reference once more."""
    if len(data) < 7 or data[0] != 0x53 or int.from_bytes(data[2:4], "little") != len(data) or len(data) > FRAME_BYTES_MAX:
        return False
    if data[4] & 4:
        if binascii.crc_hqx(data[:-2], 0x1D0F) != int.from_bytes(data[-2:], "little"):
            return False
        rest = data[5:-2]
    else:
        if sum(data) % 256:
            return False
        rest = data[5:-1]
    if data[4] & 8:
        if len(rest) < 2 or not 2 <= rest[0] <= len(rest) or not 0x11 <= rest[1] <= 0x18:
            return False
        rest = rest[rest[0] :][: None if rest[1] < 0x15 else -4]
    return len(rest) > 0


def every(reader: Frames, is_over: bool = False) -> list:
    return list(iter(lambda: reader.next(is_over), None))


@given(st.binary(max_size=300))
def test_the_crc_is_that_of_the_standard_library(data):
    assert crc16(data) == binascii.crc_hqx(data, 0x1D0F)


@given(streams, st.lists(st.integers(1, 50), max_size=60), st.booleans())
@settings(max_examples=300)
def test_whatever_comes_only_frames_come_out_and_each_was_there(pieces, cuts, takes_sums):
    stream, reader, found, at = b"".join(pieces), Frames(takes_sums), [], 0
    for cut in cuts:
        reader.feed(stream[at : at + cut])
        found += every(reader)
        at += cut
    reader.feed(stream[at:])
    found += every(reader) + every(reader, True)
    place = 0
    for frame in found:
        raw = closed(frame.signed + frame.mac)[1:]
        assert is_frame(raw) and (takes_sums or raw[4] & 4)
        place = stream.index(raw, place) + len(raw)  # in order, and no byte is in two
    assert set(reader.faults) <= set(FAULTS) and not reader.is_amid()


@given(streams, frames())
@settings(max_examples=300)
def test_a_good_frame_after_any_noise_is_found_once_the_line_is_silent(pieces, good):
    reader = Frames(True)
    reader.feed(b"".join(pieces))
    every(reader)
    every(reader, True)
    reader.feed(good)
    found = every(reader)
    assert [closed(frame.signed + frame.mac)[1:] for frame in found] == [good]


@given(st.lists(frames() | st.just(b"\xff"), max_size=10))
def test_frames_and_marks_alone_are_all_found_without_a_fault(pieces):
    reader = Frames(True)
    reader.feed(b"".join(pieces))
    assert len(every(reader)) == len([piece for piece in pieces if piece != b"\xff"]) and reader.faults == {}


@given(frames(), st.data())
def test_is_frame_and_frames_agree(good, data):
    place = data.draw(st.integers(0, len(good) - 1))
    changed = good[:place] + data.draw(st.binary(max_size=2)) + good[place + 1 :]
    reader = Frames(True)
    reader.feed(changed)
    frame = reader.next()
    if is_frame(changed):
        assert closed(frame.signed + frame.mac)[1:] == changed
    else:
        assert frame is None or closed(frame.signed + frame.mac)[1:] != changed


@given(st.integers(0, 255), st.binary(max_size=60))
@settings(max_examples=300)
def test_any_reply_is_a_value_or_none(code, data):
    said = replies.read(code, data)
    assert said is None or said[0] in (
        "ack", "nak", "id", "capabilities", "local", "inputs", "outputs", "readers", "card", "keys", "com", "mfg")
    if said and said[0] == "card":
        assert 0 < len(said[1]) <= 256 and set(said[1]) <= {"0", "1"}
        count = len(said[1])
        assert int.from_bytes(data[4:], "big") >> -count % 8 == int(said[1], 2)
    if said and said[0] == "keys":
        assert set(said[1]) <= set("0123456789*#?") and len(said[1]) == data[1]


@given(keys, keys, keys, st.binary(max_size=100))
def test_macs_and_secrets_are_those_of_the_library_in_one_go(one, other, start, data):
    ring = one + other + one[::-1]
    padded = data + b"\x80" + bytes(-(len(data) + 1) % 16)
    whole = data if data and len(data) % 16 == 0 else padded
    head = Cipher(AES(other), CBC(start)).encryptor().update(whole[:-16])
    last = bytes(a ^ b for a, b in zip((head or start)[-16:], whole[-16:]))
    if data:
        assert secure.mac(aes, ring, start, data) == Cipher(AES(one[::-1]), ECB()).encryptor().update(last)
    hidden = secure.encrypt(aes, ring, start, data)
    assert hidden == Cipher(AES(one), CBC(secure.inverted(start))).encryptor().update(padded)
    assert secure.decrypt(aes, ring, start, hidden) == data


@given(keys, keys, st.binary(max_size=64))
def test_any_bytes_are_decrypted_or_none(ring, start, hidden):
    plain = secure.decrypt(aes, ring * 3, start, hidden)
    assert plain is None or secure.encrypt(aes, ring * 3, start, plain) == hidden


@given(st.lists(st.tuples(st.integers(0, 300), noise | frames()), max_size=30), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_line_full_of_anything_delivers_nothing_from_a_keyed_reader(pieces, is_online):
    world = online() if is_online else World([Pd(0, KEY)])
    world.pds[0].mute = True
    for wait_ms, piece in pieces:
        world.coming.append((world.now_ms + wait_ms, piece))
        world.coming.sort()
        world.run(wait_ms)
    assert world.say("card", "keys", "tamper", "mfg", "inputs", "online") == []
    world.pds[0].mute = False
    world.pds[0].restart()
    world.run(32_000)
    assert world.reader().is_online


@given(st.lists(noise | frames() | st.none(), max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_reader_whose_replies_are_spoiled_delivers_each_of_its_cards_at_most_once(spoiling):
    world, queue = online(), list(spoiling)

    def spoil(question, reply):
        other = queue.pop(0) if queue else None
        return reply if other is None else other + reply if len(queue) % 2 else other

    world.spoil = spoil
    cards = [(0x50, b"\0\0\x08\0" + bytes([no])) for no in range(20)]
    world.pds[0].news += cards
    world.run(45_000)
    seen = [int(event[1], 2) for event in world.say("card")]
    assert seen == sorted(set(seen)) and set(seen) <= set(range(20))
    assert world.reader().is_online


@given(st.lists(frames() | cards_to_us | noise, max_size=20))
@settings(max_examples=150, deadline=None)
def test_a_plain_reader_says_only_what_a_valid_frame_to_us_said(pieces):
    world = World([Pd(0)], key=None, allow_plain=True)
    world.run(1000)
    world.forget()
    stream = []

    def spoil(question, reply):
        made = pieces.pop(0) if pieces else reply
        stream.append(made)
        return made

    world.spoil = spoil
    world.run(3000)
    for event in world.say("card"):
        reader = Frames()
        reader.feed(b"".join(stream))
        valid = [replies.read(frame.code, frame.data) for frame in every(reader, True) if frame.address == 0x80]
        assert event in valid


@given(st.lists(st.tuples(st.sampled_from(["tick", "feed", "command", "pair", "rotate", "wait"]), st.integers(0, 9000), noise | frames())))
@settings(max_examples=150, deadline=None)
def test_any_order_of_calls_crashes_nothing_and_time_goes_on(calls):
    dice, now_ms = Dice(), 0
    bus = OsdpBus({"a": OsdpReader(0, KEY, aes, dice), "b": OsdpReader(1, None, aes, dice)}, 9600)
    for call, number, data in calls:
        reader = bus.readers["ab"[number % 2]]
        if call == "tick":
            bus.tick(now_ms)
        elif call == "feed":
            bus.feed(data, now_ms)
        elif call == "command":
            reader.command(number, commands.buzzer(1))
        elif call == "pair":
            bus.pair("ab"[number % 2], now_ms + number, dice(16), now_ms)
        elif call == "rotate":
            bus.rotate("ab"[number % 2], dice(16))
        else:
            now_ms += number
        for _ in range(50):
            bus.tick(now_ms)
            if bus.next_deadline_ms() > now_ms:
                break
        else:
            raise AssertionError("time stands still")

