"""A judge among boards, for the tests: what it decides, asks and answers, in words.

Words: +0 granted to person 0; -0:why denied; ! confirmed by all that were asked; ? unverified; ask:c2,c3; answer:c2.
"""

from firmware.core.attempt import Attempt
from firmware.core.judge import Judge, Question
from firmware.core.peers import Peers
from firmware.core.site_state import Switches
from tests.core.facts import START_MS, Table, Writer, area


class Person:
    def __init__(self, no):
        self.no = no


class Bench:
    """A judge at c1. Time is in ms since the start; what is decided is folded before the next action."""

    def __init__(self, areas, has_link=True, others=("c2", "c3")):
        self.table = Table(areas)
        self.write = Writer()
        self.peers = Peers("c1", list(others), Switches(), 0)
        self.judge = Judge(self.table.presence, self.peers, self._draw)
        self.judge.has_link = has_link
        self.now_ms = 0
        self.drawn = 0
        self.asked = []  # questions that went out
        self.verdicts = []
        self.said = []

    def _draw(self):
        self.drawn += 1
        return (START_MS + self.now_ms << 16) + self.drawn

    def at(self, now_ms):
        """Let time pass, from deadline to deadline."""
        self.said, ticks = [], 0
        due_ms = self.judge.next_deadline_ms()
        while due_ms is not None and due_ms <= now_ms:
            self.now_ms = max(self.now_ms, due_ms)
            self._follow(self.judge.tick(self.now_ms))
            due_ms, ticks = self.judge.next_deadline_ms(), ticks + 1
            assert ticks < 100, "time stands still"
        self.now_ms = now_ms
        return self.words()

    def tap(self, no, direction="in", reader=None, names=("a",), mode="hard", door="d"):
        """Present a person's card; the words of all that came of it."""
        judge = {name: [direction, mode] for name in names}
        self.said = []
        made = Attempt(reader or "c1_" + direction, door, Person(no), 1, START_MS + self.now_ms, judge)
        self._follow(self.judge.present(made, self.now_ms))
        return self.words()

    def answer(self, controller, question=-1, wait=False):
        """Let a controller answer a question of ours, the last one unless told otherwise."""
        self.said = []
        self._follow(self.judge.answered(self.asked[question].stamp, controller, wait, self.now_ms))
        return self.words()

    def lose_link(self):
        self.said = []
        self.judge.has_link = False
        self._follow(self.judge.link_lost(self.now_ms))
        return self.words()

    def is_answered(self, asker, stamp, no, areas=("a",)):
        """Let somebody ask us. Whether we answer at once."""
        return self.judge.is_asked(Question(asker, stamp, no, list(areas), []))

    def words(self):
        return " ".join(self.said)

    def _follow(self, actions):
        for action in actions:
            if action[0] == "decide":
                self._decide(action[1], action[2])
            elif action[0] == "next":
                self._follow(self.judge.next(action[1], self.now_ms))
            elif action[0] == "ask":
                self.asked.append(action[1])
                self.said.append("ask:" + ",".join(sorted(action[1].missing)))
            elif action[0] == "answer":
                self.said.append("answer:" + action[1].asker)
            elif action[0] == "signal" and action[2] == "waiting":
                self.said.append("waiting")

    def _decide(self, attempt, verdict):
        self.verdicts.append((attempt, verdict))
        kind = "access.denied" if verdict.denials else "access.granted"
        fields = {"judge": attempt.judge, "reader": attempt.reader, "door": attempt.door, "no": attempt.person.no}
        if attempt.is_confirmed:
            fields["confirmed"] = True
        fact = self.write.at_ms(kind, attempt.at_ms, "c1", **fields)
        fact["stamp"] = self._draw()
        self.table.tell(fact)
        marks = ("?" if attempt.is_unverified else "") + ("!" if attempt.is_confirmed else "")
        word = "-%d%s:%s" if verdict.denials else "+%d%s"
        self.said.append(word % ((attempt.person.no, marks) + ((verdict.reason(),) if verdict.denials else ())))


def shared(*others, **settings):
    """An area that we share with others."""
    return area(controllers=["c1"] + list(others), **settings)


def alone(**settings):
    return Bench({"a": shared(**settings)})


def with_one(**settings):
    return Bench({"a": shared("c2", **settings)})


def inside(bench, *people):
    for no in people:
        bench.table.tell(bench.write.move(-100, "in", no=no))
    return bench
