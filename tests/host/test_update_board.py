"""A board is updated by the command line over a real broker: a release that works is kept, and one that does not is gone by itself."""

import signal
import time

import pytest

from tests.brokers import Mosquitto
from tests.host import update_builds
from tests.host.update_place import Place

pytestmark = [pytest.mark.broker, pytest.mark.slow]
_EDITS = {
    "good": (update_builds.GOOD,),
    "silent": (update_builds.SILENT,),
    "crashes": (update_builds.CRASHES,),
    "raises": (update_builds.RAISES,),
    "hangs_early": (update_builds.HANGS_EARLY,),
    "hangs": update_builds.HANGS,
    "dies_later": update_builds.DIES_LATER,
}
# Why each of these is gone, and whether the watchdog had to bite.
_FAILURES = [
    ("crashes", "no module named 'firmware.absent'", False),
    ("raises", "AssertionError", False),
    ("hangs_early", "watchdog", True),
    ("hangs", "watchdog", True),
]


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    return update_builds.build(tmp_path_factory.mktemp("builds"), _EDITS)


@pytest.fixture
def place(tmp_path, builds):
    with Mosquitto(tmp_path) as broker, Place(tmp_path, broker, builds["old"], ["c1"]) as found:
        yield found


@pytest.fixture
def place_of_two(tmp_path, builds):
    with Mosquitto(tmp_path) as broker, Place(tmp_path, broker, builds["old"], ["c1", "c2"]) as found:
        yield found


def test_a_release_that_works_is_kept_and_presence_and_log_with_it(place, builds):
    board, before = place.boards["c1"], place.status("c1")
    assert before["firmware"] == "0.1.0" and "rom" not in before
    assert board.badge("outside")["type"] == "access.granted"
    refused = place.update(builds["good"], operator="max")
    assert refused.returncode == 2 and "only a site_admin may" in refused.stderr
    done = place.update(builds["good"])
    assert done.returncode == 0 and "c1: runs fw-" in done.stdout, done.stdout + done.stderr + board.told()
    after = place.status("c1")
    assert after["firmware"] == "0.2.0" and after["release"] != before["release"] and not {"trial", "staged"} & set(after)
    assert board.ends == [0] and [event["release"] for event in board.of("update.staged", "update.confirmed")] == [after["release"]] * 2
    assert [event["reset_cause"] for event in board.of("controller.started")] == ["power_on", "update"]
    denied = board.badge("outside")
    assert denied["reason"] in ("double_entrance", "in_violation") and denied["inc"] == board.events[0]["inc"]
    again = place.update(builds["good"])
    assert again.returncode == 0 and "already" in again.stdout


@pytest.mark.parametrize(("name", "why", "is_bitten"), _FAILURES)
def test_a_release_that_does_not_work_is_gone_by_itself(place, builds, name, why, is_bitten):
    board = place.boards["c1"]
    try_in_vain(place, builds[name], why)
    assert (-signal.SIGALRM in board.ends) is is_bitten
    time.sleep(1)
    assert len(board.of("update.staged")) == 1, "it is not tried again"


def test_one_that_never_reaches_the_broker_is_gone_too_and_nobody_else_is_brought_it(place_of_two, builds):
    try_in_vain(place_of_two, builds["silent"], "no link to the broker within 60 s")
    assert place_of_two.status("c1")["release"] == place_of_two.status("c2")["release"]
    assert not [topic for topic, _ in place_of_two.heard if topic in ("config/c2", "want/c2")]


def try_in_vain(place, build, why):
    """Bring a release that goes back by itself, and see that all else is as it was."""
    board, before = place.boards["c1"], place.status("c1")["release"]
    assert board.badge("outside")["type"] == "access.granted"
    done = place.update(build)
    assert done.returncode == 1 and "went back to the release before" in done.stderr and why in done.stderr, done.stderr + board.told()
    assert place.status("c1")["release"] == before
    (gone,) = board.of("update.rolled_back")
    assert why in gone["reason"]
    assert board.badge("inside")["type"] == "access.granted", "it knows who is inside"


def test_a_release_that_fails_once_it_has_proved_itself_leaves_the_least_that_a_door_needs_and_a_way_to_the_next(place, builds):
    board = place.boards["c1"]
    done = place.update(builds["dies_later"])
    assert done.returncode == 0 and "c1: runs fw-" in done.stdout, done.stdout + done.stderr + board.told()
    board.wait(lambda: place.status("c1").get("minimal"), "it does not crash three times")
    assert not place.status("c1")["online"] and "ZeroDivisionError" in board.told()
    assert place.update(builds["good"]).returncode == 2, "it is older, and nobody says that this is meant"
    done = place.update(builds["good"], "--all", "--older")
    assert done.returncode == 0 and "c1: runs fw-" in done.stdout, done.stdout + done.stderr + board.told()
    assert place.status("c1")["online"] and board.badge("outside")["type"] == "access.granted"
    assert [event["version"] for event in board.of("update.confirmed")] == ["0.8.0", "0.2.0"]
