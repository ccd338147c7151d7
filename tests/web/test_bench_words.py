"""Events in words: every type and every reason has a sentence, and no event breaks it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from host_sim.bench import words
from host_sim.bench.names import Names
from host_sim.script.event_types import EVENT_TYPES
from tests.web.browser import ROOT
from tools.site import load

NAMES = Names(load(str(ROOT / "host_sim/sites/hq.toml")).model_dump(), 1_795_424_400_000)
KNOWN = ["kim", "lobby", "lobby_in", "office", "vault", "ada", "front", "strobe"]
NAME = st.none() | st.sampled_from(KNOWN) | st.text(max_size=5)
REASON = st.sampled_from([*words.REASONS, "something new"])
FIELDS = {
    **dict.fromkeys(("user", "door", "reader", "area", "operator", "peer", "output", "input"), NAME),
    **dict.fromkeys(("why", "by", "presence", "action"), NAME),
    **dict.fromkeys(("reason", "kind"), REASON),
    **dict.fromkeys(("areas", "controllers", "doors"), st.lists(st.text(max_size=5), max_size=3)),
    **dict.fromkeys(("egress", "late", "exempt", "unverified"), st.booleans()),
    "violates": st.dictionaries(st.sampled_from(["office", "gone"]), REASON, max_size=2),
    "because": st.fixed_dictionaries({}, optional={"at": st.integers(), "reader": NAME, "expires": st.none() | st.integers()}),
}


def test_every_event_type_has_a_sentence_of_its_own():
    known = set(words.SENTENCES) | set(words._SPECIAL)
    assert EVENT_TYPES - known == {"update.staged", "update.confirmed", "update.rolled_back", "update.paused"}  # no such thing in a simulation
    assert not known - EVENT_TYPES


def test_a_denial_says_why_in_words():
    event = {"type": "access.denied", "reader": "lobby_in", "user": "kim", "reason": "double_entrance", "areas": ["office"]}
    assert words.sentence(event, NAMES) == "Kim Larsson denied at lobby_in: already inside Office"
    event = {"type": "access.denied", "reader": "vault_in", "user": "kim", "reason": "skipped_entrance", "areas": ["vault"]}
    assert words.reason(event, NAMES) == "entering Vault without having entered Office"


def test_a_denial_says_what_it_rests_on_and_how_it_ends():
    why = {"area": "office", "at": 60, "reader": "lobby_in", "since": 90, "expires": 990, "ends": ["site_admin", "site_manager"]}
    said = words.because({"because": why}, NAMES)
    assert "at lobby_in" in said and "Ends by itself at" in said and "site admin or site manager" in said
    assert words.because({"reason": "no_access"}, NAMES) == ""


def test_local_time_is_the_sites():
    assert NAMES.clock(0) == "09:00:00"  # 1 795 424 400 s is 9:00 in Lisbon
    assert NAMES.clock(10**15) == "--:--:--"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(EVENT_TYPES)), st.fixed_dictionaries({}, optional=FIELDS))
def test_no_event_is_beyond_words(event_type, fields):
    event = {"at": 1.5, "controller": "front", "seq": 1, "type": event_type, **fields}
    assert words.sentence(event, NAMES)
    assert isinstance(words.because(event, NAMES), str)
    assert words.tone(event) in ("good", "bad", "warn", "plain")
