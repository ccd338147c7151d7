"""What a broker keeps fills in what no event has told, and nothing else."""

from types import SimpleNamespace

import pytest

from tests.console.fake_link import FakeLink
from tools.backstop.told import Door as DoorState
from tools.backstop.told import Output as OutputState
from tools.console.picture.shown import Door, Output
from tools.console.retained import Retained
from tools.console.switchboard import Switchboard


def door(**known) -> Door:
    unknown = {"is_locked": None, "why": None, "is_open": None, "alarm": None, "since_ms": None, "is_locked_down": False, "as_of_ms": None}
    return Door("lobby", "Lobby", "c1", **unknown | known)


def retained(**told) -> Retained:
    state = DoorState.model_validate({"t": "door", "from": "c1", "locked": True, "open": None, "alarm": None} | told)
    output = OutputState.model_validate({"t": "output", "from": "c1", "active": True})
    return Retained(Switchboard(FakeLink()), SimpleNamespace(states={"door/lobby": state, "output/strobe": output}))


@pytest.mark.parametrize(("told", "known", "shown"), [
    ({}, {}, {"is_locked": True}),
    ({"open": True, "alarm": "held"}, {}, {"is_locked": True, "is_open": True, "alarm": "held"}),
    ({"locked": True}, {"is_locked": False, "why": "access"}, {"is_locked": False, "why": "access"}),
    ({"open": False}, {"is_open": True, "is_locked": True}, {"is_open": True, "is_locked": True}),
    ({"open": False}, {"alarm": "forced"}, {"alarm": "forced", "is_locked": True}),
])  # fmt: skip
def test_what_events_told_stays_and_the_rest_is_the_brokers(told, known, shown):
    assert retained(**told).doors([door(**known)]) == (door(**shown),)


def test_an_output_and_things_of_which_nothing_is_kept():
    found = retained().outputs([Output("strobe", "Strobe", "c1", None, None), Output("bell", "Bell", "c1", None, None), Output("strobe", "Strobe", "c1", False, 7)])
    assert [output.is_on for output in found] == [True, None, False]
    nothing = Retained(Switchboard(FakeLink()), SimpleNamespace(states={}))
    assert nothing.doors([door()]) == (door(),)
