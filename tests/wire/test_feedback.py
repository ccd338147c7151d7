"""Lights and sounds of outcomes: told to OSDP readers once, and as levels of a Wiegand reader's two lines over time."""

from firmware.wire.feedback import PATTERNS, levels, osdp_commands


def line(pattern, which, until_ms):
    """[(from when, level)] of one of the lines, found by following the deadlines."""
    told, at_ms = [], 0
    while at_ms is not None and at_ms <= until_ms:
        found = levels(pattern, at_ms)
        if not told or told[-1][1] != found[which]:
            told.append((at_ms, found[which]))
        at_ms = None if found[2] is None else at_ms + found[2]
    return told


def test_granted_is_green_for_three_seconds_and_one_short_beep():
    assert line("granted", 0, 60000) == [(0, True), (3000, False)]
    assert line("granted", 1, 60000) == [(0, True), (200, False)]
    assert osdp_commands("granted") == [
        (0x69, bytes([0, 0, 2, 1, 0, 2, 2, 30, 0, 0, 1, 0, 0, 0])),
        (0x6A, bytes([0, 2, 2, 0, 1])),
    ]


def test_a_denial_is_one_long_beep_and_one_of_anti_passback_is_three():
    assert line("denied", 1, 60000) == [(0, True), (800, False)]
    assert line("denied", 0, 60000) == line("denied_apb", 0, 60000) == [(0, False)]  # the line has no red: it is what is there without green
    beeps = [(0, True), (200, False), (400, True), (600, False), (800, True), (1000, False)]
    assert line("denied_apb", 1, 60000) == beeps
    assert osdp_commands("denied_apb")[1] == (0x6A, bytes([0, 2, 2, 2, 3]))


def test_asking_the_others_is_silent():
    assert line("asking", 1, 60000) == [(0, False)]
    assert len(osdp_commands("asking")) == 1


def test_every_pattern_ends_and_its_deadlines_miss_no_change():
    for pattern in PATTERNS:
        for which in (0, 1):
            followed = line(pattern, which, 120000)
            seen = []
            for at_ms in range(0, 70000, 100):
                level = levels(pattern, at_ms)[which]
                if not seen or seen[-1][1] != level:
                    seen.append((at_ms, level))
            assert seen == followed and not followed[-1][1], pattern


def test_every_pattern_is_a_legal_record():
    for pattern in PATTERNS:
        light, sound = (osdp_commands(pattern) + [None])[:2]
        assert len(light[1]) == 14 and light[1][3] + light[1][4] > 0
        assert sound is None or sound[1][2] > 0
