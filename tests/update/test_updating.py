"""A release comes page after page, whatever the network does, and is tried as a whole or not at all."""

import json

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
import asyncio  # noqa: F401
from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
from firmware.update.catalog import record
from firmware.wire import seal
from tests.config.desk import changed
from tests.update.desk import (  # fmt: skip
    FILES_NEW, FILES_OLD, INSTALLED, NEW, NOW_S, OLD, OTHER, Receiver, Shipper, aboard, content, held, put, ram_tree,
)


def test_it_is_staged_beside_the_one_that_runs_and_tried():
    board, shipper = Receiver(), Shipper(FILES_NEW)
    board.fetch(shipper)
    staged, reboot = board.results
    assert staged == ("staged", NOW_S, {"version": "0.2.0", "release": NEW}) and reboot == ("reboot",)
    assert held(board.tree, NEW) == FILES_NEW and held(board.tree, OLD) == FILES_OLD
    trial = json.loads(board.tree.read("trial.json", 0, 999))
    assert (trial["tree"], trial["before"], trial["own"], trial["board"], trial["firmware"]) == (NEW, OLD, "own-1", "test", "0.2.0")
    assert json.loads(board.tree.read("installed.json", 0, 999)) == INSTALLED


def test_what_the_board_has_is_copied_and_not_fetched():
    board, shipper = Receiver(), Shipper(FILES_NEW)
    board.fetch(shipper)
    pages = {(table, number) for table, number, _ in shipper.asked if table == "files"}
    assert pages == {("files", 4), ("files", 5), ("files", 6)}, "of the file that changed and the one that is new"


def test_no_piece_is_asked_for_before_the_room_for_all_is_there():
    board, shipper = Receiver(), Shipper(FILES_NEW)
    board.tree.bytes_max = sum([len(raw) for raw in board.tree._files.values()]) + 50_000
    board.fetch(shipper)
    assert board.refusals() == ["no room in the flash for 7 blocks"] and not held(board.tree, NEW)
    assert {table for table, _, _ in shipper.asked} == {"list"}


def test_older_releases_make_room_and_the_one_that_runs_stays():
    board = Receiver()
    put(board.tree, OTHER, FILES_OLD)
    put(board.tree, "fw-bad", FILES_OLD)
    board.fetch(Shipper(FILES_NEW))
    assert board.is_staged() and not held(board.tree, OTHER) and not held(board.tree, "fw-bad") and held(board.tree, OLD) == FILES_OLD


def test_the_release_before_this_one_stays_until_the_next_is_on_its_way():
    tree = ram_tree()
    put(tree, NEW, FILES_NEW)
    tree._files["installed.json"] = json.dumps(dict(INSTALLED, tree=NEW)).encode()
    board = Receiver(tree, running=aboard(NEW))
    board.take(Shipper(FILES_NEW).manifest)
    assert held(board.tree, OLD) == FILES_OLD, "nothing is on its way"
    back = Shipper(FILES_OLD, OLD, NOW_S + 1)
    board.fetch(back)
    assert board.is_staged() and not [each for each in back.asked if each[0] == "files"], "it was there"


def test_it_goes_on_after_a_restart_where_it_was():
    board, shipper = Receiver(), Shipper(FILES_NEW)
    board.fetch(shipper, 35)
    assert held(board.tree, NEW) and not board.is_staged()
    first = set([tuple(each) for each in shipper.asked if each[0] == "files"])
    board.start(aboard())
    shipper.asked = []
    board.fetch(shipper)
    assert board.is_staged() and held(board.tree, NEW) == FILES_NEW
    whole = {place for place in first if place[2] and place[1] == 4}
    assert whole and not whole & set([tuple(each) for each in shipper.asked])


def test_lost_pieces_are_asked_for_again_and_a_page_that_comes_damaged_three_times_ends_it():
    board, shipper = Receiver(), Shipper(FILES_NEW)
    board.take(shipper.manifest)
    board.wants.clear()
    board.rest(1000)
    assert len(board.wants) == 1
    while board.wants and not board.results:
        want = board.wants.pop(0)
        spoil = (lambda page: b"!" + page[1:]) if want["page"] == ["files", 5] else None
        board.take(shipper.piece(want, spoil))
    assert board.refusals() == ["page 5 of files comes damaged"]


def test_it_waits_until_nobody_needs_the_doors():
    board = Receiver()
    board.is_calm = False
    board.fetch(Shipper(FILES_NEW))
    board.rest(60_000)
    assert len(board.results) == 1 and board.tree.size("trial.json") is None
    board.is_calm = True
    board.rest(1000)
    assert board.is_staged()


def test_what_is_read_back_wrong_is_not_tried():
    board = Receiver()
    board.is_calm = False
    board.take(Shipper(FILES_NEW).manifest)
    shipper = Shipper(FILES_NEW)
    while board.wants:
        want = board.wants.pop(0)
        board.note(board.updating.take(shipper.piece(want), board.now_ms))
        while board.updating.has_work() and not board.results:
            name = NEW + "/firmware/app.mpy"
            if board.updating._stage == 2:  # all is there
                board.tree._files[name] = b"!" + board.tree._files[name][1:]
            board.note(board.updating.work(board.now_ms))
    assert board.refusals() == ["page 1 of files reads back wrong"]


def test_files_that_are_not_of_it_do_not_stay_beside_it():
    for strange in ({"firmware/core/door.py": b"import os"}, {"firmware/app.mpy": FILES_NEW["firmware/app.mpy"] + b"more"}):
        board = Receiver()
        put(board.tree, NEW, strange)
        board.fetch(Shipper(FILES_NEW))
        assert len(board.refusals()) == 1 and not board.is_staged() and not held(board.tree, NEW)
        board.fetch(Shipper(FILES_NEW, version=NOW_S + 1))
        assert board.is_staged() and held(board.tree, NEW) == FILES_NEW


def test_an_image_goes_only_where_there_is_a_partition_for_it():
    files = {"rom.z": content(9999)}
    board = Receiver()
    board.fetch(Shipper(files, rom=20_000))
    assert board.refusals() == ["an image of 20000 bytes, and for one the board has 0"]
    board = Receiver(running=aboard(rom_bytes=20_000))
    board.fetch(Shipper(files, rom=20_000))
    assert board.is_staged() and held(board.tree, NEW) == files


def refused(shipper, running=None):
    """Why a board does not take it. Nothing but the new folder is ever written to."""
    board = Receiver(running=running)
    before = dict(board.tree._files)
    board.fetch(shipper)
    assert not board.is_staged()
    strange = [name for name in board.tree._files if name not in before and not name.startswith(NEW + "/")]
    assert not strange and all([board.tree._files[name] == before[name] for name in before]), strange
    (reason,) = board.refusals()
    return reason


def test_manifests_that_are_for_somebody_else_or_of_nobody_are_refused():
    assert refused(Shipper(FILES_NEW, key=b"x" * 32)) == "wrong seal"
    assert refused(Shipper(FILES_NEW, to="c2")) == "wrong to"
    assert refused(Shipper(FILES_NEW, site="big")) == "wrong site"
    assert refused(Shipper(FILES_NEW, mpy=7)) == "its code is of .mpy version 7, and this MicroPython takes 6"


def test_manifests_that_make_no_sense_are_none():
    for wrong in (
        {"release": "fw-../../x"}, {"release": ".."}, {"release": "fw-0000000"}, {"release": "fw-0000000G"}, {"release": None},
        {"firmware": 3}, {"firmware": "x" * 99}, {"mpy": -1}, {"mpy": True}, {"rom": "0"}, {"blocks": 1 << 40}, {"blocks": None},
        {"pages": {"catalog": 1}}, {"pages": {"catalog": 0, "files": 7}}, {"pages": {"catalog": 1, "files": 0}}, {"pages": []},
        {"pages": {"catalog": 1, "files": 500}}, {"list": []}, {"list": ["zz"]}, {"version": 0}, {"version": 1 << 31},
    ):  # fmt: skip
        assert refused(Shipper(FILES_NEW, **wrong)) == "not a manifest", wrong


def test_a_configuration_is_no_release_and_a_release_no_configuration():
    from tests.config.desk import Console, Fetcher

    board = Fetcher()
    board.take(Shipper(FILES_NEW).manifest)
    assert [reason for _, _, reason in board.refused] == ["not a manifest"]
    assert refused(Console(changed(2))) == "not a manifest"


def test_catalogs_that_lie_are_refused_before_anything_is_written():
    size = len(FILES_NEW["firmware/app.mpy"])
    ends = "is no path of a release"
    for path, why in (
        ("../main.py", ends), ("/main.mpy", ends), ("firmware/../main.mpy", ends), ("firmware//a.mpy", ends), ("main.mpy", ends),
        ("firmware/./a.mpy", ends), ("firmware/a.py", ends), ("firmware/A.mpy", ends), ("rom.z", ends), ("firmware/.mpy", ends),
        ("firmware/core", ends), ("", ends), ("firmware/a\\b.mpy", ends), ("firmware/é.mpy", ends),
    ):  # fmt: skip
        reason = refused(Shipper({"firmware/app.mpy": FILES_NEW["firmware/app.mpy"]}, rows=[record(path, size, 0)]))
        assert reason.endswith(why), reason
    a, b = "firmware/a.mpy", "firmware/b.mpy"
    for rows, why in (
        ([record(a, size, 0), record(a, size, 3)], "there twice"), ([record(b, size, 0), record(a, size, 3)], "the wrong place"),
        ([record(a, 0, 0)], "cannot be"), ([record(a, size, 1)], "cannot be"), ([record(a, 1 << 25, 0)], "cannot be"),
        ([record(a, size + 5000, 0)], "the manifest of 3"), ([record(a, size, 0)[:-1]], "that is none"),
        ([b"\xff\xfe" + record(a, size, 0)[2:]], "no text"), ([record(a, size, 0)[:15] + b"x" + record(a, size, 0)[16:]], "no text"),
    ):  # fmt: skip
        reason = refused(Shipper({"firmware/app.mpy": FILES_NEW["firmware/app.mpy"]}, rows=rows))
        assert why in reason, (reason, why)
    two = {"rom.z": content(5000), "rom.z2": b"x"}
    assert "no path" in refused(Shipper(two, rom=9), aboard(rom_bytes=9999))


def test_what_was_tried_is_not_tried_again_unless_somebody_says_so_anew():
    board = Receiver()
    board.fetch(Shipper(FILES_NEW))
    board.tree.remove("trial.json")
    board.start(aboard())  # it has failed
    board.fetch(Shipper(FILES_NEW))
    board.fetch(Shipper(FILES_OLD, OTHER, NOW_S - 1))
    assert board.refusals() == ["this board has tried it, or one that was signed later"] * 2 and not board.is_staged()
    board.fetch(Shipper(FILES_NEW, version=NOW_S + 1))
    assert board.is_staged()


def test_what_runs_and_what_is_on_trial_are_left_alone():
    board = Receiver()
    board.fetch(Shipper(FILES_OLD, OLD))
    assert board.results == [] and not board.updating.is_busy()
    board.start(aboard(NEW, is_trial=True))
    board.fetch(Shipper(FILES_OLD, OTHER))
    assert board.results == [] and held(board.tree, OLD) == FILES_OLD


def test_of_two_on_their_way_the_newer_one_is_fetched():
    board, newer = Receiver(), Shipper(FILES_OLD, OTHER, NOW_S + 1)
    board.fetch(Shipper(FILES_NEW), 20)
    board.take(newer.manifest)
    board.take(Shipper(FILES_NEW).manifest)
    assert board.refusals() == ["another one is on its way"]
    board.wants = board.wants[-1:]
    board.fetch(newer)
    assert held(board.tree, OTHER) == FILES_OLD and board.is_staged()


def test_anything_in_the_place_of_a_manifest_does_no_harm():
    right = Shipper(FILES_NEW).manifest
    for size in range(0, len(right), 7):
        board = Receiver()
        board.take(right[:size])
        board.take(right[:size] + b"!" + right[size + 1 :])
        assert not board.wants and len(board.refusals()) == 2
    made = json.loads(seal.content(right))
    assert made["t"] == "update" and right.startswith(b'{"t":"update"')
