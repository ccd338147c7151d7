"""What the mutator puts into messages: names and numbers that mean something, and what is nearly JSON."""

FIELDS = (
    "type controller stream seq inc at_ms err_ms stamp no user door reader judge after of by area presence settings configuration nonce"
    " was instead boot offset lost source ends doors peer peer_inc kind mode late confirmed violates areas because card output version"
    " sources lockdowns closed lacks gone vector beyond began digest clock newest health to question origin table first last any asks"
    " hw online challenge heads facts notes site t from entries size crc bytes action role reason operator active mode pin more note"
).split()
WORDS = (
    "log have want ask answer wait page status command c1 c2 c3 console ada max vic hall front vault front_in front_out person-0 person-1"
    " fire strobe facts notes site in out unknown off soft deny hard small site_admin n1 nonce-of-forty-characters-or-more-of-them"
    " access.granted access.denied access.entered access.not_used apb.violation apb.suspected apb.cleared apb.moved apb.passed apb.reset"
    " area.set emergency.started emergency.ended lockdown.started lockdown.ended controller.retired controller.restored door.opened"
    " clock.set clock.error log.lost clear reset move pass set unlock lockdown release emergency retire restore silence"
).split()
TEXTS = ("", "x" * 64, "x" * 65, "x" * 480, "\u00e9" * 32, "\u8d77", "\U0001f600", "\0", "\x1f", "\x7f", '"', "\\", "\\ud83d", "\n", "0" * 16, "f" * 16,
         "0" * 15, "\u0660" * 16, "__proto__", "x" * 2500)  # fmt: skip
NUMBERS = tuple(sign * ((1 << bits) + more) for bits in (0, 4, 7, 8, 16, 31, 32, 45, 48, 61, 62, 63, 64, 70) for more in (-1, 0, 1) for sign in (1, -1))
JUNK = (
    None, True, False, 1.5, 1e300, float("nan"), float("inf"), [], {}, [[]], [None], {"": 0}, ["c1", 1, 1], ["c2", 1, "facts", 9], ["c1", 1, "facts", 2, 3],
    {"hall": ["in", "hard"]}, {"hall": ["c2", 1, 1]}, [["c1", "fire", 1]], [["c2", 1, "facts", 1, 1 << 61]], ["ada", "n1"],
    {"anti_passback": "deny"}, [0] * 200, {"a": {"b": {"c": [1]}}},
)  # fmt: skip
# What some parsers take, in the place of a bit of JSON.
QUIRKS = (
    b"NaN", b"Infinity", b"-Infinity", b"1.0", b"1e2", b"1E400", b"-0", b"007", b"-01", b"--1", b"+1", b".5", b"1.", b"0x10", b"1_0", b"- 1", b"1 2", b"truetrue",
    b"nul", b"None", b"\\u12", b"\\u12zz", b"\\u 123", b"\\u+123", b"\\ud83d", b"\\uDE00", b"\\ud83d\\ude00", b"\\u0000", b"\\x41", b"\\z", b"\\/",
    b"\\\\ud83d", b"\\", b'\\"', b"\\\\", b"\x00", b"\x01", b"\x0b", b"\x0c", b"\xa0", b"\xc2\xa0", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc0\xaf", b"\xc1\xbf",
    b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xed\x9f\xbf", b"\xf0\x80\x80\xaf", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xff", b"\x80",
    b",", b",,", b":", b"{", b"}", b"[", b"]", b'"', b" ", b"\n", b"\t\r", b"/*x*/", b"//", b"'a'", b"a:1", b"1:2", b"null:1", b"[]:1", b"{}:1", b'"a":1,"a":2',
    b'"t":"log"', b"[" * 30 + b"]" * 30, b"[" * 1500, b"[" * 1500 + b"]" * 1500, b'{"a":' * 25 + b"1" + b"}" * 25, b"9" * 25, b"9" * 600, b"1" + b"0" * 600,
)  # fmt: skip
