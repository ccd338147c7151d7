"""The whole way: build, site file, parts, the command line, and what the board then has; mpremote's own installer, too."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.deploy.cable import FakeBoard, look
from tests.interpreters import ROOT
from tools.build import compiling, manifest, package
from tools.deploy.__main__ import cli
from tools.deploy.bundle import bundle
from tools.deploy.problem import Problem
from tools.site.compiler.release import release

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "tools/site/examples/one-door.toml"
MQTT = {"host": "10.0.0.2", "port": 8883, "user": "c1", "password": "p", "tls": {"psk_identity": "c1", "psk_key": "00ff"}}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with a build, the parts of the example and an mqtt.json."""
    folder = tmp_path_factory.mktemp("desk")
    compiling.build(folder / "build")
    shutil.copy(EXAMPLE, folder)
    release(folder / EXAMPLE.name, folder / "parts", is_new_site=True)
    (folder / "mqtt.json").write_text(json.dumps(MQTT, indent=1))
    return folder


def run(desk, port, *more):
    args = ["--port", port, "--part", str(desk / "parts/c1"), "--build", str(desk / "build"), *more]
    return CliRunner().invoke(cli, args, catch_exceptions=False)


def test_from_sources_and_a_site_file_to_a_board_that_starts(desk, tmp_path):
    image = tmp_path / "board.img"
    with FakeBoard(image) as fake:
        result = run(desk, fake.port, "--mqtt", str(desk / "mqtt.json"))
    assert result.exit_code == 0, result.output
    assert "works alone" not in result.output
    assert "c1 runs fw-" in result.output and "RELAY1 and RELAY2, a lamp between COM and NO" in result.output
    seen = look(image)
    made = manifest.read(desk / "build")
    assert seen["files"][seen["installed"]["tree"]] == {path: file.sha256 for path, file in made.below("tree").items()}
    assert set(seen["files"][seen["installed"]["own"]]) >= {"mqtt.json", "part/manifest.json", "part/settings.0", "part/keys.0"}
    assert seen["installed"]["board"] == "kc868-a2v3"
    assert any("start 1 after power_on" in line for line in seen["printed"]) and seen["safe"]


def test_a_board_without_room_for_the_code_gets_it_and_a_loud_warning(desk, tmp_path):
    with FakeBoard(tmp_path / "small.img", heap="300k") as fake:
        result = run(desk, fake.port)
    assert result.exit_code == 0 and "c1 runs fw-" in result.stdout
    assert re.search("THIS BOARD WILL NOT START. Its heap has 2[0-9]{2},[0-9]{3} bytes, and .* about 420,", result.stderr), result.stderr
    with FakeBoard(tmp_path / "large.img") as fake:
        alone = run(desk, fake.port)
        assert "WILL NOT START" not in alone.output and "It has no mqtt.json, so it works alone" in alone.output
    with FakeBoard(tmp_path / "in_place.img", heap="300k", has_rom=True) as fake:
        assert "WILL NOT START" not in run(desk, fake.port).output


def test_a_part_of_a_simulated_board_is_refused(desk, tmp_path):
    file = tmp_path / "site.toml"
    file.write_text(EXAMPLE.read_text().replace('"kc868-a2v3"', '"sim"'))
    release(file, tmp_path / "parts", is_new_site=True)
    result = CliRunner().invoke(cli, ["--port", "x", "--part", str(tmp_path / "parts/c1"), "--build", str(desk / "build")])
    assert result.exit_code == 2 and "the part of a simulated board" in result.stderr


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda desk: (desk / "build/manifest.json").unlink(), "there is no build. `make build` makes one"),
        (lambda desk: (desk / "build/main.py").write_text("x"), "is not what the manifest says. `make build`"),
        (lambda desk: (desk / "build/manifest.json").write_text("{"), "`make build` makes a new one"),
        (lambda desk: (desk / "parts/c1/settings.0").write_text("x"), "this is no part of a site"),
        (lambda desk: shutil.rmtree(desk / "parts"), "this is no part of a site"),
        (lambda desk: (desk / "mqtt.json").write_text("[]"), "this is no mqtt.json"),
        (lambda desk: (desk / "mqtt.json").unlink(), "this is no mqtt.json"),
        (lambda desk: (desk / "mqtt.json").write_text(json.dumps(MQTT | {"tls": {"ca": "x"}})), "another kind of client"),
    ],
)
def test_what_is_missing_or_damaged_is_said_before_the_board_is_touched(desk, tmp_path, spoil, message):
    mine = shutil.copytree(desk, tmp_path / "desk")
    bundle(mine / "build", mine / "parts/c1", mine / "mqtt.json")
    spoil(mine)
    with pytest.raises(Problem, match=message.replace(".", r"\.").replace("[", r"\[")):
        bundle(mine / "build", mine / "parts/c1", mine / "mqtt.json")


def test_a_wrong_port_is_one_line_and_status_2(desk):
    result = run(desk, "/dev/no-such-port")
    assert result.exit_code == 2 and result.stderr.count("\n") == 1 and "Ports of this machine" in result.stderr


def test_mpremote_installs_from_package_json_what_main_py_finds(tmp_path):
    image = tmp_path / "board.img"
    with FakeBoard(image) as fake:
        command = [sys.executable, "-m", "mpremote", "connect", fake.port, "mip", "install", "--target", "/", str(package.FILE)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200)
        assert done.returncode == 0, done.stdout + done.stderr
    seen = look(image)
    assert {"boot.py", "main.py", "firmware"} <= set(seen["names"])
    assert any("start 1 after power_on" in line for line in seen["printed"]) and seen["safe"]


def test_package_json_names_every_file():
    assert Path(package.FILE).read_text() == package.text(), "run `python -m tools.build package`"
