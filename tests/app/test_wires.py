"""The link that a scenario can cut."""

from host_sim.station.wires import Wires
from tests.app.fakes import Link

LOG = ("message", "log/c2", b'{"t":"log","from":"c2"}', False)
ASK = ("message", "ask/hall", b'{"t":"ask","from":"c2","to":["c1"]}', False)
COMMAND = ("message", "command/c1", b"{}", False)
STRANGE = ("message", "log/stranger", b"\xff", False)


def wires():
    told = []
    found = Wires(Link(), told.append)
    found.set_network([])
    found._link.inbox = [("link", True)]
    assert found.take() == [("link", True)] and told == [True]
    return found


def heard(found, *messages):
    found._link.inbox = list(messages)
    return found.take()


def test_everybody_is_heard_in_one_group():
    assert heard(wires(), LOG, ASK, COMMAND, STRANGE) == [LOG, ASK, COMMAND, STRANGE]


def test_those_of_another_group_are_not_heard_and_the_change_is_a_new_link():
    found = wires()
    found.set_network(["c2"])
    assert heard(found, LOG, ASK, COMMAND, STRANGE) == [("link", True), COMMAND, STRANGE]
    found.set_network(["c2"])
    assert heard(found, LOG) == []
    found.set_network([])
    assert heard(found, LOG) == [("link", True), LOG]


def test_without_a_network_the_link_is_down_and_nothing_goes_either_way():
    found = wires()
    found.set_network(None)
    found.put("log/c1", b"{}")
    assert heard(found, LOG, COMMAND) == [("link", False)]
    assert not found._link.sent
    found.set_network([])
    found.put("log/c1", b"{}")
    assert heard(found, LOG) == [("link", True), LOG]
    assert found._link.sent == [("log/c1", b"{}", False)]


def test_a_broker_that_goes_is_told_also_without_a_network():
    found = wires()
    found.set_network(None)
    assert heard(found, ("link", False)) == [("link", False)]
    found.set_network([])
    assert heard(found) == []
    assert heard(found, ("link", True)) == [("link", True)]
