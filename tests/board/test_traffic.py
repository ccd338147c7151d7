"""Badges without end while flash, heap and network stop the interpreter: no card number is ever wrong."""

from tests.board.traffic import Traffic

SLOW = (
    "test_no_number_is_wrong_and_gates_save_frames",
    "test_no_number_is_wrong_when_the_interpreter_is_stopped_by_somebody_who_does_not_say_so",
    "test_who_believes_all_pulses_reads_wrong_numbers",
    "test_without_witnesses_no_number_of_a_format_with_a_length_and_parity_is_wrong",
)

FRAMES = 1500
OTHERS_US = 100_000


def lost(counts):
    return counts["sent"] - counts["right"]


def test_no_number_is_wrong_and_gates_save_frames():
    gated, ungated = Traffic(1), Traffic(1, is_gated=False)
    for traffic in (gated, ungated):
        counts = traffic.run(FRAMES)
        assert counts["sent"] == FRAMES and counts["wrong"] == 0
        assert traffic.log.stored == counts["right"] > FRAMES // 2 and traffic.log.erases
        assert min(traffic.stops["reconnects"], traffic.stops["collections"]) > 5
        assert traffic.desk.chip.lost and traffic.desk.chip.merged, "the chip was harmless"
    assert lost(gated.counts) < lost(ungated.counts)


def test_no_number_is_wrong_when_the_interpreter_is_stopped_by_somebody_who_does_not_say_so():
    traffic = Traffic(2, others_us=OTHERS_US)
    assert traffic.run(FRAMES)["wrong"] == 0
    assert traffic.stops["others"] > 300 and traffic.counts["bad"] > 100


def test_without_witnesses_no_number_of_a_format_with_a_length_and_parity_is_wrong():
    traffic = Traffic(3, others_us=OTHERS_US, witnessed=(), formats={"in": ["H10301"], "out": ["H10301"]})
    assert traffic.run(FRAMES)["wrong"] == 0


def test_who_believes_all_pulses_reads_wrong_numbers():
    counts = Traffic(1, believes_all=True, others_us=OTHERS_US).run(FRAMES)
    assert counts["wrong"] > 20


def test_a_seed_replays_everything():
    stories = []
    for _ in range(2):
        traffic = Traffic(4, others_us=OTHERS_US)
        traffic.run(200)
        stories.append((traffic.counts, traffic.stops, traffic.desk.chip.now_us, traffic.desk.chip.handled))
    assert stories[0] == stories[1]
