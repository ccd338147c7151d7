"""A board without room beside its doors is brought a release, or a configuration, by the command line over a real broker: its doors pause."""

import pytest

from tests.brokers import Mosquitto
from tests.host import update_builds
from tests.host.update_place import OTHER_CARD, Place

pytestmark = [pytest.mark.broker, pytest.mark.slow]


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    return update_builds.build(tmp_path_factory.mktemp("builds"), {"short": update_builds.SHORT, "good": (update_builds.GOOD, *update_builds.SHORT)})


@pytest.fixture
def place(tmp_path, builds):
    with Mosquitto(tmp_path) as broker, Place(tmp_path, broker, builds["short"], ["c1"]) as found:
        yield found


def pauses(board) -> int:
    """How many lives of a board were without cards."""
    return "".join(board.said).count("DOORS PAUSE")


def test_its_doors_pause_only_where_the_operator_says_so_and_once(place, builds):
    board, before = place.boards["c1"], place.status("c1")
    assert board.badge("outside")["type"] == "access.granted"
    refused = place.update(builds["good"])
    assert refused.returncode == 1 and "not enough memory" in refused.stderr and "--pause-doors" in refused.stderr, refused.stderr + board.told()
    assert place.status("c1")["release"] == before["release"] and not pauses(board)

    done = place.update(builds["good"], "--all", "--pause-doors")
    assert done.returncode == 0 and "c1: runs fw-" in done.stdout, done.stdout + done.stderr + board.told()
    assert "waits for a moment" in done.stdout and "its doors pause" in done.stdout
    after = place.status("c1")
    assert after["firmware"] == "0.3.0" and after["online"] and not {"minimal", "pause", "trial", "staged"} & set(after)
    assert pauses(board) == 1 and [event["release"] for event in board.of("update.paused", "update.confirmed")] == [after["release"]] * 2
    assert [event["reset_cause"] for event in board.of("controller.started")] == ["power_on", "update"]
    denied = board.badge("outside")
    assert denied["reason"] in ("double_entrance", "in_violation") and denied["inc"] == board.events[0]["inc"]


def test_power_that_goes_while_doors_pause_ends_the_pause_for_good(place, builds):
    board, before = place.boards["c1"], place.status("c1")
    with place.cut_when("c1", lambda status: "want" in status):
        failed = place.update(builds["good"], "--all", "--pause-doors")
    assert failed.returncode == 1 and "doors have paused for it" in failed.stderr, failed.stdout + failed.stderr + board.told()
    assert place.status("c1")["online"] and place.status("c1")["release"] == before["release"] and pauses(board) == 1
    assert [event["reset_cause"] for event in board.of("controller.started")] == ["power_on", "power_on"]
    assert board.badge("outside")["type"] == "access.granted"
    done = place.update(builds["good"], "--all", "--pause-doors")
    assert done.returncode == 0 and "c1: runs fw-" in done.stdout and pauses(board) == 2, done.stdout + done.stderr + board.told()


# -- for a configuration ---------------------------------------------------------------------------


def test_for_a_configuration_they_pause_only_where_the_operator_says_so_and_each_controller_in_its_turn(tmp_path, builds):
    with Mosquitto(tmp_path) as broker, Place(tmp_path, broker, builds["short"], ["c1", "c2"]) as place:
        boards = list(place.boards.values())
        place.give_card(OTHER_CARD)
        refused = place.backstop("config", "push", "--for", "60")
        assert refused.returncode == 1 and "it takes 1073741 kB of heap" in refused.stderr and "--pause-doors" in refused.stderr, refused.stderr
        assert [place.status(name)["configuration"] for name in ("c1", "c2")] == [1, 1] and not pauses(boards[0])

        done = place.backstop("config", "push", "--pause-doors")
        assert done.returncode == 0, done.stdout + done.stderr + boards[0].told() + boards[1].told()
        said = [line for line in done.stdout.splitlines() if "doors pause" in line or "applied" in line]
        assert [line.split(":")[0] for line in said] in (["c1", "c1", "c2", "c2"], ["c2", "c2", "c1", "c1"]), done.stdout
        for board, name in zip(boards, ("c1", "c2")):
            after = place.status(name)
            assert after["online"] and after["configuration"] == 2 and not {"minimal", "pause", "refused"} & set(after)
            told = {(event["type"], event["version"]) for event in board.of("update.paused", "config.applied", "config.refused")}
            assert pauses(board) == 1 and told == {("update.paused", 2), ("config.applied", 2)}
        assert boards[1].badge("outside", OTHER_CARD)["type"] == "access.granted"


def test_power_that_goes_in_such_a_pause_leaves_the_configuration_before_in_force(place):
    board = place.boards["c1"]
    place.give_card(OTHER_CARD)
    with place.cut_when("c1", lambda status: "want" in status):
        failed = place.backstop("config", "push", "--pause-doors")
    assert failed.returncode == 1 and "doors have paused for it" in failed.stderr, failed.stdout + failed.stderr + board.told()
    assert place.status("c1")["online"] and place.status("c1")["configuration"] == 1 and pauses(board) == 1
    assert board.badge("outside")["type"] == "access.granted"
    done = place.backstop("config", "push", "--pause-doors")
    assert done.returncode == 0 and "c1: applied version 2" in done.stdout and pauses(board) == 2, done.stdout + done.stderr + board.told()
    assert board.badge("outside")["reason"] in ("double_entrance", "in_violation"), "who is where is as it was"
