"""What messages say, and what they must not say."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firmware.core.events import types
from tests.console.happenings import NOW_MS, happened, violation
from tests.tools.sites import changed
from tools.console.alerts import addresses, words
from tools.site import parse

SITE = parse(
    changed(
        ("timezone", "Europe/Paris"), ("label", "Head Quarters"), ("users", "kim", "label", "Kim Kowalski"),
        ("areas", "office", "label", "Office"), ("doors", "vault", "label", "Vault door"), ("controllers", "c2", "label", "Basement"),
    )
)  # fmt: skip


def test_it_speaks_in_the_words_and_the_time_of_the_site():
    event = violation(card=2)
    assert words.title(event, SITE, NOW_MS) == "Head Quarters: Kim Kowalski in violation in Office: came in twice"
    assert words.body(event, SITE, NOW_MS, more=412, since_ms=NOW_MS - 60_000).splitlines() == [
        "Kim Kowalski in violation in Office: came in twice.",
        "When: Mon 05 Jan 2026 10:00:00 (Europe/Paris)",
        "Person: Kim Kowalski",
        "Area: Office",
        "Reader: lobby_in",
        "Told by: c1",
        "Mode: hard",
        "And 412 more of this rule and place since Mon 05 Jan 2026 09:59:00 (Europe/Paris).",
    ]


def test_what_is_late_says_so_first():
    event = happened("controller.offline", NOW_MS - 3 * 3_600_000, peer="c2")
    assert words.title(event, SITE, NOW_MS) == "Head Quarters: 3 h ago, heard only now: Basement is offline"
    assert "This was 3 h ago: it could be told only now." in words.body(event, SITE, NOW_MS)


@pytest.mark.parametrize("kind", types())
def test_every_type_has_words_even_where_fields_are_missing(kind):
    bare, full = happened(kind), happened(kind, user="kim", area="office", door="vault", doors=["vault"], reader="lobby_in", peer="c2", reason="why")
    for event in (bare, full):
        title = words.title(event, SITE, NOW_MS)
        assert kind not in title and not re.search("[{}]", title) and len(title) > len("Head Quarters: ")
        assert words.body(event, SITE, NOW_MS).count("\n") >= 1


@given(st.text(max_size=300))
@example("a\r\nBcc: everybody@example.org")
def test_a_subject_is_one_short_line_whatever_a_board_tells(text):
    event = happened("command.refused", operator=text, action=text, reason=text)
    title = words.title(event, SITE, NOW_MS)
    assert title.isprintable() and len(title) <= 78
    assert all(line.isprintable() for line in words.body(event, SITE, NOW_MS).split("\n"))


def test_no_card_is_named():
    event = happened("access.denied", user=None, card=3, reader="lobby_in", door="lobby", reason="unknown_credential", format="H10301", digits="603")
    assert "603" not in words.title(event, SITE, NOW_MS) + words.body(event, SITE, NOW_MS)
    text = words.body(violation(card=3) | {"card": "H10301:118:1603"}, SITE, NOW_MS)
    assert "1603" not in text


# -- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("json://ada:sesame@127.0.0.1:9000/hook/token?x=y", "json://127.0.0.1:9000"),
        ("mailtos://u:pw@example.org?to=a@b.c", "mailtos://example.org"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack://…"),
        ("ntfy://my-secret-topic", "ntfy://…"),
        ("json://[::1", "json://…"),
        ("json://host:port/x", "json://…"),
    ],
)
def test_people_see_of_an_address_what_is_no_secret(url, label):
    assert addresses.label(url) == label


SECRET = st.text("abcdefghijklmnopqrstuvwxyz0123456789!$'()*~%", min_size=3, max_size=12)


@given(SECRET, SECRET, SECRET, SECRET, st.text(max_size=20))
def test_an_error_gives_nothing_of_an_address_away(user, password, path, value, text):
    url = f"json://{user}:{password}@host.example:9000/{path}?key={value}"
    said = f"{text} {url} {text} POST /{path} as {user} with {password} or {value} at host.example {value.upper()}"
    left = addresses.hidden(said, url)
    for secret in (user, password, path, value):
        if secret.lower() not in "json host.example 9000 key post as with or at •••" and secret.lower() not in text.lower():
            assert secret.lower() not in left.lower()
