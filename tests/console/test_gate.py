"""The gate by itself: no browser, no broker, and a database that goes away."""

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.console.office import GOOD, OTHER
from tools.console.accounts import cookies
from tools.console.history import Trouble
from tools.console.web.account import AccountForms
from tools.console.web.gate import Gate

HOST = "http://console.example"
HOSTILE = '"><script>alert(1)</script>{0}{form}'


@pytest.fixture
def door(local):
    app = FastAPI()
    AccountForms(app, Gate(app, local.accounts, f"Head {HOSTILE}"), local.accounts)
    return TestClient(app, base_url=HOST, headers={"Origin": HOST}, follow_redirects=False)


def sign_in(door, name: str = "max", password: str = GOOD):
    return door.post("/sign-in", data={"name": name, "password": password})


def test_a_session_is_a_cookie_that_scripts_and_other_sites_do_not_get(door, local):
    answer = sign_in(door)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    told = answer.headers["set-cookie"].lower()
    assert "httponly" in told and "samesite=strict" in told and "secure" not in told
    assert local.accounts.session(door.cookies["backstop"]).operator == "max"


def test_over_https_the_cookie_belongs_to_this_host_alone(local):
    app, host = FastAPI(), "https://console.example"
    Gate(app, local.accounts, "Head")
    door = TestClient(app, base_url=host, headers={"Origin": host}, follow_redirects=False)
    told = sign_in(door).headers["set-cookie"]
    assert told.startswith("__Host-backstop=") and "Secure" in told


def test_signing_out_ends_the_session_not_only_the_cookie(door, local):
    sign_in(door)
    token = door.cookies["backstop"]
    assert door.post("/sign-out", data={"form": cookies.form_token("another")}).status_code == 403
    assert local.accounts.session(token)
    assert door.post("/sign-out", data={"form": cookies.form_token(token)}).headers["location"] == "/sign-in"
    assert local.accounts.session(token) is None and "backstop" not in door.cookies


def test_too_many_attempts_are_told_to_wait(door):
    for _ in range(5):
        assert sign_in(door, password="wrong").status_code == 403
    answer = sign_in(door)
    assert answer.status_code == 429 and "try again in" in answer.text and "set-cookie" not in answer.headers


def test_an_invitation_sets_a_password_once(door, local):
    code = local.accounts.invite(local.signed_in("ada"), "vic")
    assert "A password for vic." in door.get("/invitation", params={"code": code}).text
    for password, again, words in ((OTHER, GOOD, "The two are not the same."), ("short", "short", "It must have at least 12 characters.")):
        answer = door.post("/invitation", data={"code": code, "password": password, "again": again})
        assert answer.status_code == 403 and words in answer.text and code in answer.text
    given = {"code": code, "password": OTHER, "again": OTHER}
    assert door.post("/invitation", data=given).headers["location"] == "/sign-in"
    assert sign_in(door, "vic", OTHER).status_code == 303
    assert "not good any more" in door.post("/invitation", data=given).text.lower()
    assert door.get("/invitation", params={"code": code}).status_code == 403


def test_hostile_words_stay_words(door):
    answers = [door.get("/sign-in"), door.get("/invitation", params={"code": HOSTILE}), sign_in(door, HOSTILE, HOSTILE)]
    answers.append(door.post("/invitation", data={"code": HOSTILE, "password": "a", "again": "b"}))
    for answer in answers:
        assert answer.status_code in (200, 403) and "<script>" not in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_without_its_database_it_says_so_and_lets_nobody_in(door, local):
    def away(*_, **__):
        raise Trouble("disk I/O error")

    for verb in ("sign_in", "session", "invited", "accept"):
        setattr(local.accounts, verb, away)
    token = "x" * 43
    door.cookies.set("backstop", token)
    answers = [sign_in(door), door.get("/invitation", params={"code": "x"}), door.post("/invitation", data={"password": "a", "again": "a"})]
    for answer in answers:
        assert answer.status_code == 503 and "cannot be used now" in answer.text
        assert "set-cookie" not in answer.headers and "disk" not in answer.text


# -- who is signed in ----------------------------------------------------------------------------


def mine(door, path: str, **fields):
    return door.post(path, data={"form": cookies.form_token(door.cookies["backstop"])} | fields)


def test_ones_own_password_is_changed_and_ends_the_session(door, local):
    sign_in(door)
    for fields, words in (
        ({"old": GOOD, "password": OTHER, "again": "x"}, "The two are not the same."),
        ({"old": "wrong", "password": OTHER, "again": OTHER}, "The old password is wrong."),
        ({"old": GOOD, "password": "short", "again": "short"}, "It must have at least 12 characters."),
        ({}, "The old password is wrong."),
    ):
        answer = mine(door, "/account/password", **fields)
        assert answer.status_code == 403 and words in answer.text
    token = door.cookies["backstop"]
    assert mine(door, "/account/password", old=GOOD, password=OTHER, again=OTHER).headers["location"] == "/sign-in"
    assert local.accounts.session(token) is None
    assert sign_in(door).status_code == 403 and sign_in(door, password=OTHER).status_code == 303


def test_an_admin_gets_a_link_that_opens_the_invitation(door):
    sign_in(door, "ada")
    answer = mine(door, "/account/invite", name="vic")
    link = re.search(r'value="(http[^"]+)"', answer.text)[1]
    assert link.startswith(HOST + "/invitation?code=") and "send it to vic alone" in answer.text
    assert "A password for vic." in door.get(link).text
    assert "names no such operator" in mine(door, "/account/invite", name=HOSTILE).text


def test_who_may_not_invite_is_refused(door):
    sign_in(door)
    answer = mine(door, "/account/invite", name="vic")
    assert answer.status_code == 403 and "Your role may not invite." in answer.text


@pytest.mark.parametrize("path", ["/account/password", "/account/invite", "/sign-out"])
def test_a_form_of_another_session_or_site_does_nothing(door, path):
    given = {"name": "vic", "old": GOOD, "password": OTHER, "again": OTHER}
    sign_in(door, "ada")
    assert door.post(path, data=given | {"form": cookies.form_token("another")}).status_code == 403
    assert door.post(path, data=given).status_code == 403
    own = given | {"form": cookies.form_token(door.cookies["backstop"])}
    assert door.post(path, data=own, headers={"Origin": "https://evil.example"}).status_code == 403
    assert sign_in(door, "ada").status_code == 303
    token = "x" * 43
    door.cookies.clear()
    door.cookies.set("backstop", token)
    assert door.post(path, data=given | {"form": cookies.form_token(token)}).headers["location"] == "/sign-in"
