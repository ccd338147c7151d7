"""A line over a UART: the driver goes on and off, nothing waits, and nobody hears himself."""

from firmware.hal.rs485 import Rs485

QUESTION = b"\xff\x53\x05\x08\x00\x04\x60\x89\xcc"
ANSWER = b"\xff\x53\x85\x08\x00\x04\x40\x12\x34"


class Pin:
    """`levels`: what it was set to, one after the other."""

    def __init__(self):
        self.levels = []

    def value(self, level):
        self.levels.append(level)


class Uart:
    """Says that it is done after so many questions; has no `flush`, so that nobody calls it."""

    def __init__(self, busy=0, room=10_000):
        self.busy, self.room = busy, room
        self.sent = self.coming = b""

    def write(self, data):
        self.sent += data[: self.room]
        return len(data[: self.room]) or None  # as MicroPython says that it took nothing

    def read(self):
        data, self.coming = self.coming, b""
        return data or None

    def txdone(self):
        self.busy -= 1
        return self.busy < 0


def hear(line, uart, data):
    uart.coming = data
    return line.read()


def test_the_driver_is_off_until_something_is_said():
    pin = Pin()
    line = Rs485(Uart(), 9600, pin)
    assert pin.levels == [0] and line.next_deadline_ms() is None


def test_the_driver_is_on_for_as_long_as_the_frame_lasts():
    for baud, last_ms in ((9600, 10), (115200, 1), (1200, 75)):
        uart, pin = Uart(), Pin()
        line = Rs485(uart, baud, pin)
        line.write(QUESTION, 1000)
        assert (uart.sent, pin.levels) == (QUESTION, [0, 1])
        assert line.next_deadline_ms() == 1000 + last_ms
        line.tick(1000 + last_ms - 1)
        assert pin.levels == [0, 1]
        line.tick(1000 + last_ms)
        assert pin.levels == [0, 1, 0] and line.next_deadline_ms() is None


def test_a_uart_that_is_not_done_is_asked_again_each_millisecond():
    pin = Pin()
    line = Rs485(Uart(busy=2), 9600, pin)
    line.write(QUESTION, 0)
    for now_ms in (10, 11):
        assert line.next_deadline_ms() == now_ms
        line.tick(now_ms)
        assert pin.levels == [0, 1]
    line.tick(12)
    assert pin.levels == [0, 1, 0] and line.late == 0


def test_a_uart_that_is_never_done_does_not_hold_the_line():
    pin = Pin()
    line = Rs485(Uart(busy=1000), 9600, pin)
    line.write(QUESTION, 0)
    now_ms = 0
    while line.next_deadline_ms() is not None:
        now_ms = line.next_deadline_ms()
        line.tick(now_ms)
    assert (now_ms, pin.levels, line.late) == (30, [0, 1, 0], 1)


def test_a_frame_behind_a_frame_keeps_the_driver_on():
    pin = Pin()
    line = Rs485(Uart(), 9600, pin)
    line.write(QUESTION, 0)
    line.write(QUESTION, 5)
    line.tick(10)
    assert pin.levels[-1] == 1
    line.tick(15)
    assert pin.levels[-1] == 0


def test_without_a_pin_there_is_nothing_to_do_later():
    line = Rs485(Uart(), 9600)
    line.write(QUESTION, 0)
    assert line.next_deadline_ms() is None
    line.tick(100)


def test_what_the_uart_does_not_take_is_counted():
    for room, lost in ((100, 0), (4, 5), (0, 9)):
        line = Rs485(Uart(room=room), 9600)
        line.write(QUESTION, 0)
        assert line.lost == lost


def test_nothing_is_heard_as_nothing():
    assert Rs485(Uart(), 9600).read() == b""


def test_our_own_frame_is_not_heard_in_whatever_pieces_it_comes():
    for size in range(1, len(QUESTION + ANSWER) + 1):
        uart = Uart()
        line = Rs485(uart, 9600)
        line.write(QUESTION, 0)
        stream, heard = QUESTION + ANSWER, b""
        for at in range(0, len(stream), size):
            heard += hear(line, uart, stream[at : at + size])
        assert heard == ANSWER, size


def test_an_answer_alone_is_whole_in_whatever_pieces_it_comes():
    """Its first two bytes are those of the question."""
    for size in range(1, len(ANSWER) + 1):
        uart = Uart()
        line = Rs485(uart, 9600)
        line.write(QUESTION, 0)
        heard = b""
        for at in range(0, len(ANSWER), size):
            heard += hear(line, uart, ANSWER[at : at + size])
        assert heard == ANSWER, size


def test_only_the_first_echo_is_one():
    uart = Uart()
    line = Rs485(uart, 9600)
    line.write(QUESTION, 0)
    assert hear(line, uart, QUESTION) == b""
    assert hear(line, uart, QUESTION) == QUESTION


def test_an_echo_that_is_damaged_is_heard_and_the_next_one_is_not():
    uart = Uart()
    line = Rs485(uart, 9600)
    line.write(QUESTION, 0)
    damaged = QUESTION[:5] + b"\x00" + QUESTION[6:]
    assert hear(line, uart, damaged) == damaged
    line.write(QUESTION, 100)
    assert hear(line, uart, QUESTION) == b""


def test_the_beginning_of_an_echo_is_forgotten_with_the_next_frame():
    uart = Uart()
    line = Rs485(uart, 9600)
    line.write(QUESTION, 0)
    assert hear(line, uart, QUESTION[:4]) == b""
    line.write(QUESTION, 300)
    assert hear(line, uart, QUESTION + ANSWER) == ANSWER
