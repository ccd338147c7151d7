"""A card as pulses at pins moves a relay and is in the flash; contacts, lamps, fire and restarts on fake hardware."""

import asyncio

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware.app import supervise
from tests.board import terminals
from tests.board.controller import Controller, chip, part
from tests.fakes.chip import heap_lock, heap_unlock

SLOW = ("test_a_day_of_badges_is_read_without_a_bad_one",)


def when(board, name, level):
    """When an output was given a level for the last time, in µs."""
    gpio = terminals.GPIOS[name]
    return [at_us for at_us, place, given in board.chip.driven if (place, given) == (gpio, level)][-1]


def test_nothing_is_energised_before_somebody_may_pass_but_the_lock_that_current_holds():
    board = Controller()
    assert board.level("front") == 0 and board.level("vault") == 0  # RELAY2 is on while it is low: the vault is fail-safe
    assert board.expander() == 0 and board.level("front_in.led") == 1 and board.level("front_in.buzzer") == 0
    assert board.chip.driven[0][2] == 0 and (0, 39, 1) in board.chip.driven


def test_a_card_moves_the_relay_soon_after_its_last_pulse():
    board = Controller()
    last_us = board.tap(0)
    assert "access.granted" in board.types() and board.level("front") == 1
    assert when(board, "front", 1) - last_us <= 40_000
    assert board.level("front_in.led") == 0
    board.live(6000)
    assert board.level("front") == 0 and board.level("front_in.led") == 1


def test_what_was_granted_is_in_the_flash_and_outlives_a_power_cut():
    board = Controller()
    board.tap(0)
    again = Controller(on=board.chip, cause="power_on")
    again.tap(0)
    assert "access.denied" in again.types() and "access.granted" not in again.types()
    assert [event["reason"] for event in again.events if event["type"] == "access.denied"] == ["double_entrance"]


def test_a_card_nobody_has_and_a_frame_that_is_broken_open_nothing():
    board = Controller()
    board.tap(77)
    board.chip.frame(terminals.WIRES["front_in"], "0" * 26, board.chip.now_us + 1000, 1000)
    board.chip.plan(board.chip.now_us + 5000, board.chip.stop, 15_000)
    board.live(200)
    denied = [event["reason"] for event in board.events if event["type"] == "access.denied"]
    assert denied == ["unknown_credential", "bad_read"] and board.level("front") == 0
    assert board.pins.counts() == {"spoils.front_in": 1, "spoils.front_out": 0, "expander.20": 0}


def test_a_rex_unlocks_within_fifty_milliseconds_also_when_it_is_pressed_at_the_start():
    board = Controller()
    at_us = board.chip.now_us
    board.contact("front.rex", True)
    assert board.level("front") == 1 and when(board, "front", 1) - at_us <= 50_000
    again = Controller(on=board.chip, settle_ms=50)
    assert again.level("front") == 1


def test_a_door_that_opens_by_itself_is_forced():
    board = Controller()
    board.contact("front.sensor", False, 500)
    assert "door.forced" in board.types()


def test_fire_frees_the_fail_safe_lock_and_switches_what_follows_it():
    board = Controller()
    board.contact("fire", False, 500)
    assert board.level("vault") == 1 and board.level("front") == 0 and board.expander() == 1 << 2


def test_safe_is_as_without_power():
    board = Controller()
    board.tap(0)
    board.contact("fire", False, 500)
    board.pins.safe()
    assert (board.level("front"), board.level("vault"), board.expander()) == (0, 1, 0)
    assert board.level("front_in.led") == 1 and board.level("front_in.buzzer") == 0


def test_a_new_part_takes_outputs_over_as_they_are_and_lets_those_go_that_have_nothing_any_more():
    board = Controller()
    board.tap(0)
    board.contact("fire", False, 500)
    board.tap(1, "front_in")
    driven = len(board.chip.driven)
    changed = part()
    del changed.settings["outputs"]["strobe"], changed.settings["terminals"]["strobe"]
    changed.settings["links"] = []
    board.pins.connect(changed.settings)
    assert board.expander() == 0
    relays = [row for row in board.chip.driven[driven:] if row[1] in (40, 39)]
    assert relays == []


def test_readers_beyond_the_counters_of_a_chip_are_those_that_need_them_least():
    made = part()
    made.settings["readers"]["third"] = dict(made.settings["readers"]["front_out"])
    made.settings["readers"]["third"].update({"no": 2, "formats": ["RAW"]})
    made.settings["terminals"]["third"] = "WIEGAND3"
    board = Controller(site=made)
    counted = set(board.chip.counters)
    assert counted == set(terminals.WIRES["third"] + terminals.WIRES["front_in"])


def test_a_reader_on_a_line_is_spoken_to_with_the_driver_on():
    made = part()
    made.settings["readers"]["front_out"].update({"protocol": "osdp", "bus": "RS485", "address": 1, "baud": 9600, "allow_plain": True})
    del made.settings["terminals"]["front_out"]
    board = Controller(site=made)
    board.live(500)
    uart = board.chip.uarts[1]
    assert uart.baud == 9600 and uart.sent.startswith(b"\xff\x53\x01")
    enabled = [level for _, gpio, level in board.chip.driven if gpio == 14]
    assert enabled[:3] == [0, 1, 0] and board.pins.counts()["late.RS485"] == 0


def test_a_turn_in_which_nothing_comes_takes_no_heap_for_pins():
    board = Controller()
    now_ms = board.clock.now_ms()
    heap_lock()
    try:
        for after_ms in range(0, 500, 5):
            came = board.pins.take(now_ms + after_ms)
            due_ms, is_reading = board.pins.next_ms(), board.pins.is_reading(now_ms)
            if came or is_reading or due_ms is None:
                break
    finally:
        heap_unlock()
    assert after_ms == 495 and not came


def test_pulses_of_two_readers_come_in_the_order_of_time():
    board = Controller()
    board.chip.frame(terminals.WIRES["front_in"], "0101", board.chip.now_us + 1000, 2000)
    board.chip.frame(terminals.WIRES["front_out"], "0101", board.chip.now_us + 2000, 2000)
    board.chip.run(20_000)
    found = board.pins.take(board.clock.now_ms())
    assert [event[1] for _, event in found] == ["front_in", "front_out"] * 4
    assert [at_ms for at_ms, _ in found] == sorted([at_ms for at_ms, _ in found])


def test_contacts_are_looked_at_in_time_and_each_turn_says_that_it_is_alive():
    board = Controller()
    assert 0 <= board.pins.next_ms() - board.clock.now_ms() <= 5
    turns = board.turns
    board.live(1000)
    assert board.turns - turns >= 190


def test_the_answer_of_a_time_server_reaches_the_node():
    board = Controller()
    board.live(100)
    asked = []
    board.pins._ask_time = lambda: asked.append(True)
    board.link.inbox = [("link", True)]
    board.live(100)
    board.pins.set_time(1767650400000)
    board.live(100)
    at_ms = board.node.controller.site.wall.trusted_at_ms(board.clock.now_ms())
    assert asked == [True] and abs(at_ms - 1767650400000) < 1000


def test_a_bug_leaves_all_outputs_as_without_power():
    board, ended = Controller(), []
    board.tap(0)

    def make(cause):
        raise ValueError("a bug")

    asyncio.run(supervise(make, board.pins, ended.append, "crash"))
    assert (board.level("front"), board.level("vault")) == (0, 1) and str(ended[0]) == "a bug"


def test_a_day_of_badges_is_read_without_a_bad_one():
    board = Controller(on=chip())
    for turn in range(20):
        board.tap(0, "front_in", 300, 7000)
        board.tap(0, "front_out", 2000, 7000)
    assert board.types().count("access.granted") == 40
    assert board.app.counts["late_writes"] == 0


def raw_readers(formats):
    """A part with three readers, two of which take RAW alone; the chip has counters for two."""
    made = part()
    readers = made.settings["readers"]
    readers["third"] = dict(readers["front_out"])
    readers["third"].update({"no": 2, "formats": formats})
    for name in ("front_in", "front_out"):
        readers[name]["formats"] = ["RAW"]
    made.settings["terminals"]["third"] = "WIEGAND3"
    return made


def test_a_reader_beyond_the_counters_takes_no_raw_wherever_its_configuration_comes_from():
    board = Controller(site=raw_readers(["H10301", "RAW"]))
    bits = "0" * 13 + "1" * 12
    for reader, reason in (("third", "bad_read"), ("front_in", "unknown_credential")):
        board.chip.frame(terminals.WIRES[reader], bits, board.chip.now_us + 1000, 1000)
        board.live(200)
        assert [event["reason"] for event in board.events if event["type"] == "access.denied"][-1] == reason
    board.tap(77, "third")
    assert [event["reason"] for event in board.events if event["type"] == "access.denied"][-1] == "unknown_credential"


def test_a_reader_beyond_the_counters_that_takes_raw_alone_takes_nothing():
    board = Controller(site=raw_readers(["RAW"]))
    board.tap(77, "third")
    assert [event["reason"] for event in board.events if event["type"] == "access.denied"] == ["bad_read"]
