"""The fold of single facts: presence x direction x mode, and what each act does."""

from tests.core.facts import Table, Writer, area

MODES = ("off", "soft", "deny", "hard")
PRESENCES = ("never", "unknown", "in", "out")


def table_with(presence, **settings):
    """A table in which person 0 has this presence in `a`."""
    write, table = Writer(), Table({"a": area(**settings)})
    if presence != "never":
        table.tell(write.move(1, presence))
    return write, table


def test_what_a_badge_violates():
    expected = {
        ("in", "in"): "double_entrance",
        ("out", "out"): "double_exit",
    }
    for first_use in ("either", "entrance"):
        for presence in PRESENCES:
            for direction in ("in", "out"):
                write, table = table_with(presence, first_use=first_use)
                table.tell(write.denied(9, direction))
                kind = expected.get((presence, direction))
                if first_use == "entrance" and (presence, direction) == ("never", "out"):
                    kind = "exit_without_entrance"
                assert table.row(10)[1] == kind, (first_use, presence, direction)


def test_what_a_badge_does_in_each_mode():
    for mode in MODES:
        for kind in ("access.granted", "access.denied"):
            write, table = table_with("in")
            table.tell(write.badge(9, "in", mode=mode, kind=kind))
            assert table.row(10) == ("in", None if mode == "off" else "double_entrance", False), (mode, kind)
            write, table = table_with("in")
            table.tell(write.badge(9, "out", mode=mode, kind=kind))
            assert table.row(10) == ("out" if kind == "access.granted" else "in", None, False), (mode, kind)


def test_a_denied_badge_moves_nobody_and_uses_no_pardon():
    for mode in MODES:
        write, table = table_with("in")
        table.tell(write.pardon(5), write.denied(9, "in", mode=mode), write.denied(9, "out", mode=mode))
        assert table.row(10) == ("in", None, True), mode


def test_a_granted_badge_uses_the_pardon_in_any_mode_and_direction():
    for mode in MODES:
        for direction in ("in", "out"):
            write, table = table_with("in")
            table.tell(write.pardon(5), write.badge(9, direction, mode=mode))
            assert table.row(10) == (direction, None, False)


def test_only_deny_heals():
    for mode in MODES:
        for kind in ("access.granted", "access.denied"):
            write, table = table_with("in")
            table.tell(write.denied(5, "in"), write.badge(9, "out", mode=mode, kind=kind))
            healed = mode == "deny" and kind == "access.granted"
            assert (table.row(10)[1] is None) == healed, (mode, kind)
            if healed:
                assert [end[1] for end in table.presence.standing("a", 0).ended] == ["healed"]
    write, table = table_with("in")
    table.tell(write.denied(5, "in"), write.badge(9, "in", mode="deny"))
    assert table.row(10)[1] == "double_entrance", "a badge that violates does not heal"


def test_no_badge_makes_a_second_violation_or_restarts_the_timer():
    write, table = table_with("in", violation_timeout_s=20)
    first = write.denied(5, "in", mode="soft")
    table.tell(first, write.denied(9, "in"), write.denied(20, "in", mode="soft"))
    violation = table.presence.standing("a", 0).violation
    assert violation.of == ("c1", 1, first["seq"]) and violation.mode == "soft"
    assert table.row(24)[1] == "double_entrance" and table.row(25) == ("in", None, True)


def test_a_violation_remembers_what_it_contradicts():
    write, table = Writer(), Table({"a": area(), "b": area(parent="a")})
    table.tell(write.badge(3, "in"), write.denied(9, "in", confirmed=True))
    violation = table.presence.standing("a", 0).violation
    assert violation.against == (write.badge(3, "in")["at_ms"], "c1_in") and violation.is_confirmed
    table.tell(write.badge(4, "out", no=1), write.denied(9, "in", no=1, area="b"))
    violation = table.presence.standing("b", 1).violation
    assert violation.kind == "skipped_entrance" and violation.against == (write.badge(4, "out")["at_ms"], "c1_out")


def nested(presence, reader_is_entrance_of_both=False, first_use="either"):
    """What an entrance of `b` inside `a` violates, by the presence in `a`."""
    write, table = Writer(), Table({"a": area(first_use=first_use), "b": area(parent="a")})
    if presence != "never":
        table.tell(write.move(1, presence))
    judge = {"b": ["in", "hard"]}
    if reader_is_entrance_of_both:
        judge["a"] = ["in", "off"]
    table.tell(write.denied(9, "in", judge=judge))
    return table.row(10, "b")[1]


def test_an_entrance_skipped():
    assert [nested(presence) for presence in PRESENCES] == [None, None, None, "skipped_entrance"]
    assert nested("never", first_use="entrance") == "skipped_entrance"
    assert nested("unknown", first_use="entrance") is None
    for presence in PRESENCES:
        assert nested(presence, True, "entrance") is None
    write, table = Writer(), Table({"a": area(), "b": area(parent="a")})
    table.tell(write.move(1, "out"), write.denied(9, "out", judge={"b": ["out", "hard"]}))
    assert table.row(10, "b")[1] is None, "an exit skips nothing"


def test_being_entrance_of_the_parent_does_not_hide_a_double_entrance():
    write, table = Writer(), Table({"a": area(), "b": area(parent="a")})
    both = {"a": ["in", "hard"], "b": ["in", "hard"]}
    table.tell(write.badge(3, "in", judge=both), write.denied(9, "in", judge=both))
    assert table.row(10, "a")[1] == table.row(10, "b")[1] == "double_entrance"


def three_deep():
    write = Writer()
    return write, Table({"a": area(), "b": area(parent="a"), "c": area(parent="b"), "d": area()})


def test_leaving_an_area_leaves_all_inside_it():
    for make in (lambda write: write.badge(9, "out", mode="off"), lambda write: write.move(9, "out")):
        write, table = three_deep()
        for name in "abcd":
            table.tell(write.move(1, "in", area=name))
        table.tell(make(write))
        assert [table.row(10, name)[0] for name in "abcd"] == ["out", "out", "out", "in"]


def test_leaving_sets_out_only_who_was_in():
    write, table = three_deep()
    table.tell(write.badge(1, "in"), write.move(2, "unknown", area="b"))
    table.tell(write.badge(9, "out"))
    assert [table.row(10, name)[0] for name in "abc"] == ["out", "unknown", "never"]
    write, table = three_deep()
    table.tell(write.move(1, "in", area="c"), write.move(2, "unknown"), write.move(9, "unknown"))
    assert table.row(10, "c")[0] == "in"


def test_clear_move_and_pass():
    write, table = table_with("in")
    table.tell(write.denied(5, "in"), write.clear(6))
    assert table.row(10) == ("in", None, True)
    table.tell(write.clear(7))
    assert table.row(10) == ("in", None, True)
    table.tell(write.move(8, "out"))
    assert table.row(10) == ("out", None, False)
    table.tell(write.clear(9))
    assert table.row(10) == ("out", None, False), "there was no violation, so there is no pardon"
    table.tell(write.pardon(9))
    assert table.row(10) == ("out", None, True)


def test_a_move_drops_the_violation_without_a_pardon():
    for presence in ("in", "out", "unknown"):
        write, table = table_with("in")
        table.tell(write.denied(5, "in"), write.move(6, presence))
        assert table.row(10) == (presence, None, False)


def test_facts_about_areas_held_elsewhere_change_nothing():
    write, table = table_with("in")
    table.tell(write.clear(5, area="z"), write.move(5, "out", area="z"), write.reset(5, area="z"))
    table.tell(write.set(6, area="z", settings=area("off")), write.badge(7, "in", area="z"))
    assert table.row(10) == ("in", None, False)


def test_each_person_and_area_stands_alone():
    write, table = Writer(), Table({"a": area(), "b": area()})
    table.tell(write.badge(3, "in"), write.denied(4, "in"), write.badge(5, "in", no=1), write.badge(6, "in", area="b"))
    assert table.row(9) == ("in", "double_entrance", False)
    assert table.row(9, no=1) == table.row(9, "b") == ("in", None, False)
    assert table.row(9, "b", no=1) == ("never", None, False)


# moves_on = "entry"


def gate(*facts_of):
    write, table = Writer(), Table({"a": area(moves_on="entry")})
    table.tell(*[make(write) for make in facts_of])
    return write, table


def entered(write, at_s, reader="c1_in", **fields):
    return write("access.entered", at_s, no=0, door="d", reader=reader, **fields)


def not_used(write, at_s, reader="c1_in", **fields):
    return write("access.not_used", at_s, no=0, door="d", reader=reader, **fields)


def test_presence_moves_when_the_door_opens():
    write, table = gate(lambda write: write.badge(3, "in"))
    assert table.row(4) == ("never", None, False)
    opened = entered(write, 5)
    table.tell(opened)
    standing = table.presence.standing("a", 0)
    assert table.row(6) == ("in", None, False) and standing.at_ms == opened["at_ms"] and standing.reader == "c1_in"


def test_a_grant_nobody_used_moves_nobody():
    write, table = gate(lambda write: write.badge(3, "in"))
    table.tell(not_used(write, 8), entered(write, 9))
    assert table.row(10) == ("never", None, False)


def test_a_second_badge_while_entering_is_a_double_entrance():
    write, table = gate(lambda write: write.badge(3, "in"), lambda write: write.denied(4, "in"))
    assert table.row(5) == ("never", "double_entrance", False)
    write, table = gate(lambda write: write.badge(3, "in"), lambda write: write.denied(4, "out", first_use="either"))
    assert table.row(5) == ("never", None, False), "the other direction is judged by presence"


def test_only_the_reader_of_the_grant_completes_it():
    write, table = gate(lambda write: write.badge(3, "in"))
    table.tell(entered(write, 4, "c2_in"))
    assert table.row(5)[0] == "never"
    table.tell(entered(write, 6))
    assert table.row(7)[0] == "in"


def test_a_pardon_comes_back_with_a_grant_not_used():
    write, table = gate(lambda write: write.pardon(2), lambda write: write.badge(3, "in"))
    assert table.row(4)[2] is False
    table.tell(not_used(write, 8))
    assert table.row(9) == ("never", None, True)


def test_a_pardon_comes_back_after_two_grants_not_used():
    write, table = gate(lambda write: write.pardon(2), lambda write: write.badge(3, "in"), lambda write: write.badge(4, "in", mode="soft"))
    table.tell(not_used(write, 8))
    assert table.row(9)[2] is True


def test_a_pardon_used_does_not_come_back():
    write, table = gate(lambda write: write.pardon(2), lambda write: write.badge(3, "in"))
    table.tell(entered(write, 4), not_used(write, 8))
    assert table.row(9) == ("in", None, False)


def test_a_reset_or_move_in_between_keeps_the_pardon_away():
    for make in (lambda write: write.reset(5), lambda write: write.move(5, "out")):
        write, table = gate(lambda write: write.pardon(2), lambda write: write.badge(3, "in"))
        table.tell(make(write), not_used(write, 8))
        assert table.row(9)[2] is False


def test_a_grant_lost_with_the_power_leaves_presence_unknown():
    write, table = gate(lambda write: write.move(1, "out"), lambda write: write.badge(3, "in"))
    table.tell(not_used(write, 60, lost=True))
    assert table.row(61) == ("unknown", None, False)
    write, table = table_with("out")
    table.tell(write.badge(3, "in"), not_used(write, 60, lost=True))
    assert table.row(61)[0] == "in", "where a grant moves, it has moved"


def test_leaving_by_entry_leaves_nested_areas_at_the_opening():
    write, table = Writer(), Table({"a": area(moves_on="entry"), "b": area(parent="a")})
    table.tell(write.move(1, "in"), write.move(1, "in", area="b"), write.badge(3, "out"))
    assert table.row(4, "b")[0] == "in"
    table.tell(entered(write, 5, "c1_out"))
    assert table.row(6)[0] == table.row(6, "b")[0] == "out"


def test_who_was_moved_while_entering_still_enters():
    write, table = gate(lambda write: write.badge(3, "in"), lambda write: write.move(4, "out"))
    assert table.row(5)[0] == "out"
    table.tell(entered(write, 6))
    assert table.row(7) == ("in", None, False)


def test_what_was_confirmed_as_proper_is_no_sure_violation_where_facts_are_missing():
    write, table = Writer(), Table({"a": area()})
    table.tell(write.badge(3, "in"), write.badge(9, "in", "c2", confirmed=True))
    violation = table.presence.standing("a", 0).violation
    assert violation.kind == "double_entrance" and not violation.is_confirmed, "its exit is not here yet"
