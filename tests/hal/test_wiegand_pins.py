"""Readers at pins: pulses become events with their own moments, and what nobody can vouch for is given up."""

from firmware.hal import wiegand_pins
from firmware.hal.wiegand_wire import COUNT_MAX, PULSES_MAX
from firmware.wire.wiegand import FRAME_BITS_MAX, FRAME_GAP_MS
from tests.board.readers import LINES, Desk, bits

CARD, OTHER = "01100110100101101001011010", "10110010111010010100110101"
D0, D1 = LINES["in"]


def test_the_silence_that_ends_a_frame_is_that_of_the_decoder_and_the_ring_has_room_for_its_longest():
    assert wiegand_pins.FRAME_GAP_MS == FRAME_GAP_MS and FRAME_BITS_MAX <= PULSES_MAX


def test_pulses_are_told_in_order_with_their_own_moments():
    desk = Desk()
    desk.chip.frame(LINES["in"], "011", 10_000, 2000)
    desk.chip.run(50_000)
    assert desk.turn() == [(10, ("bit", "in", 0)), (12, ("bit", "in", 1)), (14, ("bit", "in", 1))]
    assert desk.turn() == [] and desk.readers.spoils() == {"in": 0, "out": 0}


def test_a_frame_at_every_legal_speed_is_told_whole():
    for period_us in (200, 1000, 2000, 20_000):
        desk = Desk()
        assert bits(desk.tap(CARD, "in", period_us, 700)) == CARD and desk.spoils() == 0, period_us


def test_two_readers_at_once_do_not_mix():
    desk = Desk()
    desk.chip.frame(LINES["out"], OTHER, 150, 300)
    found = desk.tap(CARD, "in", 310)
    assert bits(found) == CARD and bits(found, "out") == OTHER and desk.spoils() == 0


def test_a_reader_reads_until_the_silence_is_over():
    desk = Desk()
    assert not desk.readers.is_reading(0) and desk.readers.next_ms() is None
    desk.chip.frame(LINES["in"], "01", 1000, 1000)
    desk.chip.run(3000)
    assert desk.readers.is_reading(3)
    desk.turn()
    assert desk.readers.is_reading(2 + FRAME_GAP_MS - 1)
    desk.chip.run_until((2 + FRAME_GAP_MS) * 1000)
    assert desk.readers.is_reading(2 + FRAME_GAP_MS), "nobody has looked"
    desk.turn()
    assert not desk.readers.is_reading(2 + FRAME_GAP_MS)


def test_the_verdict_has_its_moment_before_the_frame_is_over():
    desk = Desk()
    desk.chip.frame(LINES["in"], "01", 1000, 1000)
    desk.chip.run(3000)
    assert desk.readers.next_ms() is None or desk.readers.next_ms() <= 3
    desk.turn()
    due_ms = desk.readers.next_ms()
    assert 2 + 20 < due_ms < 2 + FRAME_GAP_MS
    desk.chip.run_until(due_ms * 1000)
    desk.turn()
    assert desk.readers.next_ms() is None


def test_a_wait_that_loses_pulses_gives_the_frame_up_once_and_the_next_one_is_good():
    desk = Desk()
    desk.chip.frame(LINES["in"], CARD, 100, 500)
    desk.chip.stop(8000)
    desk.rest(100)
    assert desk.chip.lost and desk.spoils() == 1
    assert bits(desk.tap(CARD)) == CARD and desk.spoils() == 1


class Both:
    """A handler with a witness of the test's."""

    def __init__(self, handle, heard, bit):
        self._handle, self._heard, self._text = handle, heard, "1" if bit else "0"

    def handle(self, pin):
        self._heard.append(self._text)
        self._handle(pin)


def test_two_pulses_that_come_the_wrong_way_round_are_not_trusted():
    desk = Desk()
    desk.chip.frame(LINES["in"], CARD, 100, 1000)
    desk.chip.plan(4050, desk.chip.stop, 1100, True)  # of somebody who does not say so; two pulses, one on each wire
    heard = []
    for wire in (D0, D1):
        desk.chip.interrupts[wire] = (Both(desk.chip.interrupts[wire][0], heard, wire == D1).handle,) + desk.chip.interrupts[wire][1:]
    desk.chip.is_strict = False
    found = desk.rest(100)
    assert "".join(heard) == CARD[:4] + "10" + CARD[6:] != CARD and desk.chip.merged == desk.chip.lost == 0
    assert bits(found) == CARD[:4] and desk.spoils() == 1


def test_a_wait_within_one_pulse_harms_nothing():
    desk = Desk()
    desk.chip.frame(LINES["in"], CARD, 100, 1000)
    desk.chip.plan(3950, desk.chip.stop, 900, True)
    found = desk.rest(100)
    assert bits(found) == CARD and desk.spoils() == 0


def beside_work(at_us, witnessed=("in", "out"), more=()):
    """(desk, what came) of a frame from 100 to 25,100 µs, and of announced work from `at_us` on. `more`: pulses of D1 besides."""
    desk = Desk(witnessed=witnessed)
    desk.chip.frame(LINES["in"], CARD, 100, 1000)
    for pulse_us in more:
        desk.chip.plan(pulse_us, desk.chip.pulse, D1)
    found = []
    while desk.chip.now_us < at_us:
        desk.chip.run(min(5000, at_us - desk.chip.now_us))
        found += desk.turn()
    with desk.busy:
        desk.chip.stop(700, is_deaf=True)
    return desk, found + desk.rest(100)


def test_a_frame_that_overlaps_announced_work_is_void_wherever_it_does():
    for at_us in (50, 110, 5000, 24_150, 25_000):
        desk, found = beside_work(at_us)
        assert desk.spoils() == 1 and found[-1][1][0] == "spoil", at_us


def test_announced_work_in_the_silence_behind_a_frame_harms_nothing_where_witnesses_saw_no_more_pulse():
    for at_us in (25_200, 25_700, 40_000):
        desk, found = beside_work(at_us)
        assert desk.spoils() == 0 and bits(found) == CARD, at_us
        for more in ((at_us + 100,), (at_us + 100, at_us + 300), (at_us + 650,)):
            desk, found = beside_work(at_us, more=more)
            assert desk.spoils() == 1 and found[-1][1][0] == "spoil", (at_us, more)


def test_without_witnesses_a_frame_is_void_also_by_work_in_its_silence():
    for at_us in (5000, 25_700, 40_000):
        desk, found = beside_work(at_us, witnessed=())
        assert desk.spoils() == 1 and found[-1][1][0] == "spoil", at_us


def test_announced_work_before_and_after_a_frame_harms_nothing():
    desk = Desk()
    with desk.busy:
        desk.chip.stop(700, is_deaf=True)
    found = desk.tap(CARD)
    with desk.busy:
        desk.chip.stop(700, is_deaf=True)
    desk.rest(50)
    assert bits(found) == CARD and desk.spoils() == 0


def test_pulses_that_waited_for_announced_work_count_to_it():
    desk = Desk(witnessed=())
    desk.chip.pulse(D1)
    with desk.busy:
        desk.chip.frame(LINES["in"], "0101", desk.chip.now_us + 10, 200)
        desk.chip.stop(700)
    assert desk.chip.handled == 5 and desk.busy.depth == 0
    desk.rest(100)
    assert desk.spoils() == 1


def test_work_within_work_is_over_when_both_are():
    desk = Desk()
    with desk.busy:
        with desk.busy:
            desk.chip.stop(100)
        desk.chip.pulse(D0)
        desk.chip.run(100)
    desk.rest(100)
    assert desk.spoils() == 1


def test_a_frame_during_work_that_goes_on_is_void():
    desk = Desk()
    with desk.busy:
        desk.tap(CARD)
        assert desk.spoils() == 1
    assert bits(desk.tap(CARD)) == CARD


def make_anew(desk):
    """Readers as a new configuration makes them: at the same pins and witnesses."""
    desk.readers = wiegand_pins.WiegandPins(desk.ticks, desk.busy)
    for number, name in enumerate(sorted(LINES)):
        pins = [desk.machine.Pin(gpio, desk.machine.Pin.IN) for gpio in LINES[name]]
        desk.readers.add(name, tuple(pins), tuple(desk.counters[2 * number : 2 * number + 2]))
    desk.readers.begin()


def test_the_rest_of_a_frame_is_no_card_to_readers_that_are_made_anew_in_its_midst():
    for at_us, period_us in ((12_500, 1000), (25_050, 1000), (250_100, 20_000)):
        desk = Desk()
        desk.chip.frame(LINES["in"], CARD, 100, period_us)
        desk.rest(at_us // 1000)
        make_anew(desk)
        found = desk.rest(600)
        assert bits(found) == "" and found, at_us
        assert bits(desk.tap(CARD)) == CARD
    make_anew(desk)
    desk.rest(35)
    assert bits(desk.tap(CARD)) == CARD and desk.spoils() == 0


def test_a_spike_is_no_pulse():
    desk = Desk()
    desk.chip.frame(LINES["in"], CARD, 100, 1000)
    desk.chip.plan(7300, desk.chip.spike, D1)
    assert bits(desk.rest(100)) != CARD and desk.spoils() == 1
    assert bits(desk.tap(CARD)) == CARD and desk.spoils() == 1


def test_a_pulse_whose_handler_never_runs_is_missed():
    desk = Desk()
    desk.chip.frame(LINES["in"], CARD, 100, 1000)
    del desk.chip.interrupts[D0]
    found = desk.rest(100)
    assert bits(found) == "" and desk.spoils() == 1  # of the first that came nobody knew how many were before


def test_more_pulses_than_have_a_place_are_given_up_and_later_ones_are_heard():
    for witnessed in ((), ("in", "out")):
        crowd_out(Desk(witnessed=witnessed))


def crowd_out(desk):
    desk.chip.frame(LINES["in"], "01" * 100, 100, 300)
    desk.chip.run(70_000)
    desk.rest(100)
    assert desk.spoils() == 1
    assert bits(desk.tap(CARD)) == CARD


def test_frames_whose_silence_nobody_saw_are_one_and_void():
    desk = Desk()
    desk.chip.frame(LINES["in"], CARD, 100, 300)
    desk.chip.frame(LINES["in"], CARD, 60_000, 300)
    desk.chip.run(200_000)
    found = desk.turn()
    assert found[len(CARD)][1][0] == "spoil" and len(bits(found)) == len(CARD) and desk.spoils() == 1
    assert [at_ms for at_ms, _ in found] == sorted([at_ms for at_ms, _ in found])
    assert bits(desk.tap(CARD)) == CARD


def test_pulses_that_are_lost_while_a_frame_is_judged_are_not_forgotten():
    """The second frame begins while the first one waits to be judged, and while other pins fill the queue."""
    desk = Desk()
    desk.chip.frame(LINES["in"], CARD, 100, 200)
    desk.chip.run(10_000)
    found = desk.turn()
    desk.chip.frame(LINES["out"], CARD[:8], 11_000, 200)
    desk.chip.frame(LINES["in"], OTHER, 49_700, 1000)
    desk.chip.stop(42_000)
    found += desk.turn() + desk.rest(200)
    assert desk.chip.lost == 3 and desk.chip.handled == len(CARD) + 8 + len(OTHER) - 3
    assert bits(found) == CARD, "the rest of the second frame is none"


def test_pulses_that_wait_for_their_handler_are_no_frame_of_their_own():
    desk = Desk()
    desk.chip.frame(LINES["in"], CARD, 100, 1000)
    desk.chip.run(22_000)
    found = desk.turn()
    desk.chip.plan(22_500, desk.chip.stop, 40_000)
    desk.chip.run(42_000)
    found += desk.turn()
    assert bits(found) == CARD[:23] and desk.chip.lost == 0
    assert [event[0] for _, event in found[23:]] == ["spoil"] * 4 and found[23][0] == found[22][0]


def test_a_silence_too_short_for_two_frames_and_too_long_for_one_is_neither():
    for gap_us, good in ((3_900, True), (20_000, False), (24_500, False), (29_000, False), (32_000, False), (34_000, True)):
        desk = Desk()
        last_us = desk.chip.frame(LINES["in"], CARD, 100, 1000)
        desk.chip.frame(LINES["in"], CARD, last_us + gap_us, 1000)
        found = desk.rest(150, 1)
        is_read = bits(found) == CARD * 2 and desk.spoils() == 0
        assert is_read == good and desk.spoils() == (not good), gap_us


def test_two_frames_that_look_like_one_because_pulses_waited_are_none():
    desk = Desk()
    last_us = desk.chip.frame(LINES["in"], CARD, 100, 1000)
    desk.chip.frame(LINES["in"], CARD, last_us + 40_000, 1000)
    desk.chip.plan(last_us - 100, desk.chip.stop, 20_000)
    found = desk.rest(150, 1)
    assert bits(found) in (CARD, CARD * 2) and desk.spoils() == 1 and found[-1][1][0] == "spoil"


def test_witnesses_begin_again_at_their_limit():
    desk = Desk()
    for _ in range(COUNT_MAX - 5):
        desk.chip.pulse(D0)
        desk.chip.run(200)
        desk.turn()
    desk.rest(100)
    assert bits(desk.tap("0" * 26)) == "0" * 26 and desk.spoils() == 0


def test_moments_are_right_when_ticks_wrap_and_after_a_long_silence():
    desk = Desk()
    desk.chip.run_until((1 << 30) - 10_000)
    found = desk.tap(CARD)
    assert bits(found) == CARD and desk.spoils() == 0 and abs(found[0][0] - ((1 << 30) - 9900) // 1000) <= 1
    for _ in range(2):
        desk.chip.run(400_000_000)
        desk.turn()
    with desk.busy:
        desk.chip.stop(700, is_deaf=True)
    assert bits(desk.tap(CARD)) == CARD and desk.spoils() == 0


def test_without_a_witness_a_steady_frame_is_believed_and_one_with_a_gap_or_a_heap_is_not():
    for stop_us, is_deaf, good in ((0, False, True), (300, False, True), (2100, True, False), (2100, False, False), (9500, False, False)):
        desk = Desk(witnessed=())
        desk.chip.frame(LINES["in"], CARD, 100, 1000)
        if stop_us:
            desk.chip.plan(6050, desk.chip.stop, stop_us, is_deaf)
        found = desk.rest(100)
        assert (bits(found) == CARD and desk.spoils() == 0) == good, stop_us


def test_without_a_witness_a_missing_pulse_is_missed():
    desk = Desk(witnessed=())
    desk.chip.frame(LINES["in"], CARD[:9], 100, 1000)
    desk.chip.frame(LINES["in"], CARD[10:], 10_100, 1000)
    desk.rest(100)
    assert desk.spoils() == 1
