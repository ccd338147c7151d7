"""The table: late facts, changes of whole areas, counting, and what it keeps beside the rows."""

from firmware.core.site_state import Emergency
from tests.core.facts import START_MS, Table, Writer, area


def one(**settings):
    return Writer(), Table({"a": area(**settings)})


def test_a_passback_is_found_in_whatever_order_the_badges_come():
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        write, table = one()
        facts = [write.badge(10, "in", "c1"), write.badge(20, "in", "c2", mode="soft"), write.badge(30, "out", "c3")]
        table.tell(*[facts[place] for place in order])
        assert table.row(40) == ("out", "double_entrance", False)
        assert table.presence.standing("a", 0).violation.of == ("c2", 1, 1)


def test_a_late_exit_withdraws_a_violation():
    write, table = one()
    table.tell(write.badge(10, "in"), write.badge(20, "in", mode="soft"))
    assert table.row(30)[1] == "double_entrance"
    table.tell(write.badge(15, "out", "c2"))
    assert table.row(30) == ("in", None, False) and not table.presence.beside.marks("a", 0)


def test_a_late_reset_forgives_what_was_before_it_only():
    write, table = one()
    table.tell(write.badge(10, "in"), write.badge(20, "in", mode="soft"), write.badge(10, "in", no=1))
    table.tell(write.badge(40, "in", no=1, mode="soft"))
    table.tell(write.reset(30, "c2"))
    assert table.row(50) == ("unknown", None, False) and table.row(50, no=1) == ("in", None, False)


def test_a_late_change_of_settings_is_in_force_from_its_own_time():
    write, table = one(mode="soft", first_use="either")
    table.tell(write.denied(10, "out", no=0, mode="soft"), write.denied(30, "out", no=1, mode="soft"))
    assert table.row(40)[1] is None
    table.tell(write.set(20, "c2", settings={"first_use": "entrance"}))
    assert table.row(40, no=0)[1] is None and table.row(40, no=1)[1] == "exit_without_entrance"
    assert table.presence.rules["a"]["first_use"] == "entrance"


def test_of_two_changes_the_newer_holds_in_whatever_order_they_come():
    for order in ((0, 1), (1, 0)):
        write, table = one()
        changes = [write.set(10, settings={"capacity": 1}), write.set(20, "c2", settings={"capacity": 2})]
        table.tell(*[changes[place] for place in order])
        assert table.presence.rules["a"]["capacity"] == 2


def test_settings_that_are_not_named_stay():
    write, table = one(violation_timeout_s=900)
    table.tell(write.set(10, settings={"capacity": 5}))
    assert table.presence.rules["a"]["violation_timeout_s"] == 900 and table.presence.rules["a"]["no"] == 0


def test_one_command_told_by_two_boards_has_one_effect():
    for make in (Writer.clear, Writer.pardon, Writer.reset):
        for order in ((0, 1), (1, 0)):
            write, table = one()
            twins = [make(write, 20, "c1", nonce="n1"), make(write, 30, "c2", nonce="n1")]
            table.tell(write.badge(5, "in"), write.badge(6, "in", mode="soft"))
            table.tell(twins[order[0]])
            table.tell(write.badge(25, "in", mode="soft"))
            table.tell(twins[order[1]])
            assert table.stored([0]) == table.from_scratch([0]), (twins[0]["type"], order)
            if twins[0]["type"] == "apb.reset":
                assert table.row(40)[0] == "in", "the second reset is none"


def test_a_command_of_which_nothing_is_remembered_has_one_effect_all_the_same():
    for make in (Writer.clear, Writer.pardon):
        for order in ((0, 1), (1, 0)):
            write, table = one()
            twins = [make(write, 20, "c1", nonce="n1"), make(write, 30, "c2", nonce="n1")]
            table.tell(write.badge(5, "in"), write.badge(6, "in", mode="soft"), twins[order[0]])
            table.tell(write.badge(25, "in", mode="soft"))
            table.tell(*[write.pardon(100 + number, no=1, nonce="other %d" % number) for number in range(60)])
            assert table.presence.commands.get("n1") is None
            table.tell(twins[order[1]])
            assert table.stored([0, 1]) == table.from_scratch([0, 1]), (twins[0]["type"], order)


def test_many_commands_about_people_leave_those_about_areas_known():
    write, table = one()
    twins = [write.reset(20, "c1", nonce="n1"), write.reset(30, "c2", nonce="n1")]
    table.tell(write.badge(5, "in"), twins[0], write.badge(25, "in"))
    table.tell(*[write.pardon(100 + number, no=1, nonce="other %d" % number) for number in range(60)])
    table.tell(twins[1])
    assert table.row(40)[0] == "in" and table.stored([0]) == table.from_scratch([0])


def test_commands_as_they_were_kept_before_there_were_digests_are_known():
    write, table = one()
    first, second = write.pardon(20, nonce="n1"), write.pardon(30, "c2", nonce="n1")
    kept = table.presence.keep_changes()
    kept["nonces"] = [["n1", first["stamp"], first["controller"], first["inc"]]]
    table.presence.restore_changes(kept)
    table.tell(second)
    assert table.row(40)[2] is False


def test_different_commands_each_have_theirs():
    write, table = one()
    table.tell(write.badge(5, "in"), write.badge(6, "in", mode="soft"), write.clear(10, nonce="n1"))
    table.tell(write.badge(12, "in", mode="soft"), write.badge(14, "in", mode="soft"))
    assert table.row(15)[1] == "double_entrance"
    table.tell(write.clear(20, nonce="n2"))
    assert table.row(21) == ("in", None, True)


def ends(table, *events):
    """Tell the table of emergencies, in this order."""
    emergency = Emergency()
    for event in events:
        emergency.take(event)
        table.ends = emergency.ends()
        table.presence.take_emergency_ends(table.ends)


def started(write, at_s, number=1, controller="c1"):
    return write("emergency.started", at_s, controller, source=["c1", "fire", number])


def ended(write, at_s, number=1, controller="c1"):
    return write("emergency.ended", at_s, controller, ends=[["c1", "fire", number]])


def test_the_end_of_an_emergency_resets_or_keeps():
    for after, presence in (("reset", "unknown"), ("keep", "in")):
        write, table = one(after_emergency=after)
        table.tell(write.badge(5, "in"))
        ends(table, started(write, 10))
        assert table.row(15)[0] == "in"
        ends(table, started(write, 10), ended(write, 20))
        assert table.row(30)[0] == presence


def test_a_late_end_of_an_emergency_acts_at_its_own_time():
    write, table = one()
    table.tell(write.badge(5, "in", no=0), write.badge(5, "in", no=1), write.badge(40, "in", no=1, mode="off"))
    ends(table, started(write, 10), ended(write, 20))
    assert table.row(50, no=0)[0] == "unknown" and table.row(50, no=1)[0] == "in"


def test_an_end_that_turns_out_to_be_none_is_undone():
    write, table = one()
    table.tell(write.pardon(4, no=0), write.badge(5, "in", no=1), write.badge(6, "in", no=1, mode="soft"))
    first, second = [started(write, 10), ended(write, 20)], started(write, 15, 2, "c2")
    ends(table, *first)
    assert table.row(30, no=0)[2] is False and table.row(30, no=1) == ("unknown", None, False)
    ends(table, first[0], first[1], second)
    assert table.row(30, no=0)[2] is True and table.row(30, no=1) == ("in", "double_entrance", False)
    ends(table, first[0], first[1], second, ended(write, 40, 2))
    assert table.row(50, no=0)[2] is False and table.row(50, no=1) == ("unknown", None, False)


def test_counting_people():
    write, table = one(presence_timeout_s=100, reset_at=[490])
    inside = lambda at_s: table.presence.inside("a", START_MS + at_s * 1000)
    table.tell(write.badge(10, "in", no=0), write.badge(20, "in", no=600), write.badge(30, "in", no=1), write.badge(40, "out", no=1))
    assert [inside(at_s) for at_s in (50, 109, 110, 119, 120)] == [2, 2, 1, 1, 0] and inside(60) == 2
    table.tell(write.badge(599, "in", no=2), write.badge(600, "in", no=3))
    assert inside(600) == 1, "the reset at 08:10 comes first"


def test_only_what_is_more_than_a_row_lies_beside_the_table():
    write, table = one()
    table.tell(write.badge(5, "in"), write.badge(6, "in", no=1), write.denied(7, "in", no=1))
    assert list(table.presence.special()) == [("a", 1)]
    assert table.presence.is_known("a", 0) and not table.presence.is_known("a", 5)
    table.tell(write.move(9, "unknown", no=1))
    table.presence.drop_ended("a", 1)
    assert list(table.presence.special()) == [] and not table.presence.is_known("a", 1)
    assert sorted(table.presence.known("a")) == [0, 1]


def test_looking_changes_nothing():
    write, table = one(violation_timeout_s=10)
    table.tell(write.badge(5, "in"), write.denied(6, "in"))
    before = table.stored([0])
    book = table.presence.view(0, START_MS + 99000)
    assert book["a"].violation is None and book["a"].pardon_at_ms
    book["a"].move("out", 1, None)
    book["a"].ended.clear()
    assert table.stored([0]) == before


def test_watchers_are_the_controllers_of_the_area_and_of_all_around():
    areas = {
        "a": area(controllers=["c3"], parent="b"),
        "b": area(controllers=["c1", "c2"], parent="c"),
        "c": area(controllers=["c9"]),
    }
    presence = Table(areas).presence
    assert presence.watchers("a") == ["c1", "c2", "c3", "c9"] and presence.watchers("c") == ["c9"]


def test_times_keep_all_their_bits_through_a_row():
    write, table = one()
    far = (1 << 45) - 1
    table.tell(write.at_ms("access.granted", far, no=0, reader="c1_in", door="d", judge={"a": ["in", "hard"]}))
    standing = table.presence.standing("a", 0)
    assert (standing.presence, standing.at_ms, standing.reader) == ("in", far, "c1_in")


def test_one_digest_however_the_same_facts_came():
    write, table = one()
    facts = [write.badge(5, "in"), write.badge(6, "in", mode="soft"), write.clear(10), write.badge(12, "in", "c2"), write.badge(20, "in")]
    table.tell(*facts)
    other = Table({"a": area()})
    other.tell(*[facts[place] for place in (4, 0, 3, 2, 1)])
    assert table.presence.digest("a") == other.presence.digest("a") != 0
    table.presence.refold("a")
    assert table.presence.digest("a") == other.presence.digest("a")


def test_what_concerns_another_area_leaves_no_trace():
    write = Writer()
    both = Table({"a": area(violation_timeout_s=10), "b": area(parent="a", moves_on="entry")})
    only = Table({"a": area(violation_timeout_s=10)})
    for fact in (write.badge(1, "in"), write.badge(2, "in", mode="soft")):
        both.tell(fact)
        only.tell(fact)
    both.tell(write.badge(60, "in", "c3", area="b"), write.badge(70, "out", "c3", area="b"))
    both.tell(write("access.entered", 71, "c3", no=0, door="d", reader="c3_in"))
    both.tell(write("access.not_used", 75, "c3", no=0, door="d", reader="c3_out"))
    assert both.row(80, "b")[0] == "in" and both.row(80)[1] is None
    assert both.presence.digest("a") == only.presence.digest("a")


def test_where_whereabouts_are_forgotten_everybody_is_unknown_and_no_digest_makes_them_be_folded_again():
    write, table = one()
    table.presence._people = 3
    table.tell(write.badge(5, "in"))
    table.presence.forget_whereabouts(["a"], START_MS + 6000)
    assert [table.row(7, "a", no)[0] for no in range(4)] == ["unknown"] * 3 + ["never"]
    table.presence._story = lambda no, counts: 1 // 0
    assert table.presence.refold("a") == []


def test_whoever_is_about_to_change_is_told_before():
    write, table = one()
    told, presence = [], table.presence
    presence.keeper = lambda no: told.append((no, no if no is None else presence.standing("a", no).presence))
    table.tell(write.badge(5, "in"), write.badge(8, "out"))
    assert (0, "never") in told and told[-1] == (0, "in")
    del told[:]
    table.tell(write.badge(6, "in", "c2", no=0))
    assert told[0] == (0, "out"), "late, so folded again"
    presence.forget()
    assert told[-1] == (None, None)
