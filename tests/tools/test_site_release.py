"""The ledger and the folder of parts: numbers for good, versions that rise, all or nothing."""

import json
import os
from pathlib import Path

import pytest

from tests.tools.sites import changed
from tools.site import SiteError
from tools.site.compiler import disk, ledger
from tools.site.compiler.numbers import KINDS
from tools.site.compiler.release import release


class Desk:
    """A folder with a site file, its ledger and its parts."""

    def __init__(self, folder):
        self.file, self.out, self.ids = folder / "site.json", folder / "parts", folder / "demo.ids"

    def compile(self, *changes, is_new_site=False):
        self.file.write_text(json.dumps(changed(*changes)))
        return release(self.file, self.out, is_new_site)

    def numbers(self):
        return json.loads(self.ids.read_text())["numbers"]


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    made.compile(is_new_site=True)
    return made


def _is_refused(word, call, *args, **named):
    with pytest.raises(SiteError) as caught:
        call(*args, **named)
    assert word in str(caught.value)


def test_a_new_site_gets_numbers_by_name_order(desk):
    assert desk.numbers()["people"] == {"kim": 0, "lee": 1}
    assert desk.numbers()["controllers"] == {"c1": 0, "c2": 1}
    assert set(desk.numbers()) == set(KINDS)


def test_without_a_ledger_compile_stops_and_writes_nothing(tmp_path):
    _is_refused("--new-site", Desk(tmp_path).compile)
    assert [path.name for path in tmp_path.iterdir()] == ["site.json"]


def test_a_site_that_has_a_ledger_is_not_new(desk):
    before = desk.ids.read_bytes()
    _is_refused("ledger already", desk.compile, is_new_site=True)
    assert desk.ids.read_bytes() == before


def test_a_number_is_never_given_to_another(desk):
    desk.compile(("users", {"aki": {}, "lee": {}}))
    assert desk.numbers()["people"] == {"kim": 0, "lee": 1, "aki": 2}
    desk.compile(("users", {"bo": {}}), ("areas", "vault", ...))
    desk.compile(("users", {"kim": {}, "bo": {}, "aki": {}}))
    assert desk.numbers()["people"] == {"kim": 0, "lee": 1, "aki": 2, "bo": 3}
    assert desk.numbers()["areas"] == {"office": 0, "vault": 1}


def test_numbers_of_people_who_left_are_empty_on_the_board(desk):
    made = desk.compile(("users", {"lee": {}}))
    page = made.parts["c1"].tables["people"][0]
    assert len(page) == 32 and page[:16] == bytes(16) and page[16] & 1


def test_the_version_rises_only_when_something_changes(desk):
    assert (desk.compile().version, desk.compile().is_new) == (1, False)
    assert desk.compile(("doors", "lobby", "unlock_s", 7)).version == 2
    assert desk.compile(("doors", "lobby", "unlock_s", 7)).version == 2
    assert desk.compile().version == 3
    assert disk.read(desk.out / "c1").settings["version"] == 3


def test_cards_are_salted_differently_at_every_site(tmp_path):
    (tmp_path / "1").mkdir(), (tmp_path / "2").mkdir()
    one, other = (Desk(tmp_path / name).compile(is_new_site=True).parts["c1"] for name in "12")
    assert one.settings["salt"] != other.settings["salt"]
    assert one.tables["cards"] != other.tables["cards"]


def test_parts_on_disk_are_the_parts(desk):
    made = desk.compile()
    for name, part in made.parts.items():
        found = disk.read(desk.out / name)
        assert (found.settings, found.tables) == (part.settings, part.tables)
    assert sorted(folder.name for folder in desk.out.iterdir()) == ["c1", "c2"]
    assert all(page.stat().st_size <= 4096 for page in desk.out.glob("*/*.*") if page.name != disk.MANIFEST)


def test_a_damaged_page_is_noticed(desk):
    (desk.out / "c1" / "people.0").write_bytes(b"x")
    with pytest.raises(ValueError, match="people"):
        disk.read(desk.out / "c1")


def test_parts_of_controllers_that_left_are_gone(desk):
    desk.compile(("controllers", {"c1": {}}), ("doors", "gate", "controller", "c1"), ("outputs", {}))
    assert [folder.name for folder in desk.out.iterdir()] == ["c1"]


def test_a_broken_site_leaves_everything_as_it_was(desk):
    before = {path: path.read_bytes() for path in desk.out.rglob("*.*")}
    _is_refused("lobby", desk.compile, ("doors", "lobby", "lock", "glue"))
    assert {path: path.read_bytes() for path in desk.out.rglob("*.*")} == before


def test_a_failure_while_writing_leaves_everything_as_it_was(desk, monkeypatch):
    before = {path: path.read_bytes() for path in desk.file.parent.rglob("*") if path.is_file() and path != desk.file}

    def fail(*_):
        raise OSError(28, "No space left on device")

    for place in ((disk, "_write_part"), (ledger, "write"), (os, "fsync")):
        with monkeypatch.context() as patch:
            patch.setattr(*place, fail)
            with pytest.raises(OSError, match="No space"):
                desk.compile(("doors", "lobby", "unlock_s", 8))
        after = {
            path: path.read_bytes() for path in desk.file.parent.rglob("*") if path.is_file() and path != desk.file
        }
        assert after == before


def test_earlier_parts_come_back_when_the_new_ones_cannot_take_their_place(desk, monkeypatch):
    rename = Path.rename

    def fail(path, target):
        if path.name == "new":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail)
        with pytest.raises(OSError, match="Input/output"):
            desk.compile(("doors", "lobby", "unlock_s", 8))
    assert disk.read(desk.out / "c1").settings["version"] == 1
    assert desk.compile(("doors", "lobby", "unlock_s", 8)).version == 2


def test_a_folder_with_anything_else_in_it_is_never_replaced(desk, tmp_path):
    (desk.out / "notes.txt").write_text("mine")
    _is_refused("--out", desk.compile)
    desk.out = tmp_path
    _is_refused("--out", desk.compile)
    desk.out = desk.file
    _is_refused("--out", desk.compile)
    assert (tmp_path / "parts" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "damaged"),
        ("[]", "damaged"),
        ("{", "damaged"),
        ("\udcff", "damaged"),
        ('{"site": "demo"}', "damaged"),
        ('"site": "other"', "damaged"),
    ],
)
def test_a_damaged_ledger_stops_the_compilation(desk, content, word):
    desk.ids.write_bytes(content.encode(errors="surrogateescape"))
    _is_refused(word, desk.compile)


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (("site",), "other", '"other"'),
        (("salt",), "xyz", "damaged"),
        (("version",), -1, "damaged"),
        (("numbers",), {"people": {}}, "lacks"),
        (("numbers", "people"), {"kim": 0, "lee": 0}, "one number"),
        (("numbers", "people"), {"kim": 65535}, "damaged"),
        (("numbers", "people"), {"left": 65534}, "all 65535 numbers"),
    ],
)
def test_a_ledger_that_cannot_be_true_stops_the_compilation(desk, path, value, word):
    data = json.loads(desk.ids.read_text())
    table = data
    for part in path[:-1]:
        table = table[part]
    table[path[-1]] = value
    desk.ids.write_text(json.dumps(data))
    _is_refused(word, desk.compile)


def test_a_real_board_needs_egress_and_terminals(desk):
    readers = ("lobby_in", "lobby_out", "vault_in", "vault_out")
    line = [
        ("readers", name, {"door": name[:5], "protocol": "osdp", "bus": "RS485", "address": address})
        for address, name in enumerate(readers)
    ]
    board = {"board": "waveshare-s3-8di8ro", "terminals": {"lobby": "CH1", "vault": "CH2", "vault.sensor": "DI1"}}
    real = [*line, ("controllers", "c1", board)]
    assert desk.compile(*real).version == 2
    _is_refused("doors.lobby.egress: ", desk.compile, *real, ("doors", "lobby", "egress", ...))
    board["terminals"].pop("lobby")
    _is_refused("controllers.c1.terminals.lobby: ", desk.compile, *real)
    desk.compile(("doors", "lobby", "egress", ...))
