"""Some exchanges and the wires between them: messages may be lost, doubled and overtake one another."""

from firmware.core import stamp
from firmware.core.events import STREAMS
from firmware.core.stamp import Stamps
from firmware.replica.exchange import Exchange
from firmware.replica.log import Log
from firmware.wire import messages

START_MS = 1767600000000
KINDS = ("access.entered", "door.opened", "lockdown.started")


class Side:
    """One controller: its log, its exchange, and what it was told."""

    def __init__(self, name, wires, others, may_speak=True):
        self.name = name
        self.wires = wires
        self.log = Log()
        self.stamps = Stamps()
        follows = {stream: list(others) for stream in ("facts", "notes", "site")}
        self.exchange = Exchange(name, 1, follows, self.log, self.draw)
        self.exchange.may_speak = may_speak
        self.watched = ("facts", "site")
        self.seqs = {}
        self.taken = []
        self.promised = {}  # controller -> newest stamp up to which all of it is here
        self.asked = []
        self.answered = []

    def draw(self, now_ms):
        return self.stamps.draw(START_MS + now_ms)

    def write(self, kind="access.entered", **fields):
        """An event of ours, not durable yet."""
        stream = STREAMS[kind]
        self.seqs[stream] = self.seqs.get(stream, 0) + 1
        event = {"type": kind, "controller": self.name, "inc": 1, "stream": stream, "seq": self.seqs[stream]}
        event.update({"at_ms": START_MS, "stamp": self.draw(self.wires.now_ms), "err_ms": 100})
        event.update({"door": "d", "reader": "r", "no": 1, "doors": ["d"]})
        event.update(fields)
        self.log.add(event)
        self.exchange.written(event)
        return event

    def durable(self, event):
        self.carry(self.exchange.durable(event["stream"], event["seq"], self.wires.now_ms))

    def say(self, kind="access.entered"):
        """An event of ours, written and durable."""
        event = self.write(kind)
        self.durable(event)
        return event

    def link(self, is_up):
        self.carry(self.exchange.link(is_up, self.wires.now_ms))

    def tick(self):
        self.carry(self.exchange.tick(self.wires.now_ms))

    def receive(self, payload):
        message = messages.decode(payload)
        assert message is not None
        self.carry(self.exchange.receive(message, self.wires.now_ms))

    def carry(self, results):
        for result in results:
            if result[0] == "send":
                self.wires.put(self.name, result[1], messages.encode(result[2]))
            elif result[0] == "take":
                self._take(result[1])
            elif result[0] == "heard" and result[2] is not None:
                self._keep_promise(result[1], result[2])
            elif result[0] == "answered":
                self.answered.append(result[1:])
            elif result[0] == "asked":
                self.asked.append(result[1:])

    def _take(self, event):
        assert event["stamp"] > self.promised.get(event["controller"], 0) or event["stream"] == "notes", "a promise was broken"
        self.stamps.hear(event["stamp"])
        self.taken.append((event["controller"], event["stream"], event["seq"]))

    def _keep_promise(self, controller, up_to):
        self.promised[controller] = max(up_to, self.promised.get(controller, 0))
        theirs = self.wires.sides[controller]
        for stream in self.watched:
            here = self.log.last(controller, 1, stream)
            for event in theirs.log.between(controller, 1, stream, here + 1, here + 1):
                assert event["stamp"] > up_to, "said to be here"


class Wires:
    """The network of some sides; messages wait until they are delivered."""

    def __init__(self, *names, **settings):
        self.now_ms = 0
        self.queue = []  # (sender, to, payload)
        self.sent = 0
        self.longest = 0
        self.sides = {name: Side(name, self, [other for other in names if other != name], **settings) for name in names}

    def put(self, sender, to, payload):
        self.sent += 1
        self.longest = max(self.longest, len(payload))
        for other in sorted(self.sides):
            if other != sender and to in (None, other):
                self.queue.append((sender, other, payload))

    def deliver(self, place=0):
        _, to, payload = self.queue.pop(place)
        self.sides[to].receive(payload)

    def deliver_all(self, limit=5000):
        count = 0
        while self.queue:
            self.deliver()
            count += 1
            assert count < limit, "messages without end"
        return count

    def drop_all(self):
        self.queue = []

    def link_all(self, is_up=True):
        for name in sorted(self.sides):
            self.sides[name].link(is_up)

    def beat(self):
        """Let half a minute pass, so that every heartbeat comes."""
        self.now_ms += 30000
        for name in sorted(self.sides):
            self.sides[name].tick()


def kinds_of(wires):
    return [messages.decode(payload)["t"] for _, _, payload in wires.queue]


def stamp_at(now_ms):
    return stamp.at(START_MS + now_ms)
