"""The vocabulary: which log, which order, what the fold reads."""

from firmware.core import events
from tests.core.facts import Lcg, Writer


def test_every_type_has_one_log():
    assert events.stream_of("access.denied") == "facts" and events.stream_of("apb.violation") == "facts"
    assert events.stream_of("door.forced") == "notes" and events.stream_of("emergency.ended") == "site"
    assert len(events.types()) == len(set(events.types())) == 6 + 10 + 3 + 34
    assert {events.stream_of(kind) for kind in events.types()} == {"facts", "notes", "site"}


def test_what_is_no_type_has_no_log():
    for text in ("", " ", "access", "granted", "access.grante", "access.granted ", "door.held door.restored", " log.lost"):
        assert events.stream_of(text) is None


def test_the_stamp_decides_then_the_origin_never_the_sequence_number():
    write = Writer()
    early, late = write.badge(1, "in", "c2"), write.badge(2, "in", "c1")
    twin = write.badge(1, "in", "c1", seq=99)
    reborn = write.badge(1, "in", "c1", inc=2, seq=1)
    assert events.in_order([late, early, reborn, twin]) == [twin, reborn, early, late]


def test_facts_are_put_in_order_however_they_come():
    luck, write = Lcg(7), Writer()
    facts = [write.badge(count, "in", luck.one_of(("c1", "c2"))) for count in range(200)]
    for _ in range(5):
        assert events.in_order(luck.shuffled(facts)) == facts
    assert events.in_order(facts) == facts and events.in_order([]) == []


def test_badges_are_what_anti_passback_granted_or_denied():
    write = Writer()
    assert events.is_badge(write.badge(1, "in")) and events.is_badge(write.denied(1, "in"))
    assert not events.is_badge(write("access.denied", 1, no=0, reason="no_access"))
    assert not events.is_badge(write("access.entered", 1, no=0))


def test_the_fold_reads_facts_and_no_reports():
    write = Writer()
    for fact in (
        write.badge(1, "in"),
        write.denied(1, "in"),
        write("access.entered", 1),
        write("access.not_used", 1),
        write.clear(1),
        write.move(1, "in"),
        write.pardon(1),
        write.reset(1),
        write.set(1, settings={}),
    ):
        assert events.is_fact(fact), fact["type"]
    for kind in ("apb.violation", "apb.suspected", "apb.unjudged", "clock.set", "door.opened", "emergency.ended"):
        assert not events.is_fact(write(kind, 1)), kind
    for by in ("expiry", "healed", "reset", "late_event", "settings", "removed", None):
        assert not events.is_fact(write("apb.cleared", 1, by=by)), by
    assert not events.is_fact(write("access.denied", 1, reason="inactive"))
    assert not events.is_fact(write("apb.cleared", 1, by="operator")), "a report of what an operator's own fact did"
