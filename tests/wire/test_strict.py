"""JSON that every interpreter reads alike, and what one of them would take and another would not."""

import json

from firmware.wire import strict

RIGHT = (
    '{}', '{"a":1}', '{"a":[]}', '[]', '1', '"a"', '"a:1,2"', '""', '{"":""}', ' {"a" : [ 1 , -2 ,\t"x"\r\n] } ', '{"a":{"b":{"c":[1,[2,[3]]]}}}',
    '[0,-0,10,100,1000,10000000000,101,1001,-7,1767571200000,18446744073709551616]', '[true,false,null]', '{"a":true,"b":[null,"null"]}',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u00e9\\u8d77\\u0000\\ud7ff\\ue000"', '"\\\\ud83d"', '"C:\\\\udata"', '"\\\\\\u0041"', '"\\\\"', '["\\\\","a"]',
    '"\u00e9\u8d77\U0001f600\x7f"', '{"a":1,"a":2}', '"NaN 1.5 1e5 [,] {1:2}"',
)  # fmt: skip
WRONG = (
    "", " ", "[", "]", "[1", '{"a":1', '{"a":[1}', '{"a":[1}]', "[1,]", "[,1]", "[,]", "[:]", "[1,,2]", "[1 2]", "[1\n2]", '["a" "b"]', '[1"a"]', '{"a" 1}', '{"a":1,}',
    '{,}', '{:}', '{"a"}', '{"a":}', '{"a"::1}', '{"a":"b":1}', '{"a":1 "b":2}', '{"a":1,2}', '{"a":[1],2}', '{"a","b"}', '["a":1]', "{1:2}", "{null:1}", "{[]:1}", "{{}:1}",
    "{1}", "1:2", "[1]x", "[1][2]", "{}{}", "1 1", "01", "007", "-01", "00", "--1", "--0", "-", "- 1", "+1", ".5", "1.", "1.0", "0.0", "-0.5", "1e2", "1E2", "1e+2", "1E400", "0x10", "1_0",
    "NaN", "Infinity", "-Infinity", "nul", "nulx", "truefalse", "true1", "-true", "True", "None", "1true", "tr ue", "'a'", "a", "/**/1", "1//", ";", "[;]", "{;}", "[;,1]", '{";}',
    '"', '"a', 'a"', '"""', '"a""b"', '"\\"', '"\\x41"', '"\\z"', '"\\\'"', '"\\u"', '"\\u12"', '"\\u12zz"', '"\\u 123"', '"\\u+123"', '"\\u00\\\\41"', '"\\ud83d\\ude00"', '"\\uD800"', '"\\udfFF"',
    "\\[1]", "\\\\1", "\\\"a\\\"", '"a\nb"', '"\x01"', '"\x1f"', '"\x00"', "\x001", "1\x00", "1\x00 garbage", "1\x0b", "\x0c1", "1\xa0", "\ufeff1", "1\u2028",
    "1" + "0" * 20, "[" * 21 + "]" * 21, '{"a":' * 21 + "1" + "}" * 21, "[" * 2000, "[" * 2000 + "]" * 2000,
)  # fmt: skip


def _is_taken(text):
    """Say whether the check and the parser of this interpreter take a text."""
    try:
        json.loads(strict.text_of(text.encode()))
        return True
    except ValueError:
        return False


def test_what_json_is_by_the_letter_is_taken():
    for text in RIGHT:
        assert _is_taken(text), text


def test_what_it_is_not_is_refused():
    for text in WRONG:
        assert not _is_taken(text), text


def test_as_deep_as_twenty():
    for opening, closing in (("[", "]"), ('{"a":', "}"), ('{"a":1,"b":', "}"), ("[2,", ",3]")):
        for inner in ("1", '"x"', "[]", "{}", "[{}]", "[[]]", '{"c":[]}', '{"c":{}}'):
            depth = 20 - inner.count("[") - inner.count("{")
            assert _is_taken(opening * depth + inner + closing * depth), (opening, inner)
            assert not _is_taken(opening * (depth + 1) + inner + closing * (depth + 1)), (opening, inner)
    assert not _is_taken('{"a":' * 19 + '[1,"x",{"b":2}]' + "}" * 19)
    assert _is_taken('{"a":' * 18 + '[1,"x",{"b":2}]' + "}" * 18)


def test_long_numbers_are_read_and_what_takes_rounds_is_refused():
    assert _is_taken("9" * 500) and _is_taken("1" + "0" * 19 + "5") and not _is_taken("5" + "0" * 4000)


def test_of_a_right_text_with_one_byte_changed_only_json_is_taken():
    for text in ('{"a":[1,-20,"x\\n"],"b":{}}', ' [true, {"k" : null}] '):
        for at in range(len(text)):
            for other in ("", "0", "1", ",", ":", '"', "[", "}", "-", " ", "\\", "t"):
                made = text[:at] + other + text[at + 1 :]
                assert _is_taken(made) == _is_json(made), made


def _is_json(text):
    """Say whether a short text is JSON, the slow way: a reader of one value after the other."""
    end = _value(text, _space(text, 0))
    return end is not None and _space(text, end) == len(text)


def _space(text, at):
    while at < len(text) and text[at] in " \t\n\r":
        at += 1
    return at


def _value(text, at):
    """Return where the value ends that begins here, or None where there is none."""
    first = text[at : at + 1]
    for word in ("true", "false", "null"):
        if text[at : at + len(word)] == word:
            return at + len(word)
    if first == '"':
        return _string(text, at + 1)
    if first == "[" or first == "{":
        return _many(text, at + 1, first == "{")
    return _number(text, at + (first == "-")) if first else None


def _number(text, at):
    end = at
    while end < len(text) and text[end] in "0123456789":
        end += 1
    return None if end == at or text[at] == "0" and end > at + 1 else end


def _string(text, at):
    while at < len(text) and text[at] != '"':
        if text[at] == "\\":
            if text[at + 1 : at + 2] not in ('"', "\\", "/", "b", "f", "n", "r", "t"):
                return None
            at += 1
        at += 1
    return at + 1 if at < len(text) else None


def _many(text, at, has_keys):
    closing, at = "}" if has_keys else "]", _space(text, at)
    if text[at : at + 1] == closing:
        return at + 1
    while True:
        if has_keys:
            at = _string(text, at + 1) if text[at : at + 1] == '"' else None
            at = None if at is None else _space(text, at)
            if at is None or text[at : at + 1] != ":":
                return None
            at = _space(text, at + 1)
        at = _value(text, at)
        if at is None:
            return None
        at = _space(text, at)
        if text[at : at + 1] == closing:
            return at + 1
        if text[at : at + 1] != ",":
            return None
        at = _space(text, at + 1)


def test_characters_are_spelled_as_short_as_they_can_be():
    for raw in [b'"' + raw + b'"' for raw in (b"\xc3\xa9", b"\xe0\xa0\x80", b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xf0\x90\x80\x80", b"\xf4\x8f\xbf\xbf", b"plain", b"")]:
        assert strict.text_of(raw).encode() == raw
    wrong = (b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf0\x80\x80\xaf", b"\xf0\x8f\xbf\xbf")
    for raw in wrong + (b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf7\xbf\xbf\xbf", b"\xf8\x88\x80\x80\x80", b"\xff", b"\x80", b"a\xc3", b"\xe2\x82"):
        for around in (b'"' + raw + b'"', b'"a' + raw + b'b"', b'"\xc3\xa9' + raw + b'"'):
            try:
                strict.text_of(around)
            except ValueError:
                continue
            raise AssertionError(around)
