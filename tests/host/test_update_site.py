"""Boards that run code in place, and a site of several: updated by the command line over a real broker, one after the other."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.brokers import Mosquitto, wait_for
from tests.host import update_builds
from tests.host.update_place import Place

pytestmark = [pytest.mark.broker, pytest.mark.slow]


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    edits = {"good": (update_builds.GOOD,), "crashes": (update_builds.CRASHES,)}
    return update_builds.build(tmp_path_factory.mktemp("builds"), edits)


@pytest.fixture
def broker(tmp_path):
    with Mosquitto(tmp_path) as found:
        yield found


def test_a_board_that_runs_code_in_place_is_brought_an_image_and_back_to_its_own_where_that_fails(tmp_path, broker, builds):
    with Place(tmp_path, broker, builds["old"], ["c1"], is_rom=True) as place:
        board, before = place.boards["c1"], place.status("c1")
        assert before["rom"] is True and before["firmware"] == "0.1.0"
        assert board.ends == [0], "the first start has only written the image"
        assert board.badge("outside")["type"] == "access.granted"
        failed = place.update(builds["crashes"])
        assert failed.returncode == 1 and "firmware.absent" in failed.stderr, failed.stderr + board.told()
        assert place.status("c1")["release"] == before["release"] and "start.py: begin" not in "".join(board.said)
        with _meanwhile(_cut_off, place, broker):
            done = place.update(builds["good"])
        assert done.returncode == 0 and "c1: runs fw-" in done.stdout, done.stderr + board.told()
        after = place.status("c1")
        assert after["firmware"] == "0.2.0" and after["rom"] is True and after["release"] != before["release"]
        assert "start.py: begin" in "".join(board.said) and board.badge("inside")["type"] == "access.granted"
        assert [event["type"] for event in board.of("update.rolled_back", "update.confirmed")] == ["update.rolled_back", "update.confirmed"]


def test_controllers_are_updated_one_at_a_time_and_where_one_fails_the_rest_waits_for_the_next_try(tmp_path, broker, builds):
    with Place(tmp_path, broker, builds["old"], ["c1", "c2", "c3"]) as place:
        with _meanwhile(_cut_on_trial, place, "c2"):
            failed = place.update(builds["good"])
        assert failed.returncode == 1 and "c2: went back to the release before" in failed.stderr and "a power cut" in failed.stderr
        new = place.status("c1")["release"]
        half = ["c1 asks", "c1 tries", "c1 runs", "c2 asks", "c2 tries", "c2 went back"]
        wait_for(lambda: _story(place, new) == half, f"{_story(place, new)}")

        done = place.update(builds["good"])
        assert done.returncode == 0, done.stdout + done.stderr
        assert [f"{name}: runs {new}" in done.stdout for name in place.boards] == [True] * 3
        assert f"c1: runs {new} already" in done.stdout
        whole = [*half, "c2 tries", "c2 runs", "c3 asks", "c3 tries", "c3 runs"]  # c2 has all of it already
        wait_for(lambda: _story(place, new) == whole, f"{_story(place, new)}")


@contextlib.contextmanager
def _meanwhile(what, *words):
    """Do something while the command line works, and see that it was done."""
    with ThreadPoolExecutor(1) as one:
        doing = one.submit(what, *words)
        yield
        doing.result()


def _cut_off(place, broker):
    """Let the broker crash and start again, once a board has asked for some pieces: it has forgotten all that it kept."""
    before = len(place.heard)
    wait_for(lambda: [topic for topic, _ in place.heard[before:]].count("want/c1") > 20, "c1 asks for nothing", 120)
    broker.kill()
    before = len(place.heard)
    broker.start()
    place.listen()
    wait_for(lambda: "want/c1" in [topic for topic, _ in place.heard[before:]], "c1 does not go on", 60)


def _cut_on_trial(place, name):
    """Take a board's power away as soon as it tries a release."""
    wait_for(lambda: place.status(name).get("trial"), f"{name} tries nothing", 120)
    place.boards[name].cut()


def _story(place, new: str) -> list[str]:
    """What controllers did, one after the other, as the broker carried it."""
    steps, last = [], {}
    for topic, message in place.heard:
        name, step = topic.rpartition("/")[2], _step(topic, message, new)
        if step and last.get(name) != step:
            last[name] = step
            steps.append(f"{name} {step}")
    return steps


def _step(topic: str, message: dict, new: str) -> str | None:
    if topic.startswith("want/") and "page" in message:
        return "asks"
    if not topic.startswith("status/") or not message["online"]:
        return None
    if message["release"] == new:
        return "tries" if message.get("trial") else "runs"
    return "went back" if "rolled_back" in message else None
