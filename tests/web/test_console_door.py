"""The door of the console at work: who gets in, what is refused, and what hostile words and addresses come to. No browser."""

import csv
import datetime
import io
import json

import httpx
import pytest

from tests.web.console import HOSTILE, PASSWORD, Place
from tests.brokers import wait_for
from tools.console.history.database import writing

pytestmark = pytest.mark.browser
PAGES = ("/", "/areas", "/muster", "/doors", "/alerts", "/history", "/book", "/account", "/areas/office")
CARRIED = ("/violations.csv", "/history.csv", "/history.jsonl", "/book.csv")
LONG = "x" * 10_000


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with Place(tmp_path_factory.mktemp("console")) as made:
        made.passback("kim")
        made.badge("noa", "lobby_in")
        yield made


@pytest.fixture(scope="module")
def max_(place):
    with place.client("max") as client:
        yield client


@pytest.mark.parametrize("path", [*PAGES, *CARRIED, "/review/office/c1/1/1"])
def test_nobody_gets_in_without_signing_in(place, path):
    for cookies in ({}, {"backstop": "x" * 43}, {"backstop": LONG[:3000]}):
        answer = httpx.get(place.url + path, cookies=cookies)
        assert (answer.status_code, answer.headers["location"]) == (307, "/sign-in")
        assert "Kim" not in answer.text and "office" not in answer.text


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"name": "zoe", "password": PASSWORD}, 403, "Name or password is wrong."),
        ({"name": "' OR 1=1 --", "password": "' OR 1=1 --"}, 403, "Name or password is wrong."),
        ({"name": HOSTILE, "password": "\0"}, 403, "Name or password is wrong."),
        ({}, 403, "Name or password is wrong."),
        ({"name": LONG, "password": LONG}, 413, "That is too long."),
        ({str(number): "x" for number in range(50)}, 400, "That is no form of this console."),
    ],
)
def test_who_cannot_sign_in_is_told_so(place, given, status, words):
    answer = httpx.post(place.url + "/sign-in", data=given, headers={"Origin": place.url})
    assert (answer.status_code, words in answer.text) == (status, True)
    assert HOSTILE not in answer.text and "set-cookie" not in answer.headers


@pytest.mark.parametrize("origin", [{}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": "http://127.0.0.1:1"}])
def test_a_form_of_another_site_does_nothing(place, max_, origin):
    given = {"name": "max", "password": PASSWORD, "form": "x"}
    for path in ("/sign-in", "/sign-out", "/invitation"):
        answer = httpx.post(place.url + path, data=given, headers=origin, cookies=dict(max_.cookies))
        assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert max_.post("/sign-out", data={"form": "x"}).status_code == 403  # of this host, but not of this session
    assert max_.get("/").status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"/history?text={HOSTILE}", 200, "Nothing was found."),
        ("/history?person=' OR 1=1 --&door=';DROP TABLE events", 200, "Nothing was found."),
        ("/history?text=%00", 200, "Nothing was found."),
        ("/history?text=%ff%fe%ed%a0%80", 200, "Nothing was found."),
        (f"/history?text={LONG}", 200, "a text of 1 to 200 characters"),
        ("/history?type=no.such", 200, "There is no type of event"),
        (f"/history?type={HOSTILE}", 200, "There is no type of event"),
        ("/history?since=yesterday", 200, "a local time such as"),
        ("/history?since=0001-01-01T00:00&until=9999-12-31T23:59", 200, "came in twice"),
        ("/history?after=1.2", 200, "this is no place that a page ended with"),
        (f"/history?after={'9' * 30}.1.1", 200, "this is no place that a page ended with"),
        ("/history.csv?type=no.such", 400, "there is no type of event"),
        (f"/history.jsonl?person={LONG}", 400, "a text of 1 to 200 characters"),
        (f"/book?text={HOSTILE}", 200, "Nothing was found."),
        (f"/book?operator={HOSTILE}&action={HOSTILE}&person={HOSTILE}", 200, "Nothing was found."),
        ("/book?operator=' OR 1=1 --&action=';DROP TABLE accounts_book", 200, "Nothing was found."),
        ("/book?text=%25&action=_", 200, "Nothing was found."),
        ("/book?text=%00", 200, "Text: a text of 1 to 200 characters."),
        (f"/book?operator={LONG}", 200, "Operator: a text of 1 to 200 characters."),
        ("/book?since=yesterday", 200, "a local time such as"),
        ("/book?since=0001-01-01T00:00&until=9999-12-31T23:59", 200, "Sign in"),
        ("/book?before=1", 200, "Nothing was found."),
        ("/book?before=-1", 200, "this is no place that a page ended with"),
        ("/book?before=%D9%A3", 200, "this is no place that a page ended with"),
        (f"/book?before={'9' * 30}", 200, "this is no place that a page ended with"),
        ("/book.csv?before=x", 400, "this is no place that a page ended with"),
        (f"/book.csv?text={LONG}", 400, "a text of 1 to 200 characters"),
        (f"/areas/office?entrances={HOSTILE}", 200, "must be one of: off, soft, deny, hard"),
        ("/areas/office?capacity=-1", 200, "Capacity: a whole number."),
        ("/areas/office?capacity=70000", 200, "must be a whole number from 1 to 65535"),
        ("/areas/office?exempt_groups=nobody", 200, "Unknown group"),
        ("/areas/office?reset_at=25:00", 200, "is not a time of day"),
        ("/areas/office?schedule=nowhere", 200, "must be one of: always, day, never"),
        (f"/areas/office?exempt_groups={LONG}", 200, "A setting has at most 1000 characters"),
        ("/areas/nowhere", 404, "There is no such area."),
        ("/review/office/c1/1/999", 404, "There is no such violation."),
        ("/review/nowhere/c1/1/1", 404, "There is no such violation."),
        (f"/review/office/{LONG}/1/1", 404, "There is no such violation."),
        (f"/review/office/c1/{'9' * 30}/{'9' * 30}", 404, "There is no such violation."),
        ("/review/office/c1/-1/-1", 404, "There is no such violation."),
        ("/review/office/c1/one/1", 422, "valid integer"),
    ],
)
def test_a_hostile_or_wrong_question_gets_a_clear_answer(place, max_, path, status, words):
    _has_violation(max_)
    answer = max_.get(path)
    assert answer.status_code == status, answer.text[:500]
    assert words in answer.text and HOSTILE not in answer.text


def _has_violation(client: httpx.Client) -> None:
    wait_for(lambda: "Kim" in client.get("/violations.csv").text, "the passback did not arrive")


def test_who_is_in_violation_can_be_carried_away(max_):
    _has_violation(max_)
    answer = max_.get("/violations.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8" and answer.headers["cache-control"] == "no-store"
    row = next(csv.DictReader(io.StringIO(answer.text)))
    assert (row["person"], row["area"], row["kind"], row["mode"]) == (f"Kim {HOSTILE}", f"Office {HOSTILE}", "double_entrance", "hard")
    assert datetime.datetime.fromisoformat(row["since"]).tzinfo and row["until"] == ""


def test_a_viewer_carries_no_cards_away_and_the_book_knows_of_it(place, max_):
    _has_violation(max_)
    with place.client("vic") as vic:
        seen = [json.loads(line) for line in vic.get("/history.jsonl?type=access.granted&person=noa").text.splitlines()]
    mine = [json.loads(line) for line in max_.get("/history.jsonl?type=access.granted&person=noa").text.splitlines()]
    assert len(seen) == len(mine) == 1 and "card" not in seen[0] and "card" in mine[0]
    assert place.booked(operator="vic", action="export", limit=1)[0][3] == "done"


@pytest.mark.parametrize("path", ["/book", "/book.csv", "/book?operator=ada", "/book.csv?before=5"])
def test_the_book_is_not_for_who_only_looks(place, path):
    with place.client("vic") as vic:
        answer = vic.get(path)
        assert answer.status_code == 403 and "Your role may not" in answer.text and "ada" not in answer.text
        assert 'href\\":\\"/book' not in vic.get("/").text and "/book" not in vic.get("/history").text


@pytest.mark.parametrize("path", ["/book", "/book.csv", "/doors", "/areas", "/muster"])
def test_what_pages_show_is_changed_by_no_request(place, max_, path):
    """Orders go over a page's own socket; there is nothing that another site's form could be sent to."""
    before = len(place.booked())
    for verb in (max_.post, max_.put, max_.delete):
        assert verb(path).status_code == 405
    assert len(place.booked()) == before


def test_the_book_is_carried_away_and_that_is_in_the_book(place, max_):
    rows = list(csv.DictReader(io.StringIO(max_.get("/book.csv?action=sign_in&operator=max").text)))
    assert rows and {(row["operator"], row["what"], row["result"]) for row in rows} == {("max", "Sign in", "done")}
    assert datetime.datetime.fromisoformat(rows[0]["time"]).tzinfo and json.loads(rows[0]["about"]) == {}
    assert [row["time"] for row in rows] == sorted((row["time"] for row in rows), reverse=True)
    newest = list(csv.DictReader(io.StringIO(max_.get("/book.csv?text=book.csv").text)))[0]
    assert newest["what"] == "Carry away book.csv (asked: action=sign_in&operator=max)"


def test_a_book_that_cannot_be_read_says_so(place, max_):
    def rename(old: str, new: str) -> None:
        with writing(place.engine) as connection:
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    rename("accounts_book", "away")
    try:
        for path in ("/book", "/book.csv"):
            answer = max_.get(path)
            assert (answer.status_code, "The console's database cannot be used now" in answer.text) == (503, True)
    finally:
        rename("away", "accounts_book")
    assert max_.get("/book").status_code == 200


def test_the_history_is_searched_by_person_and_type(max_):
    _has_violation(max_)
    rows = list(csv.DictReader(io.StringIO(max_.get("/history.csv?person=kim&type=access.denied").text)))
    assert [(row["user"], row["type"], row["reason"]) for row in rows] == [("kim", "access.denied", "double_entrance")]
    page = max_.get("/history?person=kim&type=access.denied").text
    assert "was denied at lobby_in" in page and "was let in" not in page
