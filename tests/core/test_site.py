"""What one board knows of its site: how a badge is judged now, lockdown, interlock, uses."""

import struct

from firmware.core.credentials import People
from firmware.core.door import Door
from firmware.core.site import Site
from tests.core import parts
from tests.core.facts import START_MS, Writer

MINUTE_MS = 60000
OFFICE = {"weekly": [[[480, 540]]] * 7, "holidays": {}}


def site(area=None, **changes):
    settings = parts.settings(area=area, schedules={"office": OFFICE}, **changes)
    people = People(parts.tables((0, 1, 2)), bytes(16), settings["group_sets"])
    doors = {name: Door(name, door, 0) for name, door in settings["doors"].items()}
    made = Site(settings, people, doors, lambda no: [], 0)
    made.wall.set(START_MS, 0)
    return made


def judged(made, no=0, reader="front_in"):
    return made.judged_as(reader, made.people.person(no))


def fire(made, is_on=True, at_s=1):
    kind = "emergency.started" if is_on else "emergency.ended"
    source = ["c1", "fire", 1]
    made.emergency.take(Writer()(kind, at_s, source=source, ends=[source]))


def test_a_badge_carries_the_mode_of_its_direction():
    made = site({"anti_passback": {"entrances": "hard", "exits": "soft"}})
    assert judged(made) == ({"hall": ["in", "hard"]}, False)
    assert judged(made, reader="front_out") == ({"hall": ["out", "soft"]}, False)


def test_who_is_exempt_is_judged_nowhere():
    assert judged(site(), no=1) == ({"hall": ["in", "off"]}, True)


def test_nobody_is_judged_in_an_emergency():
    made = site()
    fire(made)
    assert judged(made) == ({"hall": ["in", "off"]}, False)
    fire(made, False, 2)
    assert judged(made) == ({"hall": ["in", "hard"]}, False)


def test_nobody_is_judged_at_a_door_that_stands_unlocked_by_schedule():
    made = site()
    made.doors["front"].set_schedule(True, 0)
    assert judged(made) == ({"hall": ["in", "off"]}, False)
    made.doors["front"].set_schedule(False, 1)
    made.doors["front"].unlock(2)
    assert judged(made) == ({"hall": ["in", "hard"]}, False), "an operator's unlock excuses nobody"


def test_an_area_judges_during_its_schedule_only():
    made = site({"schedule": "office"})
    for minute, mode in ((0, "hard"), (59, "hard"), (60, "off"), (23 * 60, "off"), (24 * 60, "hard")):
        made.now_ms = minute * MINUTE_MS
        assert judged(made)[0] == {"hall": ["in", mode]}, minute
    assert judged(site({"schedule": "never"}))[0] == {"hall": ["in", "off"]}


def test_lockdown_holds_only_where_there_is_a_way_out_and_no_emergency():
    made = site()
    made.lockdowns.take(Writer()("lockdown.started", 1), ["front", "vault"], True)
    assert made.is_locked_down("front") and made.is_locked_down("vault")
    assert made.bars("front", made.people.person(0)) == "lockdown" and made.bars("front", made.people.person(1)) is None
    fire(made)
    assert not made.is_locked_down("front") and made.bars("front", made.people.person(0)) is None
    doors = parts.settings()["doors"]
    doors["front"] = parts.door(["front_in"], egress="none", rex="report")
    made = site(doors=doors)
    made.lockdowns.take(Writer()("lockdown.started", 1), ["front"], True)
    assert not made.is_locked_down("front")


def test_an_interlocked_door_waits_for_the_others():
    doors = parts.settings()["doors"]
    doors["front"] = parts.door(["front_in"], interlock=["vault"])
    made = site(doors=doors)
    assert not made.is_interlocked("front") and not made.is_interlocked("vault")
    made.doors["vault"].unlock(0)
    assert made.is_interlocked("front") and made.bars("front", made.people.person(0)) == "interlock"
    fire(made)
    assert not made.is_interlocked("front")


def test_only_grants_of_who_has_so_many_are_counted():
    made, write = site(), Writer()
    page = made.people.people.pages[0]
    made.people.people.pages[0] = struct.pack("<BHIIH3x", 3, 0, 0, 0xFFFFFFFF, 2) + page[16:]
    for no in (0, 1, 0, 9):
        made.count_grant(write.badge(1, "in", no=no))
    assert made.grants_of(made.people.person(0)) == 2 and made.grants_of(made.people.person(1)) == 0


def test_forgetting_leaves_nothing_but_the_configuration():
    made = site()
    fire(made)
    made.lockdowns.take(Writer()("lockdown.started", 1), ["front"], True)
    made.retired.take(Writer()("controller.retired", 1), ["c2"], True)
    made.presence.take(Writer().badge(1, "in", area="hall"))
    made.forget()
    assert not made.emergency.is_active() and made.lockdowns.on() == [] and not made.peers.is_retired("c2")
    assert made.presence.view(0, START_MS)["hall"].presence == "never"
    assert made.presence.inside("hall", START_MS + MINUTE_MS) == 0
