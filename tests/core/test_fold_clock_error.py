"""Clocks err: when the next badge is folded first. One row per condition of RULES.md, "Clocks"."""

from tests.core.facts import Table, Writer, area

# At 10 s the person came in at c1. Then A, by its stamp first, goes in again at c1; B goes out at c2.
# By the clocks alone A is a double entrance; with B first nobody did wrong.
ERRORS = {"err_ms": 600}


def told(first=None, second=None, between=(), settings=None, order=(0, 1, 2)):
    """The row after: entered, A, what is between, B; `first` and `second` change A and B."""
    write, table = Writer(), Table({"a": area("soft", **(settings or {}))})
    entered = write.badge(10, "in", "c1")
    a, b = write.badge(20, "in", "c1", **ERRORS), write.badge(21, "out", "c2", **ERRORS)
    for fact, change in ((a, first), (b, second)):
        fact.update(change(write, a, b) if change else {})
    facts = [entered, a, b]
    table.tell(*[facts[place] for place in order])
    if between:
        table.tell(*[make(write) for make in between])
    assert table.stored([0]) == table.from_scratch([0])
    return table.row(40)


SWAPPED = ("in", None, False)
ACCUSED = ("out", "double_entrance", False)


def test_the_badge_the_clocks_put_second_is_folded_first():
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        assert told(order=order) == SWAPPED, order


def with_fields(**fields):
    return lambda write, a, b: fields


def test_each_condition_is_needed():
    rows = {
        "A was denied": {"first": with_fields(type="access.denied")},
        "B was denied": {"second": with_fields(type="access.denied")},
        "A was confirmed": {"first": with_fields(confirmed=True)},
        "B was confirmed": {"second": with_fields(confirmed=True)},
        "they come from one controller": {"second": with_fields(controller="c1", seq=77)},
        "B had heard of A": {"second": lambda write, a, b: {"after": {"a": [a["controller"], a["inc"], a["seq"]]}}},
        "A had heard of B": {"first": lambda write, a, b: {"after": {"a": [b["controller"], b["inc"], b["seq"]]}}},
        "they go in the same direction": {"second": with_fields(judge={"a": ["in", "soft"]})},
        "they are as far apart as the errors": {"second": with_fields(err_ms=400)},
        "they are further apart": {"second": with_fields(err_ms=0)},
    }
    for why in sorted(rows):
        presence, kind, _ = told(**rows[why])
        assert kind == "double_entrance", why
        assert presence == ("in" if why in ("B was denied", "they go in the same direction") else "out"), why
    assert told(second=with_fields(err_ms=401)) == SWAPPED


def test_having_heard_of_another_badge_is_not_having_heard_of_this_one():
    assert told(second=with_fields(after={"a": ["c1", 1, 1]})) == SWAPPED
    assert told(second=lambda write, a, b: {"after": {"b": [a["controller"], a["inc"], a["seq"]]}}) == SWAPPED


def test_nothing_is_swapped_where_the_order_accuses_nobody():
    write, table = Writer(), Table({"a": area("soft")})
    table.tell(write.badge(20, "in", "c1", **ERRORS), write.badge(21, "out", "c2", **ERRORS))
    assert table.row(40) == ("out", None, False)


def test_nothing_is_swapped_where_the_other_order_accuses_too():
    # Nobody knows of an entrance before: B first would be an exit after an exit.
    write, table = Writer(), Table({"a": area("soft")})
    table.tell(write.badge(5, "out", "c2"), write.badge(20, "out", "c1", **ERRORS), write.badge(21, "in", "c2", **ERRORS))
    assert table.row(40) == ("out", None, False)
    table = Table({"a": area("soft", first_use="entrance")})
    a, b = write.badge(20, "out", "c1", **ERRORS), write.badge(21, "in", "c2", **ERRORS)
    table.tell(a, b)
    assert table.row(40) == ("out", None, False)
    table = Table({"a": area("soft", first_use="entrance")})
    table.tell(write.denied(5, "out"), a, b)
    assert table.row(40)[1] == "exit_without_entrance"


def test_the_area_decides_for_itself():
    # In `a` only the clocks accuse; in `b` the badges come in the order of their stamps.
    write, table = Writer(), Table({"a": area("soft"), "b": area("soft")})
    both = {"a": ["in", "soft"], "b": ["in", "soft"]}
    table.tell(
        write.badge(10, "in", "c1"),
        write.badge(20, "in", "c1", judge=both, **ERRORS),
        write.badge(21, "out", "c2", judge={"a": ["out", "soft"], "b": ["out", "soft"]}, **ERRORS),
    )
    assert table.row(40, "a") == SWAPPED and table.row(40, "b") == ("out", None, False)
    assert table.stored([0]) == table.from_scratch([0])


def test_a_badge_is_moved_once_at_most():
    # in 10 | in 20 (c1), out 21 (c2): swapped. Then in 21.5 (c3) meets `in` again: the `out` is spent.
    write, table = Writer(), Table({"a": area("soft")})
    table.tell(write.badge(10, "in", "c1"), write.badge(20, "in", "c1", **ERRORS), write.badge(21, "out", "c2", **ERRORS))
    table.tell(write.badge(22, "in", "c3", **ERRORS))
    assert table.row(40) == ("in", "double_entrance", False)
    assert table.stored([0]) == table.from_scratch([0])


def test_only_the_very_next_badge_is_looked_at():
    write, table = Writer(), Table({"a": area("soft")})
    near = {"err_ms": 5000}
    table.tell(write.badge(10, "in", "c1"), write.badge(20, "in", "c1", **near))
    table.tell(write.denied(21, "in", "c3", **near), write.badge(22, "out", "c2", **near))
    assert table.row(40) == ACCUSED


def test_no_badge_jumps_over_what_an_operator_did():
    for make in (Writer.clear, Writer.reset, Writer.pardon):
        write, table = Writer(), Table({"a": area("soft")})
        act = make(write, 20, "c4")
        act["stamp"] += 1 << 20
        table.tell(write.badge(10, "in", "c1"), write.badge(20, "in", "c1", **ERRORS), act)
        table.tell(write.badge(21, "out", "c2", **ERRORS))
        assert table.row(40)[0] == "out", act["type"]
        assert table.stored([0]) == table.from_scratch([0])


def test_a_pardon_a_mode_off_and_a_violation_that_heals_are_no_accusation():
    write, table = Writer(), Table({"a": area("soft")})
    table.tell(write.badge(10, "in", "c1"), write.pardon(15), write.badge(20, "in", "c1", **ERRORS))
    table.tell(write.badge(21, "out", "c2", **ERRORS))
    assert table.row(40) == ("out", None, False)
    table = Table({"a": area("soft")})
    table.tell(write.badge(10, "in", "c1"), write.badge(20, "in", "c1", mode="off", **ERRORS))
    table.tell(write.badge(21, "out", "c2", **ERRORS))
    assert table.row(40) == ("out", None, False)
    # In violation since 5; A heals it, then B leaves.
    table = Table({"a": area("deny", violation_timeout_s=15)})
    table.tell(write.badge(4, "in", "c1", mode="deny"), write.denied(5, "in", "c1", mode="deny"))
    table.tell(write.badge(6, "out", "c1", mode="off"))
    table.tell(write.badge(19, "in", "c1", mode="deny", err_ms=900), write.badge(20, "out", "c2", mode="soft", err_ms=900))
    assert table.row(40) == ("out", None, False)
