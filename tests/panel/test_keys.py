"""What becomes of keys: pairing and rotation in time that only the test moves, and what is kept when."""

from tests.panel.stage import ADDRESS, Stage, online
from tests.wire import osdp_codes as codes
from tests.wire.osdp_pd import PDID, Pd
from tests.wire.osdp_world import KEY, NEW_KEY, OTHER_KEY

OUTPUT_ON = (codes.OUT, b"\x01\x02\x00\x00")
IDENTITY = PDID[:4] + PDID[5:9] + PDID[:8]
WINDOW_MS = 60_000
SECOND_MS = 1000


def pairing(pd):
    stage = Stage(pd, keys=())
    stage.pair()
    return stage


def raises(function):
    try:
        function()
    except OSError:
        return True
    return False


def test_a_new_reader_is_given_a_key_that_was_kept_before():
    stage = pairing(Pd(ADDRESS))
    kept, identity = stage.notebook.pages[0]
    assert stage.notebook.is_made and len(kept) == 1 and identity is None and stage.pd.said == []
    stage.run(SECOND_MS)
    assert stage.types() == ["pairing", "paired", "id", "capabilities", "online"]
    assert stage.pd.key == kept[0] and stage.notebook.pages[-1] == (kept, IDENTITY)


def test_commands_wait_for_the_pairing():
    stage = pairing(None)
    stage.order("output 1 on")
    stage.run(WINDOW_MS - 5 * SECOND_MS)
    stage.pd = Pd(ADDRESS)
    stage.run(5 * SECOND_MS)
    assert stage.of("failed") == [] and stage.of("done") and OUTPUT_ON in stage.pd.said


def test_a_window_in_which_nobody_came_is_told_and_leaves_no_key():
    for pd, refusals in ((None, []), (Pd(ADDRESS, KEY), ["keyed"])):
        stage = pairing(pd)
        stage.run(WINDOW_MS + SECOND_MS)
        assert [one["reason"] for one in stage.of("refused")] == refusals
        assert stage.shown[-1]["type"] == "pairing_failed" and stage.shown[-1]["reason"] == "timeout"
        assert stage.notebook.is_dropped and stage.panel.is_over and stage.panel.has_failed and "key_file" not in stage.shown[-1]


def test_a_key_that_was_sent_is_kept_although_nobody_proved_it():
    stage = pairing(Pd(ADDRESS))
    hear = stage.pd.hear

    def hear_and_go(data):
        """The reader takes the key, and is never heard again."""
        reply = hear(data)
        stage.pd.mute = stage.pd.mute or stage.pd.key is not None
        return reply

    stage.pd.hear = hear_and_go
    stage.run(WINDOW_MS + SECOND_MS)
    assert stage.shown[-1]["reason"] == "no_proof" and stage.shown[-1]["key_file"] == "the notebook"
    assert not stage.notebook.is_dropped and stage.notebook.pages[-1][0] == [stage.pd.key]


def test_a_stop_forgets_a_key_that_nobody_can_have_and_keeps_one_that_was_sent():
    stage = pairing(None)
    stage.run(SECOND_MS)
    stage.take(stage.panel.stop())
    assert stage.shown[-1]["reason"] == "stopped" and stage.notebook.is_dropped and stage.panel.has_failed
    stage = pairing(Pd(ADDRESS))
    while stage.pd.key is None:
        stage.run(1)
    stage.take(stage.panel.stop())
    assert stage.shown[-1]["reason"] == "no_proof" and not stage.notebook.is_dropped


def test_a_stop_without_pairing_is_no_failure():
    stage = online()
    stage.take(stage.panel.stop())
    assert stage.shown == [] and stage.panel.is_over and not stage.panel.has_failed


def test_a_rotation_keeps_both_keys_until_the_new_one_is_proved():
    stage = online()
    stage.notebook.pages = []
    stage.order("rotate")
    stage.run(500)
    assert stage.types() == ["rotated"] and stage.shown[0]["key_file"] == "the notebook"
    assert stage.notebook.pages == [([stage.pd.key, KEY], IDENTITY), ([stage.pd.key], IDENTITY)] and stage.pd.key != KEY
    stage.order("rotate")
    stage.run(500)
    assert len(stage.of("rotated")) == 2 and stage.notebook.pages[-1] == ([stage.pd.key], IDENTITY)


def test_the_end_waits_for_a_rotation_and_not_for_ever():
    stage = online()
    stage.order("rotate")
    stage.order("quit")
    stage.run(SECOND_MS)
    assert stage.types() == ["rotated"] and stage.panel.is_over and not stage.panel.has_failed
    stage = online()
    stage.order("rotate")
    stage.order("quit")
    stage.pd.mute = True
    stage.run(30 * SECOND_MS)
    assert stage.panel.is_over and stage.of("failed")[0]["command"] == "rotate" and stage.panel.has_failed
    assert len(stage.notebook.pages[-1][0]) == 2 and KEY in stage.notebook.pages[-1][0], "nobody knows which one it has"


def test_a_rotation_that_the_reader_does_not_want_leaves_the_old_key():
    stage = online()
    stage.pd.refuses[codes.KEYSET] = 9
    stage.order("rotate")
    stage.order("led denied")
    stage.run(SECOND_MS)
    assert stage.of("failed")[0]["command"] == "rotate" and stage.of("failed")[0]["reason"] == "nak_9"
    assert stage.notebook.pages[-1] == ([KEY], IDENTITY) and stage.of("done")


def test_a_key_that_cannot_be_kept_never_goes_out():
    stage = online()
    stage.notebook.fails = True
    stage.order("rotate")
    stage.run(SECOND_MS)
    assert stage.shown[0]["reason"] == "not_kept" and "No space" in stage.shown[0]["error"]
    assert codes.KEYSET not in [code for code, _ in stage.pd.said] and stage.pd.key == KEY
    stage = Stage(Pd(ADDRESS), keys=())
    stage.notebook.fails = True
    assert raises(stage.pair)
    stage.run(SECOND_MS)
    assert stage.pd.key is None


def test_in_plain_there_is_nothing_to_rotate():
    stage = Stage(Pd(ADDRESS), keys=(), allow_plain=True)
    stage.order("rotate")
    stage.run(SECOND_MS)
    assert stage.of("online")[0]["secure"] is False and stage.of("failed")[0]["reason"] == "plain" and not stage.notebook.is_made


def test_of_two_keys_the_one_that_the_reader_has_is_found_and_kept_alone():
    for keys in ((KEY, OTHER_KEY), (OTHER_KEY, KEY)):
        stage = Stage(Pd(ADDRESS, KEY), keys=keys)
        stage.run(SECOND_MS)
        assert stage.types() == ["id", "capabilities", "online"] and stage.notebook.pages == [([KEY], IDENTITY)]


def test_where_neither_of_two_keys_is_right_that_is_refused():
    stage = Stage(Pd(ADDRESS, NEW_KEY), keys=(KEY, OTHER_KEY))
    stage.run(5 * SECOND_MS)
    assert stage.of("refused")[0]["reason"] == "cryptogram" and stage.notebook.pages == []
