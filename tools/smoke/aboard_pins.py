"""Runs on the board: pulses from an output through a wire to an input, relays. `installed` is in aboard_chip.py."""

import time

_WAIT_US = 20_000
_SEEN = [0, 0, False]  # handled, ticks of the last, it came


def _handle(_):
    _SEEN[1] = time.ticks_us()
    _SEEN[0] += 1
    _SEEN[2] = True


def _counter(esp32, unit, pin):
    counter = esp32.PCNT(unit, pin=pin, falling=esp32.PCNT.INCREMENT, min=-16384, max=16384)
    counter.start()
    return counter


def pulses(out, into, count):
    """(handled, counted by PCNT, mean and longest time to the handler in µs)"""
    import esp32
    from machine import Pin

    driver, listener = Pin(out, Pin.OUT, value=1), Pin(into, Pin.IN, Pin.PULL_UP)
    witness = _counter(esp32, 0, listener)
    listener.irq(handler=_handle, trigger=Pin.IRQ_FALLING)
    _SEEN[0], total, longest, before = 0, 0, 0, witness.value()
    try:
        for _ in range(count):
            spent = _pulse(driver)
            total += spent
            longest = max(longest, spent)
            time.sleep_us(300)
        return _SEEN[0], witness.value() - before, total / count, longest
    finally:
        listener.irq(handler=None)
        Pin(out, Pin.IN)


def _pulse(driver):
    """Give one; returns after how many µs its handler ran."""
    _SEEN[2], begin = False, time.ticks_us()
    driver.value(0)
    while not _SEEN[2] and time.ticks_diff(time.ticks_us(), begin) < _WAIT_US:
        pass
    driver.value(1)
    return time.ticks_diff(_SEEN[1], begin) if _SEEN[2] else _WAIT_US


def wiegand(wires, frames, period_us):
    """(frames read rightly, given up, wrong, µs from bit to bit as they came out), by the firmware's own reader."""
    installed()
    import esp32
    from machine import Pin

    from firmware.hal.busy import Busy
    from firmware.hal.counters import Counters
    from firmware.hal.wiegand_pins import WiegandPins

    drivers = [Pin(wire[0], Pin.OUT, value=1) for wire in wires]
    listeners = [Pin(wire[1], Pin.IN, Pin.PULL_UP) for wire in wires]
    reader = WiegandPins(time, Busy(lambda: time.sleep_ms(0)))
    reader.add("loop", listeners, Counters(esp32).pair(listeners))
    counts, spent = [0, 0, 0], 0
    try:
        for number in range(frames):
            bits = [number * 40503 >> place & 1 for place in range(26)]
            spent += _send(drivers, bits, period_us)
            counts[_verdict(reader, bits)] += 1
    finally:
        for listener in listeners:
            listener.irq(handler=None)
        for wire in wires:
            Pin(wire[0], Pin.IN)
    return counts[0], counts[1], counts[2], spent / frames / 26


def _send(drivers, bits, period_us):
    begin = time.ticks_us()
    for bit in bits:
        due = time.ticks_us()
        drivers[bit].value(0)
        time.sleep_us(40)
        drivers[bit].value(1)
        while time.ticks_diff(time.ticks_us(), due) < period_us:
            pass
    return time.ticks_diff(time.ticks_us(), begin)


def _verdict(reader, bits):
    """0: it was read as it was sent; 1: given up; 2: read otherwise."""
    begin, told = time.ticks_ms(), []
    while time.ticks_diff(time.ticks_ms(), begin) < 60:
        told += [event for _, _, event in reader.take(time.ticks_ms())]
        time.sleep_ms(2)
    if "spoil" in [event[0] for event in told] or not told:
        return 1
    return 0 if [event[2] for event in told] == bits else 2


def relays(name):
    """Switch each on for half a second, one after the other. Returns how many."""
    installed()
    import machine

    from firmware.hal.places import Places

    board = __import__("firmware.boards." + name.replace("-", "_"), None, None, ("NAME",))
    places, count = Places(machine, board.I2C), 0
    for terminal in sorted(board.TERMINALS):
        kind = board.TERMINALS[terminal]
        if kind[0] == "relay":
            output = places.output(kind[1], kind[2])
            output.switch(True)
            time.sleep_ms(500)
            output.switch(False)
            time.sleep_ms(500)
            count += 1
    return count
