"""One seed: lived, and what came of it."""

import time
import traceback
from collections import Counter
from dataclasses import dataclass, field

from host_sim.fuzz.life import Life
from host_sim.fuzz.story import Broken, Story

CRASH = "nothing crashes"


@dataclass
class Result:
    """What came of one seed. `invariant` is None where all held."""

    seed: int
    invariant: str | None = None
    text: str = ""
    last: list[str] = field(default_factory=list)
    badges: int = 0
    simulated_ms: int = 0
    cpu_s: float = 0.0
    faults: Counter = field(default_factory=Counter)
    checks: Counter = field(default_factory=Counter)
    people: Counter = field(default_factory=Counter)


def live(seed: int, story: Story | None = None) -> Result:
    """Live one seed from its start to its calm end."""
    story = story or Story()
    result, life, began_s = Result(seed), None, time.process_time()
    try:
        life = Life(seed, story)
        life.run()
    except Broken as broken:
        result.invariant, result.text = broken.invariant, broken.text
    except Exception:  # whatever the firmware raises is what is looked for
        result.invariant, result.text = CRASH, traceback.format_exc()
    result.cpu_s = time.process_time() - began_s
    if result.invariant:
        result.last = story.last_events()
    if life:
        _count(result, life)
    return result


def _count(result: Result, life: Life) -> None:
    result.badges, result.simulated_ms = life.badges, life.now_ms
    result.faults = Counter(life.world.faults)
    result.checks = Counter(life.checkers.counts())
    result.people = Counter(honest=0, cheats=0, waived=len(life.claims.waived), hasty=life.pace.hasty)
    for person in life.people.values():
        result.people["honest" if person.is_honest else "cheats"] += 1
