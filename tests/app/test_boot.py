"""boot.py: whatever it finds, every output that can be made safe is."""

import json
import sys

from boot import make_safe
from tests.app.fake_board import Machine, write

TOLD = {"pins": [[40, 0], [6, 1]], "expanders": [[0, 42, 41, 32, 0, 240]]}
DONE = [(40, 0), (6, 1), (0, 42, 41, 32, 1, 0), (0, 42, 41, 32, 3, 240)]


def test_every_output_is_driven_to_its_safe_level_and_levels_come_before_directions():
    machine = Machine()
    assert make_safe(machine, write("boot_good", TOLD)) == []
    assert machine.driven == DONE


def test_a_missing_or_broken_list_is_said_and_nothing_is_driven():
    machine = Machine()
    paths = ["build/boot_none"]
    for text in ("", "{", '{"pins": [[40,', "[]", "{}", '{"pins": 3, "expanders": []}', '{"pins": []}', "null", "\x00\x01"):
        paths.append(write("boot_bad%d" % len(paths), text))
    for path in paths:
        faults = make_safe(machine, path)
        assert len(faults) == 1 and path in faults[0], faults
    assert machine.driven == []


def test_a_list_cut_anywhere_never_stops_the_boot():
    """A MicroPython of 1.25 takes JSON without its last brace, when nothing else is missing."""
    text = json.dumps(TOLD)
    for size in range(len(text)):
        machine = Machine()
        faults = make_safe(machine, write("boot_cut", text[:size]))
        assert machine.driven == ([] if faults else DONE)
        assert faults or size == len(text) - 1


def test_a_pin_that_is_none_keeps_no_other_from_being_made_safe():
    machine = Machine(bad=(40,))
    told = {"pins": [[40, 0], "x", [6], None, [6, 1]], "expanders": TOLD["expanders"]}
    assert len(make_safe(machine, write("boot_pin", told))) == 4
    assert machine.driven == DONE[1:]


def test_an_expander_that_does_not_answer_keeps_no_other_from_being_made_safe():
    machine = Machine(deaf=(32,))
    told = {"pins": TOLD["pins"], "expanders": [[0, 42, 41, 32, 0, 240], [0, 42, 41, 33, 0, 0]]}
    assert len(make_safe(machine, write("boot_expander", told))) == 1
    assert machine.driven == DONE[:2] + [(0, 42, 41, 33, 1, 0), (0, 42, 41, 33, 3, 0)]


def test_run_as_the_board_runs_it_it_needs_nothing_of_the_firmware():
    machine = Machine()
    path = write("boot_script", TOLD)
    with open("boot.py") as file:
        source = file.read().replace('"/outputs.json"', repr(path))
    before = sys.modules.get("machine"), set(sys.modules)
    sys.modules["machine"] = machine
    try:
        exec(source, {"__name__": "__main__"})
    finally:
        del sys.modules["machine"]
        if before[0]:
            sys.modules["machine"] = before[0]
    assert machine.driven == DONE
    assert not [name for name in set(sys.modules) - before[1] if name.startswith("firmware")]
