"""Some exchanges and the wires between them: messages may be lost, doubled and overtake one another."""

from firmware.core import stamp
from firmware.core.events import stream_of
from firmware.core.stamp import Stamps
from firmware.replica.exchange import Exchange
from firmware.replica.log import Log
from firmware.wire import messages

START_MS = 1767600000000
KINDS = ("access.entered", "door.opened", "lockdown.started")
NO_HEADS = {"facts": 0, "notes": 0, "site": 0}


def event(seq, controller="c1", kind="access.entered", inc=1, stamp_at=None, **fields):
    """An event as a log holds it."""
    made = {"type": kind, "controller": controller, "inc": inc, "stream": stream_of(kind), "seq": seq, "err_ms": 100}
    made.update({"at_ms": START_MS, "stamp": stamp_at or stamp.at(START_MS) + seq, "door": "d", "reader": "r", "no": 1})
    if kind == "lockdown.started":
        made["doors"] = ["d"]
    made.update(fields)
    return made


def message(kind, sender="c2", **fields):
    """A message as it is handed to an exchange."""
    made = {"t": kind, "from": sender, "inc": 1, "heads": dict(NO_HEADS), "stamp": None}
    if kind == "have":
        made["hw"] = "board of " + sender
    made.update(fields)
    return made


def stamp_at(now_ms):
    return stamp.at(START_MS + now_ms)


class Question:
    def __init__(self, drawn, missing, no=4):
        self.stamp = drawn
        self.missing = set(missing)
        self.no = no
        self.areas = ["a"]


class Side:
    """One controller (or console: inc 0): its log, its exchange, and what it was told."""

    def __init__(self, name, wires, follows, inc=1, log=None, ceiling=0, **settings):
        self.name = name
        self.wires = wires
        self.inc = inc
        self.log = log or Log()
        self.stamps = Stamps()
        self.stamps.hear(ceiling)
        self.has_clock = True
        self.offset_ms = 0  # how wrong the clock is
        self.told = {}  # for the heartbeat
        self.stores_ceilings = True
        self.ceiling = ceiling
        settings.setdefault("hardware", "board of " + name)
        self.exchange = Exchange(name, inc, follows, self.log, self.draw, self.clock, self.tell, ceiling=ceiling, **settings)
        self.seqs = {}
        self.taken = []
        self.promised = {}  # controller -> newest stamp up to which all of it is here
        self.asked = []
        self.answered = []
        self.results = []  # all others

    def draw(self, now_ms):
        return self.stamps.draw(START_MS + now_ms + self.offset_ms) if self.inc else 0

    def clock(self, now_ms):
        return START_MS + now_ms + self.offset_ms if self.has_clock else None

    def tell(self, now_ms):
        return self.told

    # -- what it does ----------------------------------------------------------------------------

    def write(self, kind="access.entered", **fields):
        """An event of ours, not durable yet."""
        stream = stream_of(kind)
        self.seqs[stream] = self.seqs.get(stream, 0) + 1
        made = event(self.seqs[stream], self.name, kind, self.inc, self.draw(self.wires.now_ms), **fields)
        self.log.add(made)
        self.exchange.written(made)
        return made

    def durable(self, made):
        self.log.store(made)
        self.carry(self.exchange.durable(made["stream"], made["seq"], self.wires.now_ms))

    def say(self, kind="access.entered", **fields):
        """An event of ours, written and durable."""
        made = self.write(kind, **fields)
        self.durable(made)
        return made

    def link(self, is_up):
        self.carry(self.exchange.link(is_up, self.wires.now_ms))

    def tick(self):
        self.carry(self.exchange.tick(self.wires.now_ms))

    def ask(self, drawn, *missing):
        self.carry(self.exchange.ask(Question(drawn, missing), self.wires.now_ms))

    def answer(self, asker, drawn):
        self.carry(self.exchange.answer(asker, drawn, self.wires.now_ms))

    # -- what it hears ---------------------------------------------------------------------------

    def receive(self, payload):
        heard = messages.decode(payload)
        assert heard is not None, payload
        self.hear(heard)

    def hear(self, heard):
        self.carry(self.exchange.receive(heard, self.wires.now_ms))

    def carry(self, results):
        for result in results:
            if result[0] == "send":
                assert result[1] is None
                for payload in messages.encode_all(result[2]):
                    self.wires.put(self, payload)
            elif result[0] == "ceiling":
                self._store_ceiling(result[1])
            elif result[0] == "take":
                self._take(result[1])
            elif result[0] == "heard":
                if result[2] is not None:
                    self._keep_promise(result[1], result[2])
            elif result[0] == "answered":
                self.answered.append(result[1:])
            elif result[0] == "asked":
                self.asked.append(result[1:])
            else:
                self.results.append(result)

    def _store_ceiling(self, ceiling):
        if self.stores_ceilings:
            self.ceiling = ceiling
            self.carry(self.exchange.durable("ceiling", ceiling, self.wires.now_ms))

    def _take(self, made):
        is_closed = made["inc"] < self.exchange.origins.highest(made["controller"])
        is_promised = made["stamp"] <= self.promised.get(made["controller"], 0)
        assert made["stream"] == "notes" or is_closed or not is_promised, "a promise was broken"
        self.stamps.hear(made["stamp"])
        self.log.store(made)
        self.taken.append((made["controller"], made["stream"], made["seq"]))

    def _keep_promise(self, controller, up_to):
        self.promised[controller] = max(up_to, self.promised.get(controller, 0))
        theirs = self.wires.sides[controller]
        for stream in ("facts", "site"):
            if controller in self.exchange.intake._follows[stream]:
                here = self.log.last(controller, theirs.inc, stream)
                for made in theirs.log.between(controller, theirs.inc, stream, here + 1, here + 1):
                    assert made["stamp"] > up_to, "said to be here"

    def found(self, kind):
        return [result for result in self.results if result[0] == kind]


class Wires:
    """The network of some sides; messages wait until they are delivered."""

    def __init__(self, *names, **settings):
        self.now_ms = 0
        self.queue = []  # (sender, to, payload)
        self.sent = []  # (sender, decoded message)
        self.sides = {}
        for name in names:
            self.sides[name] = Side(name, self, all_of(names, name), **settings)

    def put(self, sender, payload):
        assert len(payload) <= 4096
        self.sent.append((sender.name, messages.decode(payload)))
        for other in sorted(self.sides):  # a broker sends everybody his own too
            self.queue.append((sender.name, other, payload))

    def deliver(self, place=0):
        _, to, payload = self.queue.pop(place)
        if self.sides[to].exchange.has_link:
            self.sides[to].receive(payload)

    def deliver_all(self, limit=5000):
        """Deliver what is under way, and what comes of it at once."""
        count = 0
        while self.queue:
            self.deliver()
            count += 1
            assert count < limit, "messages without end"

    def drop_all(self):
        self.queue = []

    def link_all(self, is_up=True):
        for name in sorted(self.sides):
            self.sides[name].link(is_up)

    def run(self, ms):
        """Let time pass, from deadline to deadline; messages arrive at once."""
        end_ms, ticks = self.now_ms + ms, 0
        self.deliver_all()
        while True:
            due = [(self.sides[key].exchange.next_deadline_ms(), key) for key in self.sides]
            due = sorted([entry for entry in due if entry[0] is not None])
            if not due or due[0][0] > end_ms:
                break
            ticks = ticks + 1 if due[0][0] <= self.now_ms else 0
            assert ticks < 100, "due for ever"
            self.now_ms = max(self.now_ms, due[0][0])
            self.sides[due[0][1]].tick()
            self.deliver_all()
        self.now_ms = end_ms

    def kinds(self):
        """Kinds of the messages that are under way, each once for all its receivers."""
        kinds, last = [], None
        for sender, _, payload in self.queue:
            if payload is not last:
                kinds.append(messages.decode(payload)["t"])
            last = payload
        return kinds

    def said(self, name, kind):
        return [sent for sender, sent in self.sent if sender == name and sent["t"] == kind]


def all_of(names, but):
    others = [name for name in names if name != but]
    return {stream: list(others) for stream in ("facts", "notes", "site")}


def pair(**settings):
    """Two sides that have met."""
    wires = Wires("c1", "c2", **settings)
    wires.link_all()
    wires.run(1000)
    wires.sent = []
    return wires, wires.sides["c1"], wires.sides["c2"]


def trio():
    wires = Wires("c1", "c2", "c3")
    wires.link_all()
    wires.run(1000)
    wires.sent = []
    return wires
