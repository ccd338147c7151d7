"""Key files: whose they are, what is in them, and what is none."""

import json

import pytest

from tests.osdp.live import KEY, OTHER_KEY
from tools.osdp import key_file
from tools.osdp.key_file import KeyFile
from tools.osdp.unusable import Unusable

KEYS = [bytes.fromhex(KEY), bytes.fromhex(OTHER_KEY)]
IDENTITY = bytes(range(16))
WEAK = "303132333435363738393a3b3c3d3e3f"


def test_a_key_file_is_its_owners_alone_and_is_never_written_over(tmp_path):
    path = tmp_path / "reader.key"
    one = KeyFile(path, 5)
    one.keep(KEYS, IDENTITY)
    assert not path.exists(), "nobody asked for it yet"
    one.make()
    one.keep(KEYS, None)
    assert path.stat().st_mode & 0o777 == 0o600 and key_file.read(path) == (KEYS, None)
    one.make()
    one.keep(KEYS[:1], IDENTITY)
    assert path.stat().st_mode & 0o777 == 0o600 and key_file.read(path) == (KEYS[:1], IDENTITY)
    with pytest.raises(FileExistsError):
        KeyFile(path, 5).make()
    assert [found.name for found in tmp_path.iterdir()] == ["reader.key"]


def test_a_key_file_can_be_dropped_by_who_made_it_only(tmp_path):
    path = tmp_path / "reader.key"
    one = KeyFile(path, 5)
    one.make()
    KeyFile(path, 5).drop()
    assert path.exists()
    one.drop()
    one.drop()
    assert not path.exists()


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "reader.key"
    one = KeyFile(path, 5)
    one.make()
    one.keep(KEYS, None)
    (tmp_path / "reader.key.new").mkdir()
    with pytest.raises(OSError):
        one.keep(KEYS[:1], None)
    assert key_file.read(path) == (KEYS, None)


def test_a_key_is_shown_to_who_asked_only(tmp_path):
    for shows, expected in ((False, {"key_file"}), (True, {"key_file", "key"})):
        assert KeyFile(tmp_path / "reader.key", 5, False, shows).tell(KEYS[0]).keys() == expected


def test_a_file_with_nothing_but_a_key_is_read(tmp_path):
    path = tmp_path / "reader.key"
    for text in (KEY, KEY.upper() + "\n", f"  {KEY}\r\n"):
        path.write_text(text)
        assert key_file.read(path) == (KEYS[:1], None)


@pytest.mark.parametrize("content", (
    "", "{}", "[]", "null", "7", KEY[:-1], KEY + "0", "x" * 32, WEAK, "\ud800", json.dumps({"keys": [], "identity": None}),
    json.dumps({"keys": [KEY] * 3, "identity": None}), json.dumps({"keys": [KEY], "identity": "x"}), json.dumps({"keys": [KEY], "identity": 5}),
    json.dumps({"keys": [WEAK], "identity": None}), json.dumps({"keys": KEY, "identity": None}), json.dumps({"keys": [5], "identity": None}),
))  # fmt: skip
def test_what_is_no_key_file_is_said_in_a_line(content, tmp_path):
    path = tmp_path / "reader.key"
    path.write_bytes(content.encode(errors="surrogatepass"))
    with pytest.raises(Unusable) as said:
        key_file.read(path)
    assert str(said.value).startswith(f"{path}: ") and "\n" not in str(said.value)


def test_no_file_is_said(tmp_path):
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(Unusable, match="cannot be read"):
            key_file.read(path)
