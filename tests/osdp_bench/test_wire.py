"""The line of the benchmark keeps its pace, and everybody but the sender hears."""

from tools.bench.osdp.wire import Sent, Wire

BYTE_US = 1041  # at 9600 baud, 10 bits


def line(readers=1):
    wire = Wire(9600)
    return wire, wire.end(False), [wire.end(True) for _ in range(readers)]


def test_bytes_come_one_by_one_at_the_pace_of_the_line():
    wire, panel, (reader,) = line()
    panel.write(b"abc", 5000)
    assert reader.read(5000 + BYTE_US - 1) == b""
    assert reader.read(5000 + BYTE_US + 1) == b"a"
    assert reader.read(5000 + BYTE_US + 2) == b""
    assert reader.read(5000 + 3 * BYTE_US) == b"b"
    assert reader.read(5000 + 3 * BYTE_US + 3) == b"c"
    assert reader.read(1_000_000) == b""


def test_a_thousand_bytes_take_as_long_however_often_one_looks():
    for step_us in (1, 700, 1041, 5000):
        wire, panel, (reader,) = line()
        panel.write(bytes(1000), 0)
        came, now_us = 0, 0
        while came < 1000:
            now_us += step_us
            came += len(reader.read(now_us))
        assert 1_041_000 <= now_us <= 1_043_000 + step_us, step_us


def test_what_is_sent_while_one_sends_comes_behind_it():
    wire, panel, (reader,) = line()
    panel.write(b"ab", 0)
    panel.write(b"c", 100)
    assert reader.read(2 * BYTE_US + 2) == b"ab" and reader.read(3 * BYTE_US) == b""
    assert reader.read(3 * BYTE_US + 3) == b"c" and panel.free_us == 3124


def test_all_others_hear_and_not_the_sender():
    wire, panel, readers = line(3)
    readers[1].write(b"x", 0)
    assert [end.read(9999) for end in (panel, *readers)] == [b"x", b"x", b"", b"x"]


def test_a_whole_frame_comes_when_its_last_byte_has():
    wire, panel, (reader,) = line()
    panel.write(b"abc", 0)
    panel.write(b"d", 0)
    assert reader.read_whole(3 * BYTE_US) == b""
    assert reader.read_whole(4 * BYTE_US + 4) == b"abc" and reader.read_whole(4 * BYTE_US + 4) == b"d"
    assert reader.read_whole(9_999_999) == b""


def test_a_fault_says_what_is_heard_and_what_the_line_answers():
    wire, panel, (reader,) = line()
    wire.fault = lambda is_reply, data, now_us: (data[1:], b"" if is_reply else b"no")
    panel.write(b"abc", 0)
    assert reader.read(99_999) == b"bc" and panel.read(99_999) == b"no"
    reader.write(b"de", 100_000)
    assert panel.read(199_999) == b"e"
    assert wire.sent == [Sent(3125, False, b"abc", b"bc"), Sent(6208, True, b"no", b"no"), Sent(102_083, True, b"de", b"e")]


def test_what_nobody_hears_is_kept_as_sent():
    wire, panel, (reader,) = line()
    wire.fault = lambda is_reply, data, now_us: (b"", b"")
    panel.write(b"abc", 0)
    assert reader.read(99_999) == b"" and wire.sent == [Sent(3125, False, b"abc", b"")]
