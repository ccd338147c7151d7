"""What people are told at the door: why a badge was denied, and what the reader shows."""

from pathlib import Path

from host_sim.world import World
from tools.site import load

SITES = Path(__file__).resolve().parents[2] / "host_sim" / "scenarios" / "sites"
START_MS = 1767603600000  # Monday, 2026-01-05 09:00 UTC
CLEARERS = ["site_admin", "site_manager"]


def world(name: str) -> World:
    return World(load(SITES / f"{name}.toml"), START_MS)


def badge(site: World, at_s: float, reader: str, user: str) -> dict:
    """Present a card; what became of it within a second."""
    site.run_until(round(at_s * 1000))
    site.badge(reader, user=user)
    site.run_until(site.now_ms + 900)
    return [event for event in site.events if event["type"].startswith("access.")][-1]


def shown(site: World, reader: str) -> str:
    return site.signal(reader)[0]


def test_a_denial_says_what_it_contradicts_and_how_it_ends():
    site = world("times")
    entered = badge(site, 1, "expiry_in", "kim")
    denied = badge(site, 10, "expiry_in", "kim")
    because = {
        "area": "expiry",
        "at": entered["at"],
        "reader": "expiry_in",
        "since": denied["at"],
        "expires": round(denied["at"] + 600, 3),
        "ends": CLEARERS,
    }
    assert denied["because"] == because
    again = badge(site, 300, "expiry_out", "kim")
    assert again["reason"] == "in_violation" and again["because"] == because


def test_a_denial_that_only_a_person_ends_has_no_expiry():
    site = world("modes")
    badge(site, 1, "hard_in", "kim")
    because = badge(site, 10, "hard_in", "kim")["because"]
    assert because["expires"] is None and because["ends"] == CLEARERS


def test_a_badge_that_is_no_passback_explains_nothing():
    site = world("people")
    assert "because" not in badge(site, 1, "lobby_in", "kim")
    assert "because" not in badge(site, 10, "lobby_in", "una")


def test_a_reader_shows_a_passback_otherwise_than_an_unknown_card():
    site = world("modes")
    badge(site, 1, "hard_in", "kim")
    signals = [shown(site, "hard_in")]
    badge(site, 10, "hard_in", "kim")
    signals.append(shown(site, "hard_in"))
    site.badge("hard_in", card="H10301:90:324")
    site.run_until(site.now_ms + 900)
    signals.append(shown(site, "hard_in"))
    assert len(set(signals)) == 3


def test_a_reader_shows_that_it_asks():
    site = world("boards")
    badge(site, 1, "north_in", "kim")
    site.set_network([["c1"], ["c2"]])
    site.run_until(10_000)
    site.badge("north_in", user="kim")
    site.run_until(10_200)
    assert shown(site, "north_in") == "asking"
    site.run_until(11_000)
    assert shown(site, "north_in") == "granted"


def test_a_reader_warns_five_seconds_before_the_door_is_held():
    site = world("doors")
    badge(site, 1, "main_in", "kim")
    site.leaf("main", True)
    opened_ms = site.now_ms
    site.run_until(opened_ms + 24_900)
    assert shown(site, "main_in") != "held_warning"
    site.run_until(opened_ms + 25_100)
    assert shown(site, "main_in") == "held_warning" == shown(site, "main_out")
    assert not [event for event in site.events if event["type"] == "door.held"]
    site.run_until(opened_ms + 30_100)
    assert [event for event in site.events if event["type"] == "door.held"]


def test_no_warning_sounds_at_a_door_that_closes_in_time():
    site = world("doors")
    badge(site, 1, "main_in", "kim")
    site.leaf("main", True)
    site.run_until(20_000)
    site.leaf("main", False)
    site.run_until(60_000)
    assert shown(site, "main_in") != "held_warning"
