"""Commands as an attacker would send them: each rule broken in turn, and none of them is opened."""

import json

from firmware.wire import order, seal
from tests.core.parts import EVENT_KEY, SECRETS, keys, paged, settings

CHALLENGE = "0123456789abcdef"
RIGHT = {"to": "c1", "site": "small", "role": "site_admin", "challenge": CHALLENGE, "nonce": "n1", "reason": "because"}


def written(operator="ada", action="clear", **fields):
    """A command as a console writes it, without its MAC."""
    made = dict(RIGHT)
    made.update({"area": "hall", "user": "person-0"})
    made.update(fields)
    opening = '{"t":"command","from":%s,"action":%s,' % (json.dumps(operator), json.dumps(action))
    return (opening + json.dumps(made)[1:]).encode()


def key(operator="ada", controller="c1"):
    return seal.key_for(SECRETS[operator], controller)


def opened(payload, is_retained=False, challenge=CHALLENGE):
    return order.opened(payload, is_retained, settings(), paged(keys("c1")), challenge)


def fault(payload, **how):
    """The kind of fault, and that nothing but an answer was opened."""
    kind, reason, command = opened(payload, **how)
    assert kind and reason and set(command) >= {"operator", "action"}
    if kind not in ("site", "to", "role", "challenge"):
        assert set(command) == {"operator", "action"}, "nothing of it is read"
    return kind


def test_a_right_command_is_opened_as_core_takes_it():
    kind, reason, command = opened(seal.seal(written(), key()))
    assert kind is None and reason is None
    assert command == {
        "operator": "ada", "action": "clear", "area": "hall", "user": "person-0", "nonce": "n1", "reason": "because",
    }  # fmt: skip


def test_a_wrong_key_opens_nothing():
    for wrong in (bytes(32), b"", SECRETS["ada"], key("max"), key("vic"), key("ada", "c2"), key("ada", "")):
        assert fault(seal.seal(written(), wrong)) == "seal"


def test_no_key_of_a_board_signs_a_command():
    assert fault(seal.seal(written(), EVENT_KEY)) == "seal"
    for operator in ("", "c1", "c2", "console", "\0"):
        assert fault(seal.seal(written(operator), EVENT_KEY)) == "operator"
    stolen = [bytes(page) for page in paged(keys("c2"))]  # all that a board torn from the wall knows
    for name in ("", "ada", "max", "vic"):
        assert fault(seal.seal(written(), seal.find_key(stolen, name))) == "seal"


def test_a_name_that_is_no_operators_is_refused_by_name():
    for operator in ("eve", "ADA", "ad", "adam", "x" * 24):
        kind, reason, command = opened(seal.seal(written(operator), key()))
        assert kind == "operator" and reason == "unknown operator '%s'" % operator and command["operator"] == operator
    for operator in (None, 5, [], {}, "", "ada ", "x" * 25, 'a"b', "a\\b", "\u00e9", ["ada"]):
        assert fault(seal.seal(written(operator), key())) == "operator"


def test_one_operator_cannot_sign_for_another():
    assert fault(seal.seal(written("ada"), key("vic"))) == "seal"
    twice = written("vic", role="viewer")[:-1] + b',"from":"ada"}'
    assert fault(seal.seal(twice, key("vic"))) == "form", "the last of two names is not the one that signed"


def test_a_retained_command_is_refused_before_anything_else():
    assert fault(seal.seal(written(), key()), is_retained=True) == "retained"
    assert fault(b"", is_retained=True) == "retained"


def test_another_site_controller_role_or_boot_is_refused():
    rows = (
        ("site", {"site": "other"}),
        ("site", {"site": "small "}),
        ("to", {"to": "c2"}),
        ("to", {"to": "console"}),
        ("role", {"role": "viewer"}),
        ("role", {"role": "site_manager"}),
        ("challenge", {"challenge": "0123456789abcdee"}),
        ("challenge", {"challenge": CHALLENGE.upper()}),
    )
    for kind, fields in rows:
        assert fault(seal.seal(written(**fields), key())) == kind
        assert "nonce" in opened(seal.seal(written(**fields), key()))[2], "who signed gets an answer"
    assert fault(seal.seal(written("vic", role="site_admin"), key("vic"))) == "role"


def test_a_board_without_a_challenge_obeys_nobody():
    assert fault(seal.seal(written(), key()), challenge="") == "challenge"
    assert fault(seal.seal(written(challenge=""), key()), challenge="") == "form"


def test_a_command_that_lacks_a_field_is_none():
    for field in sorted(RIGHT):
        if field != "reason":
            for value in (None, 5, "", [], {}, True, "x" * 65):
                assert fault(seal.seal(written(**{field: value}), key())) == "form", (field, value)
    for raw in (b'{"t":"command","from":"ada"}', b'{"t":"command","from":"ada",}', b'{"t":"command","from":"ada","t":"log"}'):
        assert fault(seal.seal(raw, key())) == "form"


def test_a_command_that_is_too_long_is_not_even_checked():
    assert fault(seal.seal(written(reason="x" * 4000), key())) == "size"
    assert opened(seal.seal(written(reason="x" * 3000), key()))[0] is None


def test_a_command_in_another_order_is_none():
    shuffled = b'{"from":"ada","t":"command",' + written()[len('{"t":"command","from":"ada",') :]
    assert fault(seal.seal(shuffled, key())) == "operator"
    assert fault(seal.seal(b" " + written(), key())) == "operator"


def test_whatever_is_changed_on_the_way_is_refused():
    right = seal.seal(written(), key())
    for place in range(0, len(right) * 8, 3):
        made = bytearray(right)
        made[place // 8] ^= 1 << place % 8
        assert fault(bytes(made)) in ("seal", "operator"), place
    for length in range(len(right)):
        assert fault(right[:length]) in ("seal", "operator")
        assert fault(right[length + 1 :]) in ("seal", "operator")
    assert fault(right + right) == "seal" and fault(right + b" ") == "seal"


def test_any_bytes_are_refused_in_peace():
    opening = b'{"t":"command","from":"'
    for raw in (b"", b"{", b"null", opening, opening + b'"', opening + b'ada"', opening + b'ada","action":"', b"\xff" * 99):
        assert fault(raw) in ("seal", "operator")
        assert fault(seal.seal(raw, key())) in ("seal", "operator", "form")


def test_an_action_is_told_only_where_it_is_plain():
    for action, told in (("clear", "clear"), ("x" * 25, ""), ('a"b', ""), (None, ""), (5, ""), ([], ""), ("", "")):
        assert opened(seal.seal(written("eve", action), key()))[2]["action"] == told
