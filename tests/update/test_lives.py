"""From main.py on: a release that works is kept, one that does not is gone at the next start, and the doors' memory stays."""

import os
import sys

from tests.app.fake_board import wipe
from tests.update.lives import FILES, NEW, OLD, Lives, install, write

ROOT = "/tmp/backstop-lives-%s-%x" % (sys.implementation.name, sys.maxsize)


def begun(fails=None, has_room=True):
    wipe(ROOT)
    os.mkdir(ROOT)
    install(ROOT)
    return Lives(ROOT, fails, has_room)


def raises():
    raise ValueError("broken")


def hangs():
    raise SystemExit  # the watchdog bites: nothing of it runs on


def test_a_release_that_works_is_tried_once_and_counts_from_then_on():
    lives = begun()
    for _ in range(3):
        assert lives.live() == "restart"
    assert lives.ran == [(OLD, False), (NEW, True), (NEW, False)]
    assert lives.told == [("update.confirmed", NEW, None)] and lives.installed() == NEW
    lives.check(OLD)
    wipe(ROOT)


def test_where_there_is_no_room_for_it_doors_pause_in_one_life_and_then_it_is_tried():
    lives = begun(has_room=False)
    for _ in range(4):
        assert lives.live() == "restart"
    assert lives.ran == [(OLD, False), (OLD, False), (NEW, True), (NEW, False)] and len(lives.pauses) == 1
    assert lives.told == [("update.confirmed", NEW, None)]
    wipe(ROOT)


def test_a_crash_in_a_pause_leads_back_to_the_whole_release_and_a_new_wish_to_another():
    lives = begun(has_room=False)
    fetch, lives._fetch = lives._fetch, lambda *words: raises()
    assert [lives.live() for _ in range(2)] == ["restart"] * 2
    lives._fetch = fetch
    for _ in range(3):
        lives.live()
    assert lives.ran == [(OLD, False)] * 4 + [(NEW, True)] and len(lives.pauses) == 2
    wipe(ROOT)


def test_one_that_raises_is_gone_at_the_next_start_which_says_why():
    lives = begun(raises)
    for _ in range(3):
        lives.live()
    assert lives.ran == [(OLD, False), (NEW, True), (OLD, False)]
    assert lives.told == [("update.rolled_back", NEW, "ValueError('broken',)")] or lives.told[0][2] == "ValueError('broken')"
    assert lives.installed() == OLD
    wipe(ROOT)


def test_one_that_hangs_is_bitten_by_a_watchdog_that_began_before_it():
    lives = begun(hangs)
    lives.live()
    try:
        lives.live()
    except SystemExit:
        assert lives.machine.dogs == [60_000]
    lives.live()
    assert lives.ran[-1] == (OLD, False) and "watchdog" in lives.told[0][2]
    wipe(ROOT)


def test_a_board_that_somebody_deploys_to_meanwhile_tries_nothing():
    lives = begun()
    lives.live()
    write(ROOT + "/installed.json", b'{"tree": "fw-0000000f", "own": "own-1", "board": "test"}')
    FILES["fw-0000000f"] = {}
    try:
        lives.live()
    finally:
        del FILES["fw-0000000f"]
    assert lives.ran[-1] == ("fw-0000000f", False)
    for content in (b"", b"{", b"[]", b'{"tree": 5}'):
        lives = begun()
        write(ROOT + "/trial.json", content)
        lives.live()
        assert lives.ran == [(OLD, False)], content
    wipe(ROOT)
