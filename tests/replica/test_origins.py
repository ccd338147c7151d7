"""The others as origins: whose word counts, who is there, who serves."""

from firmware.replica.origins import SILENT_MS, Origins


def test_a_word_counts_from_the_newest_incarnation_only():
    origins = Origins()
    assert origins.heard("c1", 5, 0) and origins.heard("c1", 7, 1)
    assert not origins.heard("c1", 5, 2) and origins.heard("c1", 7, 3) and origins.highest("c1") == 7


def test_an_incarnation_that_others_tell_of_counts_too():
    origins = Origins()
    origins.heard("c1", 5, 0)
    origins.seen("c1", 9)
    origins.seen("c1", 3)
    assert not origins.heard("c1", 5, 1) and origins.highest("c1") == 9


def test_a_console_has_no_incarnation_and_may_speak():
    assert Origins().heard("console", 0, 5)


def test_who_is_silent_or_told_to_be_offline_is():
    origins = Origins()
    origins.link_changed(1000)
    assert origins.is_online("c1", 1000 + SILENT_MS - 1), "nobody can know yet"
    assert not origins.is_online("c1", 1000 + SILENT_MS)
    origins.heard("c1", 5, 50000)
    assert origins.is_online("c1", 50000 + SILENT_MS - 1) and not origins.is_online("c1", 50000 + SILENT_MS)
    origins.gone("c1")
    assert not origins.is_online("c1", 50001)
    origins.heard("c1", 5, 50002)
    assert origins.is_online("c1", 50003)


def test_when_our_own_link_was_gone_the_others_may_be_there():
    origins = Origins()
    origins.heard("c1", 5, 0)
    origins.link_changed(SILENT_MS + 5)
    assert origins.is_online("c1", SILENT_MS + 6)


def test_an_origin_serves_its_newest_incarnation():
    origins = Origins()
    origins.heard("c1", 5, 0)
    assert origins.serves("c1", 5, 1) and origins.serves("c1", 6, 1) and not origins.serves("c1", 4, 1)
    origins.gone("c1")
    assert not origins.serves("c1", 5, 1)


def test_all_are_there_while_each_had_one_incarnation_and_is_heard():
    origins = Origins()
    for name in ("c1", "c2"):
        origins.heard(name, 5, 0)
    assert origins.are_all_there(["c1", "c2"], 1) and not origins.are_all_there(["c1", "c2"], SILENT_MS)
    origins.heard("c2", 6, 1)
    assert not origins.are_all_there(["c1", "c2"], 2), "what c2 wrote before only others can tell"


def test_two_boards_under_one_name_have_no_word_until_one_is_retired():
    origins = Origins()
    origins.heard("c1", 5, 0)
    assert not origins.board("c1", 5, "a", 0)
    origins.heard("c1", 7, 60000)
    assert not origins.board("c1", 7, "b", 60000), "it may have been replaced"
    assert not origins.board("c1", 5, "a", 60500), "and this have been on its way"
    assert not origins.board("c1", 7, "b", 70000)
    assert origins.board("c1", 5, "a", 90000) and not origins.board("c1", 5, "a", 100000), "told once"
    assert not origins.heard("c1", 7, 90001) and not origins.heard("c1", 5, 90002)
    origins.retire("c1", 5)
    assert origins.heard("c1", 7, 90003) and not origins.heard("c1", 5, 90004)
    assert not origins.board("c1", 5, "a", 200000)


def test_the_newer_of_two_boards_may_be_the_one_retired():
    origins = Origins()
    for at_ms, inc, board in ((0, 5, "a"), (60000, 7, "b"), (80000, 5, "a")):
        origins.heard("c1", inc, at_ms)
        origins.board("c1", inc, board, at_ms)
    origins.retire("c1", 7)
    assert origins.heard("c1", 5, 90000) and not origins.heard("c1", 7, 90001)


def test_two_boards_with_one_incarnation_are_two_boards():
    origins = Origins()
    origins.heard("c1", 5, 0)
    origins.board("c1", 5, "a", 0)
    assert origins.board("c1", 5, "b", 1) and not origins.has_word("c1", 5)


def test_a_board_may_begin_anew():
    origins = Origins()
    for inc in (5, 7):
        assert origins.heard("c1", inc, inc) and not origins.board("c1", inc, "a", inc)
    assert not origins.board("c1", 5, "a", 90000), "one board cannot contradict itself"


def test_what_contradicts_itself_is_blocked_until_it_is_replaced_or_retired():
    origins = Origins()
    origins.heard("c1", 5, 0)
    origins.block("c1", 5)
    assert origins.is_blocked("c1", 5) and not origins.heard("c1", 5, 1)
    origins.heard("c1", 6, 2)
    assert not origins.is_blocked("c1", 5) and origins.has_word("c1", 6)
    origins.block("c1", 6)
    origins.retire("c1", 6)
    assert not origins.is_blocked("c1", 6) and not origins.has_word("c1", 6)


def test_what_is_remembered_is_bounded():
    origins = Origins()
    for inc in range(1000):
        origins.block("c1", inc)
        origins.retire("c2", inc)
    assert len(origins._blocked) <= 64 and len(origins._retired) <= 64


def test_who_is_retired_has_his_word_again_once_he_is_restored():
    origins = Origins()
    origins.heard("c1", 5, 0)
    origins.set_retired([("c1", 5)])
    assert not origins.heard("c1", 5, 1)
    origins.set_retired([("c1", 5)])
    assert not origins.heard("c1", 5, 2)
    origins.set_retired([])
    assert origins.heard("c1", 5, 3)


def test_of_two_boards_only_the_restored_one_speaks_when_the_other_is_retired_in_its_place():
    origins = Origins()
    for at_ms, inc, board in ((0, 5, "a"), (60000, 7, "b"), (80000, 5, "a")):
        origins.heard("c1", inc, at_ms)
        origins.board("c1", inc, board, at_ms)
    origins.set_retired([("c1", 7)])
    assert origins.heard("c1", 5, 90000) and not origins.heard("c1", 7, 90001)
    origins.set_retired([("c1", 5)])
    assert origins.heard("c1", 7, 90002) and not origins.heard("c1", 5, 90003)
