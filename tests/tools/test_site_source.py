"""Files that are no site files: one message, never a traceback."""

import pytest

from tools.site import SiteError, load, source

BROKEN = [
    ("x.toml", b'site = "x"\n[doors\n', "line 2"),
    ("x.toml", b'site = "x"\nsite = "y"\n', "line 2"),
    ("x.json", b'{"site": "x",\n "doors": {,}}', "line 2"),
    ("x.json", b'{"site": "x", "site": "y"}', '"site" stands twice'),
    ("x.json", b'{"people_days": NaN}', "NaN"),
    ("x.json", b'{"people_days": Infinity}', "Infinity"),
    ("x.json", b"[1]", "a list"),
    ("x.json", b"", "line 1"),
    ("x.json", b'{"people_days": ' + b"9" * 5000 + b"}", "digits"),
    ("x.toml", b"people_days = " + b"9" * 5000, "digits"),
    ("x.toml", b'site = "\xff"', "UTF-8"),
    ("x.json", b"[" * 100_000, "deep"),
    ("x.toml", b"a = " + b"[" * 100_000, "deep"),
    ("x.json", b'{"a": ' + b"[" * 60 + b"]" * 60 + b"}", "deep"),
    ("x.toml", b"a." * 60 + b"a = 1", "deep"),
    ("x.yaml", b"site: x", "neither .toml nor .json"),
    ("x", b"", "neither .toml nor .json"),
]


@pytest.mark.parametrize(("name", "content", "word"), BROKEN)
def test_a_file_that_is_no_site_file_is_one_fault(tmp_path, name, content, word):
    path = tmp_path / name
    path.write_bytes(content)
    _is_one_fault(path, word)


def test_a_missing_file_a_folder_and_a_huge_file_are_one_fault(tmp_path, monkeypatch):
    _is_one_fault(tmp_path / "none.toml", "No such file")
    _is_one_fault(tmp_path, "folder")
    (tmp_path / "dir.toml").mkdir()
    _is_one_fault(tmp_path / "dir.toml", "folder")
    _is_one_fault(tmp_path / ("x" * 300 + ".toml"), "name too long")
    monkeypatch.setattr(source, "FILE_BYTES_MAX", 10)
    (tmp_path / "huge.toml").write_text('site = "huge"')
    _is_one_fault(tmp_path / "huge.toml", "larger")


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(b'\xef\xbb\xbfsite = "x"\r\n')
    assert load(path).site == "x"


def _is_one_fault(path, word):
    with pytest.raises(SiteError) as caught:
        load(path)
    (fault,) = caught.value.faults
    assert word in fault.message and fault.remedy
    assert str(caught.value).startswith(f"{path}: ")
