"""AES on either library against what NIST published, with keys and IVs as bytes and as arrays that can be overwritten."""

from binascii import unhexlify

from firmware.hal import aes

# FIPS 197, appendix C.1.
FIPS = (
    "000102030405060708090a0b0c0d0e0f",
    "00112233445566778899aabbccddeeff",
    "69c4e0d86a7b0430d8cdb78070b4c55a",
)
# SP 800-38A, F.2.1 and F.2.2: key, IV, plain, hidden.
CBC = (
    "2b7e151628aed2a6abf7158809cf4f3c",
    "000102030405060708090a0b0c0d0e0f",
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
    "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
    "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
)


def test_one_block_without_a_start_is_that_of_fips_197():
    key, plain, hidden = [unhexlify(text) for text in FIPS]
    assert aes.encrypt(key, bytes(16), plain) == hidden
    assert aes.decrypt(key, bytes(16), hidden) == plain


def test_chains_are_those_of_sp_800_38a():
    key, start, plain, hidden = [unhexlify(text) for text in CBC]
    for kind in (bytes, bytearray):
        for end in (16, 32, 64):
            assert aes.encrypt(kind(key), kind(start), kind(plain[:end])) == hidden[:end]
            assert aes.decrypt(kind(key), kind(start), kind(hidden[:end])) == plain[:end]


def test_a_message_leaves_nothing_behind_for_the_next():
    key, start, plain, hidden = [unhexlify(text) for text in CBC]
    for _ in range(3):
        assert aes.encrypt(key, start, plain) == hidden and aes.decrypt(key, start, hidden) == plain
