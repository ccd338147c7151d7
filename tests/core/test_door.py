"""Every rule of a door as a table: state x input, for each kind of REX, relocking and lock.

A cell holds the words of `doors.said`, joined by commas; "." is nothing at all. The full table is that of
a fail-secure lock, REX `unlock`, relock on `open`; the other tables name the cells in which they differ.
"""

from tests.core.doors import door, do, said

# How a door gets into each state; the input follows at the last number.
STATES = {
    "locked": ((), 1000),
    "granted": (((0, "grant"),), 1000),
    "operator": (((0, "unlock"),), 1000),
    "pressed": (((0, "press"),), 1000),
    "released": (((0, "press"), (500, "release")), 1000),
    "schedule": (((0, "schedule"),), 1000),
    "emergency": (((0, "emergency"),), 1000),
    "lockdown": (((0, "lockdown"),), 1000),
    "shut": (((0, "schedule"), (0, "lockdown")), 1000),  # a lockdown stands against the schedule
    "entered": (((0, "grant"), (500, "open")), 1000),
    "warned": (((0, "grant"), (500, "open"), (15500, "tick")), 16000),
    "held": (((0, "grant"), (500, "open"), (20500, "tick")), 21000),
    "leaving": (((0, "press"), (500, "open")), 1000),
    "forced": (((0, "open"), (300, "tick")), 1000),
    "waiting": (((900, "open"),), 1000),  # within 250 ms of an opening that nothing let
    "found": ((), 1000),  # the leaf stood open at boot
}

TABLE = """
state      grant              unlock     press         release        open                        close
locked     +access            +operator  pressed,+rex  .              opened,forced               .
granted    .                  .          pressed       .              opened,entered:kim,-access  .
operator   .                  .          pressed       .              opened,-operator            .
pressed    .                  .          .             released       opened                      .
released   .                  .          pressed       .              opened,-rex                 .
schedule   .                  .          pressed       .              opened                      .
emergency  +access            +operator  pressed,+rex  .              opened                      .
lockdown   +access            +operator  pressed,+rex  .              opened,forced               .
shut       +access            +operator  pressed,+rex  .              opened,forced               .
entered    entered:al,+access +operator  pressed,+rex  .              .                           closed
warned     entered:al,+access +operator  pressed,+rex  .              .                           closed
held       entered:al,+access +operator  pressed,+rex  .              .                           closed,restored
leaving    entered:al         .          .             released,-rex  .                           closed
forced     entered:al,+access +operator  pressed,+rex  .              .                           closed,restored
waiting    entered:al,+access +operator  pressed,+rex  .              .                           closed,restored
found      entered:al,+access +operator  pressed,+rex  .              .                           closed

state      schedule   unschedule  emergency  calm  lockdown                lift       wait
locked     +schedule  .           .          .     .                       .          .
granted    .          .           .          .     -lockdown,not_used:kim  .          4000,-access,not_used:kim
operator   .          .           .          .     -lockdown               .          4000,-operator
pressed    .          .           .          .     .                       .          .
released   .          .           .          .     .                       .          4500,-rex
schedule   .          -schedule   .          .     -lockdown               .          .
emergency  +schedule  .           .          .     .                       .          .
lockdown   .          .           .          .     .                       .          .
shut       .          .           .          .     .                       +schedule  .
entered    +schedule  .           .          .     .                       .          14500,warn
warned     +schedule  .           .          .     .                       .          4500,held
held       +schedule  .           .          .     .                       .          .
leaving    .          .           .          .     .                       .          14500,warn
forced     +schedule  .           .          .     .                       .          14000,warn
waiting    +schedule  .           .          .     .                       .          14900,warn
found      +schedule  .           .          .     .                       .          14000,warn
"""

# A fail-safe lock unlocks for the emergency, and that outlives every other reason.
FAIL_SAFE = """
locked     emergency  +emergency
lockdown   emergency  +emergency
shut       emergency  +emergency
entered    emergency  +emergency
warned     emergency  +emergency
held       emergency  +emergency
forced     emergency  +emergency
waiting    emergency  +emergency
found      emergency  +emergency
emergency  calm       -emergency
emergency  grant      .
emergency  unlock     .
emergency  press      pressed
emergency  schedule   .
"""

# The lock stays free while the leaf stands open, and locks with its closing.
CLOSE = """
granted   open      opened,entered:kim
operator  open      opened
released  open      opened
entered   grant     entered:al
entered   unlock    .
entered   press     pressed
entered   close     closed,-access
entered   schedule  .
entered   lockdown  -lockdown
entered   wait      4000
warned    grant     entered:al
warned    unlock    .
warned    press     pressed
warned    close     closed,-access
warned    schedule  .
warned    lockdown  -lockdown
held      grant     entered:al
held      unlock    .
held      press     pressed
held      close     closed,restored,-access
held      schedule  .
held      lockdown  -lockdown
leaving   release   released
"""

# The lock cares for no leaf.
TIMER = """
granted   open      opened,entered:kim
operator  open      opened
released  open      opened
entered   grant     entered:al
entered   unlock    .
entered   press     pressed
entered   schedule  .
entered   lockdown  -lockdown
entered   wait      4000,-access
leaving   release   released
"""

# Without a REX its contact is no input: what it would have let is forced.
REX_NONE = """
*         press     .
*         release   .
pressed   grant     +access
pressed   unlock    +operator
pressed   open      opened,forced
pressed   schedule  +schedule
released  grant     +access
released  unlock    +operator
released  open      opened,forced
released  schedule  +schedule
released  wait      .
leaving   grant     entered:al,+access
leaving   unlock    +operator
leaving   close     closed,restored
leaving   schedule  +schedule
"""

# The hardware frees the door; the contact only lets it open without alarm, and may come late.
REX_SHUNT = """
*         press     pressed
pressed   press     .
leaving   press     .
locked    open      opened
lockdown  open      opened
shut      open      opened
pressed   grant     +access
pressed   unlock    +operator
pressed   open      opened
pressed   schedule  +schedule
released  grant     +access
released  unlock    +operator
released  open      opened
released  schedule  +schedule
released  wait      .
leaving   grant     entered:al,+access
leaving   unlock    +operator
leaving   release   released
leaving   schedule  +schedule
waiting   close     closed
waiting   wait      150,forced
"""

# The same, but the contact tells that somebody left by a way that is not for every day.
REX_REPORT = REX_SHUNT + """
pressed   open      opened,forced!
released  open      opened,forced!
leaving   close     closed,restored
waiting   press     pressed,forced!
"""

# Without a sensor nothing opens, and no grant is known to be used or not.
NO_SENSOR = """
*         open      .
*         close     .
granted   lockdown  -lockdown
granted   wait      4000,-access
"""
SENSORLESS_STATES = ("locked", "granted", "operator", "pressed", "released", "schedule", "emergency", "lockdown", "shut")

LOCKS = {"fail_secure": "", "fail_safe": FAIL_SAFE}
RELOCKS = {"open": "", "close": CLOSE, "timer": TIMER}
REXES = {"unlock": "", "none": REX_NONE, "shunt": REX_SHUNT, "report": REX_REPORT}

# Where two settings meet in a cell: what is unlocked already needs no emergency to unlock it, and the reverse.
STILL_FREE = {
    "open": "",
    "close": "entered emergency .\nwarned emergency .\nheld emergency .",
    "timer": "entered emergency .",
}
NOT_FREED = "pressed emergency +emergency\nreleased emergency +emergency\nleaving emergency +emergency"


def full_table():
    cells, inputs = {}, ()
    for line in TABLE.strip().split("\n"):
        words = line.split()
        if words[:1] == ["state"]:
            inputs = words[1:]
        elif words:
            assert len(words) == len(inputs) + 1, line
            for i, cell in enumerate(words[1:]):
                cells[words[0], inputs[i]] = cell
    return cells


def amend(cells, differences):
    for line in differences.strip().split("\n"):
        if line:
            state, verb, cell = line.split()
            for key in [(state, verb)] if state != "*" else [key for key in cells if key[1] == verb]:
                assert key in cells, line
                cells[key] = cell


def expected(lock, relock_on, rex):
    cells = full_table()
    for differences in (LOCKS[lock], RELOCKS[relock_on], REXES[rex]):
        amend(cells, differences)
    if lock == "fail_safe":
        amend(cells, STILL_FREE[relock_on])
        amend(cells, "" if rex == "unlock" else NOT_FREED)
    return cells


def cell(state, verb, **settings):
    steps, now_ms = STATES[state]
    a_door = door(is_open=state == "found", **settings)
    for at_ms, step in steps:
        do(a_door, at_ms, step)
    if verb == "wait":
        words = waited(a_door, now_ms)
    else:
        words = said(do(a_door, now_ms, verb, *(["al"] if verb == "grant" else [])))
    return words.replace(" ", ",") or "."


def waited(a_door, now_ms):
    """Nothing happens before the deadline a door names; then what does."""
    due_ms = a_door.next_deadline_ms()
    if due_ms is None:
        return said(do(a_door, now_ms + 86400000, "tick"))
    assert said(do(a_door, due_ms - 1, "tick")) == ""
    return (str(due_ms - now_ms) + " " + said(do(a_door, due_ms, "tick"))).strip()


def check(cells, **settings):
    wrong = []
    for state, verb in sorted(cells):
        found = cell(state, verb, **settings)
        if found != cells[state, verb]:
            wrong.append((state, verb, "expected", cells[state, verb], "found", found))
    assert not wrong, (settings, wrong)


def check_settings(lock, rex):
    for relock_on in sorted(RELOCKS):
        check(expected(lock, relock_on, rex), lock=lock, relock_on=relock_on, rex=rex)


def test_table_knows_every_state_and_every_input():
    cells = full_table()
    inputs = {verb for _, verb in cells}
    assert len(inputs) == 13
    assert len(cells) == len(STATES) * len(inputs)


def test_fail_secure_lock_with_rex_unlock():
    check_settings("fail_secure", "unlock")


def test_fail_secure_lock_without_rex():
    check_settings("fail_secure", "none")


def test_fail_secure_lock_with_rex_shunt():
    check_settings("fail_secure", "shunt")


def test_fail_secure_lock_with_rex_report():
    check_settings("fail_secure", "report")


def test_fail_safe_lock_with_rex_unlock():
    check_settings("fail_safe", "unlock")


def test_fail_safe_lock_without_rex():
    check_settings("fail_safe", "none")


def test_fail_safe_lock_with_rex_shunt():
    check_settings("fail_safe", "shunt")


def test_fail_safe_lock_with_rex_report():
    check_settings("fail_safe", "report")


def test_door_without_a_sensor():
    for lock in sorted(LOCKS):
        for rex in sorted(REXES):
            cells = expected(lock, "timer", rex)
            amend(cells, NO_SENSOR)
            known = {key: cells[key] for key in cells if key[0] in SENSORLESS_STATES}
            check(known, lock=lock, relock_on="timer", rex=rex, sensor=False, held_open_ms=0)
