"""What RULES.md promises, each promise a property over random input on the real firmware."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.honest import Honest
from tests.model.profiles import examples
from tests.model.sites import MODES, sites
from tests.model.small import START, area, hall, nested, office, site
from tests.model.stage import PASSBACK, VIOLATES, Stage
from tests.model.walks import SPLIT_GAPS_S, connected, faulty, walks

pytestmark = pytest.mark.slow

READERS = st.sampled_from(["north_in", "north_out", "south_in", "south_out"])
SIDE = {"in": "double_entrance", "out": "double_exit"}
ANYBODY = st.sampled_from(["kim", "kim", "sam", "lee"])
GAP = st.sampled_from([2, 3, 7, 20])


def plan(*more):
    """Badges of anybody at the hall's readers."""
    return st.lists(st.tuples(READERS, ANYBODY, *more), min_size=4, max_size=14)


def timeless(where: dict) -> dict:
    """The same site without anything that time alone changes."""
    for settings in where["areas"].values():
        settings |= {"presence_timeout_s": 0, "violation_timeout_s": 0, "reset_at": []}
        settings |= {} if settings["exits"] else {"anti_passback": "soft"}
    return where


def twin(reader: str) -> str:
    """The reader of the same direction at the other door."""
    door, side = reader.split("_")
    return {"north": "south", "south": "north"}[door] + "_" + side


def at_once(stage: Stage, reader: str, other: str, apart_ms: int) -> None:
    """One card at two readers, the second so much later."""
    for at_s, name in ((2, reader), (2 + apart_ms / 1000, other)):
        stage.run_until(at_s)
        stage.steps.append({"at": at_s, "badge": {"reader": name, "user": "kim"}})
        stage.world.badge(name, user="kim")
    stage.run_until(8)


def is_denied_by_passback(event) -> bool:
    return event["type"] == "access.denied" and event["reason"] in VIOLATES


@examples(25)
@given(st.data())
def test_a_denied_badge_moves_nobody(data):
    where = timeless(data.draw(sites()))
    stage = Stage(where, START, "denied_moves_nobody")
    for step in data.draw(walks(connected(where), SPLIT_GAPS_S)):
        stage.run_until(step["at"] - 0.01)
        before = {key: row["presence"] for key, row in stage.rows().items()}
        said = stage.step(step)
        after = {key: row["presence"] for key, row in stage.rows().items()}
        if "badge" in step and not [e for e in said if e["type"] in ("access.granted", "access.entered", "access.not_used")]:
            stage.check(before == after, f"somebody moved at {step}")


@examples(15)
@given(st.sampled_from(["soft", "deny", "hard"]), plan(GAP))
def test_no_sequence_of_badges_restarts_a_violations_timer(mode, badges):
    stage = Stage(hall(mode, violation_timeout_s=60), START, "timer")
    stage.badge("north_in")
    first = stage.badge("south_in")
    since = stage.row("hall")["violation_at"]
    for reader, user, gap_s in badges:
        if stage.now_s + gap_s + 1 > first["at"] + 60 or stage.row("hall")["violation"] is None:
            break
        stage.badge(reader, user, gap_s)
        row = stage.row("hall")
        stage.check(row["violation"] is None or row["violation_at"] == since, "the violation became younger")
    ends = first["at"] + 60
    if stage.row("hall")["violation"]:
        stage.run_until(ends - 0.002)
        stage.check(stage.row("hall")["violation"] == "double_entrance", "it expired early")
    stage.run_until(ends + 1)
    stage.check(stage.row("hall")["violation"] is None, "it did not expire")


@examples(25)
@given(st.data())
def test_an_exempt_person_is_never_denied_by_anti_passback(data):
    where = data.draw(sites())
    for settings in where["areas"].values():
        settings["exempt_groups"] = ["security"]
    stage = Stage(where, START, "exempt").run(data.draw(walks(faulty(where), SPLIT_GAPS_S)))
    wrong = [e for e in stage.told(type="access.denied", user="lee") if e["reason"] in PASSBACK]
    stage.check(not wrong, f"an exempt person was denied: {wrong}")


@examples(25)
@given(st.data())
def test_a_person_who_alternates_is_never_denied_nor_left_in_violation(data):
    where = data.draw(sites())
    for settings in where["areas"].values():
        settings["when_isolated"] = "soft"
        settings.pop("capacity", None)
    stage, person = Stage(where, START, "honest"), Honest(where)
    for _ in range(data.draw(st.integers(8, 16))):
        fault(stage, data)
        walk_on(stage, person, data)
    stage.do(3, network={"groups": "all"})
    stage.wait(10)
    stage.check(not any(row["violation"] or row["suspected"] for key, row in stage.rows().items() if key[2] == "kim"),
                "an honest person is in violation")
    stage.check(stage.world.agree() == [], f"tables differ: {stage.world.agree()}")


def walk_on(stage: Stage, person: Honest, data) -> None:
    """One proper badge, and through the door where somebody looks."""
    choices = person.choices()
    if not choices:
        return
    reader = data.draw(st.sampled_from(choices))
    answer = stage.badge(reader, gap_s=data.draw(st.sampled_from([2, 3, 30, 400])))
    stage.check(answer is None or not is_denied_by_passback(answer), f"an honest person was denied: {answer}",
                {"event": {"type": "access.granted", "user": "kim", "reader": reader}})
    if answer is None or answer["type"] != "access.granted":
        return
    person.passes(reader)
    door = stage.site["readers"][reader]["door"]
    if stage.site["doors"][door]["sensor"]:
        stage.do(1, open=door)
        stage.do(1, close=door)


def fault(stage: Stage, data) -> None:
    """Now and then the network splits or heals, a board loses its power for a while, an area is reset, a fire starts."""
    names = sorted(stage.site["controllers"])
    what = data.draw(st.sampled_from(["none"] * 4 + ["split", "heal", "power", "reset", "fire"]))
    if what == "split":
        cut = data.draw(st.integers(0, len(names)))
        stage.do(3, network={"groups": [g for g in (names[:cut], names[cut:]) if g]})
    elif what == "heal":
        stage.do(3, network={"groups": "all"})
    elif what == "power":
        name = data.draw(st.sampled_from(names))
        stage.do(3, power={"controller": name, "on": False})
        stage.do(3, power={"controller": name, "on": True})
        stage.wait(2)
    elif what == "reset":
        stage.command("reset", area=data.draw(st.sampled_from(sorted(stage.site["areas"]))))
    elif what == "fire":
        stage.do(3, fire={"controller": names[0], "active": True})
        stage.do(3, fire={"controller": names[0], "active": False})


@examples(15)
@given(st.data())
def test_soft_never_denies_by_anti_passback(data):
    where = data.draw(sites())
    for settings in where["areas"].values():
        settings["anti_passback"] = "soft"
    actions = faulty(where).filter(lambda steps: not any(s.get("command", {}).get("action") == "set" for s in steps))
    stage = Stage(where, START, "soft").run(data.draw(walks(actions, SPLIT_GAPS_S)))
    stage.check(not [e for e in stage.events if is_denied_by_passback(e)], "soft denied")


@examples(15)
@given(plan())
def test_hard_denies_every_entrance_and_exit_until_it_ends(badges):
    stage = Stage(hall("hard"), START, "hard")
    stage.badge("north_in")
    stage.badge("north_in")
    for reader, _ in badges:
        stage.check(stage.badge(reader)["reason"] == "in_violation", "let through in violation")
    stage.command("clear", area="hall", user="kim")
    stage.check(stage.badge("south_in")["type"] == "access.granted", "denied after the violation was cleared")


@examples(15)
@given(plan())
def test_deny_heals_by_the_first_badge_that_does_not_violate(badges):
    stage, presence = Stage(hall("deny"), START, "deny"), {}
    for reader, user in badges:
        answer, side = stage.badge(reader, user), reader.split("_")[1]
        violates = presence.get(user) == side
        stage.check((answer["type"] == "access.denied") == violates, f"wrong answer {answer}")
        stage.check(stage.row("hall", user)["violation"] == (SIDE[side] if violates else None), "not healed, or not created")
        presence[user] = side


@examples(10)
@given(READERS, READERS, st.sampled_from(["reset", "move", "timeout", "reset_at", "fire"]))
def test_unknown_accuses_nobody(first, second, why):
    settings = {"timeout": {"presence_timeout_s": 30}, "reset_at": {"reset_at": ["09:00"]}}.get(why, {})
    stage = Stage(hall("hard", first_use="entrance", **settings), "2026-01-05T08:59:40", "unknown")
    stage.badge("north_in")
    stage.badge(first) if first.endswith("out") else None
    if why == "reset":
        stage.command("reset", area="hall")
    elif why == "move":
        stage.command("move", area="hall", user="kim", presence="unknown")
    elif why == "fire":
        stage.do(fire={"controller": "c1", "active": True})
        stage.do(fire={"controller": "c1", "active": False})
    stage.wait(40)
    stage.check(stage.row("hall")["presence"] == "unknown", "presence is still known")
    stage.check(stage.badge(second, gap_s=60)["type"] == "access.granted", "accused while unknown")


@examples(10)
@given(st.sampled_from(["soft", "deny", "hard"]), READERS, st.sampled_from(["clear", "pass", "expiry"]))
def test_a_pardon_is_used_exactly_once(mode, reader, how):
    stage = Stage(hall(mode, violation_timeout_s=30 if how == "expiry" else 0), START, "pardon")
    stage.badge("north_in")
    stage.badge("north_in") if how != "pass" else None
    stage.wait(31) if how == "expiry" else stage.command(how, area="hall", user="kim")
    stage.check(stage.row("hall")["pardon"], "no pardon was given")
    first, second = stage.badge(reader, gap_s=40), stage.badge(reader)
    stage.check(first["type"] == "access.granted" and first.get("pardoned") is True, "the pardon was not used")
    stage.check(not second.get("pardoned") and list(second["violates"].values()) == [SIDE[reader.split("_")[1]]], "used twice")


@examples(15)
@given(st.integers(1, 2), st.lists(st.tuples(READERS, st.sampled_from(["kim", "sam", "pat", "lee"])), min_size=6, max_size=16))
def test_capacity_is_never_exceeded_while_connected(capacity, badges):
    stage = Stage(hall("deny", capacity=capacity), START, "capacity")
    for reader, user in badges:
        inside = stage.world.occupancy("hall")
        was_in = stage.row("hall", user)["presence"] == "in"
        answer = stage.badge(reader, user)
        stage.check(stage.world.occupancy("hall") <= capacity, "too many inside")
        full = reader.endswith("in") and not was_in and inside == capacity
        stage.check((answer.get("reason") == "area_full") == full, f"full or not: {answer}")


@examples(10)
@given(st.permutations(["c1", "c2", "c3"]), st.permutations(["c1", "c2", "c3"]), st.data())
def test_the_same_facts_make_the_same_table_in_whatever_order_they_came(one, other, data):
    doors = {"north": "c1", "south": "c2", "west": "c3"}
    where = site({"hall": area("north south west", anti_passback="soft")}, doors)
    reader = st.sampled_from(sorted(where["readers"]))
    badges = data.draw(st.lists(st.tuples(reader, ANYBODY), min_size=5, max_size=16))
    tables = []
    for order in (one, other):
        stage = Stage(where, START, "order")
        stage.do(network={"groups": [["c1"], ["c2"], ["c3"]]})
        for who in badges:
            stage.badge(*who)
        heal_slowly(stage, order)
        stage.check(stage.world.agree() == [], f"tables differ: {stage.world.agree()}")
        tables.append({key[1:]: concluded(row) for key, row in stage.rows().items()})
    stage.check(tables[0] == tables[1], "the order of delivery shows in the table")


def heal_slowly(stage: Stage, order: list) -> None:
    """Two boards first, then all."""
    stage.do(network={"groups": [order[:2], order[2:]]})
    stage.do(20, network={"groups": "all"})
    stage.wait(20)


def concluded(row: dict) -> tuple:
    return row["presence"], row["violation"], bool(row["pardon"]), row["violation_at"]


@examples(10)
@given(st.sampled_from(["soft", "deny", "hard"]), READERS, st.booleans())
def test_a_passback_in_a_split_becomes_a_violation_everywhere_after_healing(mode, reader, is_warm):
    stage = Stage(hall(mode), START, "split")
    if is_warm:
        stage.badge("north_in", "sam")
    stage.do(network={"groups": [["c1"], ["c2"]]})
    side = reader.split("_")[1]
    stage.check(stage.badge(reader)["type"] == stage.badge(twin(reader))["type"] == "access.granted", "denied on stale knowledge")
    stage.do(network={"groups": "all"})
    stage.wait(20)
    rows = [row for key, row in stage.rows().items() if key[2] == "kim"]
    stage.check([row["violation"] for row in rows] == [SIDE[side]] * 2, f"not found: {rows}")
    found = stage.told(type="apb.violation", user="kim")
    stage.check(len(found) == 1 and found[0].get("late") is True, f"reported as {found}")


@examples(8)
@given(st.sampled_from(["kim", "sam"]), st.booleans())
def test_a_clear_has_exactly_one_effect(user, in_violation):
    stage = Stage(hall("hard"), START, "clear")
    stage.badge("north_in", user)
    stage.badge("south_in", user) if in_violation else None
    stage.command("clear", area="hall", user=user)
    stage.check(len(stage.told(type="apb.cleared", by="operator")) == 1, "not exactly one fact")
    for (_, _, name), row in stage.rows().items():
        stage.check(bool(row["pardon"]) == (in_violation and name == user), f"pardons: {name} {row}")
        stage.check(row["violation"] is None, "a violation is left")
        stage.check(row["presence"].replace("never", "unknown") == ("in" if name == user else "unknown"), "somebody moved")


@examples(20)
@given(st.integers(-90, 90), st.integers(-90, 90), st.lists(st.tuples(st.booleans(), st.integers(5, 150)), min_size=1, max_size=6))
def test_clocks_within_their_error_accuse_nobody(one_ms, other_ms, visits):
    """In and out within a moment, while the boards cannot talk and their clocks are off by less than they know.

    In a `soft` area: there a grant waits for no question, so that nobody can be out before he was let in.
    """
    stage = Stage(hall("soft"), START, "clocks")
    stage.badge("north_in")
    stage.badge("north_out")  # a first badge ever, taken for a second one, would go unnoticed and mislead the next
    stage.do(clock={"controller": "c1", "offset_s": one_ms / 1000})
    stage.do(clock={"controller": "c2", "offset_s": other_ms / 1000})
    stage.do(network={"groups": [["c1"], ["c2"]]})
    for by_north, apart_ms in visits:
        entrance, exit_ = ("north", "south") if by_north else ("south", "north")
        at_s = round(stage.now_s + 3, 3)
        for moment_s, reader in ((at_s, entrance + "_in"), (round(at_s + apart_ms / 1000, 3), exit_ + "_out")):
            stage.run_until(moment_s)
            stage.steps.append({"at": moment_s, "badge": {"reader": reader, "user": "kim"}})
            stage.world.badge(reader, user="kim")
        stage.run_until(at_s + 2)
    stage.do(3, network={"groups": "all"})
    stage.wait(20)
    stage.check(not stage.told(type="access.denied") and stage.world.agree() == [], "denied, or the tables differ")
    stage.check(not any(row["violation"] or row["suspected"] for row in stage.rows().values()), "an honest person is accused")


ROLES = {"viewer": "vic", "site_manager": "max", "site_admin": "ada"}
MAY = {"clear": 1, "reset": 1, "move": 1, "pass": 1, "unlock": 1, "lockdown": 1, "release": 1, "set": 2, "retire": 2}
FIELDS = {
    "clear": {"area": "hall", "user": "sam"}, "reset": {"area": "hall"}, "pass": {"area": "hall", "user": "sam"},
    "move": {"area": "hall", "user": "sam", "presence": "in"}, "unlock": {"door": "north"}, "lockdown": {"doors": ["north"]},
    "release": {"doors": ["north"]}, "set": {"area": "hall", "anti_passback": "soft"}, "retire": {"controller": "c2"},
}


def test_each_role_may_what_the_table_says_and_no_more():
    for action, least in MAY.items():
        for rank, operator in enumerate(ROLES.values()):
            stage = Stage(hall("hard"), START, "roles")
            stage.badge("north_in")
            said = stage.command(action, operator, **FIELDS[action])
            refused = [e for e in said if e["type"] == "command.refused" and e["operator"] == operator]
            stage.check(bool(refused) == (rank < least), f"{operator} {action}: {said}")


def test_a_pass_is_refused_for_somebody_in_violation():
    stage = Stage(hall("hard"), START, "pass")
    stage.badge("north_in")
    stage.badge("north_in")
    said = stage.command("pass", area="hall", user="kim")
    stage.check([e["type"] for e in said if e["type"].startswith(("apb.", "command."))] == ["command.refused"], f"{said}")


@examples(10)
@given(READERS, st.integers(0, 60))
def test_one_card_at_two_doors_at_once_is_let_in_once_where_grants_are_confirmed(reader, apart_ms):
    stage = Stage(hall("hard", confirm_grants=True), START, "race")
    at_once(stage, reader, twin(reader), apart_ms)
    stage.check(len(stage.told(type="access.granted", user="kim")) == 1, "let in twice")
    stage.check(stage.row("hall")["violation"] == SIDE[reader.split("_")[1]], "the second is no violation")


@examples(10)
@given(st.integers(0, 60))
def test_one_card_at_two_doors_at_once_is_a_violation_when_the_events_meet(apart_ms):
    stage = Stage(hall("hard"), START, "meet")
    at_once(stage, "north_in", "south_in", apart_ms)
    stage.check(all(row["violation"] == "double_entrance" for key, row in stage.rows().items() if key[2] == "kim"), "hidden")


@examples(10)
@given(st.sampled_from([1, 5, 9, 11, 13]), st.sampled_from(["kim", "sam"]))
def test_whoever_would_be_alone_waits_ten_seconds_for_a_companion(gap_s, second):
    stage = Stage(office("hard", minimum=2), START, "companion")
    stage.badge("lobby_in", "kim")
    stage.badge("lobby_in", second, gap_s)
    stage.wait(11)
    granted = {e["user"] for e in stage.told(type="access.granted")}
    both = second != "kim" and gap_s < 10
    stage.check(granted == ({"kim", "sam"} if both else set()), f"granted {granted}")
    stage.check(both or stage.told(type="access.denied", user="kim", reason="needs_companion"), "nobody said why")


@examples(10)
@given(st.lists(st.sampled_from(["lobby_in", "lobby_out", "glass_in", "glass_out"]), min_size=3, max_size=10))
def test_nobody_is_inside_the_inner_area_who_left_the_outer(readers):
    stage = Stage(nested({"anti_passback": "soft"}, {"anti_passback": "soft"}), START, "nested")
    for reader in readers:
        stage.badge(reader)
        if reader == "lobby_out":
            stage.check(stage.row("lab")["presence"] != "in", "still inside")
