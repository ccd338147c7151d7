"""Operators at the console: passwords, sessions, invitations, roles, and what the book says of it."""

import re
import threading

import argon2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from firmware.core.command import OF_ADMINS, OF_MANAGERS
from tests.console.happenings import NOW_MS
from tests.console.office import GOOD, HERE, OTHER, THERE, Office, site
from tools.console.accounts import cookies, limits, passwords, rights, sessions
from tools.console.accounts.accounts import INVITATION_MS, Refusal
from tools.console.accounts.book import FORGOTTEN, BookQuery
from tools.console.accounts.limits import OF_ADDRESS, OF_NAME, network
from tools.console.accounts.sessions import IDLE_MS, LONGEST_MS, Session

@pytest.mark.parametrize("password", ["gr\u00fcn gr\u00fcn moss 77 lichen", "gru\u0308n gru\u0308n moss 77 lichen"])
def test_a_password_is_the_same_from_every_keyboard(local, password):
    assert local.accounts.set_password("max", "gr\u00fcn gru\u0308n moss 77 lichen", "test") is None
    assert local.signed_in(password=password)


# -- signing in ----------------------------------------------------------------------------------


def test_who_knows_the_password_is_signed_in_also_after_a_restart(office):
    session = office.signed_in()
    office.restart()
    found = office.accounts.session(session.token)
    assert found == session and (found.operator, found.role, found.address) == ("max", "site_manager", HERE)
    assert session.token not in repr(session)
    assert office.results(limit=1) == [("max", "sign_in", "done")]


@pytest.mark.parametrize(("name", "password"), [("max", "wrong"), ("nobody", GOOD), ("vic", GOOD), ("vic", "nobody has this password"), ("", ""), ("max\0", GOOD), ("x" * 9999, "y" * 99999), ("\ud800", "\ud800")])
def test_all_that_is_wrong_is_told_alike_and_takes_the_same_work(local, name, password):
    assert local.accounts.sign_in(name, password, HERE) == Refusal("name or password is wrong")
    assert len(local.hashed) == 1
    (entry,) = local.accounts.book.search(BookQuery(action="sign_in"))
    assert entry.operator == (name if name in ("max", "vic") else "unknown") and entry.address == HERE


def test_nothing_that_was_typed_or_drawn_is_in_the_database(tmp_path):
    office = Office(str(tmp_path / "db")).furnished()
    session = office.signed_in()
    code = office.accounts.invite(office.signed_in("ada"), "vic")
    office.accounts.sign_in("my secret password", "another secret", HERE)
    office.engine.dispose()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"site_manager" in written
    for secret in (GOOD, session.token, code, "my secret password", "another secret"):
        assert secret.encode() not in written


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\ud800", None, 5])
def test_a_token_that_is_none_is_nobody(local, token):
    assert local.accounts.session(token) is None


def test_an_old_hash_is_renewed_by_the_way(local):
    local.hasher._argon2 = argon2.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    before = local.accounts._password("max")
    session = local.signed_in()
    after = local.accounts._password("max")
    assert before.hash != after.hash and "t=2" in after.hash and local.accounts.session(session.token) == session
    assert local.signed_in()


# -- how often -----------------------------------------------------------------------------------


def test_after_some_failures_one_waits_longer_and_longer_and_a_right_one_ends_it(office):
    waits = []
    for number in range(OF_NAME.free + 8):
        assert office.accounts.sign_in("max", "wrong", f"192.0.2.{number}").words == "name or password is wrong"
        wait_s = OF_NAME.wait_ms(number + 1) // 1000
        if wait_s:
            assert office.accounts.sign_in("max", GOOD, THERE).wait_s == wait_s
            office.now_ms += wait_s * 1000 - 1
            assert office.accounts.sign_in("max", GOOD, THERE).wait_s == 1
            office.now_ms += 1
            waits.append(wait_s)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    office.signed_in()
    assert office.accounts.sign_in("max", "wrong", HERE).wait_s == 0 and office.signed_in()


def test_what_is_refused_costs_no_work_and_is_told_later(local):
    for number in range(OF_NAME.free):
        local.accounts.sign_in("max", "wrong", f"192.0.2.{number}")
    worked = len(local.hashed)
    for _ in range(7):
        assert local.accounts.sign_in("max", GOOD, THERE).wait_s == 1
    assert len(local.hashed) == worked
    local.now_ms += 1000
    local.signed_in()
    assert local.results(limit=1) == [("max", "sign_in", "done, after 7 attempts that were refused unheard")]
    assert isinstance(local.accounts.sign_in("max", "wrong", HERE), Refusal) and local.signed_in()


def test_an_address_that_tries_many_names_waits_and_others_do_not(local):
    for number in range(OF_ADDRESS.free):
        assert local.accounts.sign_in(f"name{number}", "wrong", HERE).wait_s == 0
    assert local.accounts.sign_in("max", GOOD, HERE).wait_s == 1
    assert local.signed_in(address=THERE)


def test_who_may_sign_in_does_not_free_his_address_to_try_others(local):
    for number in range(OF_ADDRESS.free - 1):
        assert local.accounts.sign_in(f"name{number}", "wrong", HERE).wait_s == 0
    local.signed_in(address=HERE)
    assert [local.accounts.sign_in(f"other{number}", "wrong", HERE).wait_s for number in range(2)] == [0, 1]


def test_a_name_that_nobody_has_waits_like_any_other(local):
    for name in ("max", "nobody"):
        told = [local.accounts.sign_in(name, "wrong", f"192.0.{len(name)}.{number}") for number in range(OF_NAME.free + 1)]
        assert [refusal.wait_s for refusal in told] == [0] * OF_NAME.free + [1]


def test_many_at_once_do_not_come_through(local):
    told, lock = [], threading.Lock()

    def attempt(number: int) -> None:
        found = local.accounts.sign_in("max", "wrong", f"192.0.2.{number}")
        with lock:
            told.append(found.wait_s)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(0) == OF_NAME.free and len(local.hashed) == OF_NAME.free


def test_failures_are_forgotten_after_a_day_and_a_clock_set_back_locks_nobody_out(local):
    for _ in range(OF_NAME.free + 3):
        local.accounts.sign_in("max", "wrong", HERE)
        local.now_ms += 60_000
    local.now_ms += 24 * 3600 * 1000
    assert [local.accounts.sign_in("max", "wrong", HERE).wait_s for _ in range(OF_NAME.free)] == [0] * OF_NAME.free
    local.now_ms -= 10**12
    assert 0 < local.accounts.sign_in("max", GOOD, HERE).wait_s <= 60


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=60))
def test_attempts_in_any_stretch_of_time_are_bounded(pauses_ms):
    """However an attacker times them: of a name no more than the free ones, those while it doubles, and one a minute."""
    now_ms, count, last_ms, heard = 0, 0, 0, []
    for pause_ms in pauses_ms:
        now_ms += pause_ms
        if not count or now_ms >= last_ms + OF_NAME.wait_ms(count):
            count, last_ms = count + 1, now_ms
            heard.append(now_ms)
    assert len(heard) <= OF_NAME.free + 7 + (now_ms // 60_000)


def test_of_ipv6_a_network_counts_as_one():
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("192.0.2.1") != network("192.0.2.2") and network("not an address") == "not an address"
    assert limits.Limit(5, 60_000).wait_ms(10**6) == 60_000


# -- sessions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("steps", "is_in"), [([IDLE_MS], True), ([IDLE_MS + 1], False), ([IDLE_MS - 1] * 11, True), ([IDLE_MS - 1] * 13, False)])
def test_a_session_ends_when_nobody_is_there_and_after_a_shift(local, steps, is_in):
    session = local.signed_in()
    for step_ms in steps:
        local.now_ms += step_ms
        found = local.accounts.session(session.token)
    assert (found is not None) is is_in and LONGEST_MS == 12 * IDLE_MS


def test_a_page_that_looks_by_itself_keeps_no_session_alive(local):
    session = local.signed_in()
    local.now_ms += IDLE_MS
    assert local.accounts.session(session.token, is_active=False)
    local.now_ms += 1
    assert local.accounts.session(session.token) is None


ENDS = {
    "signed out": lambda office, session: office.accounts.sign_out(session),
    "password set": lambda office, session: office.accounts.set_password("max", OTHER, "ada"),
    "password changed": lambda office, session: office.accounts.change_password(session, GOOD, OTHER),
    "less of a role": lambda office, session: setattr(office, "site", site(ada="site_admin", max="viewer")),
    "more of a role": lambda office, session: setattr(office, "site", site(ada="site_admin", max="site_admin")),
    "out of the file": lambda office, session: setattr(office, "site", site(ada="site_admin")),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_session_ends_with_the_password_the_role_and_the_operator_and_does_not_come_back(local, end):
    before = local.site
    session, other = local.signed_in(), local.signed_in("ada")
    ENDS[end](local, session)
    assert local.accounts.session(session.token) is None and local.accounts.session(other.token) == other
    local.site = before
    assert local.accounts.session(session.token) is None


def test_a_session_that_was_opened_while_the_password_was_set_is_none(local):
    late = local.accounts._sessions.open("max", "site_manager", "of the old password", HERE, local.now_ms)
    assert local.accounts.session(late.token) is None and local.accounts.session(local.signed_in().token)


def test_signing_out_ends_one_session_only(local):
    one, two = local.signed_in(), local.signed_in()
    local.accounts.sign_out(one)
    assert local.accounts.session(one.token) is None and local.accounts.session(two.token) == two


def test_of_many_sessions_of_one_operator_the_oldest_end(local):
    found = []
    for _ in range(sessions._OF_ONE_MAX + 2):
        local.now_ms += 1
        found.append(local.signed_in())
    alive = [bool(local.accounts.session(session.token)) for session in found]
    assert alive == [False, False] + [True] * sessions._OF_ONE_MAX


# -- passwords and invitations -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 12 characters"),
        ("x" * 257, "at most 256"),
        ("password1234", "easy to guess"),
        ("qwertyuiopasdf", "easy to guess"),
        ("111111111111111", "easy to guess"),
        ("abcdefghijklmnop", "easy to guess"),
        ("letmeinletmein", "easy to guess"),
        ("maxmaxmaxmax", "easy to guess"),
        ("HeadQuarters-7", "little more than 'headquarters'"),
        ("2026Headquarters", "little more than 'headquarters'"),
    ],
)
def test_a_weak_password_is_refused_and_the_old_one_stays(local, password, words):
    local.site = local.site.model_copy(update={"label": "headquarters"})
    assert words in local.accounts.set_password("max", password, "test").words
    assert local.signed_in()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.text(max_size=300))
@example("\0" * 20)
def test_any_text_is_judged(text):
    wrong = passwords.weakness(text, ["max", "demo", ""])
    assert wrong is None or wrong.isprintable()


def test_who_changes_his_own_password_must_know_the_old_one(local):
    session = local.signed_in()
    assert "old password is wrong" in local.accounts.change_password(session, "wrong", OTHER).words
    assert local.accounts.session(session.token), "a mistake signs nobody out"
    assert local.accounts.change_password(session, GOOD, OTHER) is None
    assert local.signed_in(password=OTHER)
    told = [local.accounts.change_password(session, "wrong", GOOD) for _ in range(OF_NAME.free + 1)]
    assert told[-1].wait_s == 1


def test_an_invitation_sets_a_password_once(office):
    code = office.accounts.invite(office.signed_in("ada"), "vic")
    assert office.accounts.invited(code) == "vic" and code not in repr(office.accounts.book.search(BookQuery()))
    assert "at least" in office.accounts.accept(code, "short", HERE).words
    assert office.accounts.accept(code, OTHER, HERE) is None
    assert office.signed_in("vic", OTHER)
    assert "not good any more" in office.accounts.accept(code, GOOD, HERE).words and office.accounts.invited(code) is None


@pytest.mark.parametrize("what", ["late", "replaced", "maker is no admin", "guest is gone", "made up", "password was set"])
def test_an_invitation_that_is_not_good_any_more_sets_nothing(local, what):
    code = local.accounts.invite(local.signed_in("ada"), "vic")
    if what == "late":
        local.now_ms += INVITATION_MS
    elif what == "replaced":
        local.accounts.invite(local.signed_in("ada"), "vic")
    elif what == "maker is no admin":
        local.site = site(ada="site_manager", vic="viewer")
    elif what == "guest is gone":
        local.site = site(ada="site_admin")
    elif what == "password was set":
        local.accounts.set_password("vic", OTHER, "command line")
    else:
        code = "\ud800"
    assert "not good any more" in local.accounts.accept(code, GOOD + "!", HERE).words
    local.site = site(ada="site_admin", vic="viewer")
    assert local.accounts.has_password("vic") is (what == "password was set")


def test_of_two_who_accept_at_once_one_was_quicker(local, monkeypatch):
    code = local.accounts.invite(local.signed_in("ada"), "vic")
    assert local.accounts.accept(code, OTHER, HERE) is None
    monkeypatch.setattr(local.accounts, "invited", lambda code: "vic")  # as it was a moment ago
    assert "not good any more" in local.accounts.accept(code, GOOD, HERE).words and local.signed_in("vic", OTHER)


def test_only_an_admin_invites_and_only_operators(local):
    assert "may not" in local.accounts.invite(local.signed_in("max"), "vic").words
    assert "no such operator" in local.accounts.invite(local.signed_in("ada"), "kim").words
    assert "no such operator" in local.accounts.set_password("kim", GOOD, "ada").words


# -- roles ---------------------------------------------------------------------------------------

OF_ALL = {"look", "export"}
OF_MANAGER = {"export_cards", "read_book", "muster_reader", "acknowledge", "tick_off", "clear", "move", "pass", "reset", "unlock", "silence", "lockdown"}
OF_MANAGER |= {"release", "emergency"}
OF_ADMIN = {"pair", "rotate", "end_emergency", "invite", "configure", "set", "retire", "restore"}


@pytest.mark.parametrize("action", sorted(OF_ALL | OF_MANAGER | OF_ADMIN | {"nonsense", ""}))
def test_who_may_what_is_as_the_rules_say(action):
    expected = (action in OF_ALL, action in OF_ALL | OF_MANAGER, action in OF_ALL | OF_MANAGER | OF_ADMIN)
    assert tuple(rights.may(role, action) for role in ("viewer", "site_manager", "site_admin")) == expected
    assert not rights.may("root", action) and not rights.may("", action)


def test_every_command_of_the_controllers_is_in_the_table():
    assert set(rights.NEEDED) == OF_ALL | OF_MANAGER | OF_ADMIN >= set(OF_MANAGERS + OF_ADMINS)
    assert rights.action_of("emergency", {"active": True}) == "emergency"
    assert rights.action_of("emergency", {"active": False}) == rights.action_of("emergency", {}) == "end_emergency"


def test_what_somebody_may_is_by_the_file_of_now(local):
    session = local.signed_in()
    assert local.accounts.may(session, "clear") and not local.accounts.may(session, "set") and not local.accounts.may(None, "look")
    local.site = site(max="viewer")
    assert not local.accounts.may(session, "clear") and not local.accounts.may(session, "look"), "the session is of another role"
    local.site = site(ada="site_admin")
    assert not local.accounts.may(session, "look")


# -- the book ------------------------------------------------------------------------------------


def test_the_book_is_searched_as_the_history_is(office):
    session = office.signed_in()
    book = office.accounts.book
    for number in range(5):
        office.now_ms += 1000
        office.accounts.note(session, "clear", {"area": "office", "user": "kim", "nonce": f"n{number}"}, "Held 100% of the_door", f"done by c{number}")
    office.accounts.note(session, "unlock", {"door": "gate"}, "", "no answer")
    assert [entry.fields["nonce"] for entry in book.search(BookQuery(action="clear"))] == ["n4", "n3", "n2", "n1", "n0"]
    first = book.search(BookQuery(person="kim", limit=2))
    assert [entry.fields["nonce"] for entry in book.search(BookQuery(person="kim", before=first[-1].id))] == ["n2", "n1", "n0"]
    assert len(book.search(BookQuery(text="HELD 100%"))) == 5 and len(book.search(BookQuery(text="0% of the_"))) == 5
    assert book.search(BookQuery(text="100_")) == [] and len(book.search(BookQuery(text="c3"))) == 1
    since = book.search(BookQuery(since_ms=NOW_MS + 2000, until_ms=NOW_MS + 4000, operator="max"))
    assert [entry.at_ms - NOW_MS for entry in since] == [3000, 2000]


def test_people_are_forgotten_in_the_book_and_acts_are_not(office):
    session, book = office.signed_in(), office.accounts.book
    office.accounts.note(session, "clear", {"area": "office", "user": "kim"}, "Kim held the door", "done")
    office.now_ms += 1
    office.accounts.note(session, "clear", {"user": "lee"}, "", "done")
    assert book.forget_people(office.now_ms) == 1 and book.forget_people(office.now_ms) == 0
    assert [(entry.person, entry.reason, entry.result) for entry in book.search(BookQuery(action="clear"))] == [("lee", "", "done"), (FORGOTTEN, "", "done")]
    assert book.search(BookQuery(text="kim")) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.text(max_size=700), st.dictionaries(st.text(max_size=9), st.one_of(st.text(), st.integers(), st.lists(st.booleans()))))
@example("a\0b\n\ud800", {"user": "\0\ud800", "x": "y" * 9000})
def test_whatever_is_noted_can_be_read(local, text, fields):
    number = local.accounts.book.note(NOW_MS, text, text, fields, text, text, text)
    entry = local.accounts.book.search(BookQuery(limit=1))[0]
    assert entry.id == number and entry.reason.isprintable() and len(entry.reason) <= 500
    if len(str(fields)) < 500:
        assert entry.fields == fields


# -- cookies and forms ---------------------------------------------------------------------------


def test_the_cookie_is_for_this_host_and_no_script():
    from starlette.responses import Response

    response = Response()
    response.set_cookie(**cookies.flags("token", is_https=True))
    assert response.headers["set-cookie"] == "__Host-backstop=token; HttpOnly; Max-Age=43200; Path=/; SameSite=strict; Secure"
    assert "secure" not in str(Response().set_cookie(**cookies.flags("token", is_https=False))).lower() and cookies.name(False) == "backstop"


def test_a_form_belongs_to_its_session():
    made = cookies.form_token("token")
    assert re.fullmatch("[0-9a-f]{64}", made) and cookies.is_own_form("token", made)
    assert not any(cookies.is_own_form("token", other) for other in ("", cookies.form_token("other"), "token", None, "\ud800"))


@pytest.mark.parametrize(
    ("origin", "host", "is_own"),
    [
        ("https://console.example", "console.example", True),
        ("http://127.0.0.1:8081", "127.0.0.1:8081", True),
        ("http://127.0.0.1:8081", "127.0.0.1:8082", False),
        ("https://evil.example", "console.example", False),
        ("https://console.example.evil.example", "console.example", False),
        ("null", "console.example", False),
        (None, "console.example", False),
        ("http://[", "[", False),
        ("", "", False),
    ],
)
def test_a_form_of_another_site_is_none_of_ours(origin, host, is_own):
    assert cookies.is_own_origin(origin, host) is is_own
