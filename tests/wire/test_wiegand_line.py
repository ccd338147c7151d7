"""One reader's wires: frames bit by bit at every legal speed, silence, noise, and what is counted."""

from firmware.wire.wiegand import FAULT_COUNT_MAX, FAULTS, FRAME_GAP_MS, Line
from firmware.wire.wiegand_texts import encode_card
from tests.wire.wiegand_vectors import PUBLISHED, format_of, swapped

CARD = "H10301:118:1603"
BITS = encode_card(CARD)
READ = ("card", CARD)

# Legal intervals: 200 us to 20 ms (SIA 26-bit interface; TDSi and PROMAG manuals)
FASTEST_US, USUAL_US, SLOWEST_US = 200, 1500, 20000


def send(line, bits, at_ms, interval_us=USUAL_US):
    """(results so far, when the last pulse came)."""
    results, now_ms = [], at_ms
    for i, bit in enumerate(bits):
        now_ms = at_ms + i * interval_us // 1000
        results += line.edge(int(bit), now_ms)
    return results, now_ms


def frame(line, bits, at_ms=0, interval_us=USUAL_US):
    """Results of a frame followed by silence."""
    results, last_ms = send(line, bits, at_ms, interval_us)
    return results + line.tick(last_ms + FRAME_GAP_MS)


def test_the_gap_is_above_the_slowest_pulses():
    assert 25 <= FRAME_GAP_MS <= 50 and FRAME_GAP_MS * 1000 > SLOWEST_US


def test_every_published_frame_at_every_legal_speed():
    for card, bits, source in PUBLISHED:
        for interval_us in (FASTEST_US, 1000, USUAL_US, 2000, SLOWEST_US):
            line = Line([format_of(card)])
            assert frame(line, bits, 5000, interval_us) == [("card", card)], source
            assert line.faults == {}


def test_no_published_frame_is_its_card_on_swapped_wires():
    for card, bits, source in PUBLISHED:
        for result in frame(Line([format_of(card)]), swapped(bits)):
            assert result[1] != card, source


def test_nothing_is_read_before_the_gap_and_once_after():
    line = Line(["H10301"])
    results, last_ms = send(line, BITS, 100)
    assert results == []
    assert line.next_deadline_ms() == last_ms + FRAME_GAP_MS
    for now_ms in range(last_ms, last_ms + FRAME_GAP_MS):
        assert line.tick(now_ms) == []
    assert line.tick(line.next_deadline_ms()) == [READ]
    assert line.tick(last_ms + 1000) == [] and line.next_deadline_ms() is None


def test_an_idle_line_has_no_deadline():
    line = Line(["H10301"])
    assert line.next_deadline_ms() is None and line.tick(10 ** 12) == []


def test_a_late_tick_loses_nothing():
    line = Line(["H10301"])
    _, last_ms = send(line, BITS, 0)
    results, last_ms = send(line, BITS, last_ms + FRAME_GAP_MS)
    assert results == [READ]
    assert line.tick(last_ms + 10 ** 6) == [READ]


def test_two_cards_one_gap_apart_are_two_cards():
    line = Line(["H10301", "C1000-35"])
    other = encode_card("C1000-35:1337:2137")
    assert frame(line, BITS, 0) + frame(line, other, 200) == [READ, ("card", "C1000-35:1337:2137")]


def test_two_frames_without_a_gap_are_no_card():
    line = Line(["H10301"])
    assert frame(line, BITS + BITS) == [("fault", "length")]


def test_a_gap_within_a_frame_gives_two_faults():
    for n in range(1, 26):
        line = Line(["H10301"], keypad=None)
        results, last_ms = send(line, BITS[:n], 0)
        results += frame(line, BITS[n:], last_ms + FRAME_GAP_MS)
        assert [result[0] for result in results] == ["fault", "fault"]


def test_noise_a_gap_before_or_after_spoils_nothing():
    for noise in ("0", "1", "01", "110"):
        line = Line(["H10301"])
        assert frame(line, noise, 0) == [("fault", "short")]
        assert frame(line, BITS, 1000) == [READ]
        assert frame(line, noise, 2000) == [("fault", "short")]
        assert line.faults == {"short": 2}


def test_noise_that_touches_a_frame_spoils_it():
    for noise in ("0", "1", "01"):
        assert frame(Line(["H10301"]), noise + BITS) == [("fault", "length")]
        assert frame(Line(["H10301"]), BITS + noise) == [("fault", "length")]


def test_the_longest_frame_is_128_bits():
    line = Line(["H10301", "RAW"])
    assert frame(line, "1" * 128) == [("card", "RAW:128:" + "f" * 32)]
    assert frame(line, "1" * 129, 1000) == [("fault", "long")]


def test_endless_noise_is_one_fault_at_once_and_deaf_until_the_gap():
    line = Line(["H10301"])
    results, last_ms = send(line, "10" * 2048, 0)
    assert results == [("fault", "long")] and line.faults == {"long": 1}
    results, last_ms = send(line, BITS, last_ms + FRAME_GAP_MS - 1)
    assert results == [] and line.tick(last_ms + FRAME_GAP_MS) == []
    assert frame(line, BITS, last_ms + 2 * FRAME_GAP_MS) == [READ]


def test_lines_shorted_together_are_no_card():
    # each pulse is seen on both lines, in either order
    for card, bits, source in PUBLISHED:
        for first in ("01", "10"):
            line = Line([format_of(card)])
            assert frame(line, first * len(bits)) == [("fault", "length")], source


def test_a_line_held_low_is_a_short_frame():
    assert frame(Line(["H10301", "RAW"]), "0") == [("fault", "short")]


def test_a_spoilt_frame_is_no_card_whatever_follows():
    for n in range(27):
        line = Line(["H10301"])
        results, last_ms = send(line, BITS[:n], 0)
        assert line.spoil("capture", last_ms) == [("fault", "capture")]
        assert line.spoil("capture", last_ms) == []
        results, last_ms = send(line, BITS[n:], last_ms + 1)
        assert results == [] and line.tick(last_ms + FRAME_GAP_MS) == []
        assert line.faults == {"capture": 1}
        assert frame(line, BITS, 1000) == [READ]


def test_spoiling_comes_too_late_for_a_frame_that_has_ended():
    line = Line(["H10301"])
    _, last_ms = send(line, BITS, 0)
    assert line.spoil("capture", last_ms + FRAME_GAP_MS) == [READ, ("fault", "capture")]


def test_each_kind_of_fault_is_counted_on_its_own():
    line = Line(["H10301", "H10302", "H10304"])
    frames = ("01", "1" * 129, "0" * 27, BITS[:-1] + "1", encode_card("H10302:1041195"), "1111")
    for i, bits in enumerate(frames * 2):
        assert frame(line, bits, 1000 * i)[0][0] == "fault"
    line.spoil("capture", 60000)
    assert line.faults == {"short": 2, "long": 2, "length": 2, "parity": 2, "ambiguous": 2, "key": 2, "capture": 1}
    assert sorted(line.faults) == sorted(FAULTS)


def test_counts_are_bounded():
    line = Line(["H10301"])
    line.faults["short"] = FAULT_COUNT_MAX - 1
    for i in range(3):
        frame(line, "0", 1000 * i)
    assert line.faults == {"short": FAULT_COUNT_MAX}


def test_an_unknown_format_is_our_bug():
    try:
        Line(["H10399"])
    except AssertionError:
        return
    assert False


def test_parity_can_be_switched_off():
    line = Line(["H10301"], parity=False)
    assert frame(line, BITS[:-1] + "1") == [READ]
