"""What is served: paced, in its order, once for many, and in another's stead."""

from firmware.replica.heartbeat import NEVER
from firmware.replica.log import Log
from firmware.replica.service import Service, missing

FACTS, NOTES, SITE = ("c1", 1, "facts"), ("c1", 1, "notes"), ("c2", 1, "site")


def served(service, until_ms):
    """Slices as they go out: [(when, key, first, last)]."""
    slices = []
    while service.due_ms <= until_ms:
        now_ms = service.due_ms
        slices += [(now_ms,) + one for one in [service.take_due(now_ms)] if one]
    return slices


def count(slices):
    return sum([last - first + 1 for _, _, first, last in slices])


def test_a_request_is_served_at_once():
    service = Service()
    service.ask(FACTS, 3, 5, 1000)
    assert service.due_ms == 1000 and service.take_due(1000) == (FACTS, 3, 5) and service.due_ms == NEVER


def test_after_a_burst_of_100_come_50_a_second():
    service = Service()
    service.ask(FACTS, 1, 400, 5000)
    slices = served(service, 30000)
    assert 93 <= count([one for one in slices if one[0] == 5000]) <= 100
    assert count(slices) == 400 and 10900 <= slices[-1][0] <= 11100
    for at_ms in range(5001, 12000, 500):
        within = count([one for one in slices if at_ms <= one[0] < at_ms + 1000])
        assert within <= 58, within
    assert min([last - first + 1 for _, _, first, last in slices[:-1]]) >= 4, "a message is worth its while"
    assert [(first, last) for _, _, first, last in slices][0] == (1, 8)


def test_the_burst_comes_back_after_a_rest():
    service = Service()
    service.ask(FACTS, 1, 100, 5000)
    served(service, 5000)
    service.ask(FACTS, 101, 200, 7000)
    assert count([one for one in served(service, 9000) if one[0] == 7000]) == 100


def test_facts_and_site_events_come_before_notes():
    service = Service()
    service.ask(NOTES, 1, 150, 5000)
    service.ask(FACTS, 1, 150, 5000)
    service.ask(SITE, 1, 2, 5000)
    streams = [key[2] for _, key, _, _ in served(service, 30000)]
    assert streams.index("notes") == len(streams) - streams.count("notes")


def test_several_who_ask_alike_are_served_once():
    service = Service()
    service.ask(FACTS, 101, 200, 5000)
    served(service, 5000)
    service.ask(NOTES, 1, 40, 5100)
    service.ask(NOTES, 20, 60, 5101)
    service.ask(NOTES, 61, 70, 5102)
    assert count(served(service, 20000)) == 70


def test_who_asks_just_after_has_heard_it_already():
    service = Service()
    service.ask(FACTS, 1, 5, 5000)
    assert count(served(service, 5000)) == 5
    service.ask(FACTS, 1, 5, 5200)
    assert service.due_ms == NEVER
    service.ask(FACTS, 1, 7, 5200)
    assert service.take_due(5200) == (FACTS, 6, 7)
    service.ask(FACTS, 1, 5, 5600)
    assert service.take_due(5600) == (FACTS, 1, 5)


def test_who_stands_in_waits_and_stands_down_when_another_serves():
    service = Service()
    service.ask(FACTS, 1, 5, 5000, 400)
    assert service.due_ms == 5400 and service.take_due(5399) is None
    service.another_serves(FACTS, 3, 5399)
    assert service.due_ms == NEVER
    service.ask(FACTS, 1, 5, 5400, 400)
    service.another_serves(FACTS, 9, 5500)
    service.another_serves(NOTES, 3, 5500)
    assert service.take_due(5800) == (FACTS, 1, 5)


def test_who_serves_its_own_does_not_stand_down():
    service = Service()
    service.ask(FACTS, 1, 5, 5000)
    service.another_serves(FACTS, 3, 5000)
    assert service.take_due(5000) == (FACTS, 1, 5)


def test_requests_are_bounded():
    service = Service()
    for number in range(100):
        service.ask(("c%d" % number, 1, "facts"), 1, 1 << 61, 5000)
    assert service.dropped == 36 and len(service._jobs) == 64 and service._jobs[0].last == 512


def test_a_range_without_an_entry_is_no_request():
    service = Service()
    service.ask(FACTS, 5, 4, 5000)
    assert service.due_ms == NEVER


def test_a_new_link_forgets_them():
    service = Service()
    service.ask(FACTS, 1, 5, 5000)
    service.forget()
    assert service.due_ms == NEVER and service.take_due(9000) is None


def test_an_origin_knows_what_of_its_own_is_gone():
    log = Log()
    here = [3, 4, 7]
    assert missing(log, FACTS, 1, 8, here, True) == [["c1", 1, "facts", 1, 2], ["c1", 1, "facts", 5, 6], ["c1", 1, "facts", 8, 8]]
    assert missing(log, FACTS, 3, 4, here, True) == []


class Dropped:
    """A log that has let go of what came first."""

    def first(self, controller, inc, stream):
        return 5


def test_who_stands_in_knows_only_what_was_dropped_here():
    assert missing(Dropped(), FACTS, 1, 9, [7], False) == [["c1", 1, "facts", 1, 4]]
    assert missing(Dropped(), FACTS, 5, 9, [7], False) == [] == missing(Log(), FACTS, 1, 9, [], False)


def test_all_that_was_dropped_is_told_at_once():
    for is_own in (True, False):
        assert missing(Dropped(), FACTS, 1, 2, [], is_own) == [["c1", 1, "facts", 1, 4]]
