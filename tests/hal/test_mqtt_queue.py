"""What a full queue gives up, and what the door loop hears of the link."""

from firmware.hal.mailbox import Mailbox
from firmware.hal.mqtt_queue import MessageQueue


def message(topic, payload=b"x"):
    return (topic, payload, False)


def topics(queue):
    return [found[0] for found in queue.take_all()]


def test_messages_leave_in_the_order_in_which_they_came():
    queue = MessageQueue(9, 900)
    for topic in (b"log/a", b"have/a", b"log/b"):
        queue.put(message(topic))
    assert queue.take() == message(b"log/a") and topics(queue) == [b"have/a", b"log/b"]
    assert queue.take() is None and queue.dropped == 0


def test_a_full_queue_drops_the_oldest_heartbeat_first():
    queue = MessageQueue(4, 900)
    for topic in (b"log/1", b"have/2", b"log/3", b"have/4", b"log/5", b"log/6"):
        queue.put(message(topic))
    assert topics(queue) == [b"log/1", b"log/3", b"log/5", b"log/6"] and queue.dropped == 2


def test_without_heartbeats_it_drops_the_oldest():
    queue = MessageQueue(3, 900)
    for number in range(10):
        queue.put(message(b"log/%d" % number))
    assert topics(queue) == [b"log/7", b"log/8", b"log/9"] and queue.dropped == 7


def test_a_new_heartbeat_takes_the_place_of_an_old_one_and_of_nothing_else():
    queue = MessageQueue(3, 900)
    for topic in (b"log/1", b"have/old", b"log/2", b"have/new"):
        queue.put(message(topic))
    assert topics(queue) == [b"log/1", b"log/2", b"have/new"]


def test_bytes_are_bounded_too():
    queue = MessageQueue(100, 1000)
    for number in range(10):
        queue.put(message(b"log/%d" % number, bytes(295)))
    assert topics(queue) == [b"log/7", b"log/8", b"log/9"] and queue.dropped == 7
    queue.put(message(b"log/a", bytes(995)))
    assert topics(queue) == [b"log/a"]


def test_what_is_larger_than_the_whole_queue_pushes_nothing_out():
    queue = MessageQueue(100, 1000)
    queue.put(message(b"log/a"))
    queue.put(message(b"log/b", bytes(996)))
    assert topics(queue) == [b"log/a"] and queue.dropped == 1


def test_the_mailbox_counts_what_each_direction_dropped():
    box = Mailbox(2, 900)
    for number in range(5):
        box.put("log/a", b"%d" % number)
        box.arrived(b"log/b", b"%d" % number, False)
    box.arrived(b"log/b", b"5", True)
    assert (box.counts["dropped_out"], box.counts["dropped_in"]) == (3, 4)
    assert box.take() == [("message", "log/b", b"4", False), ("message", "log/b", b"5", True)]
    assert [box.next_out(), box.next_out(), box.next_out()] == [(b"log/a", b"3", False), (b"log/a", b"4", False), None]


def test_a_message_above_the_limit_is_not_queued():
    box = Mailbox(9, 9000)
    box.put("log/a", bytes(4096))
    box.put("log/a", bytes(4097))
    assert box.counts["too_long"] == 1
    assert len(box.next_out()[1]) == 4096 and box.next_out() is None


def test_each_change_of_the_link_is_told_once():
    box = Mailbox(9, 900)
    box.set_up(False)
    assert box.take() == []
    box.set_up(True)
    assert box.take() == [("link", True)] and box.take() == []
    box.set_up(False)
    assert box.take() == [("link", False)] and box.take() == []


def test_a_break_that_has_healed_is_told_all_the_same():
    box = Mailbox(9, 900)
    box.set_up(True)
    box.take()
    box.set_up(False)
    box.set_up(True)
    box.arrived(b"log/a", b"x", False)
    assert box.take() == [("link", False), ("link", True), ("message", "log/a", b"x", False)]


def test_a_link_that_came_and_went_unseen_is_not_told():
    box = Mailbox(9, 900)
    box.set_up(True)
    box.set_up(False)
    assert box.take() == []
    box.set_up(True)
    assert box.take() == [("link", True)]


def test_messages_that_came_before_a_break_are_handed_out_before_it():
    box = Mailbox(9, 900)
    box.set_up(True)
    box.take()
    box.arrived(b"log/a", b"x", False)
    box.set_up(False)
    assert box.take() == [("message", "log/a", b"x", False), ("link", False)]


def test_a_topic_that_is_no_text_is_left_out():
    box = Mailbox(9, 900)
    box.arrived(b"log/\xff\xfe", b"x", False)
    box.arrived("log/türe".encode(), b"y", False)
    assert box.take() == [("message", "log/türe", b"y", False)] and box.counts["strange"] == 1
