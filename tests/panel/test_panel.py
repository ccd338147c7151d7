"""The installer's panel in time that only the test moves: what it shows, and when commands go out."""

from tests.panel.stage import ADDRESS, Stage, online
from tests.wire import osdp_codes as codes
from tests.wire.osdp_pd import CARD, CARD_BITS, Pd
from tests.wire.osdp_world import KEY, OTHER_KEY

OUTPUT_ON = (codes.OUT, b"\x01\x02\x00\x00")
PATIENCE_MS = 10_000
SECOND_MS = 1000


def test_a_reader_that_comes_online_is_shown_with_what_it_is():
    stage = Stage(Pd(ADDRESS, KEY))
    stage.run(500)
    who, can, up = stage.shown
    assert (who["vendor"], who["serial"], who["firmware"], who["proved"]) == ("23265c", 0x12345678, "1.2.3", True)
    assert can["functions"]["leds"] == [4, 2] and up == {"type": "online", "secure": True}


def test_what_a_reader_is_is_shown_again_only_where_it_changed():
    stage = online()
    stage.pd.mute = True
    stage.run(9 * SECOND_MS)
    assert stage.types() == ["offline"] and stage.shown[0]["reason"] == "silence"
    stage.pd.mute = False
    stage.run(5 * SECOND_MS)
    assert stage.types() == ["offline", "online"]


def test_a_card_has_its_bits_its_bytes_and_where_a_format_matches_its_credential():
    for formats, credential in ((["H10301"], "H10301:118:1603"), (["H10302"], None), (["H10302", "RAW"], "RAW:26:2ec0c86")):
        stage = online(formats=formats)
        stage.pd.news.append(CARD)
        stage.run(200)
        expected = {"type": "card", "bits": len(CARD_BITS), "data": "bb032180", "reader": 0}
        if credential:
            expected["credential"] = credential
        assert stage.shown == [expected]


def test_all_else_that_a_reader_says_is_shown():
    stage = online()
    stage.pd.news += [(codes.KEYPAD, b"\x00\x0312\x0d"), (codes.LSTATR, b"\1\0"), (codes.ISTATR, b"\0\1"), (codes.OSTATR, b"\1")]
    stage.pd.news += [(codes.RSTATR, b"\2"), (codes.MFGREP, b"\1\2\3abc")]
    stage.run(500)
    assert stage.shown == [
        {"type": "keys", "keys": "12#", "reader": 0},
        {"type": "tamper", "on": True},
        {"type": "power", "fails": False},
        {"type": "input", "states": [0, 1]},
        {"type": "output", "states": [1]},
        {"type": "reader", "states": [2]},
        {"type": "mfg", "vendor": "010203", "data": "616263"},
    ]


def test_nobody_there_is_said_once_and_noise_is_called_noise():
    for garbage, reason in ((b"", "no_answer"), (b"\x12\x34\x56", "noise")):
        stage = Stage(None)
        stage.garbage = garbage
        stage.run(8 * SECOND_MS)
        assert [(one["type"], one["reason"]) for one in stage.shown] == [("offline", reason)]


def test_a_refusal_says_why_and_who_was_there():
    for pd, reason in ((Pd(ADDRESS, OTHER_KEY), "cryptogram"), (Pd(ADDRESS), "cryptogram")):
        stage = Stage(pd)
        stage.run(20 * SECOND_MS)
        assert stage.types() == ["id", "capabilities", "refused"]
        assert stage.shown[0]["proved"] is False and stage.shown[2]["reason"] == reason and stage.shown[2]["meaning"]


def test_another_reader_than_the_file_knows_is_refused():
    stage = Stage(Pd(ADDRESS, KEY), identity=b"another one" + bytes(5))
    stage.run(SECOND_MS)
    assert stage.of("refused")[0]["reason"] == "identity" and stage.of("online") == []


# Commands.


def test_commands_go_out_one_after_the_other_and_each_is_told_done():
    stage = online()
    for line in ("led denied", "buzzer denied", "text hello", "output 1 on"):
        stage.order(line)
    stage.run(500)
    assert [one["command"] for one in stage.of("done")] == ["led denied", "buzzer denied", "text hello", "output 1 on"]
    told = [code for code, _ in stage.pd.said if code in (codes.LED, codes.BUZ, codes.TEXT, codes.OUT)]
    assert told == [codes.LED, codes.BUZ, codes.TEXT, codes.OUT] and OUTPUT_ON in stage.pd.said


def test_a_command_waits_for_the_reader_and_the_end_for_the_command():
    stage = Stage(Pd(ADDRESS, KEY))
    stage.pd.mute = True
    stage.order("output 1 on")
    stage.order("quit")
    stage.run(PATIENCE_MS - 2 * SECOND_MS)
    stage.pd.mute = False
    stage.run(2 * SECOND_MS)
    assert OUTPUT_ON in stage.pd.said and stage.of("done") and stage.panel.is_over and not stage.panel.has_failed


def test_a_command_that_waited_ten_seconds_in_vain_has_failed_with_all_behind_it():
    stage = Stage(None)
    for line in ("output 1 on", "led denied", "quit"):
        stage.order(line)
    stage.run(PATIENCE_MS - 1)
    assert stage.of("failed") == [] and not stage.panel.is_over
    stage.run(2)
    assert [(one["command"], one["reason"]) for one in stage.of("failed")] == [("output 1 on", "offline"), ("led denied", "offline")]
    assert stage.panel.is_over and stage.panel.has_failed


def test_what_a_reader_refuses_is_told_with_its_reason():
    stage = online()
    stage.pd.refuses[codes.OUT] = 3
    stage.order("output 1 on")
    stage.order("led denied")
    stage.run(500)
    failed, done = stage.shown
    assert failed["type"] == "failed" and failed["reason"] == "nak_3" and "does not know" in failed["meaning"]
    assert done["command"] == "led denied" and stage.panel.has_failed


def test_what_is_too_long_for_a_reader_is_not_said():
    stage = online()
    stage.order("text " + "x" * 255)
    stage.run(500)
    assert stage.shown[0]["reason"] == "too_long"


def test_a_wrong_line_is_an_error_and_an_empty_one_nothing():
    stage = online()
    for line in ("", "   ", "open", "led", "led nope", "output 1", "output x on", "output 256 on", "text", "quit now", "buzzer asking"):
        stage.order(line)
    stage.run(500)
    assert [one["command"] for one in stage.shown] == [
        "open", "led", "led nope", "output 1", "output x on", "output 256 on", "text", "quit now", "buzzer asking",
    ]  # fmt: skip
    assert {one["type"] for one in stage.shown} == {"error"} and not stage.panel.has_failed


def test_stats_wait_for_nobody_and_count():
    stage = Stage(None)
    stage.order("output 1 on")
    stage.order("stats")
    assert stage.shown[0]["type"] == "stats" and stage.shown[0]["online"] is False
    stage = online()
    stage.pd.news.append(CARD)
    stage.run(SECOND_MS)
    stats = stage.panel.stats(stage.now_ms)
    assert stats["cards"] == 1 and stats["online"] and stats["secure"] and stats["seconds"] == 1
    assert stats["questions"] > 10 and stats["bytes_in"] > 100 and stats["bytes_out"] > 100


def test_only_so_many_commands_wait():
    stage = Stage(None)
    for _ in range(300):
        stage.order("led denied")
    assert len(stage.of("error")) == 300 - 256
