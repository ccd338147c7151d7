"""The chip under the fake modules: time, levels, and interrupts as MicroPython has them on an ESP32.

A falling or rising edge calls no handler. It puts it into one queue of eight, which all pins share; what finds the queue
full is lost, and nobody is told. Handlers run one by one, when the interpreter gets to it:
    while it works or sleeps (`run`): at once, each taking HANDLER_US, in which more may come
    while it is stopped (`stop`: a collection, a handshake): not at all
    while the flash is written (`stop` with is_deaf): not at all, and an edge is one pending bit of its pin. Afterwards the
        pins are served in the order of their numbers, however many edges each had, whichever came first
Counters of pulses miss nothing of all that, and spikes too short to be pulses they ignore.
"""

import heapq

try:
    from micropython import heap_lock, heap_unlock

    ERROR = MemoryError  # of a handler that takes heap
except ImportError:
    ERROR = None

    def heap_lock():
        pass

    heap_unlock = heap_lock

QUEUE_MAX = 8
HANDLER_US = 60
TICKS_MAX = (1 << 30) - 1  # 32-bit MicroPython
FALLING, RISING = 2, 1


class Chip:
    """`lost`: handlers that found the queue full; `merged`: edges of a pin that was pending already.

    `is_strict`: handlers run with the heap locked, so that one that takes heap fails.
    """

    def __init__(self, kind="esp32", is_strict=True):
        self.kind = kind
        self.now_us = self.ticks = 0
        self.lost = self.merged = self.handled = 0
        self.levels = {}  # of GPIOs, where somebody drives them
        self.driven = []  # (now_us, GPIO, level) of outputs, as they change
        self.interrupts = {}  # GPIO -> (handler, edges, pin)
        self.counters = {}  # GPIO -> counters of its pulses
        self.is_strict = is_strict
        self._queue, self._pending = [], set()
        self._is_deaf = self._is_handling = False
        self._plans, self._planned = [], 0

    # -- what a test does ------------------------------------------------------------------------

    def plan(self, at_us, what, *args):
        """Let something happen at a moment."""
        self._planned += 1
        heapq.heappush(self._plans, (at_us, self._planned, what, args))

    def run(self, us):
        """Let time pass in which the interpreter works or sleeps."""
        self.run_until(self.now_us + us)

    def run_until(self, until_us):
        """As `run`. A handler whose turn has not come by then waits for the next time."""
        while True:
            if self._queue and self.now_us < until_us:
                self._serve()
            elif not self._happen(until_us):
                break
        self._set(max(self.now_us, until_us))

    def stop(self, us, is_deaf=False):
        """Let time pass in which the interpreter does nothing, and with `is_deaf` the chip takes no interrupt either."""
        until_us, was_deaf = self.now_us + us, self._is_deaf
        self._is_deaf = was_deaf or is_deaf
        while self._happen(until_us):
            pass
        self._set(max(until_us, self.now_us))
        self._is_deaf = was_deaf
        if is_deaf and not was_deaf:
            for gpio in sorted(self._pending):
                self._queue_up(gpio)
            self._pending.clear()

    def serve_one(self):
        """What `time.sleep_ms(0)` does."""
        if self._queue and not self._is_handling:
            self._serve()

    # -- wires -----------------------------------------------------------------------------------

    def drive(self, gpio, level):
        """Put a level on a pin from outside."""
        was = self.levels.get(gpio, 1)
        self.levels[gpio] = level
        if was != level:
            self._edge(gpio, RISING if level else FALLING)

    def pulse(self, gpio):
        """A Wiegand pulse: down and up again, shorter than anything else here takes."""
        for counter in self.counters.get(gpio, ()):
            counter.count_one()
        self._edge(gpio, FALLING)

    def spike(self, gpio):
        """Noise: an edge for the interrupt, and too short for a counter with a filter."""
        for counter in self.counters.get(gpio, ()):
            if not counter.filter:
                counter.count_one()
        self._edge(gpio, FALLING)

    def frame(self, reader, bits, at_us, period_us):
        """Plan a card's pulses. `reader`: GPIOs of D0 and D1. Returns the moment of the last."""
        for bit in bits:
            self.plan(at_us, self.pulse, reader[int(bit)])
            at_us += period_us
        return at_us - period_us

    # --------------------------------------------------------------------------------------------

    def _happen(self, until_us):
        """Do the next of what is planned until then. False: nothing is."""
        if not self._plans or self._plans[0][0] > until_us:
            return False
        at_us, _, what, args = heapq.heappop(self._plans)
        self._set(max(at_us, self.now_us))
        what(*args)
        return True

    def _set(self, now_us):
        self.now_us = now_us
        self.ticks = now_us & TICKS_MAX

    def _edge(self, gpio, edge):
        found = self.interrupts.get(gpio)
        if found is None or not found[1] & edge:
            return
        if self._is_deaf:
            self.merged += gpio in self._pending
            self._pending.add(gpio)
        else:
            self._queue_up(gpio)

    def _queue_up(self, gpio):
        if len(self._queue) < QUEUE_MAX:
            self._queue.append(gpio)
        else:
            self.lost += 1

    def _serve(self):
        handler, _, pin = self.interrupts[self._queue.pop(0)]
        self.handled += 1
        if self.is_strict:
            heap_lock()
        try:
            handler(pin)
        finally:
            if self.is_strict:
                heap_unlock()
        until_us, self._is_handling = self.now_us + HANDLER_US, True
        while self._happen(until_us):
            pass
        self._set(max(until_us, self.now_us))
        self._is_handling = False


class Ticks:
    """`time` of MicroPython, as far as a chip's time goes."""

    def __init__(self, chip):
        self._chip = chip

    def ticks_us(self):
        return self._chip.ticks

    def ticks_ms(self):
        return self._chip.now_us // 1000 & TICKS_MAX

    def ticks_diff(self, later, earlier):
        half = (TICKS_MAX + 1) // 2
        return (later - earlier + half & TICKS_MAX) - half

    def sleep_ms(self, ms):
        self._chip.run(ms * 1000) if ms else self._chip.serve_one()
