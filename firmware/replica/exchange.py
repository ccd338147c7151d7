"""Exchange of logs between controllers: what to send, what to ask for, whose word is complete.

Nothing relies on the carrier for order or once-only: a gap in `seq` is asked for again. An answer or a
heartbeat counts when every event that it names is here.
Results of the verbs (`receive` yields them one by one, and each must be acted upon before the next is drawn,
so that a fold never meets an event in the log that it has not been given):
    ("send", to or None, message)        ("take", event)    an event that is new here
    ("taken",)                           that was all of one message
    ("heard", controller, stamp)         every fact of that controller up to the stamp is here
    ("answered", stamp, controller, must_wait)
    ("asked", controller, stamp, no, areas)
"""

_HEARTBEAT_MS = 30000
_ENTRIES_MAX = 4  # per message, so that none is longer than 4,096 bytes
_WANTED_MAX = 512
_ON_ITS_WAY_MS = 500  # what was asked for is not asked for again before
_STREAMS = ("facts", "notes", "site")


class Exchange:
    """One controller's side. `draw_stamp(now_ms)` promises that nothing will come below it."""

    def __init__(self, name: str, inc: int, follows: dict, log, draw_stamp):
        self.name = name
        self.inc = inc
        self._follows = follows
        self._log = log
        self._draw_stamp = draw_stamp
        self._unpublished = {}  # (stream, seq) -> event, not durable yet or not to be told yet
        self._published = {stream: 0 for stream in _STREAMS}
        self._answers = []  # (asker, stamp) to send once everything is published
        self._claims = []  # (controller, inc, heads, results) that wait for events
        self._wanted = {}  # (controller, inc, stream) -> (last seq asked for, when)
        self._heartbeat_ms = None
        self.has_link = False
        self.may_speak = False  # false while the clock is untrusted: no promise, no answer

    # -- our own events --------------------------------------------------------------------------

    def resume(self) -> None:
        """Take up the log: what is durable of ours may have been published."""
        unsettled = [key for key in self._unpublished]
        for stream in _STREAMS:
            held = [seq for where, seq in unsettled if where == stream]
            last = self._log.durable(self.name, self.inc, stream)
            self._published[stream] = min([last] + [seq - 1 for seq in held])

    def written(self, event: dict) -> None:
        """Take an event of ours that is on its way to the flash."""
        self._unpublished[(event["stream"], event["seq"])] = event

    def durable(self, stream: str, seq: int, now_ms: int) -> list:
        """Publish an event that is durable now, then answer whoever waited for it."""
        if not self.may_speak or (stream, seq) not in self._unpublished:
            return []
        event = self._unpublished.pop((stream, seq))
        self._published[stream] = max(self._published[stream], seq)
        results = self._send(None, {"t": "log", "entries": [event]}, now_ms)
        return results + self._answer_waiting(now_ms)

    def speak(self, now_ms: int) -> list:
        """The clock is trusted: from now on promise and answer. What was held is published as it becomes durable."""
        if self.may_speak:
            return []
        self.may_speak = True
        return self._beat(now_ms)

    # -- link and time ---------------------------------------------------------------------------

    def link(self, is_up: bool, now_ms: int) -> list:
        """Take the state of the link; when it comes up, tell what is here."""
        self.has_link = is_up
        self._heartbeat_ms = now_ms + _HEARTBEAT_MS if is_up else None
        self._claims = []
        self._wanted = {}
        return self._have(None, True, now_ms)

    def tick(self, now_ms: int) -> list:
        if self._heartbeat_ms is None or now_ms < self._heartbeat_ms:
            return []
        return self._beat(now_ms)

    def next_deadline_ms(self) -> int | None:
        return self._heartbeat_ms

    def _beat(self, now_ms: int) -> list:
        if not self.has_link:
            return []
        self._heartbeat_ms = now_ms + _HEARTBEAT_MS
        return self._have(None, False, now_ms)

    def _have(self, to: str | None, asks: bool, now_ms: int) -> list:
        """Tell what is here; who has just come asks the others to do so at once."""
        return self._send(to, {"t": "have", "vector": self._vector(), "asks": asks}, now_ms)

    def _vector(self) -> list:
        """Return what is here and may be told: of our own, what is published."""
        others = [entry for entry in self._log.vector() if entry[:2] != [self.name, self.inc]]
        return others + [[self.name, self.inc, stream, self._published[stream]] for stream in _STREAMS]

    # -- questions -------------------------------------------------------------------------------

    def ask(self, question, now_ms: int) -> list:
        """Ask each controller that the question misses."""
        message = {"t": "ask", "question": question.stamp, "no": question.no, "areas": question.areas}
        return [result for to in sorted(question.missing) for result in self._send(to, message, now_ms)]

    def answer(self, asker: str, stamp: int, now_ms: int) -> list:
        """Answer a question, once everything we wrote is durable and out."""
        self._answers.append((asker, stamp))
        return self._answer_waiting(now_ms)

    def wait(self, asker: str, stamp: int, now_ms: int) -> list:
        """Ask somebody to wait for our own verdict."""
        return self._send(asker, {"t": "wait", "question": stamp}, now_ms)

    def _answer_waiting(self, now_ms: int) -> list:
        if self._unpublished or not self.may_speak:
            return []
        answers, self._answers = self._answers, []
        return [
            result
            for asker, stamp in answers
            for result in self._send(asker, {"t": "answer", "question": stamp}, now_ms)
        ]

    # -- messages --------------------------------------------------------------------------------

    def receive(self, message: dict, now_ms: int):
        """Take a message of another controller, already checked for its shape."""
        sender, kind = message["from"], message["t"]
        yield ("heard", sender, None)
        if kind == "log":
            for event in message["entries"]:
                if self._is_wanted(event) and self._log.add(event):
                    yield ("take", event)
            yield ("taken",)
        elif kind == "want":
            yield from self._serve(message, now_ms)
        elif kind == "ask":
            yield ("asked", sender, message["question"], message["no"], message["areas"])
        elif kind == "wait":
            yield ("answered", message["question"], sender, True)
        self._claim(message)
        yield from self._settle_claims()
        yield from self._want_missing(message, now_ms)
        if kind == "have" and message["asks"]:
            yield from self._have(sender, False, now_ms)

    def _is_wanted(self, event: dict) -> bool:
        last = self._log.last(event["controller"], event["inc"], event["stream"])
        return event["controller"] in self._follows[event["stream"]] and last < event["seq"] <= last + _WANTED_MAX

    def _claim(self, message: dict) -> None:
        """Keep a sender's word until every event that it names is here."""
        if message["stamp"] is not None:
            claimed = [("heard", message["from"], message["stamp"])]
            if message["t"] == "answer":
                claimed.append(("answered", message["question"], message["from"], False))
            self._claims.append((message["from"], message["inc"], message["heads"], claimed))

    def _settle_claims(self) -> list:
        """Let every word count for which all events are here now."""
        settled = [claim for claim in self._claims if self._is_complete(claim)]
        self._claims = [claim for claim in self._claims if claim not in settled][-_WANTED_MAX:]
        return [result for claim in settled for result in claim[3]]

    def _is_complete(self, claim: tuple) -> bool:
        controller, inc, heads, _ = claim
        return all(
            controller not in self._follows[stream] or self._log.last(controller, inc, stream) >= heads[stream]
            for stream in ("facts", "site")
        )

    def _want_missing(self, message: dict, now_ms: int) -> list:
        """Ask the sender for what it has and we lack, of the origins that we follow."""
        offered = [[message["from"], message["inc"], stream, message["heads"][stream]] for stream in _STREAMS]
        results = []
        for controller, inc, stream, last in offered + message.get("vector", []):
            if controller in self._follows[stream]:
                results += self._want(message["from"], (controller, inc, stream), last, now_ms)
        return results

    def _want(self, sender: str, stream: tuple, last: int, now_ms: int) -> list:
        """Ask for what is missing of one stream up to `last` and is not on its way already."""
        have = self._log.last(*stream)
        first, last = have + 1, min(last, have + _WANTED_MAX)
        asked, asked_ms = self._wanted.get(stream, (0, now_ms))
        if asked > have and now_ms - asked_ms < _ON_ITS_WAY_MS:
            first = asked + 1
        if first > last:
            return []
        self._wanted[stream] = (last, now_ms)
        wanted = {"t": "want", "origin": list(stream[:2]), "stream": stream[2], "first": first, "last": last}
        return self._send(sender, wanted, now_ms)

    def _serve(self, message: dict, now_ms: int) -> list:
        controller, inc = message["origin"]
        last = min(message["last"], self._log.last(controller, inc, message["stream"]))
        if controller == self.name and inc == self.inc:
            last = min(last, self._published[message["stream"]])
        if message["first"] > last:
            return []
        first = max(message["first"], last - _WANTED_MAX)
        entries = self._log.between(controller, inc, message["stream"], first, last)
        if controller == self.name and inc == self.inc:
            entries = [event for event in entries if (event["stream"], event["seq"]) not in self._unpublished]
        results = []
        for start in range(0, len(entries), _ENTRIES_MAX):
            part = entries[start : start + _ENTRIES_MAX]
            results += self._send(message["from"], {"t": "log", "entries": part}, now_ms)
        return results

    def _send(self, to: str | None, message: dict, now_ms: int) -> list:
        """Send with our heads and a promise: nothing of ours below this stamp is unpublished."""
        if not self.has_link:
            return []
        message = dict(message)
        message["from"], message["inc"] = self.name, self.inc
        message["heads"] = dict(self._published)
        can_promise = self.may_speak and not self._unpublished
        message["stamp"] = self._draw_stamp(now_ms) if can_promise else None
        return [("send", to, message)]
