"""Keys, cryptograms, MACs and secrets of Secure Channel against what others published."""

from firmware.hal import aes
from firmware.wire import osdp_secure as secure
from firmware.wire.osdp_frame import Frames, body, closed
from firmware.wire.osdp_identity import diversified
from tests.wire import osdp_vectors as vectors
from tests.wire.osdp_vectors import ANNEX_E, CAPTURE, COMMANDS, raw

ZERO = bytes(16)
A_KEY = raw("9c1f0b6e5ad2874433e81720cbf5a96d")


def frame_of(data):
    frames = Frames()
    frames.feed(data)
    return frames.next()


def captured(name):
    return frame_of(raw(dict(CAPTURE)[name]))


def session_of_capture():
    """A session whose handshake is over. Its readers' number is ours, which `answer` would refuse: both are set apart."""
    session = secure.Session(aes, raw(vectors.CAPTURE_KEY), captured("chlng").data)
    session._nonce = bytes(8)
    session._keys = secure.session_keys(aes, raw(vectors.CAPTURE_KEY), captured("chlng").data)
    session._reply_mac = captured("rmac").data
    return session


def test_annex_e():
    keys = secure.session_keys(aes, secure.DEFAULT_KEY, raw(ANNEX_E["rnd_a"]))
    assert keys == raw(ANNEX_E["enc"] + ANNEX_E["mac1"] + ANNEX_E["mac2"])
    session = secure.Session(aes, secure.DEFAULT_KEY, raw(ANNEX_E["rnd_a"]))
    assert session.answer(raw(ANNEX_E["rnd_b"]), raw(ANNEX_E["client"])) == raw(ANNEX_E["server"])
    assert session.is_confirmed(raw(ANNEX_E["rmac"]))


def test_each_flipped_bit_of_a_handshake_is_refused():
    for place in range(128):
        session = secure.Session(aes, secure.DEFAULT_KEY, raw(ANNEX_E["rnd_a"]))
        assert session.answer(raw(ANNEX_E["rnd_b"]), flipped(raw(ANNEX_E["client"]), place)) is None
        if place < 64:
            assert session.answer(flipped(raw(ANNEX_E["rnd_b"]), place), raw(ANNEX_E["client"])) is None
        assert session.answer(raw(ANNEX_E["rnd_b"]), raw(ANNEX_E["client"]))
        assert not session.is_confirmed(flipped(raw(ANNEX_E["rmac"]), place))
    assert session.answer(raw(ANNEX_E["rnd_b"]), b"") is None and not session.is_confirmed(b"")


def flipped(data, place):
    made = bytearray(data)
    made[place // 8] ^= 1 << place % 8
    return bytes(made)


def test_a_reader_that_mirrors_our_number_is_refused():
    nonce = raw(ANNEX_E["rnd_a"])
    session = secure.Session(aes, secure.DEFAULT_KEY, nonce)
    enc = session._keys[:16]
    assert session.answer(nonce, aes.encrypt(enc, ZERO, nonce + nonce)) is None


def test_macs_and_padding_of_nist():
    keys = raw(vectors.NIST_KEY * 3)
    for data, right in vectors.NIST_MAC:
        assert secure.mac(aes, keys, raw(vectors.NIST_START), raw(data)) == raw(right)
    start = secure.inverted(raw(vectors.NIST_START))
    for data, right in vectors.NIST_SECRET:
        assert secure.encrypt(aes, keys, start, raw(data)) == raw(right)
        assert secure.decrypt(aes, keys, start, raw(right)) == raw(data)
        for end in range(len(right) // 2):
            assert secure.decrypt(aes, keys, start, raw(right)[:end]) != raw(data)


def test_data_that_was_not_padded_is_none():
    keys = raw(vectors.NIST_KEY * 3)
    for plain in (ZERO, b"\x80" + bytes(31), b"x" * 16, bytes(15) + b"\x81", b"\x80" + bytes(47)):
        hidden = aes.encrypt(keys[:16], secure.inverted(ZERO), plain)
        assert secure.decrypt(aes, keys, ZERO, hidden) is None, plain
    for length in (0, 1, 15, 17):
        assert secure.decrypt(aes, keys, ZERO, bytes(length)) is None


def test_commands_of_another_implementation_are_made_byte_by_byte():
    for code, data, wanted, _, _ in COMMANDS:
        session = secure.Session(aes, A_KEY, bytes(8))
        session._keys, session._reply_mac = bytearray(48), ZERO
        block = b"\x17" if data else b"\x15"
        begun = body(0, 6, block, code, session.encrypt(raw(data)) if data else b"")
        assert closed(begun + session.sign(begun)) == b"\xff" + raw(wanted)


def test_a_captured_handshake_is_followed():
    chlng, ccrypt = captured("chlng"), captured("ccrypt")
    keys = secure.session_keys(aes, raw(vectors.CAPTURE_KEY), chlng.data)
    assert keys == raw(vectors.CAPTURE_KEYS)
    # Its two numbers are equal, so that a session would refuse it: step by step.
    both = chlng.data + ccrypt.data[8:16]
    assert aes.encrypt(keys[:16], ZERO, both) == ccrypt.data[16:] == captured("scrypt").data
    first = aes.encrypt(keys[16:32], ZERO, ccrypt.data[16:])
    assert aes.encrypt(keys[32:], ZERO, first) == captured("rmac").data


def test_a_captured_poll_and_its_answer_are_right():
    session, poll, ack = session_of_capture(), captured("poll"), captured("ack")
    assert session.sign(poll.signed) == poll.mac
    assert [session._command_mac, secure.mac(aes, session._keys, session._command_mac, ack.signed)] == [
        raw(text) for text in vectors.CAPTURE_MACS
    ]
    assert session.is_right(ack.signed, ack.mac) and session.frames == 1
    assert not session.is_right(ack.signed, flipped(ack.mac, 0))


def test_a_captured_keyset_and_its_answer_are_right():
    keyset, ack = frame_of(raw(vectors.INSTALL_KEYSET)), frame_of(raw(vectors.INSTALL_ACK))
    nonce = captured("chlng").data
    session = secure.Session(aes, secure.DEFAULT_KEY, nonce)
    assert session._keys[:16] == raw(vectors.INSTALL_ENC)
    session._reply_mac = raw(vectors.INSTALL_RMAC)
    new_key = bytes(range(0xA0, 0xB0))
    begun = body(5, 6, b"\x17", 0x75, session.encrypt(b"\x01\x10" + new_key))
    assert begun == keyset.signed and session.sign(begun) == keyset.mac
    assert session.is_right(ack.signed, ack.mac)


def test_a_wrong_answer_moves_nothing_and_the_command_stays_the_same():
    session, poll, ack = session_of_capture(), captured("poll"), captured("ack")
    for place in range(32):
        assert session.sign(poll.signed) == poll.mac
        assert not session.is_right(ack.signed, flipped(ack.mac, place))
        assert not session.is_right(flipped(ack.signed, place), ack.mac)
        assert not session.is_right(ack.signed, ack.mac[:3]) and not session.is_right(ack.signed, b"")
    assert session.frames == 0 and session.is_right(ack.signed, ack.mac)


def test_a_key_of_an_installation_gives_each_reader_its_own():
    one, other = diversified(aes, A_KEY, bytes(8)), diversified(aes, A_KEY, bytes(7) + b"\1")
    assert one == aes.encrypt(A_KEY, ZERO, bytes(8) + b"\xff" * 8) and one != other and not secure.is_weak(one)


def test_weak_keys_are_known():
    weak = [bytes([byte]) * 16 for byte in range(256)]
    weak += [bytes([start + step * place & 0xFF for place in range(16)]) for start in range(0, 256, 5) for step in range(256)]
    weak += [secure.DEFAULT_KEY, raw(vectors.CAPTURE_KEY), raw(vectors.NIST_KEY), bytes(range(8)) * 2, A_KEY[:8] * 2]
    weak += [b"\0" * 15 + b"\1", raw(vectors.SIA_KEY)]
    for key in weak:
        assert secure.is_weak(key) and secure.is_weak(bytearray(key)), key
    good = A_KEY
    for _ in range(300):
        assert not secure.is_weak(good), good
        good = aes.encrypt(A_KEY, ZERO, good)


def test_a_compare_takes_every_byte_into_account():
    assert secure.is_same(b"", b"") and secure.is_same(A_KEY, bytearray(A_KEY))
    for place in range(128):
        assert not secure.is_same(A_KEY, flipped(A_KEY, place))
    assert not secure.is_same(A_KEY, A_KEY[:15]) and not secure.is_same(A_KEY[:15], A_KEY)


def test_keys_of_a_session_are_overwritten():
    session = secure.Session(aes, A_KEY, bytes(8))
    keys = session._keys
    assert keys != bytearray(48)
    session.forget()
    assert keys == bytearray(48)
