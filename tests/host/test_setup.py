"""What setup finds on a machine, and what it says of one that lacks something."""
import os
import subprocess
import sys

import pytest

from tests.interpreters import ROOT
from tools.setup.dependencies import requirements
from tools.setup.micropython import mirrors

SCRIPT = ROOT / "tools/setup/micropython.py"


def run(command: list, path: str) -> subprocess.CompletedProcess:
    """Run a setup script with nothing but `path` on PATH."""
    return subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True)


@pytest.fixture
def bare(tmp_path):
    """A PATH with the plainest commands, and neither apt nor browser nor MicroPython."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for command in ("sh", "id", "dirname", "mkdir", "ln"):
        (folder / command).symlink_to(f"/bin/{command}")
    return str(folder)


def test_make_sim_hands_on_what_is_asked_for():
    said = {asked: subprocess.run(["make", "--no-print-directory", "-n", "sim", *asked], cwd=ROOT, capture_output=True, text=True).stdout for asked in (
        (), ("SIMULATED=1", "PORT=9000", "SITE=mine.toml"), ("BROKER=mqtt://127.0.0.1:1", "MICROPYTHON=front,back"))}
    plain, simulated, live = (" ".join(text.replace("\\\n", "").split()) for text in said.values())
    assert plain.endswith("-m host_sim bench --port 8080 --site host_sim/sites/hq.toml")
    assert simulated.endswith("bench --port 9000 --site mine.toml --simulated")
    assert live.endswith("--broker mqtt://127.0.0.1:1 --micropython front,back")


def test_mirrors_are_read_from_both_forms_of_apt_sources():
    old = "deb [arch=amd64] http://mirror.example/debian bookworm main\n# deb http://old.example/debian sid main\n"
    new = "Types: deb\nURIs: https://ports.example/pub/ubuntu/\nSuites: noble\n"
    other = "deb http://mirror.example/debian-security bookworm-security main\n"
    assert mirrors(new + old + other) == [("debian", "http://mirror.example/debian"), ("ubuntu", "https://ports.example/pub/ubuntu")]


def test_the_simulator_needs_fewer_packages_than_the_tests():
    project = {"project": {"dependencies": ["a==1"]}, "dependency-groups": {"test": ["b==2"]}}
    assert requirements(project, []) == ["a==1"] and requirements(project, ["test"]) == ["b==2"]


def test_a_machine_without_apt_is_told_what_is_left_out(bare, tmp_path):
    done = run([sys.executable, str(SCRIPT), "32", str(tmp_path / "32")], bare)
    assert done.returncode == 1
    assert "NOTICE: no 32-bit MicroPython" in done.stderr and "this machine has no apt" in done.stderr


def test_a_micropython_on_path_is_used_first(bare, tmp_path):
    with open(f"{bare}/micropython", "w") as file:
        file.write("#!/bin/sh\necho 1 29\n")
    os.chmod(f"{bare}/micropython", 0o755)
    done = run([sys.executable, str(SCRIPT), "64", str(tmp_path / "64")], bare)
    assert done.returncode == 0 and "1.29, 64 bit" in done.stdout


def test_an_old_micropython_on_path_is_not_used(bare, tmp_path):
    with open(f"{bare}/micropython", "w") as file:
        file.write("#!/bin/sh\necho 1 19\n")
    os.chmod(f"{bare}/micropython", 0o755)
    assert run([sys.executable, str(SCRIPT), "64", str(tmp_path / "64")], bare).returncode == 1


def test_no_chromium_is_a_notice(bare, tmp_path):
    done = run([str(ROOT / "tools/setup/chromium"), str(tmp_path / "chromium")], bare)
    assert done.returncode == 1 and "NOTICE: no chromium" in done.stderr


def test_no_server_is_a_notice(bare, tmp_path):
    done = run([str(ROOT / "tools/setup/debian"), "some-package", "no-such-server", str(tmp_path / "link")], bare)
    assert done.returncode == 1 and "NOTICE: no no-such-server" in done.stderr and "apt-get install some-package" in done.stderr
    assert not (tmp_path / "link").exists()


def test_a_server_that_is_there_is_linked(bare, tmp_path):
    (tmp_path / "bin/some-server").symlink_to("/bin/true")
    done = run([str(ROOT / "tools/setup/debian"), "some-package", "some-server", str(tmp_path / "cache/link")], bare)
    assert done.returncode == 0 and (tmp_path / "cache/link").resolve().name == "true"


def test_no_umqtt_is_a_notice(bare, tmp_path, monkeypatch):
    monkeypatch.setenv("UNEARTH", "no-such-command")
    for command in ("mktemp", "rm"):
        os.symlink(f"/bin/{command}", f"{bare}/{command}")
    done = run([str(ROOT / "tools/setup/umqtt"), str(tmp_path / "umqtt")], bare)
    assert done.returncode == 1 and "NOTICE: no umqtt.simple" in done.stderr and not (tmp_path / "umqtt").exists()


def test_no_python_is_said_with_the_remedy(bare, tmp_path):
    done = run([str(ROOT / "tools/setup/venv"), str(tmp_path / "venv")], bare)
    assert done.returncode == 1 and "not a Python of 3.11 or later" in done.stderr


def test_no_venv_part_is_said_with_the_remedy(bare, tmp_path):
    """Debian's Python without python3-venv has no ensurepip; no apt-get here to install it with."""
    with open(f"{bare}/python3", "w") as file:
        file.write(f"#!/bin/sh\ncase $2 in *ensurepip*) exit 1;; *) exec {sys.executable} \"$@\";; esac\n")
    os.chmod(f"{bare}/python3", 0o755)
    done = run([str(ROOT / "tools/setup/venv"), str(tmp_path / "venv")], bare)
    assert done.returncode == 1 and "apt-get install python3-venv" in done.stderr
    assert not (tmp_path / "venv").exists()
