"""The log: what is here, up to where without a gap."""

from firmware.replica.log import Log


def event(seq, controller="c1", stream="facts", inc=1, no=None):
    made = {"controller": controller, "inc": inc, "stream": stream, "seq": seq}
    if no is not None:
        made["no"] = no
    return made


def test_an_empty_log_has_nothing():
    log = Log()
    assert log.last("c1", 1, "facts") == 0 and log.vector() == [] and log.between("c1", 1, "facts", 1, 9) == []
    assert list(log.facts_about(0)) == [] and list(log.folded()) == []


def test_last_is_the_end_of_what_has_no_gap():
    log = Log()
    for seq, expected in ((2, 0), (4, 0), (1, 2), (6, 2), (3, 4), (5, 6)):
        assert log.add(event(seq)) and log.last("c1", 1, "facts") == expected
    assert [each["seq"] for each in log.between("c1", 1, "facts", 2, 99)] == [2, 3, 4, 5, 6]


def test_a_second_copy_is_not_taken():
    log = Log()
    assert log.add(event(1, no=3)) and not log.add(event(1, no=3))
    assert len(log.facts_about(3)) == 1


def test_origins_and_streams_are_apart():
    log = Log()
    for made in (event(1), event(1, inc=2), event(1, "c2"), event(1, stream="site"), event(3, stream="notes")):
        assert log.add(made)
    assert log.last("c1", 1, "notes") == 0
    assert log.vector() == [["c1", 1, "facts", 1], ["c1", 1, "site", 1], ["c1", 2, "facts", 1], ["c2", 1, "facts", 1]]


def test_facts_about_a_person_come_from_every_origin_and_no_other_stream():
    log = Log()
    for made in (event(1, no=0), event(1, "c2", no=0), event(2, no=1), event(1, stream="notes", no=0), event(3)):
        log.add(made)
    assert [(each["controller"], each["seq"]) for each in log.facts_about(0)] == [("c1", 1), ("c2", 1)]
    assert log.facts_about(9) == []


def test_what_state_is_folded_from_leaves_notes_out():
    log = Log()
    for made in (event(1), event(1, stream="notes"), event(1, stream="site")):
        log.add(made)
    assert sorted([each["stream"] for each in log.folded()]) == ["facts", "site"]
