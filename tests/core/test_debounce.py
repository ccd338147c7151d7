"""A contact acts on its first edge and is deaf while it bounces."""

from firmware.core.debounce import Debounce


def test_first_edge_acts_at_once():
    assert Debounce(False).edge(True, 100) is True


def test_no_edge_to_the_same_level_acts():
    contact = Debounce(True)
    assert contact.edge(True, 100) is None
    assert contact.next_deadline_ms() is None


def test_bouncing_that_ends_where_it_began_acts_once():
    contact = Debounce(False)
    acted = [contact.edge(level, at_ms) for at_ms, level in ((0, True), (2, False), (5, True))]
    assert acted == [True, None, None]
    assert contact.next_deadline_ms() is None
    assert contact.tick(20) is None and contact.level is True


def test_level_that_stayed_is_told_when_settled():
    contact = Debounce(False)
    contact.edge(True, 0)
    contact.edge(False, 19)
    assert contact.next_deadline_ms() == 20
    assert contact.tick(19) is None
    assert contact.tick(20) is False
    assert contact.tick(20) is None
    assert contact.next_deadline_ms() is None


def test_level_that_stayed_begins_a_deaf_time_of_its_own():
    contact = Debounce(False)
    contact.edge(True, 0)
    contact.edge(False, 1)
    contact.tick(20)
    assert contact.edge(True, 39) is None
    assert contact.tick(40) is True


def test_edge_after_the_deaf_time_acts_at_once():
    contact = Debounce(False)
    contact.edge(True, 0)
    assert contact.edge(False, 20) is False


def test_settle_time_can_be_set():
    contact = Debounce(False, 50)
    contact.edge(True, 0)
    assert contact.edge(False, 49) is None
    assert contact.next_deadline_ms() == 50


def test_late_tick_tells_the_level_that_stayed():
    contact = Debounce(False)
    contact.edge(True, 0)
    contact.edge(False, 3)
    assert contact.tick(5000) is False
