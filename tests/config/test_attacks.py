"""Manifests and pages as an attacker would send them: each rule broken in turn, and nothing of it reaches the flash."""

import json
from binascii import a2b_base64

from firmware.config import KEY_NAME, manifest
from firmware.config.manifest import TABLES, opened
from firmware.wire import order, seal
from tests.config.desk import KEY, Console, Fetcher, changed
from tests.core.parts import CONFIG_SECRET, EVENT_KEY, SECRETS, keys, paged, settings

LARGE = changed(2, tuple([0] * 700))
OTHER = {"to": "c2", "site": "elsewhere"}


def held(controller):
    """Every key of the table that one board has."""
    pages = paged(keys(controller))
    return [seal.find_key(pages, name) for name in ("", "ada", "max", "vic", KEY_NAME)]


def refused(payload, is_retained=True):
    """Send a manifest to a board; returns the source of the refusal, having seen that nothing came of it."""
    board = Fetcher()
    board.take(payload, is_retained)
    board.rest(120_000)
    assert not board.wants and not board.restarts and not board.files.operations, "something was done"
    assert len(board.refused) == 1
    return board.refused[0][0]


def test_no_key_but_the_one_for_this_board_signs_its_configuration():
    secrets = [CONFIG_SECRET, b"", bytes(32), EVENT_KEY, seal.key_for(CONFIG_SECRET, ""), manifest.page_key(KEY)]
    secrets += [SECRETS[name] for name in SECRETS]
    for key in secrets + held("c2") + held("c1")[:-1]:
        assert refused(Console(LARGE, key).manifest) == "seal"
    assert held("c1")[-1] == KEY
    board = Fetcher()
    board.take(Console(LARGE).manifest)
    assert board.wants and not board.refused


def test_another_boards_manifest_is_refused_whatever_it_says():
    other = seal.key_for(CONFIG_SECRET, "c2")
    assert refused(Console(LARGE, other, to="c2").manifest) == "seal"
    assert refused(Console(LARGE, other).manifest) == "seal"
    assert refused(Console(LARGE, to="c2").manifest) == "wrong to"


def test_another_sites_manifest_is_refused():
    assert refused(Console(LARGE, site="elsewhere").manifest) == "wrong site"
    assert refused(Console(LARGE, seal.key_for(b"x" * 32, "c1")).manifest) == "seal"


def test_the_version_must_rise():
    assert refused(Console(changed(1, (0,))).manifest) == "another version 1 is in force"
    for version in (0, -1, True, None, "3", [], 1 << 31, 2.5):
        assert refused(Console(LARGE, version=version).manifest) == "form", version
    board = Fetcher()
    board.fetch(Console(changed(5)))
    board.settle()
    for version in (4, 1):
        board.take(Console(changed(version)).manifest)
        assert "is older than 5" in board.refused[-1][2]
    board.start()
    assert board.part.settings["version"] == 5


def test_whatever_is_changed_on_the_way_is_refused():
    right = Console(LARGE).manifest
    table = paged(keys("c1"))
    for place in range(0, len(right) * 8, 11):
        made = bytearray(right)
        made[place // 8] ^= 1 << place % 8
        assert opened(bytes(made), settings(), table)[0] == "seal"
    for length in range(len(right)):
        assert opened(right[:length], settings(), table)[0] == "seal"
    assert opened(right + b" ", settings(), table)[0] == opened(right + right, settings(), table)[0] == "seal"


def test_one_that_is_too_long_is_not_even_checked():
    assert refused(Console(LARGE, operator="x" * 4096).manifest) == "size"


def test_absurd_manifests_are_refused_before_anything_is_kept_of_them():
    counts = {table: 1 for table in TABLES}
    sha = "0" * 64
    absurd = (
        {"pages": dict(counts, people=1 << 40)},
        {"pages": dict(counts, people=65535), "list": [sha] * 512},
        {"pages": dict(counts, people=-1)},
        {"pages": dict(counts, people=True)},
        {"pages": dict(counts, people=None)},
        {"pages": dict(counts, more=1)},
        {"pages": {}},
        {"pages": [1] * 6},
        {"pages": None},
        {"pages": dict(counts, settings=0)},
        {"pages": dict(counts, keys=0)},
        {"list": []},
        {"list": None},
        {"list": [sha] * 2},
        {"list": [sha[:-1]]},
        {"list": ["z" * 64]},
        {"list": [5]},
        {"list": [[sha]]},
        {"from": ""},
        {"from": None},
        {"from": "x" * 65},
        {"operator": 5},
        {"to": None},
        {"site": []},
        {"t": "command"},
        {"t": None},
    )
    for fields in absurd:
        assert refused(Console(LARGE, **fields).manifest) in ("form", "size"), fields
    many = dict(counts, people=5000)
    listed = [sha] * ((5005 + 127) // 128)
    assert refused(Console(LARGE, pages=many, list=listed).manifest) == "5005 pages are too many"
    for raw in (b"", b"{", b"null", b"[]", b"5", b'{"t":"config"}', b"\xff" * 99, b'"config"', b"{}" * 50):
        assert refused(seal.seal(raw, KEY)) in ("form", "seal"), raw
        assert refused(raw) == "seal"


def test_a_board_without_the_key_says_so():
    without = [bytes(page) for page in paged(keys("c1")[:-1])]
    assert opened(Console(LARGE).manifest, settings(), without)[:2] == ("key", "this board has no key for configurations")
    assert manifest.piece(Console(LARGE).manifest, settings(), without) is None


def test_the_key_for_configurations_signs_no_command():
    told = {"to": "c1", "site": "small", "role": "site_admin", "challenge": "x", "nonce": "n1"}
    for operator in ("ada", "max", KEY_NAME, ""):
        opening = '{"t":"command","from":%s,"action":"unlock",' % json.dumps(operator)
        payload = seal.seal((opening + json.dumps(told)[1:]).encode(), KEY)
        assert order.opened(payload, False, settings(), paged(keys("c1")), "x")[0] in ("seal", "operator")
        raw = b'{"t":"command","from":"' + operator.encode() + b'","action":"unlock",' + json.dumps(told)[1:].encode()
        assert order.opened(seal.seal(raw, KEY), False, settings(), paged(keys("c1")), "x")[0] in ("seal", "operator")


def test_a_command_and_a_manifest_are_not_taken_for_one_another():
    console = Console(LARGE, from_="x")
    assert order.opened(console.manifest, False, settings(), paged(keys("c1")), "x")[0] == "operator"
    assert refused(seal.seal(b'{"t":"command","from":"ada"}', KEY)) == "form"


def test_pages_of_a_thief_are_not_taken():
    console, thief = Console(LARGE), Console(LARGE, EVENT_KEY)
    board = Fetcher()
    board.take(console.manifest)
    want = board.wants.pop(0)
    for key in [EVENT_KEY, bytes(32)] + held("c2") + held("c1")[:-1]:
        thief.key = key
        board.take(thief.piece(want), False)
        assert not board.wants
    assert {entry[0] for entry in board.refused} == {"piece"}
    right = console.piece(want)
    for place in range(0, len(right) * 8, 101):
        made = bytearray(right)
        made[place // 8] ^= 1 << place % 8
        board.take(bytes(made), False)
    for length in range(0, len(right), 13):
        board.take(right[:length], False)
    assert not board.wants and not board.configuring._length
    board.take(right, False)
    assert board.wants


def test_a_page_of_another_configuration_does_not_get_in():
    """Signed rightly, and for this board: but it is not the page that the manifest names."""
    board, console, evil = Fetcher(), Console(LARGE), Console(changed(2, tuple([2] * 700)))
    board.take(console.manifest)
    while board.wants:
        want = board.wants.pop(0)
        board.take((evil if want["page"] == ["people", 0] else console).piece(want), False)
    assert board.refused == [("page 0 of people comes damaged", 2, "page 0 of people comes damaged")]
    assert not board.restarts


def test_who_overhears_the_pages_reads_none_of_them():
    console, board, heard = Console(LARGE), Fetcher(), []
    board.take(console.manifest)
    while board.wants:
        payload = console.piece(board.wants.pop(0))
        heard.append(a2b_base64(json.loads(payload)["bytes"]))
        board.take(payload)
    assert board.restarts == 1
    told = b"".join(heard)
    for secret in held("c1") + [b"person-1", b"c1", b"site", bytes(16)]:
        assert secret not in told
    twice = Console(changed(3, tuple([0] * 699 + [1])))
    want = {"page": ["people", 2], "offset": 0, "size": 32}
    streams = []
    for each in (console, twice):
        masked = a2b_base64(json.loads(each.piece(want))["bytes"])
        streams.append(bytes([a ^ b for a, b in zip(masked, each.page("people", 2))]))
    assert streams[0] != streams[1], "one keystream for two contents"


def test_a_mask_comes_off_in_any_pieces():
    page, sha = bytes(range(256)) * 16, bytes(range(32))
    whole = manifest.masked(page, KEY, sha, 0)
    assert whole != page and manifest.masked(whole, KEY, sha, 0) == page
    for size in (32, 576, 2688, 4096):
        parts = [manifest.masked(whole[at : at + size], KEY, sha, at) for at in range(0, len(whole), size)]
        assert b"".join(parts) == page
    assert manifest.masked(page, KEY, bytes(32), 0) != whole and manifest.masked(page, bytes(32), sha, 0) != whole
