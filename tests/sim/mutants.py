"""Firmware that is deliberately broken, one invariant at a time: each must be found by its checker.

`make fuzz-mutants` searches for the seed that shows each; test_mutants.py lives that seed again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from firmware.core import fold
from firmware.core.judge import Judge
from firmware.core.memory import Memory
from firmware.core.orders import Orders
from firmware.core.peers import Peers
from firmware.core.presence import Presence
from firmware.core.recorder import Recorder
from firmware.core.stamp import Stamps
from firmware.replica.publisher import Publisher
from host_sim.fuzz.seed import Result, live


@dataclass(frozen=True)
class Mutant:
    """A method of the firmware in a broken form. `invariant` is the one that must be seen to break."""

    invariant: str
    where: object
    method: str
    broken: Callable  # takes the sound method, returns the broken one

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let all boards have the broken form."""
        sound = getattr(self.where, self.method)
        with patch.object(self.where, self.method, self.broken(sound)):
            yield


def _published_at_once(_sound):
    """An event counts as durable as soon as it is written."""

    def written(self, event):
        self._pending[(event["stream"], event["seq"])] = [event, 0]

    return written


def _spoken_at_once(_sound):
    """Nobody is asked before a denial."""
    return lambda self, attempt, verdict, now_ms: self._speak(attempt, verdict)


def _never_late(_sound):
    """The journal remembers nothing: late facts are folded as if they had just happened."""
    return lambda self, fact: False


def _deaf(_sound):
    """Stamps are the wall clock: what others have said does not count."""

    def hear(self, stamp):
        pass

    return hear


def _one_behind(sound):
    """After a restart the last number of each stream is given again."""

    def resume(self, log, boot):
        sound(self, log, boot)
        for stream in self.seqs:
            self.seqs[stream] = max(0, self.seqs[stream] - 1)

    return resume


def _newest_wins(_sound):
    """A late fact changes nothing, and the pardon it gave is lost with it."""
    return lambda self, fact: []


def _never_swapped(_sound):
    """Badges are folded by their stamps, whatever the clocks may err."""
    return lambda first, second, area: False


def _own_only(sound):
    """What others wrote is forgotten with the power, though the log still says that it is here."""

    def recall(self, learn, learn_folded=None):
        sound(self, lambda event: learn(event) if event["controller"] == self._desk.name else None, learn_folded)

    return recall


def _never_beyond(_sound):
    """Nobody is ever heard from beyond a badge: what is suspected stays so."""
    return lambda self, controllers, stamp: False


def _obeyed_always(_sound):
    """A command has its effect each time it comes."""
    return lambda self, command: self._obey(command)


MUTANTS = {
    "publish before durable": Mutant("2 durable before published", Publisher, "written", _published_at_once),
    "skip the confirmation": Mutant("3 the proper are never accused", Judge, "_consider", _spoken_at_once),
    "forget the journal": Mutant("1 same facts, same table", Presence, "_needs_refold", _never_late),
    "wall clock instead of stamps": Mutant("3 the proper are never accused", Stamps, "hear", _deaf),
    "reuse a seq after a cut": Mutant("2 durable before published", Recorder, "resume", _one_behind),
    "newest wins without the pardon": Mutant("1 same facts, same table", Presence, "_judge_again", _newest_wins),
    "no look ahead for clock error": Mutant("3 the proper are never accused", fold, "may_be_swapped", _never_swapped),
    "others' facts forgotten at power off": Mutant("1 same facts, same table", Memory, "recall", _own_only),
    "a suspicion that never becomes a violation": Mutant("4 no passback stays hidden", Peers, "all_beyond", _never_beyond),
    "two effects of one command": Mutant("6 one effect", Orders, "take", _obeyed_always),
}


def live_as(mutant: str, seed: int) -> Result:
    """Live a seed on broken firmware."""
    with MUTANTS[mutant].at_work():
        return live(seed)
