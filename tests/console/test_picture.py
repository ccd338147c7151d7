"""The picture: judged against a plain fold from nothing, against the controllers, and against itself after a restart."""
import random

import pytest

from tests.console.events import START_MS, event
from tests.console.worlds import differences, opened, pictured, station
from tests.model import facts as F
from tests.model import fold as model
from tests.model import small
from tests.model.knowledge import is_fact
from tests.sim.test_faults_console import busy
from tools.console.history import History, Trouble
from tools.console.picture import Picture
from tools.site import parse

NOW_MS = START_MS + 7_200_000
OFFICE = small.office()
DAY_MS = 86_400_000


@pytest.fixture
def history(tmp_path):
    found = History(str(tmp_path / "history.sqlite"), people_days=1)
    yield found
    found.close()


def picture_of(history, data=None, now_ms=NOW_MS) -> Picture:
    return Picture(parse(data or OFFICE, "site"), history, unix_ms=lambda: now_ms)


def badge(seq: int, side: str, at_s: float | None = None, user: str = "kim", granted: bool = True, **fields) -> dict:
    no = sorted(OFFICE["users"]).index(user)
    kind = "access.granted" if granted else "access.denied"
    more = {"judge": {"office": [side, fields.pop("mode", "hard")]}, "user": user, "no": no, "reader": f"lobby_{side}", "door": "lobby"}
    return event(seq, kind, at_s, **more | fields)


def told(picture: Picture) -> list:
    """All that can be seen of people."""
    people = {area: picture.inside(area).people for area in picture.plan.areas}
    return [people, picture.violations(), [(area.occupancy, area.settings) for area in picture.areas()], picture.emergency()]


# -- against others who know ---------------------------------------------------------------------


def order(world, action: str, **fields) -> None:
    world.command({"operator": "ada", "action": action, "reason": "test", **fields})


def wild(world, seed: int, steps: int = 60) -> None:
    """People who badge as they like, operators, splits; calm at the end."""
    dice = random.Random(seed)
    people, areas = sorted(world.site.users), sorted(world.site.areas)
    for _ in range(steps):
        lot = dice.randrange(20)
        if lot == 0:
            order(world, dice.choice(("clear", "pass")), area=dice.choice(areas), user=dice.choice(people))
        elif lot == 1:
            order(world, "move", area=dice.choice(areas), user=dice.choice(people), presence=dice.choice(("in", "out", "unknown")))
        elif lot == 2:
            order(world, "set", area=dice.choice(areas), anti_passback=dice.choice(("soft", "deny", "hard")))
        elif lot == 3:
            order(world, "reset", area=dice.choice(areas))
        elif lot == 4:
            order(world, "emergency", active=dice.random() < 0.5)
        elif lot == 5:
            world.set_network(dice.choice(("all", [["c1"], ["c2", "console"]], [["c1", "console"]])))
        else:
            world.badge(dice.choice(sorted(world.site.readers)), user=dice.choice(people))
        world.run_until(world.now_ms + dice.choice((300, 2000, 9000)))
    world.set_network("all")
    order(world, "emergency", active=False)
    world.run_until(world.now_ms + 60_000)
    for _ in range(12):
        reader = dice.choice(sorted(world.site.readers))
        world.badge(reader, user=dice.choice(people))
        for is_open in (True, False):
            world.run_until(world.now_ms + 700)
            world.leaf(world.site.readers[reader].door, is_open)
    world.run_until(world.now_ms + 60_000)


def by_the_model(world, data: dict) -> dict:
    """{(area, user): [presence, kind of violation or suspicion, has a pardon]} by the plain model, from nothing."""
    facts = [dict(found) for found in station(world).events if is_fact(found)]
    for found in facts:
        found["stamp"] = (found["stamp"], found["controller"], found["inc"])
    site = {"groups": {}, "schedules": {}, **data}
    stories = model.conclude(site, facts, sorted(site["users"]))
    rows = {place: story.now(world.unix_ms())[0] for place, story in stories.items()}
    return {place: [row.presence, row.violation.kind if row.violation else None, row.pardon] for place, row in rows.items()}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_it_sees_what_a_plain_fold_and_the_controllers_see(tmp_path, seed):
    data = (small.hall("deny", violation_timeout_s=40), small.hall("soft"), small.nested(), small.hall(moves_on="entry"))[seed]
    world = opened(tmp_path, data, seed)
    picture = pictured(world)
    wild(world, seed)
    wanted = by_the_model(world, data)
    kinds = {(each.area, each.user): each.kind for each in picture.violations()}
    for (area, user), row in wanted.items():
        standing = picture.standing(area, picture.plan.no_of(user))
        assert [standing.presence, kinds.get((area, user)), standing.pardon_at_ms is not None] == row, (area, user)
    assert differences(picture, world) == [] and len([found for found in station(world).events if F.is_badge(found)]) > 15
    assert any(row[0] == "in" for row in wanted.values())


def test_in_whatever_order_facts_come_the_picture_is_the_same(tmp_path):
    dice = random.Random(4)
    facts, sides = [], {"kim": "in", "lee": "in"}
    for seq in range(1, 81):
        user = dice.choice(("kim", "lee"))
        facts.append(badge(seq, sides[user], seq * 20, user, controller=dice.choice(("c1", "c2"))))
        if dice.random() < 0.8:
            sides[user] = "out" if sides[user] == "in" else "in"
    facts += [event(81, "area.set", at_s=700, area="office", settings={"violation_timeout_s": 30}), event(82, "apb.reset", at_s=900, area="office")]
    seen = []
    for number in range(3):
        history = History(str(tmp_path / f"{number}.sqlite"))
        picture = picture_of(history, now_ms=START_MS + 1_601_000)
        dice.shuffle(facts) if number else None
        for at in range(0, len(facts), 7):
            history.append(facts[at : at + 7])
            picture.take()
            if at % 3 == 0:
                picture.checkpoint()
        seen.append(told(picture))
        assert told(picture_of(history, now_ms=START_MS + 1_601_000)) == seen[-1]
        history.close()
    assert seen[0] == seen[1] == seen[2] and seen[0][1] and seen[0][0]["office"]


# -- restarts, and what is deleted ---------------------------------------------------------------


def test_a_start_folds_what_came_after_the_checkpoint_only(history, monkeypatch):
    history.append([badge(seq, ("in", "out")[seq % 2], user=("kim", "lee")[seq % 3 == 0]) for seq in range(1, 60)])
    picture = picture_of(history)
    picture.checkpoint()
    history.append([badge(60, "in", user="pat"), badge(61, "in", 30.5, user="sam")])
    picture.take()
    read = []
    monkeypatch.setattr(history, "since", lambda number, limit, since=history.since: read.append(number) or since(number, limit))
    assert told(picture_of(history)) == told(picture) and read[0] == 59


def test_checkpoints_are_kept_few(history):
    picture = picture_of(history)
    for seq in range(1, 20):
        history.append([badge(seq, "in" if seq % 2 else "out")])
        picture.take()
        picture.checkpoint()
    with history.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM picture_generations").scalar() == 4
        assert connection.exec_driver_sql("SELECT count(DISTINCT cut_id) FROM picture_people").scalar() == 4


def test_a_late_fact_is_judged_though_there_is_a_checkpoint(history):
    history.append([badge(1, "in", 10), badge(3, "in", 30)])
    picture = picture_of(history)
    picture.checkpoint()
    assert [violation.kind for violation in picture.violations()] == ["double_entrance"]
    history.append([badge(2, "out", 20), badge(4, "out", 60)])  # what comes with it is folded once
    picture.take()
    assert picture.violations() == [] and told(picture_of(history)) == told(picture)


def test_a_late_act_of_an_operator_counts_before_what_is_in_the_checkpoint(history):
    history.append([badge(1, "in", 10), badge(3, "in", 50)])
    picture = picture_of(history)
    picture.checkpoint()
    history.append([event(2, "apb.moved", 30, area="office", user="kim", no=0, presence="out", by="operator", operator="ada", nonce="n1")])
    picture.take()
    assert picture.violations() == [] and [person.user for person in picture.inside("office").people] == ["kim"]


def test_across_a_checkpoint_clocks_err_as_they_do_elsewhere(history):
    """Somebody went out and in again; the second door's clock was a little behind."""
    history.append([badge(1, "in", 10), badge(1, "in", 20, controller="c2")])
    picture = picture_of(history)
    picture.checkpoint()
    assert len(picture.violations()) == 1
    history.append([badge(2, "out", 20.1)])
    picture.take()
    assert picture.violations() == [] and len(picture.inside("office").people) == 1
    assert told(picture_of(history)) == told(picture)


def test_what_is_deleted_goes_on_to_count(history):
    history.append([badge(1, "in", 10), badge(2, "in", 11, "lee"), badge(3, "in", 12, granted=False)])
    now_ms = START_MS + DAY_MS + 3_600_000
    picture = picture_of(history, now_ms=now_ms)
    before = told(picture)
    assert picture.prune(now_ms) == 3 and history.count() == 0
    assert told(picture) == before and told(picture_of(history, now_ms=now_ms)) == before
    history.append([badge(4, "out", 90_000, "lee")])
    picture.take()
    assert [person.user for person in picture.inside("office").people] == ["kim"] and [found.user for found in picture.violations()] == ["kim"]


def test_an_area_more_or_around_another_takes_nothing_from_what_is_known(history):
    """Also where its facts are deleted: of areas that have been there before everything stays."""
    two = small.site({"office": small.area("lobby"), "lab": small.area("glass")}, {"lobby": "c1", "glass": "c1"})
    nested = small.nested() | {"doors": small.nested()["doors"]}
    nested["areas"]["yard"] = small.area("lobby")
    history.append([badge(1, "in", 10), badge(2, "in", 11, reader="glass_in", door="glass", judge={"lab": ["in", "hard"]}),
                    event(3, "area.set", 12, area="lab", settings={"violation_timeout_s": 30}), badge(4, "in", 20, judge={"yard": ["in", "hard"]})])  # fmt: skip
    now_ms = START_MS + 2 * DAY_MS
    picture = picture_of(history, two, now_ms)
    picture.checkpoint()
    assert [person.since_ms for person in picture_of(history, nested, now_ms).inside("yard").people] == [START_MS + 20_000]
    picture.prune(now_ms)
    for data in (two, nested):
        again = picture_of(history, data, now_ms)
        assert [len(again.inside(area).people) for area in ("office", "lab")] == [1, 1]
        assert {area.name: area.settings["violation_timeout_s"] for area in again.areas()}["lab"] == 30


def test_what_comes_too_late_to_be_judged_moves_people_and_accuses_nobody(history):
    history.append([badge(2, "in", 10), badge(3, "out", 20)])
    now_ms = START_MS + 2 * DAY_MS
    picture = picture_of(history, now_ms=now_ms)
    picture.prune(now_ms)
    history.append([badge(1, "out", 5, controller="c2")])
    picture.take()
    assert picture.violations() == [] and picture.inside("office").people == ()


def test_an_event_for_which_another_stands_is_unlearned(history):
    """A board whose clock was ahead writes what it wrote then again, under another name."""
    history.append([badge(1, "in", 10), badge(2, "out", 3000), badge(1, "in", 40, controller="c2")])
    picture = picture_of(history)
    picture.checkpoint()
    assert [violation.since_ms for violation in picture.violations()] == [START_MS + 40_000]
    history.append([badge(1, "out", 20, inc=8, was=[7, 2])])
    picture.take()
    assert picture.violations() == [] and [person.user for person in picture.inside("office").people] == ["kim"]
    assert told(picture_of(history)) == told(picture)


def test_an_event_under_a_wrong_name_is_unlearned_with_it(history):
    history.append([badge(1, "in", 10), badge(2, "out", 20)])
    picture = picture_of(history)
    history.append([badge(1, "out", 20, inc=8, instead=[7, 2])])
    picture.take()
    assert picture.violations() == [] and picture.inside("office").people == ()
    history.append([badge(2, "out", 15)])
    picture.take()
    assert [violation.kind for violation in picture.violations()] == ["double_exit"]


def test_after_trouble_in_the_middle_of_a_fold_it_is_whole_again(history, monkeypatch):
    history.append([badge(1, "in", 10), badge(4, "in", 50), badge(5, "out", 60)])
    picture = picture_of(history)
    assert len(picture.violations()) == 1
    history.append([badge(2, "out", 20)])

    def fail(*_):
        raise Trouble("gone away")

    monkeypatch.setattr(picture._generations, "story", fail)
    with pytest.raises(Trouble):
        picture.take()
    monkeypatch.undo()
    picture.take()
    assert told(picture) == told(picture_of(history)) and picture.violations() == []


# -- what it shows -------------------------------------------------------------------------------


def report(seq: int, word: str, of: list, at_s: float, **fields) -> dict:
    return event(seq, f"apb.{word}", at_s, area="office", user="kim", no=0, mode="hard", of=of, **fields) | {"kind": "double_entrance"}


def test_a_violation_says_whether_it_is_sure_and_late(history):
    data = small.office(violation_timeout_s=600)
    history.append([badge(1, "in", 10), badge(2, "in", 50, granted=False)])
    picture = picture_of(history, data, START_MS + 60_000)
    violation, = picture.violations()
    assert (violation.user, violation.kind, violation.mode, violation.since_ms) == ("kim", "double_entrance", "hard", START_MS + 50_000)
    assert (violation.against_ms, violation.against_reader) == (START_MS + 10_000, "lobby_in") and violation.of == ("c1", 7, 2)
    assert violation.expires_ms == START_MS + 650_000 and not violation.is_sure and not violation.is_late
    for further, is_sure, is_late in ((report(3, "suspected", ["c1", 7, 2], 55, late=True), False, True),
                                      (report(4, "violation", ["c1", 7, 2], 56), True, False)):  # fmt: skip
        history.append([further])
        picture.take()
        violation, = picture.violations()
        assert (violation.is_sure, violation.is_late) == (is_sure, is_late)
    assert [area.violations for area in picture.areas()] == [1]
    assert picture_of(history, data, START_MS + 651_000).violations() == []


def test_a_violation_that_the_doors_have_forgotten_says_so(history):
    history.append([badge(1, "in", 10), badge(2, "in", 50, granted=False), event(1, "log.lost", 60, inc=8, origin=["c1", 7, "notes"])])
    picture = picture_of(history)
    assert [violation.is_forgotten for violation in picture.violations()] == [False]
    history.append([event(2, "log.lost", 61, inc=8, origin=["c1", 7, "facts"])])
    picture.take()
    assert [violation.is_forgotten for violation in picture.violations()] == [True]


def test_it_says_how_old_what_it_shows_is(tmp_path):
    world = busy(opened(tmp_path), 5)
    picture = pictured(world)
    world.run_until(world.now_ms + 40_000)
    area, = picture.areas()
    assert set(area.as_of_ms) == {"c1", "c2"} and all(world.unix_ms() - at_ms < 35_000 for at_ms in area.as_of_ms.values())
    world.power("c2", False)
    off_ms = world.unix_ms()
    world.run_until(world.now_ms + 200_000)
    boards = {found.name: found for found in picture.controllers()}
    assert picture.inside("hall").as_of_ms["c2"] <= off_ms and boards["c1"].is_in_step and not boards["c2"].is_online
    assert boards["c1"].isolated == ("hall",) and picture.areas()[0].isolated == {"c1": ("c2",)}
    assert boards["c1"].version and boards["c1"].newest_ms and boards["c2"].lost == 0
    world.power("c2", True)
    world.run_until(world.now_ms + 60_000)
    assert picture.areas()[0].isolated == {} and picture.controllers()[1].is_in_step


def test_doors_and_readers_are_as_they_said_last_whatever_came_last(history):
    history.append([event(2, "door.closed", 20, door="lobby"), event(4, "door.held", 25, door="lobby"), event(1, "door.opened", 10, door="lobby"),
                    event(3, "door.locked", 22, door="lobby", why="access"), event(5, "reader.offline", 30, reader="lobby_in"),
                    event(1, "lockdown.started", 40, doors=["lobby"], operator="ada")])  # fmt: skip
    picture = picture_of(history)
    door, = picture.doors()
    assert (door.is_open, door.is_locked, door.why, door.alarm, door.is_locked_down) == (False, True, "access", "held", True)
    assert door.since_ms == START_MS + 25_000
    assert [(reader.name, reader.trouble) for reader in picture.readers()] == [("lobby_in", "offline"), ("lobby_out", None)]
    history.append([event(6, "reader.online", 50, reader="lobby_in"), event(7, "door.restored", 51, door="lobby")])
    picture.take()
    assert picture.doors()[0].alarm is None and picture.readers()[0].trouble is None
    assert told(picture_of(history)) == told(picture) and picture_of(history).doors() == picture.doors()


@pytest.mark.parametrize(
    ("told", "is_on", "since_s"),
    [
        ([], None, None),
        ([event(1, "output.on", 20, output="strobe", why="time")], True, 20),
        ([event(1, "output.on", 20, output="other", why="time")], None, None),
        ([event(1, "output.on", 20, output="strobe", why="time"), event(2, "output.off", 30, output="strobe", why="silenced")], False, 30),
        ([event(2, "output.off", 30, output="strobe", why="silenced"), event(1, "output.on", 20, output="strobe", why="time")], False, 30),
        # A board that starts has all of them off, and does not say so of each.
        ([event(1, "output.on", 20, output="strobe", why="time"), event(1, "controller.started", 40, inc=8, version="1")], False, 40),
        ([event(1, "controller.started", 40, inc=8, version="1"), event(1, "output.on", 20, output="strobe", why="time")], False, 40),
        ([event(1, "controller.started", 40, inc=8, version="1"), event(2, "output.on", 50, inc=8, output="strobe", why="time")], True, 50),
    ],
)  # fmt: skip
def test_an_output_is_as_its_controller_said_last(history, told, is_on, since_s):
    if told:
        history.append(told)
    output, = picture_of(history, OFFICE | {"outputs": {"strobe": {"controller": "c1"}}}).outputs()
    assert (output.is_on, output.since_ms) == (is_on, since_s and START_MS + since_s * 1000)


def test_boards_under_one_name_are_told_apart_until_they_are_retired(history):
    history.append([event(1, "door.opened", 10, door="lobby"), event(1, "door.opened", 20, inc=9, door="lobby")])
    picture = picture_of(history)
    found = {each.name: each for each in picture.controllers()}["c1"]
    assert (found.incs, found.retired_incs, found.is_retired) == ((9, 7), (), False)
    history.append([event(1, "controller.retired", 30, stream="site", peer="c1", peer_inc=7, operator="ada", reason="", nonce="n")])
    picture.take()
    found = {each.name: each for each in picture.controllers()}["c1"]
    assert (found.incs, found.retired_incs, found.is_retired) == ((9,), (7,), False)


def test_a_muster_counts_down_as_people_badge_where_they_gather(history):
    data = small.office() | {"doors": OFFICE["doors"] | {"yard": {"controller": "c1"}}, "readers": OFFICE["readers"] | {"yard_in": {"door": "yard"}}}
    history.append([badge(1, "in", 1), badge(2, "in", 2, "lee"), badge(3, "in", 3, "pat")])
    picture = picture_of(history, data)
    assert picture.muster(["yard_in"]).since_ms is None and len(picture.muster().areas[0].people) == 3
    history.append([event(1, "emergency.started", 10, source=["c1", "fire", 1]), badge(4, "out", 15, "pat", mode="off"),
                    badge(5, "in", 20, "lee", reader="yard_in", door="yard", judge={}), badge(6, "in", 5, "kim", reader="yard_in", judge={})])  # fmt: skip
    picture.take()
    muster = picture.muster(["yard_in"])
    assert muster.since_ms == START_MS + 10_000 and [person.user for person in muster.areas[0].people] == ["kim"]
    assert [(safe.user, safe.at_ms) for safe in muster.safe] == [("lee", START_MS + 20_000)]
    assert picture.emergency().sources == ((("c1", "fire", 1), START_MS + 10_000),)
    history.append([event(2, "emergency.ended", 90, ends=[["c1", "fire", 1]])])
    picture.take()
    assert not picture.emergency().is_active and picture.areas()[0].occupancy == 0


def test_the_curve_of_the_day_is_what_the_controllers_counted(tmp_path):
    data = small.hall("soft", reset_at=["09:04"], presence_timeout_s=100)
    world, seen, dice = opened(tmp_path, data), [], random.Random(7)
    picture = pictured(world)
    world.badge("north_in", user="sam")
    for _ in range(60):
        world.badge(dice.choice(sorted(world.site.readers)), user=dice.choice(sorted(world.site.users)))
        if dice.random() < 0.1:
            order(world, "move", area="hall", user=dice.choice(sorted(world.site.users)), presence=dice.choice(("in", "out")))
        world.run_until(world.now_ms + dice.choice((500, 4000, 30_000)))
        seen.append((world.unix_ms() - 200, world.occupancy("hall")))
    since_ms = seen[10][0]
    curve = picture.occupancy("hall", since_ms)
    assert curve[0][0] == since_ms and [at for at, _ in curve] == sorted(at for at, _ in curve)
    for at_ms, count in seen[10:]:
        assert [inside for from_ms, inside in curve if from_ms <= at_ms][-1] == count, at_ms
    assert len({count for _, count in seen}) > 2
