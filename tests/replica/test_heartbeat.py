"""When a sign of life goes: after events soon, else every half minute, never all together."""

from firmware.replica.dice import Dice
from firmware.replica.heartbeat import NEVER, Heartbeat


def beats(heartbeat, until_ms):
    """Send each heartbeat when it is due; returns when."""
    sent = []
    while heartbeat.due_ms <= until_ms:
        sent.append(heartbeat.due_ms)
        heartbeat.sent(heartbeat.due_ms)
    return sent


def started(name="c1", now_ms=0):
    heartbeat = Heartbeat(Dice(name))
    heartbeat.start(now_ms)
    return heartbeat


def test_none_goes_without_a_link():
    heartbeat = Heartbeat(Dice("c1"))
    heartbeat.event(5)
    heartbeat.soon(6)
    assert heartbeat.due_ms == NEVER
    heartbeat.start(100)
    heartbeat.stop()
    assert heartbeat.due_ms == NEVER


def test_one_goes_as_soon_as_the_link_is_up_then_every_half_minute_with_jitter():
    sent = beats(started(now_ms=100), 3600000)
    assert sent[0] == 100 and 100 <= len(sent) <= 140
    gaps = [after - before for before, after in zip(sent, sent[1:])]
    assert min(gaps) >= 24000 and max(gaps) <= 36000 and len(set(gaps)) > 50


def test_after_an_event_three_come_soon():
    heartbeat = started()
    beats(heartbeat, 0)
    heartbeat.event(5000)
    sent = [at_ms - 5000 for at_ms in beats(heartbeat, 60000)]
    assert 1000 <= sent[0] < 1100 and 4000 <= sent[1] < 4400 and 16000 <= sent[2] < 17600
    assert 24000 <= sent[3] - sent[2] <= 36000


def test_a_later_event_begins_the_steps_anew_but_stills_no_heartbeat():
    heartbeat = started()
    beats(heartbeat, 0)
    for at_ms in range(500, 60000, 500):
        heartbeat.event(at_ms)
        assert heartbeat.due_ms <= 36000, "however busy we are"
    heartbeat.sent(36000)
    assert heartbeat.due_ms > 36000


def test_boards_that_come_together_do_not_stay_together():
    boards = [started("c%02d" % number) for number in range(64)]
    second = [beats(board, 40000)[1] for board in boards]
    assert max([second.count(at_ms) for at_ms in second]) <= 3 and max(second) - min(second) > 9000
