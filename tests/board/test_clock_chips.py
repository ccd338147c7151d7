"""A board with a clock chip knows the time after a power cut without anybody's help, unless the chip says that it stopped."""

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware.wire import packed, storable, messages  # noqa: F401, I001
from tests.board import terminals
from tests.board.controller import chip, part
from tests.board.test_wiring import NINE_S, ROOT, boot, install, level, tap, wipe
from tests.core import parts
from tests.fakes.clock_chips import ADDRESS, ClockRegisters

KINDS = ("ds3231", "pcf85063")
OPEN = {"weekly": [[[9 * 60, 10 * 60]]] * 7, "holidays": {}}  # and the time server says 9:00


def site(mqtt=True):
    """A door that unlocks by schedule, a minute after which somebody is there."""
    made = part()
    made.settings["schedules"] = {"day": OPEN}
    made.settings["doors"]["front"] = parts.door(["front_in", "front_out"], unlock_schedule="day")
    install(made, mqtt)


class Fitted:
    """`with Fitted(kind) as on`: a chip whose board's file names a clock chip, which has had its first power. `on.clock`: its registers."""

    def __init__(self, kind):
        self._kind = kind

    def __enter__(self):
        terminals.RTC = self._kind
        on = chip()
        on.clock = on.i2c[ADDRESS[self._kind]] = ClockRegisters(on, self._kind)
        return on

    def __exit__(self, *_):
        terminals.RTC = None
        wipe(ROOT)


def learn(on):
    """A life with a link, in which the time server tells the time."""
    site()
    on.nine_us = on.now_us + 500_000
    boot(on, 4000, linked_ms=500)


def live(on):
    """A life of two seconds without a link. Returns its wall clock."""
    world, _ = boot(on, 2000)
    return world.links[0][2].controller.site.wall


def test_without_a_network_it_judges_a_schedule_after_a_power_cut():
    for kind in KINDS:
        with Fitted(kind) as on:
            learn(on)
            assert on.clock.date()[:5] == (26, 1, 5, 9, 0)
            on.run(60_000_000)
            wall = live(on)
            assert wall.is_trusted and level(on, "front") == 1
            assert abs(wall.at_ms(2000) - NINE_S * 1000 - (on.now_us - on.nine_us) // 1000) < 1000 and 2500 <= wall.err_ms(2000) <= 7000


def test_after_the_hours_the_door_stays_locked():
    with Fitted("ds3231") as on:
        learn(on)
        on.run(3600_000_000)
        assert live(on).is_trusted and level(on, "front") == 0


def test_a_chip_that_stopped_is_not_believed_and_the_schedule_does_not_unlock():
    for kind in KINDS:
        with Fitted(kind) as on:
            learn(on)
            on.clock.stop()
            assert not live(on).is_trusted and level(on, "front") == 0


def test_a_chip_that_does_not_answer_stops_no_door():
    with Fitted("pcf85063") as on:
        learn(on)
        on.clock.fails = -1
        tap(on, 0, 1500)
        assert not live(on).is_trusted and level(on, "front") == 1


def test_the_time_server_knows_better_than_the_chip():
    with Fitted("ds3231") as on:
        learn(on)
        on.run(60_000_000)  # of which the time server hears nothing
        boot(on, 4000, linked_ms=500)
        assert on.clock.date()[:5] == (26, 1, 5, 9, 0)
