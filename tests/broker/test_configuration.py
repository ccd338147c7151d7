"""A changed site file is pushed to processes at work, on CPython and MicroPython, over a real mosquitto."""

import copy
import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests import interpreters
from tests.broker.controller import Controller
from tests.brokers import Mosquitto, wait_for
from tests.model import small
from tools.backstop.cli import cli
from tools.site import parse
from tools.site.compiler.keys import made_up, write
from tools.site.compiler.release import release

pytestmark = [pytest.mark.broker, pytest.mark.slow]
NEW_CARD = "H10301:7:77"
AREA = small.area("north south west", anti_passback="soft")
SITE = small.site({"hall": AREA}, {"north": "c1", "south": "c2", "west": "c3"}, consoles=["console"])
SITE["doors"]["south"]["lock"] = "fail_safe"
CHANGED = copy.deepcopy(SITE)
CHANGED["users"]["kim"]["cards"].append(NEW_CARD)
CHANGED["areas"]["hall"]["anti_passback"] = "hard"


@pytest.fixture
def place(tmp_path):
    """A folder with a site that was compiled once, as its controllers were flashed."""
    for name in ("site", "flashed"):
        (tmp_path / f"{name}.json").write_text(json.dumps(SITE))
    write(tmp_path / "small.keys", made_up(parse(SITE), 0))
    assert release(tmp_path / "site.json", tmp_path / "parts", is_new_site=True).version == 1
    return tmp_path


def test_a_new_card_and_a_new_mode_reach_those_at_work_and_the_one_that_was_off(place):
    with Mosquitto(place) as broker:
        url = f"mqtt://127.0.0.1:{broker.port}"

        def environment(operator: str) -> dict:
            return {"BACKSTOP_SITE": str(place / "site.json"), "BACKSTOP_BROKER": url, "BACKSTOP_OPERATOR": operator}

        def backstop(operator: str, *words: str):
            return CliRunner().invoke(cli, list(words), env=environment(operator))

        def in_force() -> dict:
            rows = json.loads(backstop("vic", "config", "status", "--json").stdout)
            return {name: row["in_force"] for name, row in rows.items() if row["link"] == "online"}

        boards = {"c1": Controller("c1", place / "flashed.json", url), "c2": Controller("c2", place / "flashed.json", url, "--micropython")}
        try:
            wait_for(lambda: in_force() == {"c1": 1, "c2": 1}, "they are not there", 60)
            assert boards["c1"].badge("north_in", NEW_CARD)["reason"] == "unknown_credential"
            assert boards["c2"].badge("south_in", NEW_CARD)["reason"] == "unknown_credential"
            (place / "site.json").write_text(json.dumps(CHANGED))
            refused = backstop("max", "config", "push")
            assert refused.exit_code == 2 and "only a site_admin may" in refused.stderr and in_force() == {"c1": 1, "c2": 1}
            command = [sys.executable, "-m", "tools.backstop", "config", "push", "--for", "90"]
            environ = os.environ | environment("ada")
            pushing = subprocess.Popen(command, cwd=interpreters.ROOT, env=environ, stdout=subprocess.PIPE, text=True)
            wait_for(lambda: in_force() == {"c1": 2, "c2": 2}, "not applied", 60)
            boards["c3"] = Controller("c3", place / "flashed.json", url, "--micropython")
            said, _ = pushing.communicate(timeout=100)
            assert pushing.returncode == 0 and sorted(said.splitlines()) == [f"c{number}: applied version 2" for number in (1, 2, 3)]
            for name, reader in (("c1", "north_in"), ("c2", "south_out"), ("c3", "west_in")):
                assert boards[name].badge(reader, NEW_CARD)["type"] == "access.granted", name
            again = boards["c1"].badge("north_in", NEW_CARD)
            assert again["reason"] == "double_entrance", "the new mode"
            for board in boards.values():
                assert [event["version"] for event in board.of("config.applied")] == [2]
                assert [event["reset_cause"] for event in board.of("controller.started")] == ["power_on", "config"]
                assert not board.of("config.refused")
            sets = [event for board in boards.values() for event in board.of("area.set") if event.get("configuration") == 2]
            assert len(sets) == 1 and sets[0]["settings"]["anti_passback"] == {"entrances": "hard", "exits": "hard"}
            assert not [event for event in boards["c2"].events if event["type"] == "door.unlocked" and event["why"] != "access"]

            # The broker keeps it: who starts again has it already, and does not fetch it again.
            boards["c2"].stop()
            boards["c2"] = Controller("c2", place / "flashed.json", url, "--micropython")
            wait_for(lambda: in_force() == {"c1": 2, "c2": 2, "c3": 2}, "it has lost its configuration", 60)
            assert boards["c2"].badge("south_in", NEW_CARD)["reason"] == "in_violation"
            assert not boards["c2"].of("config.applied")
            same = backstop("ada", "config", "push", "--json")
            assert same.exit_code == 0 and json.loads(same.stdout)["version"] == 2
        finally:
            for board in boards.values():
                board.stop()
