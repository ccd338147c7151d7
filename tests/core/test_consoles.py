"""Consoles: each that the site names counts, until it has not been seen for 30 days."""

from firmware.core.consoles import Consoles

DAY_MS = 24 * 3600 * 1000
NOW_MS = 1767600000000


def test_a_console_that_is_seen_counts():
    consoles = Consoles(["desk", "night"])
    assert consoles.tick(NOW_MS) == [] and consoles.next_deadline_at_ms() == NOW_MS + 30 * DAY_MS
    assert not consoles.seen("desk", NOW_MS + 29 * DAY_MS) and not consoles.seen("c2", NOW_MS)
    assert consoles.tick(NOW_MS + 30 * DAY_MS - 1) == []
    assert consoles.tick(NOW_MS + 30 * DAY_MS) == ["night"] and consoles.counts == {"desk": True, "night": False}
    assert consoles.next_deadline_at_ms() == NOW_MS + 59 * DAY_MS


def test_it_is_told_once_and_counts_again_when_it_is_back():
    consoles = Consoles(["desk"])
    consoles.tick(NOW_MS)
    assert consoles.tick(NOW_MS + 31 * DAY_MS) == ["desk"] and consoles.tick(NOW_MS + 99 * DAY_MS) == []
    assert consoles.seen("desk", NOW_MS + 100 * DAY_MS) and not consoles.seen("desk", NOW_MS + 101 * DAY_MS)
    assert consoles.counts == {"desk": True} and consoles.tick(NOW_MS + 130 * DAY_MS) == []
    assert consoles.tick(NOW_MS + 131 * DAY_MS) == ["desk"]


def test_a_restart_does_not_begin_to_count_anew():
    consoles, again = Consoles(["desk", "old"]), Consoles(["desk", "new"])
    consoles.tick(NOW_MS)
    again.restore(consoles.keep())
    assert again.tick(NOW_MS + 30 * DAY_MS) == ["desk"]
    consoles.tick(NOW_MS + 30 * DAY_MS)
    again.restore(consoles.keep())
    assert again.counts == {"desk": False, "new": True} and again.tick(NOW_MS + 31 * DAY_MS) == []
