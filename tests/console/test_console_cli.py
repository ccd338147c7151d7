"""The console's command line, and the site file that it lives by."""

import json

import pytest
from click.testing import CliRunner

from tests.console.office import GOOD, OTHER
from tests.tools.sites import changed
from tools.console.accounts.accounts import Accounts
from tools.console.accounts.sessions import Session
from tools.console.cli import cli
from tools.console.history import opened
from tools.console.sitefile import SiteFile
from tools.site.errors import SiteError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "site.json").write_text(json.dumps(changed()))
    return tmp_path


def run(folder, *words: str, typed: str = "", **given):
    return CliRunner().invoke(cli, list(words), input=typed, env={"BACKSTOP_SITE": str(folder / "site.json")} | given)


def test_a_password_is_set_and_signs_in(folder):
    result = run(folder, "password", "ada", typed=f"{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0 and result.output.endswith("ada can sign in with it now\n") and GOOD not in result.output
    engine = opened(str(folder / "demo.sqlite"))
    accounts = Accounts(engine, SiteFile(folder / "site.json"))
    assert isinstance(accounts.sign_in("ada", GOOD, "192.0.2.1"), Session)
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "typed", "given", "message"),
    [
        (["password", "kim"], "", {}, "the site file names no operator 'kim'"),
        (["password", "ada"], "short\nshort\n", {}, "at least 12 characters"),
        (["password", "ada"], f"{GOOD}\n{OTHER}\n", {}, "do not match"),
        (["password", "ada"], "", {"BACKSTOP_SITE": "nowhere.toml"}, "nowhere.toml"),
        (["password", "ada"], "", {"BACKSTOP_SITE": None}, "--site"),
        (["--database", "mysql://localhost/x", "password", "ada"], "", {}, "no such database is known"),
        (["--database", "nowhere/x.sqlite", "password", "ada"], "", {}, "unable to open database file"),
        (["password"], "", {}, "NAME"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(folder, words, typed, given, message):
    result = run(folder, *words, typed=typed, **given)
    assert result.exit_code != 0 and message in result.output and "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


# -- the site file -------------------------------------------------------------------------------


def test_the_site_file_is_read_again_when_it_has_changed(folder):
    path = folder / "site.json"
    site = SiteFile(path)
    assert site() is site()
    path.write_text(json.dumps(changed(("label", "Head Quarters"))))
    assert site().label == "Head Quarters" and site.fault is None


@pytest.mark.parametrize("spoil", [lambda path: path.write_text("{"), lambda path: path.unlink(), lambda path: path.write_text(json.dumps({"site": "demo", "x": 1}))])
def test_a_file_that_cannot_be_used_leaves_the_last_one_in_force_and_says_so(folder, spoil):
    path = folder / "site.json"
    site = SiteFile(path)
    before = site()
    spoil(path)
    assert site() is before and "site.json" in site.fault
    path.write_text(json.dumps(changed(("label", "Back"))))
    assert site().label == "Back" and site.fault is None


def test_a_console_does_not_begin_with_a_file_that_cannot_be_used(tmp_path):
    (tmp_path / "site.json").write_text("{")
    for path, kind in ((tmp_path / "site.json", SiteError), (tmp_path / "nowhere", (SiteError, OSError))):
        with pytest.raises(kind):
            SiteFile(path)
