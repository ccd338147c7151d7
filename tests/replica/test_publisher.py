"""Our own events on their way out, and what we may promise about them."""

from firmware.replica.publisher import Publisher
from tests.replica.sides import event

MS = 1 << 16


class Clock:
    """Draws stamps: milliseconds and a counter."""

    def __init__(self):
        self.newest = 0

    def draw(self, now_ms):
        self.newest = max(self.newest + 1, now_ms * MS)
        return self.newest


CEILING = 500 << 16


def counting(newest):
    """Stamps that rise by one each time, as while the clock stands within one millisecond."""

    def draw(now_ms):
        newest[0] += 1
        return newest[0]

    return draw


def publisher(ceiling=0):
    return Publisher(Clock().draw, ceiling)


def written(made, *seqs, **fields):
    events = [event(seq, **fields) for seq in seqs]
    for one in events:
        made.written(one)
    return events


def test_an_event_is_due_once_it_is_durable():
    made = publisher()
    (first,) = written(made, 1)
    assert made.take_due() == [] and not made.is_idle() and made.heads["facts"] == 0
    made.durable("facts", 1)
    assert made.take_due() == [first] and made.is_idle() and made.heads == {"facts": 1, "notes": 0, "site": 0}
    made.durable("facts", 1)
    assert made.take_due() == []


def test_each_stream_goes_in_its_order():
    made = publisher()
    first, second = written(made, 1, 2)
    (note,) = written(made, 1, kind="door.opened", stamp_at=9)
    made.durable("facts", 2)
    made.durable("notes", 1)
    assert made.take_due() == [note] and made.heads["facts"] == 0
    made.durable("facts", 1)
    assert made.take_due() == [first, second]


def test_what_waits_for_its_stamp_is_held_until_it_is_durable_with_it():
    made = publisher()
    (held,) = written(made, 1, up_ms=5, boot=1)
    made.durable("facts", 1)
    assert made.take_due() == []
    del held["up_ms"], held["boot"]
    made.written(held)
    assert made.take_due() == []
    made.durable("facts", 1)
    assert made.take_due() == [held]


def test_a_first_copy_that_comes_late_to_the_flash_does_not_count_for_the_second():
    made = publisher()
    (held,) = written(made, 1, up_ms=5, boot=1)
    del held["up_ms"], held["boot"]
    made.written(held)
    made.durable("facts", 1)
    assert made.take_due() == []
    made.durable("facts", 1)
    assert made.take_due() == [held]


def test_after_a_restart_what_is_durable_counts_as_published_but_for_what_waits_for_its_stamp():
    made = publisher()
    held = event(8, up_ms=5, boot=1)
    made.open({"facts": 9, "notes": 4, "site": 0}, [held], 0)
    assert made.heads == {"facts": 7, "notes": 4, "site": 0} and not made.is_idle()
    del held["up_ms"], held["boot"]
    made.written(held)
    made.durable("facts", 8)
    assert made.take_due() == [held]


def test_nothing_is_promised_while_anything_is_on_its_way():
    made = publisher(ceiling=1000 * MS)
    written(made, 1)
    assert made.promise(5) is None and made.said() is None
    made.durable("facts", 1)
    made.take_due()
    assert made.promise(5) >= 5 * MS


def test_a_promise_goes_no_further_than_the_ceiling_or_our_newest_event():
    made = publisher(ceiling=100 * MS)
    assert made.promise(50) == 50 * MS and made.promise(170) == 100 * MS
    (one,) = written(made, 1, stamp_at=150 * MS)
    made.durable("facts", 1)
    made.take_due()
    assert made.promise(180) == 150 * MS == made.said()
    assert made.lack(190) == 390 * MS + 0
    made.stored(390 * MS)
    assert made.lack(200) is None and made.promise(201) == 201 * MS


def test_without_any_ceiling_or_event_nothing_is_promised():
    made = publisher()
    assert made.promise(5) is None and made.said() is None


def test_a_ceiling_is_asked_for_once():
    made = publisher()
    lack = made.lack(10)
    assert lack == 210 * MS and made.ask(lack)
    assert not made.ask(made.lack(50)), "one that suffices is on its way"
    assert made.ask(made.lack(230)), "it takes too long"


def test_no_promise_waits_for_ever_between_two_stamps():
    """A stamp is drawn to see whether a ceiling is needed, and another for the promise: both reach equally far."""
    for left in range(40):
        made = Publisher(counting([CEILING - left]), CEILING)
        lack = made.lack(0)
        assert lack is not None or made.reaches(0), left
        assert lack is None or made.ask(lack), left
