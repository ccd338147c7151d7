"""The keys of a site: drawn once, kept beside the site file for its owner only, and never in parts that need them not."""

import json
import stat

import pytest

from firmware.config import KEY_NAME
from firmware.wire import seal
from tests.tools.sites import changed
from tools.site import SiteError, parse, parts
from tools.site.check import load
from tools.site.compiler import disk
from tools.site.compiler.keys import made_up, opened
from tools.site.compiler.release import release


class Desk:
    """A folder with a site file, its keys and its parts."""

    def __init__(self, folder):
        self.folder = folder
        self.file, self.out, self.path = folder / "site.json", folder / "parts", folder / "demo.keys"

    def compile(self, *changes, **how):
        self.file.write_text(json.dumps(changed(*changes)))
        return release(self.file, self.out, **how)

    def keys(self):
        return json.loads(self.path.read_text())


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    made.compile(is_new_site=True)
    return made


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def refused(word, call, *args, **named):
    with pytest.raises(SiteError) as caught:
        call(*args, **named)
    assert word in str(caught.value)


def test_a_new_site_gets_keys_that_nobody_else_may_read(desk):
    keys = desk.keys()
    assert set(keys) == {"site", "event_key", "operators", "configurations"} and set(keys["operators"]) == {"ada"}
    drawn = [keys["event_key"], keys["configurations"], *keys["operators"].values()]
    assert len(set(drawn)) == 3 and all(len(bytes.fromhex(key)) == 32 for key in drawn)
    assert mode(desk.path) == 0o600
    for path in desk.out.rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_two_sites_have_no_key_in_common(desk, tmp_path_factory):
    other = Desk(tmp_path_factory.mktemp("other"))
    other.compile(is_new_site=True)
    assert desk.keys()["event_key"] != other.keys()["event_key"]
    assert desk.keys()["configurations"] != other.keys()["configurations"]
    assert not set(desk.keys()["operators"].values()) & set(other.keys()["operators"].values())


def test_a_part_has_the_event_key_and_the_operators_keys_for_its_own_controller(desk):
    keys = desk.keys()
    for name in ("c1", "c2"):
        pages = disk.read(desk.out / name).tables["keys"]
        assert seal.find_key(pages, "") == bytes.fromhex(keys["event_key"])
        for operator, secret in keys["operators"].items():
            assert seal.find_key(pages, operator) == seal.key_for(bytes.fromhex(secret), name)
        assert seal.find_key(pages, KEY_NAME) == seal.key_for(bytes.fromhex(keys["configurations"]), name)
        everything = b"".join(path.read_bytes() for path in (desk.out / name).iterdir())
        for secret in [*keys["operators"].values(), keys["configurations"]]:
            assert secret.encode() not in everything and bytes.fromhex(secret) not in everything


def test_no_secret_is_in_the_site_file_or_the_ledger(desk):
    text = desk.file.read_text() + (desk.folder / "demo.ids").read_text()
    assert not any(key in text for key in [desk.keys()["event_key"], *desk.keys()["operators"].values()])


def test_keys_stay_and_change_no_version(desk):
    before = desk.keys()
    assert not desk.compile().is_new and desk.keys() == before and mode(desk.path) == 0o600


def test_who_lacks_the_keys_is_told_where_they_come_from(desk):
    site = load(desk.file)
    desk.path.unlink()
    refused("with --new-keys", opened, desk.path, site, False)
    (desk.folder / "demo.ids").unlink()
    refused("A site that was never compiled gets it by: python -m tools.site compile", opened, desk.path, site, False)


def test_a_new_operator_gets_a_secret_and_one_who_left_loses_it(desk):
    before, both = desk.keys()["operators"], {"ada": {"role": "site_admin"}, "eve": {"role": "viewer"}}
    made = desk.compile(("operators", both))
    after = desk.keys()["operators"]
    assert set(after) == {"ada", "eve"} and after["ada"] == before["ada"] and made.version == 2
    desk.compile()
    assert set(desk.keys()["operators"]) == {"ada"}
    assert seal.find_key(disk.read(desk.out / "c1").tables["keys"], "eve") is None
    desk.compile(("operators", both))
    assert desk.keys()["operators"]["eve"] != after["eve"], "who comes back is somebody else"


def test_keys_that_are_older_get_a_secret_for_configurations(desk):
    before = desk.keys()
    desk.path.write_text(json.dumps({key: before[key] for key in before if key != "configurations"}))
    desk.path.chmod(0o600)
    assert desk.compile().is_new
    after = desk.keys()
    assert after["operators"] == before["operators"] and after["configurations"] not in (None, before["configurations"])
    assert not desk.compile().is_new and desk.keys() == after


def test_without_its_keys_a_known_site_does_not_compile(desk):
    parts_before = {path: path.read_bytes() for path in desk.out.rglob("*.0")}
    desk.path.unlink()
    refused("--new-keys", desk.compile)
    assert not desk.path.exists() and parts_before == {path: path.read_bytes() for path in desk.out.rglob("*.0")}
    made = desk.compile(has_new_keys=True)
    assert made.version == 2 and mode(desk.path) == 0o600


def test_new_keys_are_all_new(desk):
    before = desk.keys()
    assert desk.compile(has_new_keys=True).is_new
    after = desk.keys()
    assert after["event_key"] != before["event_key"]
    assert not set(after["operators"].values()) & set(before["operators"].values())


def test_a_new_site_beside_keys_of_its_own_keeps_them(desk):
    before = desk.keys()
    (desk.folder / "demo.ids").unlink()
    desk.compile(is_new_site=True)
    assert desk.keys() == before


def test_keys_that_others_may_read_are_refused(desk):
    for open_to_others in (0o640, 0o604, 0o620, 0o666):
        desk.path.chmod(open_to_others)
        refused("chmod 600", desk.compile)
    desk.path.chmod(0o600)
    desk.compile()


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("site", "other", '"other"'),
        ("event_key", "00", "damaged"),
        ("event_key", "G" * 64, "damaged"),
        ("configurations", "00", "damaged"),
        ("operators", {"ada": "secret"}, "damaged"),
        ("operators", [], "damaged"),
        ("further", 1, "damaged"),
    ],
)
def test_keys_that_cannot_be_true_stop_the_compilation_and_are_not_shown(desk, field, value, word):
    keys = desk.keys()
    desk.path.write_text(json.dumps({**keys, field: value}))
    with pytest.raises(SiteError) as caught:
        desk.compile()
    assert word in str(caught.value)
    assert not any(secret in str(caught.value) for secret in [keys["event_key"], "G" * 64, *keys["operators"].values()])


def test_simulations_have_keys_that_depend_on_the_seed_alone():
    site = parse(changed(), "demo")
    assert made_up(site, 1) == made_up(site, 1) != made_up(site, 2)
    assert parts(site)["c1"].tables["keys"] == parts(site)["c1"].tables["keys"] == made_up(site).table("c1")


def test_a_site_with_a_ledger_cannot_be_compiled_with_made_up_keys(desk):
    from tools.site.compiler.numbers import by_name_order

    site = parse(changed(), "demo")
    with pytest.raises(AssertionError):
        parts(site, by_name_order(site))
