"""The command line: what goes where, and the exit status."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.tools.sites import changed
from tools.site.__main__ import cli


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*args, data=None):
        if data is not None:
            (tmp_path / "x.json").write_text(json.dumps(data))
        return CliRunner().invoke(cli, args, catch_exceptions=False)

    return call


def test_check_of_a_good_site_ends_with_0(run):
    result = run("check", "x.json", data=changed())
    assert result.exit_code == 0 and "good" in result.stdout and not result.stderr


def test_check_of_a_broken_site_ends_with_2_and_names_every_fault(run):
    result = run("check", "x.json", data=changed(("zzz", 1), ("doors", "lobby", "lock", "glue")))
    assert result.exit_code == 2 and not result.stdout
    assert len(result.stderr.splitlines()) == 2


def test_warnings_go_to_standard_error_and_end_with_0(run):
    result = run("check", "x.json", data=changed(("doors", "lobby", "egress", ...)))
    assert result.exit_code == 0
    assert result.stderr.startswith("warning: x.json: doors.lobby.egress: ")


def test_check_speaks_json(run):
    result = run("check", "x.json", "--json", data=changed(("zzz", 1)))
    found = json.loads(result.stdout)
    assert (result.exit_code, found["good"], found["file"]) == (2, False, "x.json")
    assert found["errors"][0].keys() == {"key", "message", "remedy"}
    result = run("check", "x.json", "--json", data=changed(("doors", "lobby", "egress", ...)))
    found = json.loads(result.stdout)
    assert (result.exit_code, found["good"], len(found["warnings"])) == (0, True, 1)


def test_compile_says_what_it_made(run):
    assert run("compile", "x.json", "--out", "parts", data=changed()).exit_code == 2
    result = run("compile", "x.json", "--out", "parts", "--new-site")
    assert result.exit_code == 0 and "version 1" in result.stdout
    assert "nothing changed" in run("compile", "x.json", "--out", "parts").stdout
    assert run("compile", "x.json", "--out", "parts", "--new-site").exit_code == 2


def test_a_folder_that_cannot_be_written_ends_with_2(run):
    result = run("compile", "x.json", "--out", "x.json/parts", "--new-site", data=changed())
    assert result.exit_code == 2 and "x.json" in result.stderr


def test_schema_is_json(run):
    assert json.loads(run("schema").stdout)["$schema"].startswith("https://json-schema.org/")


def test_the_command_itself_runs():
    command = [sys.executable, "-m", "tools.site", "check", "host_sim/sites/hq.toml"]
    assert subprocess.run(command, capture_output=True, text=True).returncode == 0
