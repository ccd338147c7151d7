"""The drawing of one door, and the site file that belongs to it: they name the same terminals."""

import re
import tomllib
import xml.etree.ElementTree as ElementTree

from firmware.boards import kc868_a2v3
from tests.interpreters import ROOT

DRAWING = ROOT / "tools/wiring/door.svg"
EXAMPLE = ROOT / "tools/site/examples/one-door.toml"


def words() -> str:
    return " ".join(text for text in ElementTree.parse(DRAWING).getroot().itertext())


def test_the_drawing_shows_every_terminal_of_its_site_file():
    shown = words()
    terminals = tomllib.loads(EXAMPLE.read_text())["controllers"]["c1"]["terminals"].values()
    for terminal in terminals:
        assert terminal in kc868_a2v3.TERMINALS
        assert terminal.split(".")[0] in shown, terminal
    assert shown.count(".LED") == sum(terminal.endswith(".LED") for terminal in terminals)


def test_the_drawing_shows_no_terminal_that_the_board_has_not():
    for word in re.findall(r"\b(?:RELAY|DI|WIEGAND|RS)\d+\b", words()):
        assert word in kc868_a2v3.TERMINALS


def test_the_way_out_in_the_drawing_is_that_of_the_site_file():
    door = tomllib.loads(EXAMPLE.read_text())["doors"]["front"]
    assert door["egress"] == "break_glass" and door["lock"] == "fail_safe"
    assert "Break-glass" in words() and EXAMPLE.name in words()
