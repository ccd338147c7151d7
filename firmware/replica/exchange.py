"""Exchange of logs between controllers: composes what is published, promised, asked for, served and heard.

Nothing relies on the carrier for order or once-only. Every message is for all who hear it; each carries its sender's
`heads` (the last published seq per stream) and a promise or None.

Results of the verbs (`receive` yields them one by one, and each must be acted upon before the next is drawn, so that a
fold never meets an event in the log that it has not been given):
    ("send", None, message)              ("take", event)    an event that is new here
    ("taken",)                           that was all of one message
    ("heard", controller, stamp)         alive; and, unless the stamp is None, every fact of it up to the stamp is here
    ("answered", stamp, controller, must_wait)
    ("asked", controller, stamp, no, areas)
    ("ceiling", stamp)                   to be stored; then `durable("ceiling", stamp)`
    ("sources", controller, [[source, stamp, at_ms]])          emergencies that a heartbeat repeats
    ("lockdowns", controller, [[doors, stamp, name, nonce]])   and lockdowns
    ("digest", controller, [area, vector hash, digest])        as the other's core gave it
    ("clock", controller, at_ms, err_ms)     a trusted clock, while ours is not; or all of them, where one is far from ours
    ("newest", controller, stamp)            the largest stamp known to somebody whose clock is untrusted, while ours is
    ("kept", controller, [[controller, inc, stream, seq]])     durable there
    ("gone", controller, inc, stream, seq)   what is kept nowhere any more, facts or site events: another's table stands
                                             for it, or it is `skipped`
    ("table wanted", controller, offset)     somebody wants a page of our table; then `send_page`
    ("ahead", controller, error_ms)          stamps ahead of our clock; once in 10 s
    ("conflict", controller, inc)            two events of one name
    ("lacked", inc, stream, first, last, names)   what a board before us wrote under our name, and none of these has either
    ("closed", controller, inc, stream, seq)      its successor says that up to there nothing more will come
    ("duplicate", inc, hardware or None)     another board speaks under our name
    ("forgotten", inc, seq)                  others have more under our name than we know of
    ("twins", controller)                    two boards speak under another's name
"""

from firmware.const import const
from firmware.replica.claims import Claims
from firmware.replica.dice import Dice
from firmware.replica.fetching import Fetching
from firmware.replica.gaps import Gaps
from firmware.replica.hearing import Hearing
from firmware.replica.heartbeat import NEVER, Heartbeat
from firmware.replica.intake import Intake
from firmware.replica.lists import Lists
from firmware.replica.origins import Origins
from firmware.replica.promises import Promises
from firmware.replica.publisher import STREAMS, Publisher
from firmware.replica.service import Service, lacking, missing

_WINDOW = const(128)  # entries on their way to us: whoever returns after a week must not drown
_WINDOW_OF_CONSOLE = const(1024)
_QUESTION_MAX = const(40)  # names in one message
_SOON_MS = const(300)  # 64 boards must not all speak at once
_LACKED_MAX = const(512)  # entries looked at for what is lacking,
_SEQ_MAX = const(1 << 28)  # of what a board ever wrote
_LACKS_MAX = const(8)  # ranges told of them


class Exchange:
    """One controller's side, or a console's: `inc` 0 owns nothing and promises nothing.

    `draw_stamp(now_ms)` returns a stamp below which none is drawn any more, `clock(now_ms)` Unix milliseconds or None
    while nobody may trust them, `tell(now_ms)` what the core puts into a heartbeat. `ceiling` is the one stored.
    """

    def __init__(self, name, inc, follows, log, draw_stamp, clock, tell, hardware="", ceiling=0, seed=0, keeps_all_notes=False):
        self.name, self.hardware = name, hardware
        self.log, self.clock = log, clock
        self.has_link = False
        self._tell = tell
        followed = _by_controller(follows)
        self.dice = Dice(name, seed)
        self.publisher = Publisher(draw_stamp, ceiling)
        self.origins = Origins()
        self.gaps = Gaps(log, self.dice, _WINDOW_OF_CONSOLE if keeps_all_notes else _WINDOW, keeps_all_notes)
        self.intake = Intake(name, follows, log, clock, self.origins, self.gaps, self._tell_time)
        self.claims = Claims(log, self.origins, self.gaps, followed)
        self.service = Service()
        self._heartbeat = Heartbeat(self.dice)
        self._lists = Lists(log, self.intake, self.origins, followed, self.dice, keeps_all_notes)
        self._promises = Promises(self.publisher, clock)
        self.fetching = Fetching(log, self.origins, follows["facts"])
        self._hearing = Hearing(self, followed)
        self.receive = self._hearing.receive
        self.intake.inc = inc
        self.open(inc)

    @property
    def inc(self) -> int:
        return self.intake.inc

    def open(self, inc: int, unsettled=()) -> None:
        """Begin an incarnation, or go on with one. `unsettled`: own events in the log that wait for their stamps."""
        # What an incarnation before may have promised binds this one no more: its clock may have been wrong.
        ceiling = self.publisher.ceiling if inc == self.inc else 0
        self.intake.inc = inc
        for controller, other, _, _ in self.log.vector():
            self.origins.seen(controller, other)
        self.origins.seen(self.name, inc)
        durable = {stream: self.log.durable(self.name, inc, stream) for stream in STREAMS}
        self.publisher.open(durable, unsettled, ceiling)
        self._lists.began = durable

    # -- our own events --------------------------------------------------------------------------

    def written(self, event: dict) -> None:
        """Take an event of ours that is on its way to the flash."""
        self.publisher.written(event)

    def durable(self, stream: str, seq: int, now_ms: int) -> list:
        """Publish what is durable now, or promise up to a ceiling that is; then answer whoever waited for it."""
        if stream == "ceiling":
            self.publisher.stored(seq)
        else:
            self.publisher.durable(stream, seq)
        return self._publish(now_ms) + self._say(now_ms)

    def speak(self, now_ms: int) -> list:
        """The clock is set: publish what was held, and say so."""
        if self.has_link:
            self._promises.add_beat(now_ms)
        return self._publish(now_ms) + self._say(now_ms)

    def _publish(self, now_ms: int) -> list:
        events = [] if self.clock(now_ms) is None else self.publisher.take_due()
        if not events:
            return []
        self._heartbeat.event(now_ms)
        return self.send({"t": "log", "entries": events}, self.publisher.said())

    # -- link and time ---------------------------------------------------------------------------

    def link(self, is_up: bool, now_ms: int) -> list:
        """Take the state of the link; when it comes up, tell what is here and ask the others to."""
        self.has_link = is_up
        for part in (self.claims, self.gaps, self.service, self._promises):
            part.forget()
        for part in (self._heartbeat, self._lists):
            if is_up:
                part.start(now_ms)
            else:
                part.stop()
        self.fetching.link(is_up, now_ms)
        self.origins.link_changed(now_ms)
        self._hearing.namesake.link_changed(now_ms)
        # Nobody may tell of an old incarnation again, and without what is missing of it the new one's word does not count.
        for key, highest in self.log.holes() if is_up else ():
            if self.intake.keeps(*key):
                self.gaps.offered(key, highest, key[0], now_ms)
        return self.tick(now_ms)

    def peer(self, name: str, is_online: bool) -> None:
        """Take that somebody is said to be offline. Who is back shows that by speaking."""
        if not is_online:
            self.origins.gone(name)

    def survey(self, now_ms: int) -> list:
        """Ask everybody for what is durable there."""
        if self.has_link:
            self._lists.start(now_ms)
        return self.tick(now_ms)

    def is_asked(self, now_ms: int) -> None:
        """Somebody asks for our full list."""
        self._heartbeat.soon(self._lists.asked(now_ms))

    def _tell_time(self, now_ms: int) -> None:
        """Somebody's clock is ahead: it must hear ours."""
        self._heartbeat.soon(now_ms + self.dice.below(_SOON_MS))

    def send_page(self, to: str, page: dict) -> list:
        """Send a page of our table."""
        message = dict(page)
        message["t"], message["to"] = "page", to
        return self.send(message)

    def fetch(self, areas: list, now_ms: int) -> list:
        """Ask for what is due of another's table."""
        results = []
        for result in self.fetching.tick(areas, now_ms):
            if result[0] == "want":
                results += self.send({"t": "want", "to": result[1], "table": result[2]})
            else:
                results.append(result)
        return results

    def skipped(self, controller: str, inc: int, stream: str, seq: int, now_ms: int) -> list:
        """Wait no longer for what is gone: the core has settled it."""
        self.intake.skip((controller, inc, stream), seq, now_ms)
        return self.claims.settle(controller)

    def show(self, events: list) -> list:
        """Show others what is here under names of theirs."""
        return self.send({"t": "log", "entries": events}, self.publisher.said())

    def tell_lacks(self, key: tuple, first: int, last: int) -> list:
        """Tell a board what of its predecessor's is not here."""
        if first > _SEQ_MAX:
            return []
        ranges = lacking(self.log, key, first, min(last, first + _LACKED_MAX))[:_LACKS_MAX]
        return self.send({"t": "log", "entries": [], "lacks": ranges}, self.publisher.said()) if ranges else []

    def tick(self, now_ms: int) -> list:
        """Do what is due by time alone."""
        if not self.has_link or self._due_ms() > now_ms:
            return []
        if self._lists.take_due(now_ms) or self._heartbeat.due_ms <= now_ms:
            self._heartbeat.sent(now_ms)
            self._promises.add_beat(now_ms)
        return self._say(now_ms) + self._want(now_ms) + self._serve(now_ms)

    def next_deadline_ms(self) -> int | None:
        due_ms = self._due_ms()
        if self.fetching.due_ms < due_ms:
            due_ms = self.fetching.due_ms
        return None if due_ms == NEVER else due_ms

    def _due_ms(self) -> int:
        return min(self._heartbeat.due_ms, self._lists.due_ms, self.gaps.due_ms, self.service.due_ms, self._promises.due_ms)

    def _want(self, now_ms: int) -> list:
        """Give up old notes, and ask for what else is missing."""
        results = []
        if self.gaps.due_ms <= now_ms:
            for key, seq in self.gaps.skips(now_ms):
                self.intake.skip(key, seq, now_ms)
            for key, first, last, anybody in self.gaps.wants(now_ms, lambda name: self.origins.is_online(name, now_ms)):
                wanted = {"t": "want", "origin": [key[0], key[1]], "stream": key[2], "first": first, "last": last}
                wanted["any"] = anybody
                results += self.send(wanted)
            for key, first, last, names in self.gaps.hopeless(self.name, self.inc):
                results.append(("lacked", key[1], key[2], first, last, names))
        return results

    def _serve(self, now_ms: int) -> list:
        due = self.service.take_due(now_ms) if self.service.due_ms <= now_ms else None
        if due is None:
            return []
        key, first, last = due
        controller, inc, stream = key
        entries = self.log.entries(controller, inc, stream, first, last)
        entries = entries.only(lambda seq: self.log.is_stored(controller, inc, stream, seq))
        gone = missing(self.log, key, first, last, entries.seqs, self.intake.is_own(controller, inc))
        message = {"t": "log", "entries": entries, "gone": gone}
        if self.intake.is_closed(controller, inc):
            message["closed"] = lacking(self.log, key, first, min(last, self.log.durable(controller, inc, stream)))
        return self.send(message, self.publisher.said()) if gone or entries.seqs or message.get("closed") else []

    # -- heartbeats, questions, answers ----------------------------------------------------------

    def ask(self, question, now_ms: int) -> list:
        """Ask the controllers that the question misses."""
        missing, results = sorted(question.missing), []
        for start in range(0, len(missing), _QUESTION_MAX):
            message = {"t": "ask", "to": missing[start : start + _QUESTION_MAX], "question": question.stamp}
            message["no"], message["areas"] = question.no, question.areas[:_QUESTION_MAX]
            results += self.send(message)
        return results

    def answer(self, asker: str, stamp: int, now_ms: int) -> list:
        """Answer a question, once everything we wrote is durable and out."""
        if not self.has_link or self.clock(now_ms) is None:
            return []
        self._promises.add_answer(asker, stamp, now_ms)
        return self._say(now_ms)

    def wait(self, asker: str, stamp: int, now_ms: int) -> list:
        """Ask somebody to wait for our own verdict."""
        return self.send({"t": "wait", "to": asker, "question": stamp})

    def _say(self, now_ms: int) -> list:
        """Send what waited for its promise and has it now."""
        results = []
        ceiling = self._promises.lack(now_ms)
        if ceiling is not None:
            results.append(("ceiling", ceiling))
        if self._promises.take_beat(now_ms):
            results += self._beat(now_ms)
        for asker, question in self._promises.take_answers(now_ms):
            results += self.send({"t": "answer", "to": asker, "question": question}, self.publisher.promise(now_ms))
        return results

    def _beat(self, now_ms: int) -> list:
        message = dict(self._tell(now_ms))
        message["t"], message["hw"] = "have", self.hardware
        dropped = self.dropped()
        if dropped:
            message["health"] = dropped
        self._lists.fill(message, now_ms)
        return self.send(message, self.publisher.promise(now_ms) if self._promises.can_promise(now_ms) else None)

    def send(self, message: dict, stamp: int | None = None) -> list:
        """Send a message, its sender's heads and a promise added."""
        if not self.has_link:
            return []
        message["from"], message["inc"] = self.name, self.inc
        message["heads"] = dict(self.publisher.heads)
        message["stamp"] = stamp if self.inc else None
        return [("send", None, message)]

    def dropped(self) -> dict:
        """Return how much was left out for want of room, by what it was."""
        parts = {"claims": self.claims, "gaps": self.gaps, "requests": self.service, "answers": self._promises}
        return {name: parts[name].dropped for name in parts if parts[name].dropped}


def _by_controller(follows: dict) -> dict:
    """Return {controller: its streams that are followed}."""
    followed = {}
    for stream in STREAMS:
        for controller in follows[stream]:
            followed[controller] = followed.get(controller, ()) + (stream,)
    return followed
