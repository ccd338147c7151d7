"""Published OSDP frames, keys and MACs, with where they come from.

Sources: L goToMain/libosdp 45d03d8, tests; N bytedreamer/OSDP.Net 494e7f2, CommandOutgoingMessageTest.cs; E OSDP-Embedded
fb4b03c, tests/captures/sc-monitor-current.osdpcap; C what libosdp 3.2.9 from PyPI said on a line between its two sides.
"""

from binascii import unhexlify

# L test-sc-sia-vectors.c, annex E: frame as it is on the wire. All of them commands but none to a reader that answers.
PLAIN = (
    ("537F0D00046E00802500006E38", "annex E, CRC"),
    ("53000900046100C066", "annex E, CRC"),
    ("537F0C00006E00802500000F", "annex E, sum"),
    ("5300080000610044", "annex E, sum"),
)
# The same: the key is SCBK-D.
ANNEX_E = {
    "rnd_a": "b0b1b2b3b4b5b6b7",
    "rnd_b": "a0a1a2a3a4a5a6a7",
    "mac1": "5e86c676603bdee2d8beafe178637332",
    "mac2": "6fda86e857777e81132035758239172e",
    "enc": "bf8dc2a8329acb8c67c6d0cd9a451682",
    "server": "26d3356e07762d262801fc8e6665a891",
    "client": "fde5d2f428ec16312471ea3c02bd7796",
    "rmac": "b2a30057eb98ba2229ec1f875662b524",
}
# L test-sc.c: every key is this, the MAC starts from 00..0f, the data's IV is 00..0f.
NIST_KEY = "2b7e151628aed2a6abf7158809cf4f3c"
NIST_START = "000102030405060708090a0b0c0d0e0f"
NIST_PLAIN = (
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
NIST_MAC = (
    (NIST_PLAIN[:32], "7649abac8119b246cee98e9b12e9197d"),
    (NIST_PLAIN, "3ff1caa1681fac09120eca307586e1a7"),
    (NIST_START[:30], "c5311f3d23d086ea86f5ee7f85247b40"),
)
NIST_SECRET = (
    (NIST_START[:30], "c5311f3d23d086ea86f5ee7f85247b40"),
    (NIST_START, "7df76b0c1ab899b33e42f047b91b546fe2fe5bd6c1dfcdd19124f03e1a134d3b"),
    ("", "4c08220c79d9191022dc6674874ceaf8"),
)
# N: address 0, sequence 2, all session keys and the last MAC zero: code, data, and the frame secure, with a CRC, with a sum.
COMMANDS = (
    (
        0x6E,
        "0180250000",
        "53001e000e02176eaca3c2ffe4d9e599cd771b8ef3d13f23faab634e0895",
        "53000d00066e0180250000ec7b",
        "53000c00026e01802500008b",
    ),
    (
        0x62,
        "00",
        "53001e000e021762d14eb7ad982cc5f9aa25318a7eaed6260f6a2aa73870",
        "53000900066200f35d",
        "5300080002620041",
    ),
    (
        0x75,
        "011000010203040506070001020304050607",
        "53002e000e021775f0ddec9a0ed8ce4c80baf5d55c18436f9189fd66c9f223dc041486d83357df986c1d4bc2b2f2",
        "53001a000675011000010203040506070001020304050607cfa3",
        "530019000275011000010203040506070001020304050607d4",
    ),
    (
        0x7C,
        "03e80300000a00000005000102030405",
        "53002e000e02177c927138dde009a3475367f82a2c9429700d2348a877b955096d8a24dd7188ac3c9a98d6c54aee",
        "53001800067c03e80300000a000000050001020304055921",
        "53001700027c03e80300000a000000050001020304050c",
    ),
    (
        0xA3,
        "5fc102000000",
        "53001e000e0217a3bb89c6e0f9eb82adfcbc16c4eecf42b051fcbf8395b2",
        "53000e0006a35fc1020000004123",
        "53000d0002a35fc102000000d9",
    ),
    (
        0x61,
        "00",
        "53001e000e021761d14eb7ad982cc5f9aa25318a7eaed6269ae995731983",
        "53000900066100a008",
        "5300080002610042",
    ),
    (
        0x65,
        "",
        "53000e000e021565460e3d4e2a6a",
        "5300080006652c9c",
        "5300070002653f",
    ),
    (
        0x64,
        "",
        "53000e000e0215646f63246fd050",
        "5300080006640d8c",
        "53000700026440",
    ),
    (
        0x80,
        "0102030a0b0c",
        "53001e000e021780c8670fcb60c025ba48154192a42bb8f3b978ffac1a91",
        "53000e0006800102030a0b0c6b14",
        "53000d0002800102030a0b0cf7",
    ),
    (
        0x68,
        "0003640001067800",
        "53001e000e021768f7efa0d4764a4e29267596f216d8a9e8c5887608b908",
        "53001000066800036400010678000b5b",
        "53000f00026800036400010678004e",
    ),
    (
        0x66,
        "",
        "53000e000e02156662de0516124b",
        "5300080006664fac",
        "5300070002663e",
    ),
    (
        0x60,
        "",
        "53000e000e0215604b32767773b6",
        "53000800066089cc",
        "53000700026044",
    ),
)
SIA_KEY = "d459f02f6602e5651f3b553bc283d43e"  # E, of SIA's conformance tool
# C: a whole start, key 0001..0eff, reader 5. The two random numbers are equal: a handshake that we would refuse.
CAPTURE_KEY = "000102030405060708090a0b0c0d0eff"
CAPTURE = (
    ("id", "53050900046100c125"),
    ("pdid", "53851400044523265c020178563412010203f350"),
    ("cap", "53050900056200a247"),
    ("pdcap", "5385290005460101040201040301010404020502010601010801000901000a00010d010110020048ef"),
    ("chlng", "530513000e03110176d764c8cce93255c4cdcf"),
    ("ccrypt", "53852b000e031201762326020078563412d764c8cce93255c4be3772c367a3ef67a9649da5470269b8a22f"),
    ("scrypt", "53051b000f03130177be3772c367a3ef67a9649da5470269b8efaf"),
    ("rmac", "53851b000f03140178aedfa9d436fbccaec9e7f1f68cc8ff4aa535"),
    ("poll", "53050e000d021560481209709282"),
    ("ack", "53850e000d021640a0e39054b2de"),
)
CAPTURE_KEYS = "709dfa1c4b4e399908fc6b783e369fba" + "e25dc5a4959cddeb4aedba0e0441ae2e" + "e86ab16a853299cc827718dde0a593aa"
CAPTURE_MACS = ("481209704ed9f1549b6a94a48543693e", "a0e39054d9e595a04db8380b1902aae0")
INSTALL_ENC = "714452eb7abaa526dae1d32e7d719e0a"
INSTALL_RMAC = "3ec018f008a5521c2db964d186a569b7"
INSTALL_KEYSET = "53052e000e021775d0774d95fd7a5b5b95cfcd5ecfdda376a2937daabf9e15630de7313904f2ae776a1fb0060d3e"
INSTALL_ACK = "53850e000e02164000ce202cb4d9"
# L test-cp-phy.c, reader 0x65: code, data or None where a control panel refuses it, frame.
FIXTURES = (
    (0x60, "", "5365080004606090"),
    (0x61, "00", "53650900046100d97a"),
    (0x40, "", "53e50700014080"),
    (0x41, "01", "53e509000541010e8f"),
    (
        0x76,
        "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f",
        "53e52a000903120176101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f19",
    ),
    (0x78, "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", "53e51b000d03140178a0a1a2a3a4a5a6a7a8a9aaabacadaeafcaba"),
)
NO_BLOCK = "53e50900090219405b"
NO_SESSION = "53e50900090216405e"  # a MAC is announced, and there is no room for it
BAD_MAC = "53e50d0009021640000000005a"


def raw(text):
    return unhexlify(text)


def all_frames():
    """Every frame that is whole, as bytes, with its source."""
    frames = [(raw(text), source) for text, source in PLAIN]
    for command in COMMANDS:
        frames += [(raw(text), "N %x" % command[0]) for text in command[2:]]
    frames += [(raw(text), "C " + name) for name, text in CAPTURE]
    frames += [(raw(INSTALL_KEYSET), "C install"), (raw(INSTALL_ACK), "C install")]
    return frames + [(raw(text), "L %x" % code) for code, _, text in FIXTURES] + [(raw(BAD_MAC), "L bad MAC")]
