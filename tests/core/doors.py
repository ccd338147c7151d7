"""Doors for the tests, and a short way to write down what they do."""

from firmware.core.door import Door

UNLOCK_MS = 5000
HELD_MS = 20000


def door(now_ms=0, is_open=False, **settings):
    """A fail-secure door with sensor and REX `unlock`, relocking on `open`, unless told otherwise."""
    made = {
        "lock": "fail_secure",
        "unlock_ms": UNLOCK_MS,
        "sensor": True,
        "relock_on": "open",
        "held_open_ms": HELD_MS,
        "rex": "unlock",
        "egress": "none",
        "unlock_schedule": "never",
        "unlock_after_first": False,
        "interlock": [],
        "readers": ["in"],
    }
    made.update(settings)
    return Door("d", made, now_ms, is_open)


def said(actions):
    """Actions as words: "opened forced! -access not_used:kim"; "" for none.

    +why and -why: unlocked and locked; forced!: with egress; warn: the readers' held warning.
    """
    return " ".join([_word(action) for action in actions if action[0] != "lock"])


def _word(action):
    if action[0] == "event":
        return _event_word(action[1], action[2])
    if action[0] == "signal":
        assert action[2] == "held_warning"
        return "warn"
    assert action[1] == "d"
    return action[0] + ":" + action[2]


def _event_word(event_type, fields):
    assert fields["door"] == "d"
    group, name = event_type.split(".")
    if name in ("unlocked", "locked"):
        return {"unlocked": "+", "locked": "-"}[name] + fields["why"]
    if name == "forced":
        return "forced!" if fields["egress"] else "forced"
    return name


def play(a_door, *steps):
    """Steps (now_ms, verb, arguments...); returns the words of the last one."""
    words = ""
    for now_ms, verb, *arguments in steps:
        words = said(do(a_door, now_ms, verb, *arguments))
    return words


def do(a_door, now_ms, verb, *arguments):
    """One verb, and what must be true of every answer."""
    was_locked = a_door.is_locked
    actions = VERBS[verb](a_door, now_ms, *arguments)
    locks = [action for action in actions if action[0] == "lock"]
    is_changed = a_door.is_locked != was_locked
    assert locks == ([("lock", "d", a_door.is_locked)] if is_changed else [])
    assert actions[: len(locks)] == locks
    return actions


VERBS = {
    "grant": lambda d, now_ms, who="kim": d.grant(who, now_ms),
    "extended": lambda d, now_ms, who="eve": d.grant(who, now_ms, True),
    "unlock": lambda d, now_ms: d.unlock(now_ms),
    "press": lambda d, now_ms: d.rex(True, now_ms),
    "release": lambda d, now_ms: d.rex(False, now_ms),
    "open": lambda d, now_ms: d.leaf(True, now_ms),
    "close": lambda d, now_ms: d.leaf(False, now_ms),
    "schedule": lambda d, now_ms: d.set_schedule(True, now_ms),
    "unschedule": lambda d, now_ms: d.set_schedule(False, now_ms),
    "emergency": lambda d, now_ms: d.set_emergency(True, now_ms),
    "calm": lambda d, now_ms: d.set_emergency(False, now_ms),
    "lockdown": lambda d, now_ms: d.set_lockdown(True, now_ms),
    "lift": lambda d, now_ms: d.set_lockdown(False, now_ms),
    "tick": lambda d, now_ms: d.tick(now_ms),
}
