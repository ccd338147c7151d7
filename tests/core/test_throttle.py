"""Noise is told once in ten seconds, with its count."""

from firmware.core.throttle import Throttle

S = 1000


def test_one_of_a_kind_and_source_passes_in_ten_seconds():
    throttle = Throttle()
    passed = [throttle.pass_count("bad_read", "in", now_ms) for now_ms in (0, 1, 5 * S, 9999, 10 * S, 10 * S + 1, 20 * S)]
    assert passed == [1, None, None, None, 4, None, 2]


def test_kinds_and_sources_are_apart():
    throttle = Throttle()
    assert throttle.pass_count("bad_read", "in", 0) == throttle.pass_count("bad_read", "out", 0) == 1
    assert throttle.pass_count("unknown_credential", "in", 0) == 1


def test_many_sources_push_out_the_oldest_only():
    throttle = Throttle()
    for number in range(64):
        assert throttle.pass_count("bad_read", number, number) == 1
    assert throttle.pass_count("bad_read", "new", 70) == 1
    assert throttle.pass_count("bad_read", 1, 71) is None and throttle.pass_count("bad_read", 63, 71) is None
    assert throttle.pass_count("bad_read", 0, 72) == 1
    assert len(throttle._last) == 64
