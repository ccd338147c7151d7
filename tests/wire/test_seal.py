"""HMAC-SHA256 against its published vectors, and MACs that no change of a message survives."""

from binascii import hexlify, unhexlify

from firmware.wire import messages, seal
from tests.wire.test_messages import each_kind

# RFC 4231, sections 4.2 to 4.8; of case 5 the RFC gives the first 16 bytes only.
VECTORS = (
    ("0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ("aa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (bytes(range(1, 26)), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    ("0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
    (
        "aa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        "aa" * 131,
        b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
        b"hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
)
KEY = bytes(range(32))


def key_of(written):
    return unhexlify(written) if isinstance(written, str) else written


def sealed_of_each_kind():
    return [seal.seal(messages.encode(sent), KEY) for sent in each_kind()]


def test_hmac_agrees_with_rfc_4231():
    for key, data, mac in VECTORS:
        assert hexlify(seal.hmac(key_of(key), data)).decode().startswith(mac), data


def test_one_changed_bit_of_key_or_data_changes_the_hmac():
    for key, data, _ in VECTORS:
        key, right = key_of(key), seal.hmac(key_of(key), data)
        for place in range(0, len(data) * 8, 5):
            assert seal.hmac(key, flipped(data, place)) != right
        for place in range(0, len(key) * 8, 5):
            assert seal.hmac(flipped(key, place), data) != right


def flipped(raw, place):
    made = bytearray(raw)
    made[place // 8] ^= 1 << place % 8
    return bytes(made)


def test_a_sealed_message_is_the_message_and_its_mac():
    for sent in each_kind():
        plain = messages.encode(sent)
        made = seal.seal(plain, KEY)
        assert seal.is_sealed(made, KEY) and seal.content(made) == plain
        mac = hexlify(seal.hmac(KEY, plain[:-1])[:16])
        assert made == plain[:-1] + b',"mac":"' + mac + b'"}'


def test_another_key_makes_another_mac():
    for made in sealed_of_each_kind():
        for other in (b"", bytes(32), KEY[:-1], KEY + b"x", bytes(reversed(KEY)), flipped(KEY, 0), flipped(KEY, 255)):
            assert not seal.is_sealed(made, other)


def test_a_message_that_is_cut_doubled_or_longer_is_not_sealed():
    for made in sealed_of_each_kind()[2:]:
        for length in range(0, len(made), 3):
            assert not seal.is_sealed(made[:length], KEY)
            assert not seal.is_sealed(made[length + 1 :], KEY)
        for longer in (made + made, made + b" ", b" " + made, made[:-1] + b",}", made[:-44] + made[-42:]):
            assert not seal.is_sealed(longer, KEY)


def test_a_message_with_one_bit_changed_is_not_sealed():
    for made in sealed_of_each_kind()[1:]:
        for place in range(0, len(made) * 8, 3):
            assert not seal.is_sealed(flipped(made, place), KEY), place


def test_a_mac_is_written_in_one_way():
    made = sealed_of_each_kind()[-1]
    mac = made[-34:-2]
    assert mac.upper() != mac and not seal.is_sealed(made[:-34] + mac.upper() + made[-2:], KEY)
    for other in (bytes(32), b"0" * 32, b"\xff" * 32, mac[1:] + mac[:1]):
        assert not seal.is_sealed(made[:-34] + other + made[-2:], KEY)
    for raw in (b"", b"{}", b'"}', b',"mac":"' + mac + b'"}', b'{,"mac":"' + mac + b'"}'):
        assert not seal.is_sealed(raw, KEY)


def test_each_controller_has_a_key_of_its_own():
    secret = bytes(32)
    assert seal.key_for(secret, "c1") == seal.hmac(secret, b"c1") != seal.key_for(secret, "c2")
    assert seal.key_for(secret, "c1") != seal.key_for(KEY, "c1")


def record(name, key):
    return name + bytes(24 - len(name)) + key


def test_a_key_is_found_by_its_whole_name():
    keys = [bytes([number]) * 32 for number in range(5)]
    first = record(b"", keys[0]) + record(b"ada", keys[1]) + record(b"adam", keys[2])
    pages = [first, record(b"x" * 24, keys[3])]
    for pages in (pages, [memoryview(page) for page in pages]):
        assert [seal.find_key(pages, name) for name in ("", "ada", "adam", "x" * 24)] == keys[:4]
        for name in ("ad", "adamo", "x" * 23, "x" * 25, "\0", "ada\0"):
            assert seal.find_key(pages, name) is None, name
    assert seal.find_key([], "ada") is None
