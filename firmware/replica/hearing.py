"""What we make of the others' messages: promises, offers, requests, questions, and what speaks under our own name."""

from firmware.const import const
from firmware.core.recorder import is_settled
from firmware.replica.intake import AHEAD_MS
from firmware.replica.namesake import Namesake
from firmware.replica.origins import SILENT_MS
from firmware.replica.service import STAND_IN_MS

_TOLD = const(("sources", "lockdowns", "digest"))  # of a heartbeat, for the core as they are


class Hearing:
    """Reads messages for an exchange, whose parts it knows. Lists and generators of the exchange's results."""

    def __init__(self, exchange, followed: dict):
        self._exchange = exchange
        self._name = exchange.name
        self._log, self._clock = exchange.log, exchange.clock
        self._origins, self._intake, self._claims = exchange.origins, exchange.intake, exchange.claims
        self._gaps, self._service = exchange.gaps, exchange.service
        self._followed = followed  # controller -> its streams that are kept here
        self.namesake = Namesake(exchange.hardware)
        self._offsets = {}  # controller -> (how far its clock is ahead of ours, its error, when it said so)
        self._complete = {}  # controller -> (inc, heads) that are all here: most heartbeats tell them again

    def receive(self, message: dict, now_ms: int):
        """Take a message of another controller or console, already checked for its shape."""
        sender, kind = message["from"], message["t"]
        if sender == self._name:
            yield from self._read_own_name(message, now_ms)
            return
        has_word = self._origins.heard(sender, message["inc"], now_ms)
        if kind == "log":
            yield ("heard", sender, None)
            yield from self._read_log(message, now_ms)
        is_here = self._read_heads(message, now_ms)
        for result in self._read_word(message, has_word, is_here, now_ms):
            yield result
        if kind == "have":
            # Nothing of a heartbeat is in a hurry, and most of all messages are heartbeats.
            for result in self._read_have(message, now_ms):
                yield result
            return
        if kind == "want" and "table" in message:
            if message["to"] == self._name:
                yield ("table wanted", sender, message["table"])
        elif kind == "want" and "page" not in message:  # that one is for a console
            yield from self._read_want(message, now_ms)
        elif kind == "page" and message["to"] == self._name:
            self._exchange.fetching.page(sender, message, now_ms)
        elif kind == "ask":
            yield from self._read_question(message, now_ms)
        yield from self._exchange.tick(now_ms)

    # -- promises and answers --------------------------------------------------------------------

    def _read_heads(self, message: dict, now_ms: int) -> bool:
        """Note what the sender has published and we lack. Says whether its facts and site events are all here."""
        sender, inc, heads = message["from"], message["inc"], message["heads"]
        known = self._complete.get(sender)
        is_here = not self._gaps.lacks_older(sender, inc)
        if known and known[1] == heads and known[0] == inc:
            return is_here
        is_complete = True
        for stream in self._followed.get(sender, ()):
            if heads[stream] > self._log.last(sender, inc, stream):
                is_here, is_complete = is_here and stream == "notes", False
                self._offer((sender, inc, stream), heads[stream], message, now_ms)
        if is_complete:
            self._complete[sender] = (inc, heads)
        return is_here

    def _offer(self, key: tuple, last: int, message: dict, now_ms: int) -> None:
        if self._intake.keeps(*key):
            self._gaps.offered(key, last, message["from"], now_ms, message["t"] == "answer")

    def _read_word(self, message: dict, has_word: bool, is_here: bool, now_ms: int) -> list:
        """Let a promise or an answer count, now or once every event that it names is here."""
        sender, stamp, kind = message["from"], message["stamp"], message["t"]
        results, said = [], []
        if stamp is not None and has_word and self._clock(now_ms) is not None:
            if self._intake.ahead_ms(stamp, now_ms):
                results = self._intake.tell_ahead(sender, stamp, now_ms)
            else:
                said.append(("heard", sender, stamp))
        if (kind == "answer" or kind == "wait") and has_word and message["to"] == self._name:
            said.append(("answered", message["question"], sender, kind == "wait"))
        if is_here and said:
            return said + results if results else said
        for result in said:
            self._claims.add(sender, message["inc"], message["heads"], result)
        return results if kind == "log" else [("heard", sender, None)] + results

    def _read_log(self, message: dict, now_ms: int):
        """Take entries and what is said to be gone; then let those words count that are complete with them."""
        highest = {}
        for event in message["entries"]:
            key = (event["controller"], event["inc"], event["stream"])
            highest[key] = max(highest.get(key, 0), event["seq"])
            if message["from"] != self._name:  # a broker sends us our own too
                self._service.another_serves(key, event["seq"], now_ms)
        yield from self._intake.read(message["entries"], now_ms)
        for key in highest:
            if highest[key] > self._log.last(*key):
                self._offer(key, highest[key], message, now_ms)
        for row in message.get("gone", ()):
            yield from self._intake.read_gone(row, message["from"], now_ms)
        for row in message.get("closed", ()):
            yield from self._intake.read_closed(row, message, now_ms)
            yield from self._claims.settle(message["from"])
        for row in message.get("lacks", ()):
            yield from self._intake.read_lacks(row, message["from"])
        for controller in sorted({key[0] for key in highest}):
            yield from self._claims.settle(controller)

    # -- heartbeats ------------------------------------------------------------------------------

    def _read_have(self, message: dict, now_ms: int) -> list:
        sender, results = message["from"], []
        if self._origins.board(sender, message["inc"], message["hw"], now_ms):
            results.append(("twins", sender))
        if message.get("asks"):
            self._exchange.is_asked(now_ms)
        if "vector" in message:
            results += self._read_rows(message["vector"], message, now_ms)
            results.append(("kept", sender, message["vector"]))
        if "began" in message:
            results += self._read_began(message)
        if "beyond" in message:
            results += self._read_rows(message["beyond"], message, now_ms)
        for field in _TOLD:
            if message.get(field):
                results.append((field, sender, message[field]))
        if "clock" in message:
            results += self._read_clock(message, now_ms)
        return results

    def _read_rows(self, rows: list, message: dict, now_ms: int) -> list:
        """Take what somebody has, of whomever."""
        results = []
        for controller, inc, stream, last in rows:
            if controller == self._name and self._intake.inc and inc >= self._intake.inc:
                results += self._read_own_row(inc, stream, last, now_ms)
            elif controller in self._followed or controller == self._name:
                self._origins.seen(controller, inc)
                if last > self._log.last(controller, inc, stream):
                    self._offer((controller, inc, stream), last, message, now_ms)
        return results

    def _read_began(self, message: dict) -> list:
        """Compare what a board wrote first since its start with what we have under that name, and show it the difference.

        It has a flash from before it wrote that, and would never ask for what it has a name for.
        """
        sender, inc, other = message["from"], message["inc"], []
        for stream, seq, stamp in message["began"]:
            is_here = seq <= self._log.highest(sender, inc, stream)
            for event in self._log.between(sender, inc, stream, seq, seq) if is_here else ():
                if event["stamp"] != stamp and is_settled(event):
                    other.append(event)
        return self._exchange.show(other) if other else []

    def _read_own_row(self, inc: int, stream: str, last: int, now_ms: int) -> list:
        """See whether others have more of ours than we know of: then our flash is an old one."""
        if inc > self._intake.inc and self._origins.highest(self._name) < inc:
            self._origins.seen(self._name, inc)
            return [] if self.namesake.is_met() else [("forgotten", inc, last)]
        if inc == self._intake.inc and last > self._log.last(self._name, inc, stream):
            return self._intake.throttled(("forgotten", inc, last), inc, now_ms)
        return []

    def _read_clock(self, message: dict, now_ms: int) -> list:
        """Take what somebody else knows of the time: what it is, or a stamp that it must be beyond."""
        sender, (their_ms, err_ms, is_trusted), at_ms = message["from"], message["clock"], self._clock(now_ms)
        if at_ms is None:
            newest = message.get("newest")
            known = [] if newest is None else [("newest", sender, newest)]
            return known + [("clock", sender, their_ms, err_ms)] if is_trusted else known
        if is_trusted:
            self._offsets[sender] = (their_ms - at_ms, err_ms, now_ms)
            if not -AHEAD_MS <= their_ms - at_ms <= AHEAD_MS:
                return self._all_clocks(at_ms, now_ms)
        return []

    def _all_clocks(self, at_ms: int, now_ms: int) -> list:
        """Somebody's clock is far from ours: the core must see them all to know whose is wrong."""
        clocks = []
        for other in sorted(self._offsets):
            offset_ms, err_ms, heard_ms = self._offsets[other]
            if now_ms - heard_ms < SILENT_MS:
                clocks.append(("clock", other, at_ms + offset_ms, err_ms))
        return clocks

    # -- requests and questions ------------------------------------------------------------------

    def _read_want(self, message: dict, now_ms: int) -> list:
        """Serve what is ours, or stand in for its origin."""
        controller, inc = message["origin"]
        key = (controller, inc, message["stream"])
        first, last = max(message["first"], 1), message["last"]
        self._gaps.asked_by_another(key, now_ms)
        if self._intake.is_own(controller, inc):
            held, delay_ms = self._exchange.publisher.heads[key[2]], None
        elif message.get("any") or not self._origins.serves(controller, inc, now_ms):
            held, delay_ms = self._log.highest_stored(*key), self._exchange.dice.below(STAND_IN_MS)
        else:
            return []
        self._service.ask(key, first, min(last, held), now_ms, delay_ms)
        is_successor = message["from"] == controller and inc < message["inc"]
        return self._exchange.tell_lacks(key, first, last) if is_successor and key[2] != "notes" else []

    def _read_question(self, message: dict, now_ms: int) -> list:
        """Pass a question on to the core, unless the clock of one of us two is wrong or unknown."""
        sender, drawn = message["from"], message["question"]
        if self._name not in message["to"] or self._clock(now_ms) is None:
            return []
        if self._intake.ahead_ms(drawn, now_ms):
            return self._intake.tell_ahead(sender, drawn, now_ms)
        return [("asked", sender, drawn, message["no"], message["areas"])]

    # -- our own name ----------------------------------------------------------------------------

    def _read_own_name(self, message: dict, now_ms: int):
        """Take a message under our own name: an echo, or another board."""
        own, inc, heads, is_heartbeat = self._intake.inc, message["inc"], message["heads"], message["t"] == "have"
        hardware = message["hw"] if is_heartbeat else None
        self._origins.seen(self._name, inc)
        if is_heartbeat and message.get("asks") and hardware != self._exchange.hardware:
            self._exchange.is_asked(now_ms)
        if hardware is not None and self.namesake.must_yield(own, inc, hardware, now_ms):
            yield ("duplicate", inc, hardware)
        elif inc == own > 0 and any([heads[stream] > self._log.last(self._name, inc, stream) for stream in heads]):
            yield from self._intake.throttled(("duplicate", inc, hardware), inc, now_ms)
        if message["t"] == "log":
            yield from self._read_log(message, now_ms)
