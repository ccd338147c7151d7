"""The log: what is here, up to where without a gap, in RAM and in the flash."""

from firmware.core import stamp
from firmware.core.events import in_order
from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam, PowerCut
from firmware.replica.log import Log
from firmware.wire import packed

START_MS = 1767600000000


def event(seq, controller="c1", stream="facts", inc=1, no=None, kind="access.granted", **fields):
    at_ms = START_MS + seq * 1000
    made = {"type": kind, "controller": controller, "inc": inc, "stream": stream, "seq": seq, "at_ms": at_ms}
    made.update({"stamp": stamp.at(at_ms), "err_ms": 100})
    if no is not None:
        made.update({"no": no, "judge": {"a": ["in", "hard"]}, "reader": "front", "door": "d"})
    made.update(fields)
    return made


def flash(sectors=12):
    return NorRam(sectors)


def opened(chip, name="c1"):
    log = FlashLog(chip)
    while log.erase_ahead():
        pass
    return Log(name, log, packed.Codec)


def filled(log, events):
    for made in events:
        assert log.add(made) and log.store(made)
    return log


def story(log, no):
    """(base, facts) of one person, each fact read."""
    base, facts = log.story(no, lambda fact: True)
    return base, [facts[place] for place in range(len(facts))]


def seqs(events):
    return [each["seq"] for each in events]


def test_an_empty_log_has_nothing():
    for log in (Log(), opened(flash())):
        assert log.last("c1", 1, "facts") == 0 and log.vector() == [] and log.between("c1", 1, "facts", 1, 9) == []
        assert story(log, 0) == (None, []) and log.inc == 0


def test_last_is_the_end_of_what_has_no_gap():
    log = Log()
    for seq, expected in ((2, 0), (4, 0), (1, 2), (6, 2), (3, 4), (5, 6)):
        assert log.add(event(seq)) and log.last("c1", 1, "facts") == expected
    assert seqs(log.between("c1", 1, "facts", 2, 99)) == [2, 3, 4, 5, 6]


def test_a_second_copy_is_not_taken():
    for log in (Log(), filled(opened(flash()), [])):
        assert log.add(event(1, no=3)) and not log.add(event(1, no=3))
        assert log.store(event(1, no=3)) and not log.add(event(1, no=3))
        assert len(story(log, 3)[1]) == 1


def test_what_a_console_that_counts_has_not_got_is_lost_when_it_goes():
    for kept, counts, expected in (
        ({"console": {(1, "facts"): 9}}, True, []),
        ({}, True, [("lost", "c1", 1, "facts", 1, 9)]),
        ({"c2": {(1, "facts"): 9}}, True, [("lost", "c1", 1, "facts", 1, 9)]),
        ({"c2": {(1, "facts"): 9}}, False, []),
        ({"c2": {(1, "facts"): 9}, "console": {(1, "facts"): 5}}, False, []),
        ({"c2": {(1, "facts"): 5}, "console": {(1, "facts"): 9}}, True, [("lost", "c1", 1, "facts", 1, 9)]),
        ({}, False, [("lost", "c1", 1, "facts", 1, 9)]),
    ):
        log = filled(opened(flash()), [event(seq) for seq in range(1, 10)])
        log.kept, log.consoles = kept, {"console": counts}
        assert log.forget_sector(1, log.shelf.flash.oldest(1)) == expected


def test_what_a_carrier_repeats_is_known_again_without_reading_the_flash():
    made = [event(1 + place // 2, "c%d" % (2 + place % 2), no=place % 9) for place in range(120)]
    chip = flash()
    log, read = filled(opened(chip), made), []
    readblocks = chip.readblocks
    chip.readblocks = lambda *args: read.append(args) or readblocks(*args)
    assert all([log.same_as_known(each) for each in made * 3]) and read == []
    other = dict(made[7])
    other["no"] = 5
    assert not log.same_as_known(other) and not log.same_as_known(other) and read, "other content is told each time"
    assert log.same_as_known(made[7])


def test_after_a_restart_each_event_that_is_repeated_is_read_once():
    chip = flash()
    made = [event(seq, "c2", no=seq % 9) for seq in range(1, 121)]
    filled(opened(chip), made)
    log, read = opened(chip), []
    event_at = log.shelf.event_at
    log.shelf.event_at = lambda *args: read.append(args) or event_at(*args)
    for _ in range(3):
        assert all([log.same_as_known(each) for each in made])
    assert len(read) == 120


def test_another_content_under_the_same_name_is_noticed():
    log = filled(opened(flash()), [event(1, no=3)])
    assert log.same_as_known(event(1, no=3)) and log.same_as_known(event(2, no=3))
    assert not log.same_as_known(event(1, no=4))


def test_origins_and_streams_are_apart():
    log = Log()
    for made in (event(1), event(1, inc=2), event(1, "c2"), event(1, stream="site"), event(3, stream="notes")):
        assert log.add(made)
    assert log.last("c1", 1, "notes") == 0
    assert [entry for entry in log.vector() if entry[3]] == [
        ["c1", 1, "facts", 1], ["c1", 1, "site", 1], ["c1", 2, "facts", 1], ["c2", 1, "facts", 1],
    ]


def test_only_what_is_in_the_flash_is_durable():
    log = opened(flash())
    for seq in (1, 2, 3):
        log.add(event(seq))
    log.store(event(1))
    log.store(event(3))
    assert log.last("c1", 1, "facts") == 3 and log.durable("c1", 1, "facts") == 1 and not log.is_settled()
    log.store(event(2))
    assert log.durable("c1", 1, "facts") == 3 and log.is_settled()
    assert seqs(log.between("c1", 1, "facts", 1, 3)) == [1, 2, 3]


def test_what_was_stored_is_there_after_a_restart_and_what_was_not_is_gone():
    chip = flash()
    log = filled(opened(chip), [event(1, no=3), event(1, "c2", no=3), event(1, stream="notes", kind="door.opened")])
    log.add(event(2, no=3))
    again = opened(chip)
    assert [entry[3] for entry in again.vector()] == [1, 1, 1] and again.inc == 1
    assert again.between("c1", 1, "facts", 1, 9) == [event(1, no=3)]
    assert story(again, 3) == (None, [event(1, no=3), event(1, "c2", no=3)])
    assert again.newest_stamp == event(1)["stamp"]


def test_a_story_goes_back_through_many_sectors():
    chip = flash(40)
    log = filled(opened(chip), [event(seq, no=seq % 7) for seq in range(1, 501)])
    assert len(log.shelf.flash.sectors(1)) > 3
    for each in (log, opened(chip)):
        for no in range(7):
            base, facts = story(each, no)
            assert base is None and sorted(seqs(facts)) == [seq for seq in range(1, 501) if seq % 7 == no]


def test_a_story_holds_facts_of_every_origin_and_no_reports_or_notes():
    log = opened(flash())
    report = event(3, no=0, kind="apb.violation", area="a", of=["c1", 1, 1])
    filled(log, [event(1, no=0), event(1, "c2", no=0), event(2, no=1), report, event(4, no=0)])
    base, facts = story(log, 0)
    assert sorted([(each["controller"], each["seq"]) for each in facts]) == [("c1", 1), ("c1", 4), ("c2", 1)]


def test_an_event_gets_its_stamp_later():
    chip = flash()
    log = opened(chip)
    early = event(1, no=3, inc=0, boot=1, up_ms=500)
    filled(log, [early])
    assert opened(chip).unsettled() == [early] and opened(chip).inc == 0
    late = event(1, no=3, inc=9)
    log.rewrite(late, 0)
    assert story(log, 3)[1] == [late]
    log.store(late)
    for each in (log, opened(chip)):
        assert each.unsettled() == [] and each.inc == 9 and story(each, 3) == (None, [late])
        assert each.vector() == [["c1", 9, "facts", 1]] and each.between("c1", 9, "facts", 1, 1) == [late]


def test_a_ceiling_is_kept():
    chip = flash()
    log = opened(chip)
    log.store_ceiling(77 << 40)
    log.store_ceiling(76 << 40)
    assert log.ceiling == opened(chip).ceiling == 77 << 40


def test_what_will_never_come_is_skipped():
    log = opened(flash())
    log.skip("c2", 1, "notes", 10)
    assert log.last("c2", 1, "notes") == 10 and log.add(event(11, "c2", "notes", kind="door.opened"))
    assert log.last("c2", 1, "notes") == 11


def long_one(seq, **fields):
    """An event that spells more than one record holds."""
    controllers = ["controller-of-house-%d" % number for number in range(63)]
    return event(seq, stream="site", kind="area.isolated", area="a", controllers=controllers, **fields)


def test_an_event_longer_than_a_record_takes_several():
    chip = flash()
    log = filled(opened(chip), [event(1, no=3), long_one(1), event(2, no=3), long_one(2), long_one(3, was=[1, 1])])
    for each in (log, opened(chip)):
        assert each.between("c1", 1, "site", 1, 2) == [long_one(1), long_one(2)]
        assert [each.highest("c1", 1, stream) for stream in ("facts", "site")] == [2, 3]
        assert sorted(seqs(story(each, 3)[1])) == [1, 2] and each.shelf.unreadable == 0
        assert [made["seq"] for _, made in each.since(0)] in ([1, 1, 2, 2, 3], [1, 2, 2, 3])


def test_records_of_one_event_lie_in_one_sector_wherever_one_ends_or_fails():
    for short in range(0, 90, 6):
        chip = flash(24)
        log = filled(opened(chip), [event(seq, no=seq % 7) for seq in range(1, short + 1)])
        if short % 4 == 2:
            chip.bad = {log.shelf.flash._open[1].index}
        for seq in range(1, 8):
            made = long_one(seq, reason="%d" % seq + "x" * 200)
            assert log.add(made) and log.store(made) and log.between("c1", 1, "site", 1, seq)[-1] == made
        for each in (log, opened(chip)):
            assert seqs(each.between("c1", 1, "site", 1, 9)) == [1, 2, 3, 4, 5, 6, 7]
            assert seqs(each.between("c1", 1, "facts", 1, 99)) == list(range(1, short + 1)) and each.shelf.unreadable == 0


def test_an_event_cut_among_its_records_is_not_there_and_the_next_one_is():
    for cut in range(1, 6):
        chip = flash()
        log = filled(opened(chip), [event(1, no=3)])
        chip.cut_at = chip.operations + cut
        try:
            log.store(long_one(1))
        except PowerCut:
            pass
        chip.restore()
        again = opened(chip)
        assert again.shelf.unreadable == 0 and seqs(again.between("c1", 1, "facts", 1, 9)) == [1]
        found = again.between("c1", 1, "site", 1, 9)
        assert found in ([], [long_one(1)])
        assert again.add(long_one(2)) and again.store(long_one(2))
        assert again.between("c1", 1, "site", 2, 9) == opened(chip).between("c1", 1, "site", 2, 9) == [long_one(2)]


def test_what_no_records_can_hold_is_counted_and_nobody_waits_for_it():
    chip = flash()
    log = opened(chip)
    filled(log, [event(1, no=3), event(2, no=3, note=list(range(600))), event(3, no=3)])
    assert log.unstorable == 1 and log.is_settled() and log.durable("c1", 1, "facts") == 3
    assert seqs(log.between("c1", 1, "facts", 1, 9)) == seqs(opened(chip).between("c1", 1, "facts", 1, 9)) == [1, 3]


def test_a_story_is_in_the_total_order_whatever_the_order_of_arrival_and_tells_each_fact_once():
    made = [event(seq, name, no=3) for seq in range(1, 30) for name in ("c1", "c2", "c3")]
    arrival = [made[place * 37 % len(made)] for place in range(len(made))]
    for stored in (0, 40, len(made)):
        log = opened(flash())
        for number, each in enumerate(arrival):
            assert log.add(each)
            if number < stored:
                assert log.store(each)
                if number % 10 == 0:
                    assert log.store(each)
        assert story(log, 3) == (None, in_order(made))
        assert [fact["seq"] for fact in log.story(3, lambda fact: fact["controller"] == "c2")[1]] == list(range(1, 30))


def test_what_stands_for_several_stands_for_each_of_them():
    for log in (Log(), opened(flash())):
        filled(log, [event(1, "c2", no=4)])
        assert log.replace(event(1, "c2", inc=3, no=4, was=[2, 1, 1, 1]))
        assert log.is_replaced(event(1, "c2")) and log.is_replaced(event(1, "c2", inc=2))
        assert log.last("c2", 2, "facts") == 1, "nobody waits for what nobody needs"


def test_what_is_replaced_though_it_is_durable_hides_nothing_that_comes_after_it():
    log = filled(opened(flash()), [event(seq, "c2") for seq in range(1, 6)])
    assert log.replace(event(9, "c2", inc=3, was=[1, 2]))
    assert log.highest_stored("c2", 1, "facts") == 5 == log.durable("c2", 1, "facts") == log.last("c2", 1, "facts")
