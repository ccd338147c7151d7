"""The log of a controller read backwards: only as far as is wanted, whoever serves it, with its gaps told."""

import pytest

from tests.tools.sites import small
from tools.backstop import past
from tools.backstop.errors import Unreachable
from tools.backstop.past import Past
from tools.backstop.station import Given, Station
from tools.site import parse
from tools.site.compiler.keys import made_up

SITE = parse(small())
BEGAN_S = 1_800_000_000
EVERY_MS = 1000


def event(seq, stream="facts", inc=BEGAN_S, **more):
    at_ms = inc * 1000 + seq * EVERY_MS
    return {"controller": "c1", "inc": inc, "stream": stream, "seq": seq, "at_ms": at_ms, "stamp": at_ms << 16, "type": "apb.reset"} | more


class FakeLine:
    """Everybody's end: c1 has a log, c2 may stand in. `kept`: the events there are; `ranges`: what was asked for."""

    def __init__(self, kept, gone=(), online=("c1", "c2")):
        self.station = Station(Given(None, None, None, "console", None, None))
        self.station.__dict__ |= {"site": SITE, "keys": made_up(SITE)}
        self.kept = {(each["inc"], each["stream"], each["seq"]): each for each in kept}
        self.gone, self.names = list(gone), list(online)
        self.ranges, self._waiting = [], []

    def online(self):
        return self.names

    def sealed(self, payload):
        return payload

    def send(self, topic, payload):
        message = past.messages.decode(payload)
        assert topic == f"{message['t']}/console" and message["from"] == "console" and "vector" not in message
        sender = self.names[0]
        if message["t"] == "have":
            rows = {(inc, stream): max(seq for i, s, seq in self.kept if (i, s) == (inc, stream)) for inc, stream, _ in self.kept}
            vector = [["c1", inc, stream, last] for (inc, stream), last in rows.items()]
            heads = {stream: rows.get((BEGAN_S, stream), 0) if sender == "c1" else 0 for stream in ("facts", "notes", "site")}
            self._waiting.append((f"have/{sender}", {"t": "have", "from": sender, "inc": BEGAN_S, "heads": heads, "vector": vector}))
            return
        inc, stream, first, last = message["origin"][1], message["stream"], message["first"], message["last"]
        self.ranges.append((stream, first, last))
        assert message["any"] == ("c1" not in self.names)
        found = [self.kept[inc, stream, seq] for seq in range(first, last + 1) if (inc, stream, seq) in self.kept]
        for start in range(0, len(found), 8):
            self._waiting.append((f"log/{sender}", {"t": "log", "entries": found[start : start + 8]}))
        self._waiting.append((f"log/{sender}", {"t": "log", "entries": [], "gone": self.gone}))

    def take(self, patience_s=0):
        found, self._waiting = self._waiting, []
        return found


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in {"_LISTS_S": 0.05, "_ALL_LISTS_S": 0, "_ANSWER_S": 0.02}.items():
        monkeypatch.setattr(past, name, value)


def read(line, since_ms):
    made = Past(line, "c1")
    return [each["seq"] for each in made.read(since_ms)], made


def test_only_the_end_is_asked_for_where_only_that_is_wanted():
    line = FakeLine([event(seq) for seq in range(1, 201)])
    assert read(line, event(180)["at_ms"])[0] == list(range(180, 201))
    assert line.ranges == [("facts", 161, 200)]


def test_all_of_it_comes_block_by_block():
    line = FakeLine([event(seq) for seq in range(1, 101)])
    assert read(line, 0)[0] == list(range(1, 101))
    assert line.ranges == [("facts", 61, 100), ("facts", 21, 60), ("facts", 1, 20)]


def test_streams_and_incarnations_are_one_story():
    before = BEGAN_S - 100
    gone = [["c1", before, "facts", 1, 8], ["c1", BEGAN_S, "notes", 1, 1], ["c1", BEGAN_S, "site", 1, 2]]
    line = FakeLine([event(1), event(3, "site"), event(2, "notes"), event(9, inc=before)], gone)
    assert read(line, 0)[0] == [9, 1, 2, 3]


def test_where_all_older_is_gone_it_ends():
    line = FakeLine([event(seq) for seq in range(150, 201)], gone=[["c1", BEGAN_S, "facts", 1, 149]])
    seqs, made = read(line, 0)
    assert seqs == list(range(150, 201)) and made.missing == []
    assert line.ranges[-1] == ("facts", 81, 120)


def test_what_nobody_sends_is_asked_for_again_and_then_told():
    line = FakeLine([event(seq) for seq in range(1, 61) if seq != 30])
    seqs, made = read(line, 0)
    assert seqs == [seq for seq in range(21, 61) if seq != 30]
    assert made.missing == [(BEGAN_S, "facts", 60)] and line.ranges == [("facts", 21, 60)] * 3


def test_others_are_asked_while_it_is_offline():
    assert read(FakeLine([event(1), event(2)], online=("c2",)), 0)[0] == [1, 2]


def test_an_event_that_was_written_again_counts_once():
    line = FakeLine([event(1, inc=BEGAN_S - 100), event(1, was=[BEGAN_S - 100, 1])])
    assert [each["inc"] for each in Past(line, "c1").read(0)] == [BEGAN_S]


def test_with_nobody_there_nothing_is_asked():
    with pytest.raises(Unreachable, match="nothing was asked"):
        Past(FakeLine([], online=()), "c1").read(0)
