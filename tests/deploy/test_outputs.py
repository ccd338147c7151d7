"""What boot.py gets to know of a board: every output, at the level it has without power."""

import json

import pytest

import boot
from firmware import boards
from tests.app.fake_board import Machine
from tools.deploy.outputs import outputs
from tools.site import profiles


class Profile:
    I2C = (0, 42, 41)
    TERMINALS = {
        "A": ("relay", 5, 1),
        "B": ("relay", 6, 0),
        "C": ("relay", ("tca9554", 0x20, 0), 1),
        "D": ("relay", ("tca9554", 0x20, 7), 0),
        "E": ("relay", ("tca9554", 0x21, 3), 1),
        "F": ("signal", 7, 0),
        "G": ("input", 8, 0),
        "H": ("input", ("tca9554", 0x20, 4), 0),
        "I": ("wiegand", 9, 10),
        "J": ("rs485", 1, 17, 18, 14),
        "K": ("rs485", 2, 19, 20, None),
    }


def test_outputs_are_at_the_level_they_have_without_power_and_nothing_else_is_driven():
    assert outputs(Profile) == {
        "pins": [[5, 0], [6, 1], [7, 1], [14, 0]],
        "expanders": [[0, 42, 41, 0x20, 0b1000_0000, 0b0111_1110], [0, 42, 41, 0x21, 0, 0b1111_0111]],
    }


@pytest.mark.parametrize("name", boards.NAMES)
def test_boot_py_drives_every_relay_of_a_board_off(name, tmp_path):
    profile = profiles.profile(name.replace("_", "-"))
    (tmp_path / "outputs.json").write_text(json.dumps(outputs(profile)))
    machine = Machine()
    assert boot.make_safe(machine, str(tmp_path / "outputs.json")) == []
    for terminal in profile.TERMINALS.values():
        if terminal[0] == "relay":
            assert _level(machine.driven, terminal[1]) == 1 - terminal[2], terminal


def _level(driven: list, place) -> int:
    """The level of a place after what was driven."""
    if isinstance(place, int):
        return dict(row for row in driven if len(row) == 2)[place]
    _, address, bit = place
    registers = {row[4]: row[5] for row in driven if len(row) == 6 and row[3] == address}
    assert not registers[3] >> bit & 1, "it is an input"
    return registers[1] >> bit & 1
