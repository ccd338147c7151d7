"""What may be done at the console, as it is offered and as the book tells it: tables, no page."""

import pytest

from tests.tools.sites import changed
from tools.console.accounts.book import FORGOTTEN, Entry
from tools.console.accounts.rights import END_EMERGENCY, NEEDED, may
from tools.console.picture.shown import Area, Controller, Emergency
from tools.console.web import areas, controllers, emergency, words
from tools.console.web.book import page, query_of, write_csv
from tools.console.web.frame import needed
from tools.site import parse

SITE = parse(changed(
    ("users", "kim", "label", "Kim Kowalski"), ("areas", "office", "label", "Head office"), ("doors", "lobby", "label", "Lobby"),
    ("doors", "vault", "lock", "fail_safe"), ("operators", {"max": {"role": "site_manager", "label": "Max Meyer"}}),
))  # fmt: skip
AT_MS = 1_767_603_731_000
INPUT, OPERATOR = (("c2", "fire", 4), AT_MS), (("max", "n1"), AT_MS)


def label(_section: str, name: str) -> str:
    return name.upper()


def entry(action: str, fields: dict, person: str | None = None) -> Entry:
    return Entry(1, AT_MS, "max", action, person, fields, "a reason", "done", "192.0.2.1")


def controller(**more) -> Controller:
    given = {
        "name": "c1", "label": "Lobby board", "is_online": True, "inc": 9, "hardware": None, "heard_ms": AT_MS, "newest_ms": AT_MS, "behind": 0,
        "clock_error_ms": 0, "err_ms": 5, "is_clock_trusted": True, "is_doubled": False, "is_retired": False, "isolated": (), "lost": 0, "version": "1",
    }  # fmt: skip
    return Controller(**given | more)


def area(name: str, after: str) -> Area:
    return Area(name, name.title(), None, (), (), {"after_emergency": after, "capacity": None}, 0, 0, {}, {})


def alarm(*sources) -> Emergency:
    return Emergency(bool(sources), sources, AT_MS, ())


@pytest.mark.parametrize(
    ("action", "fields", "told"),
    [
        ("clear", {"area": "office", "user": "kim", "nonce": "n"}, "Clear Kim Kowalski in Head office"),
        ("move", {"area": "office", "user": "kim", "presence": "out"}, "Move Kim Kowalski out in Head office"),
        ("lockdown", {"doors": ["lobby", "vault"]}, "Lock down Lobby, vault"),
        ("unlock", {"door": "gone"}, "Unlock gone"),
        ("emergency", {"active": True, "nonce": "n"}, "Start an emergency"),
        ("emergency", {"active": False, "controller": "c2"}, "End an emergency (controller: c2)"),
        ("retire", {"controller": "c1", "inc": 7}, "Retire c1 (inc: 7)"),
        ("set", {"area": "office", "anti_passback": {"entrances": "hard", "exits": "off"}, "reset_at": ["08:00"], "capacity": None},
         "Change settings of Head office (anti passback: entrances hard, exits off; capacity: none; reset at: 08:00)"),
        ("configure", {"version": 3}, "Send the site file (version: 3)"),
        ("muster_reader", {"reader": "gate_in", "turned": "on"}, "Turn muster reader gate_in on"),
        ("brand_new", {"thing": 1}, "Brand new (thing: 1)"),
        ("{user.__class__}", {"{0}": "{1}"}, "{user.  class  } ({0}: {1})"),
        ("clear", {"user": "<b>\nx\0", "area": {"no": "text"}}, "Clear <b>?x? in {'no': 'text'}"),
        ("clear", {"cut": "{..."}, "Clear somebody unknown in an area (cut: {...)"),
        ("", {}, "An act without a name"),
    ],
)  # fmt: skip
def test_the_book_says_in_words_what_was_done(action, fields, told):
    assert words.act(entry(action, fields), SITE) == told


def test_of_whom_the_book_has_forgotten_it_says_so():
    assert words.act(entry("clear", {}, FORGOTTEN), SITE) == "Clear somebody who is forgotten in an area"


def test_every_act_of_the_console_has_words():
    no_acts = {"look", "read_book", "export_cards", "tick_off", END_EMERGENCY}
    assert set(NEEDED) - no_acts <= words.ACTIONS


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ({}, []),
        ({"is_online": False}, [("Retire", {}, True)]),
        ({"is_online": False, "is_retired": True}, [("Restore", {}, False)]),
        ({"is_doubled": True, "incs": (9, 7)}, [("Retire board 9", {"inc": 9}, True), ("Retire board 7", {"inc": 7}, True)]),
        ({"incs": (9, 7)}, []),
        ({"incs": (9,), "retired_incs": (7,)}, [("Restore board 7", {"inc": 7}, False)]),
        ({"is_doubled": True, "incs": tuple(range(90, 0, -1)), "inc": 3}, [(f"Retire board {inc}", {"inc": inc}, True) for inc in range(90, 85, -1)]),
    ],
)
def test_a_controller_that_is_gone_or_doubled_can_be_retired(given, offered):
    found = list(controllers.offers(controller(**given)))
    assert [(text, act.fields, bool(act.sure)) for text, act in found] == [(text, {"controller": "c1"} | more, is_asked) for text, more, is_asked in offered]


def test_a_row_says_how_a_controller_is():
    assert controllers.row(controller(behind=3, retired_incs=(7,), lost=2)) == ("Lobby board", "behind by 3, board 7 retired", "± 5 ms", "2 lost")
    assert controllers.row(controller(is_doubled=True, is_clock_trusted=False)) == ("Lobby board", "in step, two boards under this name, 9 heard last", "not set", "all here")


def test_it_says_what_an_emergency_does_before_it_begins():
    act = emergency.start(SITE)
    assert act.fields == {"active": True} and act.sure
    assert act.words.startswith("1 of the 3 doors unlock, those with fail-safe locks, until a site admin ends it.")
    every = parse(changed(*(("doors", door, "lock", "fail_safe") for door in SITE.doors)))
    assert emergency.start(every).words.startswith("Every door of the site unlocks, until")
    assert emergency.start(parse(changed())).words.startswith("No door unlocks by it, because all have fail-secure locks, until")


@pytest.mark.parametrize(
    ("sources", "holder", "fields", "told"),
    [
        ([OPERATOR], None, {}, "Locks follow their schedules again. Who is inside and who is in violation is forgotten in: Office."),
        ([INPUT, OPERATOR], None, {}, "The emergency goes on, because of C2."),
        ([INPUT, OPERATOR], "c2", {"controller": "c2"},
         "The emergency goes on, because of an operator. C2 is offline: make sure that there is no danger there any more."),
        ([INPUT], "c2", {"controller": "c2"},
         "Locks follow their schedules again. Who is inside and who is in violation is forgotten in: Office. C2 is offline: make sure that there is no danger there any more."),
    ],
)  # fmt: skip
def test_it_says_what_the_end_of_an_emergency_does(sources, holder, fields, told):
    act = emergency.end(alarm(*sources), holder, [area("office", "reset"), area("vault", "keep")], label)
    assert (act.action, act.fields, act.words, bool(act.sure)) == ("emergency", {"active": False} | fields, told, True)


def test_operators_hold_an_emergency_together_and_each_controller_by_itself():
    assert emergency.holders(alarm(INPUT, OPERATOR, (("ada", "n2"), AT_MS), (("c1", "fire", 1), AT_MS))) == [None, "c1", "c2"]
    assert emergency.forgetting([area("vault", "keep")]) == ""


def test_a_reset_says_whom_it_forgets_and_asks_twice():
    act = areas.reset(area("office", "reset"))
    assert (act.action, act.fields) == ("reset", {"area": "office"})
    assert act.words.startswith("Forget who is in Office and all its violations.") and act.sure


@pytest.mark.parametrize(("role", "is_shown"), [("viewer", False), ("site_manager", True), ("site_admin", True), ("nobody", False)])
def test_the_book_is_for_managers(role, is_shown):
    assert may(role, needed("/book")) is is_shown
    assert may(role, needed("/doors")) is (role != "nobody")


@pytest.mark.slow
def test_a_book_is_read_a_page_at_a_time_and_carried_away_whole(local, tmp_path):
    book = local.accounts.book
    for number in range(2500):
        book.note(AT_MS + number, "eve", "unlock", {"door": "gate"}, f"={number}", "done")
    first, place = page(book, query_of({"operator": "eve"}, SITE))
    second, _ = page(book, query_of({"operator": "eve", "before": str(place)}, SITE))
    assert [one.reason for one in first + second] == [f"={number}" for number in range(2499, 2299, -1)]
    assert page(book, query_of({"operator": "eve", "before": str(first[0].id + 1)}, SITE))[0] == first
    last, place = page(book, query_of({"operator": "eve", "until": "2026-01-05T09:02:11.100"}, SITE))
    assert (len(last), place) == (100, None)
    with (tmp_path / "book.csv").open("w+", newline="") as out:
        write_csv(book, query_of({"operator": "eve"}, SITE), SITE, out)
        out.seek(0)
        lines = out.read().split("\r\n")
    assert len(lines) == 2502 and lines[1].split(",")[1:6] == ["eve", "unlock", "Unlock gate", "'=2499", "done"]
