"""The model by itself, on cases worked out by hand from the specification."""

from tests.model.play import NaiveSite
from tests.model.small import START, badge, command, hall, nested, office, site, area


def played(where: dict, *steps) -> NaiveSite:
    naive = NaiveSite(where, START)
    for step in steps:
        naive.play(step)
    return naive


def said(naive) -> list:
    """Each badge's answer: "ok" or the reason."""
    return [e.get("reason", "ok") for e in naive.events if e["type"] in ("access.granted", "access.denied")]


def row(naive, at: float, name: str = "office", user: str = "kim") -> tuple:
    found = naive.everything(naive.start_ms + round(at * 1000)).now(name, user)[0]
    return found.presence, found.violation.kind if found.violation else None, found.pardon


def test_off_judges_nothing_and_still_moves():
    naive = played(office("off"), badge(1, "lobby_in"), badge(2, "lobby_in"))
    assert said(naive) == ["ok", "ok"] and row(naive, 3) == ("in", None, False)


def test_soft_grants_and_records_the_first_only():
    naive = played(office("soft"), badge(1, "lobby_out"), badge(2, "lobby_out"), badge(3, "lobby_in"), badge(4, "lobby_in"))
    assert said(naive) == ["ok"] * 4 and row(naive, 5) == ("in", "double_exit", False)
    assert naive.events[-1]["violates"] == {"office": "double_entrance"}


def test_deny_heals_by_the_first_badge_that_does_not_violate():
    naive = played(office("deny"), badge(1, "lobby_in"), badge(2, "lobby_in"), badge(3, "lobby_in"), badge(4, "lobby_out"))
    assert said(naive) == ["ok", "double_entrance", "double_entrance", "ok"] and row(naive, 5) == ("out", None, False)


def test_hard_denies_everywhere_until_cleared_and_pardons_once():
    naive = played(office("hard"), badge(1, "lobby_in"), badge(2, "lobby_in"), badge(3, "lobby_out"),
                   command(4, "clear", area="office", user="kim"), badge(5, "lobby_in"), badge(6, "lobby_in"))
    assert said(naive) == ["ok", "double_entrance", "in_violation", "ok", "double_entrance"]


def test_the_mode_of_the_own_direction_rules():
    naive = played(office({"entrances": "hard", "exits": "soft"}), badge(1, "lobby_out"), badge(2, "lobby_out"),
                   badge(3, "lobby_in"), badge(4, "lobby_out"))
    assert said(naive) == ["ok", "ok", "in_violation", "ok"]


def test_expiry_counts_from_the_first_creation_and_pardons():
    steps = [badge(1, "lobby_in"), badge(2, "lobby_in"), badge(50, "lobby_in")]
    naive = played(office("hard", violation_timeout_s=60), *steps)
    assert row(naive, 61.9)[1] == "double_entrance" and row(naive, 62) == ("in", None, True)
    naive.play(badge(63, "lobby_in"))
    assert said(naive)[-1] == "ok" and row(naive, 64) == ("in", None, False)


def test_presence_is_forgotten_after_its_timeout():
    naive = played(office("hard", presence_timeout_s=60), badge(1, "lobby_in"), badge(61, "lobby_in"), badge(100, "lobby_in"))
    assert said(naive) == ["ok", "ok", "double_entrance"]


def test_reset_at_forgives_at_its_moment():
    naive = played(office("hard", reset_at=["09:10"]), badge(1, "lobby_in"), badge(2, "lobby_in"))
    assert row(naive, 599)[1] == "double_entrance" and row(naive, 600) == ("unknown", None, False)


def test_reset_drops_the_pardon_of_an_expiry_before_it():
    naive = played(office("hard", reset_at=["09:10"], violation_timeout_s=60), badge(1, "lobby_in"), badge(2, "lobby_in"))
    assert row(naive, 599) == ("in", None, True) and row(naive, 600) == ("unknown", None, False)


def test_first_use_entrance_denies_a_first_exit_and_not_an_unknown_one():
    naive = played(office("hard", first_use="entrance"), badge(1, "lobby_out"), command(2, "reset", area="office"),
                   badge(3, "lobby_out"))
    assert said(naive) == ["exit_without_entrance"] * 2  # `never` survives a reset
    naive = played(office("hard", first_use="entrance"), badge(1, "lobby_in"), command(2, "reset", area="office"),
                   badge(3, "lobby_out"))
    assert said(naive) == ["ok", "ok"]


def test_nested_area_asks_for_its_parent():
    assert said(played(nested(), badge(1, "lobby_out"), badge(2, "glass_in"))) == ["ok", "skipped_entrance"]
    assert said(played(nested(), badge(2, "glass_in"))) == ["ok"]
    assert said(played(nested({"first_use": "entrance"}), badge(2, "glass_in"))) == ["skipped_entrance"]
    assert said(played(nested(), badge(1, "lobby_in"), badge(2, "glass_in"))) == ["ok", "ok"]


def test_leaving_the_outer_area_leaves_the_inner():
    naive = played(nested(), badge(1, "lobby_in"), badge(2, "glass_in"), badge(3, "lobby_out"))
    assert row(naive, 4, "lab")[0] == "out"
    naive = played(nested(), badge(1, "lobby_in"), badge(2, "glass_in"), command(3, "move", area="office", user="kim", presence="out"))
    assert row(naive, 4, "lab")[0] == "out"


def test_an_exempt_person_is_not_judged_even_in_violation():
    where = office("soft", exempt_groups=["security"])
    naive = played(where, badge(1, "lobby_in", "lee"), badge(2, "lobby_in", "lee"))
    assert said(naive) == ["ok", "ok"] and row(naive, 3, user="lee") == ("in", None, False)


def test_capacity_counts_those_inside():
    naive = played(office("hard", capacity=1), badge(1, "lobby_in"), badge(2, "lobby_in", "sam"), badge(3, "lobby_out"),
                   badge(4, "lobby_in", "sam"))
    assert said(naive) == ["ok", "area_full", "ok", "ok"]


def test_move_drops_violation_and_pardon():
    naive = played(office("hard"), badge(1, "lobby_in"), badge(2, "lobby_in"),
                   command(3, "move", area="office", user="kim", presence="out"), badge(4, "lobby_in"))
    assert said(naive) == ["ok", "double_entrance", "ok"]


def test_a_stricter_direction_ends_violations_without_pardon():
    naive = played(office("soft"), badge(1, "lobby_in"), badge(2, "lobby_in"), command(3, "set", area="office", anti_passback="hard"))
    assert row(naive, 4) == ("in", None, False)


def test_emergency_judges_nobody_and_its_end_resets():
    fire = [{"at": t, "fire": {"controller": "c1", "active": on}} for t, on in ((2, True), (5, False))]
    naive = played(office("hard"), badge(1, "lobby_in"), fire[0], badge(3, "lobby_in"), fire[1])
    assert said(naive) == ["ok", "ok"] and row(naive, 4) == ("unknown", None, False)
    naive = played(office("hard", after_emergency="keep"), badge(1, "lobby_in"), *fire)
    assert row(naive, 6)[0] == "in"


def test_two_sources_end_once_when_the_last_ends():
    fires = [("c1", 2, True), ("c2", 3, True), ("c1", 4, False), ("c2", 6, False)]
    steps = [{"at": t, "fire": {"controller": c, "active": on}} for c, t, on in fires]
    naive = played(hall(), *steps[:3], badge(5, "north_in"), steps[3], badge(7, "north_in"))
    assert row(naive, 8, "hall")[0] == "in" and said(naive) == ["ok", "ok"]


def test_entry_moves_when_the_door_opens_and_counts_as_entering_before():
    naive = played(office("hard", moves_on="entry"), badge(1, "lobby_in"), badge(2, "lobby_in"))
    assert said(naive) == ["ok", "double_entrance"] and row(naive, 3)[0] == "never"
    naive = played(office("hard", moves_on="entry"), badge(1, "lobby_in"), {"at": 2, "open": "lobby"})
    assert row(naive, 3) == ("in", None, False)


def test_not_used_gives_the_pardon_back():
    naive = played(office("hard", moves_on="entry"), command(1, "pass", area="office", user="kim"), badge(2, "lobby_in"))
    assert row(naive, 3) == ("never", None, False)
    naive.write("c1", 8, "access.not_used", door="lobby", reader="lobby_in", user="kim")
    assert row(naive, 9) == ("never", None, True)


def test_a_passback_in_a_split_is_found_and_an_honest_walk_is_not():
    split, heal = {"at": 1, "network": {"groups": [["c1"], ["c2"]]}}, {"at": 50, "network": {"groups": "all"}}
    naive = played(hall(), split, badge(2, "north_in"), badge(3, "south_in"), heal)
    assert said(naive) == ["ok", "ok"] and row(naive, 51, "hall") == ("in", "double_entrance", False)
    naive = played(hall(), badge(0.5, "north_in"), split, badge(2, "north_out"), badge(3, "south_in"), heal)
    assert [e for e in naive.events if e.get("unverified")] and row(naive, 51, "hall") == ("in", None, False)


def test_enforce_denies_in_a_split():
    naive = played(hall(when_isolated="enforce"), badge(0.5, "north_in"), {"at": 1, "network": {"groups": [["c1"], ["c2"]]}},
                   badge(2, "south_in"), badge(3, "south_out"))
    assert said(naive) == ["ok", "double_entrance", "in_violation"]


def test_clock_error_is_looked_through_once():
    naive = played(hall(), badge(1, "north_in"))
    naive.knowledge.network([["c1"], ["c2"]])
    fields = {"user": "kim", "err_ms": 100, "after": {}}
    naive.write("c2", 10.00, "access.granted", door="south", reader="south_in", judge={"hall": ["in", "hard"]}, **fields)
    naive.write("c1", 10.15, "access.granted", door="north", reader="north_out", judge={"hall": ["out", "hard"]}, **fields)
    naive.knowledge.network("all")
    assert row(naive, 11, "hall") == ("in", None, False)
    naive.write("c2", 20.00, "access.granted", door="south", reader="south_in", judge={"hall": ["in", "hard"]}, **fields)
    naive.write("c1", 20.25, "access.granted", door="north", reader="north_out", judge={"hall": ["out", "hard"]}, **fields)
    assert row(naive, 21, "hall") == ("out", "double_entrance", False)


def test_a_door_between_two_areas_moves_both_or_none():
    areas = {"east": area("gate", anti_passback="hard"),
             "west": {"entrances": ["gate_out"], "exits": ["gate_in"], "anti_passback": "hard"}}
    naive = played(site(areas, {"gate": "c1"}), badge(1, "gate_in"), badge(2, "gate_in"), badge(3, "gate_out"))
    assert said(naive) == ["ok", "double_entrance", "in_violation"]
    assert row(naive, 4, "east")[:2] == ("in", "double_entrance") and row(naive, 4, "west")[:2] == ("out", "double_exit")
