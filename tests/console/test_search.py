"""Searches: every filter, alone and together, page by page, against a list that is looked through by hand."""
import dataclasses
import io
import itertools
import json
import random

import pytest

from tests.console.events import START_MS, event, name
from tools.console.history import BadQuery, Query

KINDS = ("access.granted", "access.denied", "door.opened", "door.forced", "reader.offline", "lockdown.started", "apb.violation")


def crowd(seed: int, count: int) -> list[dict]:
    """Events of a small site, many at the same time."""
    dice, found, seqs = random.Random(seed), [], {}
    for _ in range(count):
        kind, controller, door = dice.choice(KINDS), dice.choice(("c1", "c2")), dice.choice(("lobby", "vault"))
        shape = event(1, kind, controller=controller)
        seqs[controller, shape["stream"]] = seqs.get((controller, shape["stream"]), 0) + 1
        at_s, fields = dice.randrange(40) / 4, {}
        if kind.startswith("access"):
            area = {"lobby": "office", "vault": "safe"}[door]
            fields = {"door": door, "reader": f"{door}_in", "user": dice.choice(("kim", "lee")), "judge": {area: ["in", "hard"]}}
        elif kind == "apb.violation":
            fields = {"area": dice.choice(("office", "safe")), "user": dice.choice(("kim", "lee"))}
        elif kind == "reader.offline":
            fields = {"reader": f"{door}_in"}
        else:
            fields = {"doors": ["lobby", "vault"]} if kind == "lockdown.started" else {"door": door}
        found.append(event(seqs[controller, shape["stream"]], kind, at_s, controller, reason=dice.choice(("", "Fog")), **fields))
    return found


def fits(query: Query, found: dict) -> bool:
    doors = [found.get("door"), *found.get("doors", ())]
    areas = [found.get("area"), *found.get("judge", ())]
    return all((
        query.person in (None, found.get("user")), query.door is None or query.door in doors,
        query.area is None or query.area in areas, query.reader in (None, found.get("reader")),
        not query.types or found["type"] in query.types, query.controller in (None, found["controller"]),
        query.since_ms is None or found["at_ms"] >= query.since_ms, query.until_ms is None or found["at_ms"] < query.until_ms,
        query.text is None or query.text.lower() in json.dumps(list(found.values())).lower(),
    ))  # fmt: skip


def all_pages(history, query: Query) -> list[dict]:
    found, after = [], None
    for _ in range(500):
        page = history.search(dataclasses.replace(query, after=after))
        assert len(page.events) <= query.limit
        found += page.events
        after = page.next
        if after is None:
            return found
    raise AssertionError("no last page")


CHOICES = {
    "person": (None, "kim"), "door": (None, "vault"), "area": (None, "office"), "reader": (None, "vault_in"),
    "types": ((), ("access.denied",), ("door.opened", "access.granted", "apb.violation", "lockdown.started")),
    "controller": (None, "c2"), "since_ms": (None, START_MS + 3000), "text": (None, "fog"),
}  # fmt: skip


def test_every_combination_finds_what_a_look_through_all_finds(history):
    kept = crowd(1, 300)
    history.append(kept)
    for number, values in enumerate(random.Random(3).sample(list(itertools.product(*CHOICES.values())), 90)):
        query = Query(**dict(zip(CHOICES, values, strict=True)), until_ms=START_MS + 8000, limit=7, oldest_first=bool(number % 2))
        wanted = [found for found in kept if fits(query, found)]
        told = all_pages(history, query)
        assert sorted(map(name, told)) == sorted(map(name, wanted)), query
        order = [(found["at_ms"], found["stamp"]) for found in told]
        assert order == sorted(order, reverse=not query.oldest_first), query


def test_a_page_goes_on_where_it_was_though_more_has_come(history):
    history.append([event(seq) for seq in range(1, 11)])
    page = history.search(Query(limit=4))
    history.append([event(seq) for seq in range(11, 31)])
    assert [found["seq"] for found in all_pages(history, Query(limit=4, after=None))][:4] == [30, 29, 28, 27]
    rest = history.search(Query(limit=100, after=page.next))
    assert [found["seq"] for found in rest.events] == [6, 5, 4, 3, 2, 1]


def test_a_search_for_text_that_is_seldom_goes_on_page_by_page(history, monkeypatch):
    monkeypatch.setattr("tools.console.history.search._LOOKED_AT_MAX", 40)
    monkeypatch.setattr("tools.console.history.search._CHUNK", 20)
    history.append([event(seq, reason="Überfall" if seq == 3 else "") for seq in range(1, 121)])
    page = history.search(Query(text="überFALL"))
    assert page.events == [] and page.next and page.looked_until_ms == START_MS + 81_000
    assert [found["seq"] for found in all_pages(history, Query(text="überFALL"))] == [3]


WRONG = (
    {"limit": 0}, {"limit": 100_000}, {"limit": "9"}, {"types": ("no.such",)}, {"person": ""}, {"person": 7}, {"door": "x" * 999},
    {"after": "1.2"}, {"after": "1.2.x"}, {"after": "-1.2.3"}, {"after": "9" * 30 + ".1.1"}, {"after": "²1.2.3"}, {"after": 7},
    {"since_ms": 1 << 80}, {"until_ms": 1.5}, {"since_ms": True},
)  # fmt: skip


def test_what_is_no_question_is_refused_in_words(history):
    for wrong in WRONG:
        with pytest.raises(BadQuery, match=next(iter(wrong)).replace("types", "no.such")):
            history.search(Query(**wrong))


def test_odd_names_find_nothing_and_break_nothing(history):
    history.append([event(1)])
    for odd in ("'; DROP TABLE history_events; --", "%", "l_bby", "\0", "lobby\0", "door:lobby", "\U0001f511", "\\"):
        for field in ("person", "door", "area", "reader", "controller", "text"):
            assert history.search(Query(**{field: odd})).events == []
    assert history.count() == 1 and history.search(Query()).events == [event(1)]


def test_a_timeline_has_the_person_and_the_doors_around(history):
    mine = [event(1, at_s=10), event(2, at_s=500)]
    door = [event(1, "door.unlocked", at_s=10.1, door="lobby"), event(2, "door.opened", at_s=12, door="lobby"),
            event(3, "door.opened", at_s=12, door="vault"), event(4, "door.opened", at_s=200, door="lobby")]  # fmt: skip
    others = [event(3, at_s=11, user="lee")]
    history.append(mine + door + others)
    told = history.about("kim", "office", START_MS, START_MS + 10**6)
    assert list(map(name, told)) == list(map(name, [mine[0], door[0], door[1], mine[1]]))
    assert history.about("kim", "safe", START_MS, START_MS + 10**6) == []


# -- export --------------------------------------------------------------------------------------


def test_an_export_has_everything_the_oldest_first(history, monkeypatch):
    monkeypatch.setattr("tools.console.history.export.LIMIT_MAX", 7)
    kept = crowd(2, 60)
    history.append(kept)
    out = io.StringIO()
    assert history.export(Query(person="kim", limit=3), out, with_cards=True, form="jsonl") == len(out.getvalue().splitlines())
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert sorted(map(name, told)) == sorted(name(found) for found in kept if found.get("user") == "kim")
    assert [found["at_ms"] for found in told] == sorted(found["at_ms"] for found in told)


def test_without_cards_nothing_tells_of_them(history):
    unknown = event(2, "access.denied", door="lobby", reader="lobby_in", user=None, reason="unknown_credential", credential="H10301 …456")
    history.append([event(1), unknown])
    for form in ("csv", "jsonl"):
        for with_cards in (True, False):
            out = io.StringIO()
            assert history.export(Query(), out, with_cards, form) == 2
            assert ("456" in out.getvalue()) == ("card" in out.getvalue().replace("unknown_credential", "")) == with_cards


def test_a_spreadsheet_takes_no_text_for_a_formula(history):
    history.append([event(1, reason="=HYPERLINK(1)", user="-kim", operator="@max")])
    out = io.StringIO()
    history.export(Query(), out, False)
    assert "'=HYPERLINK(1)" in out.getvalue() and ",'-kim," in out.getvalue() and ",'@max," in out.getvalue()


def test_a_form_that_is_none_is_refused(history):
    with pytest.raises(BadQuery):
        history.export(Query(), io.StringIO(), True, "xlsx")
