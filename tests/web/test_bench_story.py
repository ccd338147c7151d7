"""What a newcomer does first: tap in, tap in again, be denied, be cleared, tap in. Then fire."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_second_entry_is_denied_until_an_operator_clears_it(visit):
    one = visit()
    for user, reader in (("mia", "gate_in"), ("sam", "yard_in"), ("ines", "lobby_in"), ("finn", "stairs_up")):
        one.tap(user, reader)
        expect(one.bubble(reader)).to_be_visible()
    one.tap("kim", "lobby_in")
    expect(one.bubble("lobby_in")).to_contain_text("Kim Larsson, come in")
    expect(one.panel("Areas")).to_contain_text("Kim Larsson")
    expect(one.panel("Events")).to_contain_text("Kim Larsson went through Lobby")

    one.tap("kim", "lobby_in")
    expect(one.bubble("lobby_in")).to_contain_text("already inside Office")
    expect(one.bubble("lobby_in")).to_contain_text("Can be cleared by")
    expect(one.panel("In violation")).to_contain_text("Kim Larsson")
    expect(one.panel("Events")).to_contain_text("Kim Larsson denied at lobby_in: already inside Office")
    one.page.wait_for_timeout(1500)  # doors close, people arrive: a calm picture
    one.shoot("bench.png")

    one.page.get_by_role("button", name="Clear Kim Larsson").click()
    expect(one.panel("In violation")).to_contain_text("Nobody is in violation")
    one.tap("kim", "lobby_in")
    expect(one.bubble("lobby_in")).to_contain_text("come in")
    assert not one.errors


def test_all_pages_see_the_same_site(visit):
    one, other = visit(), visit()
    one.tap("noa", "lobby_in")
    expect(other.panel("Areas")).to_contain_text("Noa Lindqvist")
    expect(other.page.locator(".chip[data-user=noa]")).to_be_visible()


def test_fire_frees_the_fail_safe_doors_and_no_other(visit):
    one = visit()
    vault, lobby = (one.page.get_by_role("group", name=f"Door {name}") for name in ("Vault", "Lobby"))
    expect(vault).to_contain_text("Closed, locked")
    fire = one.page.get_by_role("button", name="Fire input of Front desk")
    fire.click()
    expect(vault).to_contain_text("Closed, unlocked")
    expect(lobby).to_contain_text("Closed, locked")
    expect(one.page.get_by_role("alert")).to_contain_text("fire at Front desk")
    expect(one.page.locator(".output.is-on")).to_contain_text("Emergency beacon")
    one.shoot("bench-fire.png")
    fire.click()
    expect(vault).to_contain_text("Closed, locked")


def test_operators_start_an_emergency_and_lock_doors_down(visit):
    one = visit()
    lobby = one.page.get_by_role("group", name="Door Lobby")
    one.page.get_by_role("button", name="Start an emergency").click()
    expect(one.page.get_by_role("alert")).to_contain_text("started by Ada")
    one.page.get_by_role("button", name="End the emergency").click()
    expect(one.page.get_by_role("alert")).to_be_hidden()
    lobby.get_by_role("button", name="Lock down Lobby").click()
    expect(lobby).to_contain_text("in lockdown")
    one.tap("finn", "lobby_in")
    expect(one.bubble("lobby_in")).to_contain_text("locked down")
    lobby.get_by_role("button", name="Release Lobby").click()
    expect(lobby).not_to_contain_text("in lockdown")
    one.page.get_by_label("Operator", exact=True).select_option("vic")
    lobby.get_by_role("button", name="Unlock Lobby").click()
    expect(one.page.locator(".q-notification")).to_contain_text("Refused: role viewer")


def test_breaking_the_glass_opens_the_vault_and_fires_the_strobe(visit):
    one = visit()
    one.page.get_by_role("button", name="Break glass").click()
    expect(one.panel("Events")).to_contain_text("Vault opened by emergency egress")
    expect(one.page.locator(".output", has_text="Strobe")).to_have_class("output is-on")
    one.page.get_by_role("button", name="Reset glass").click()
    one.page.get_by_role("group", name="Door Vault").get_by_role("button", name="Close leaf").click()
    expect(one.page.get_by_role("group", name="Door Vault")).to_contain_text("Closed, locked")


def test_a_pin_reader_asks_for_the_pin(visit):
    one = visit()
    one.tap("theo", "lobby_in")
    expect(one.panel("Areas")).to_contain_text("Theo Brandt")
    one.tap("theo", "vault_in")
    keypad = one.page.get_by_role("group", name="Keypad")
    for key in "9753":
        keypad.get_by_role("button", name=key, exact=True).click()
    keypad.get_by_role("button", name="Hash: submit").click()
    expect(one.bubble("vault_in")).to_contain_text("come in")
    expect(one.page.locator(".card[data-user=theo]")).to_contain_text("In Vault")


def test_levers_of_a_controller_reach_the_world(visit):
    one = visit()
    yard = one.page.get_by_role("group", name="Controller Yard")
    yard.get_by_role("button", name="Power of Yard").click()
    expect(yard).to_contain_text("No power")
    one.tap("finn", "yard_in")
    expect(one.bubble("yard_in")).to_contain_text("Yard has no power")
    yard.get_by_role("button", name="Power of Yard").click()
    expect(yard).to_contain_text("Running")

    front = one.page.get_by_role("group", name="Controller Front desk")
    front.get_by_role("button", name="network cut").click()
    expect(one.panel("Events")).to_contain_text("is isolated")
    one.page.get_by_role("button", name="Join the network again").click()
    expect(one.panel("Events")).to_contain_text("joined again")
    front.get_by_label("seconds off").fill("90")
    front.get_by_label("seconds off").press("Enter")
    expect(front).to_contain_text("+90 s off")


def test_the_stream_filters_and_unfolds(visit):
    one = visit()
    one.tap("lee", "lobby_in")
    stream = one.panel("Events")
    expect(stream).to_contain_text("Lee Okafor granted")
    stream.get_by_role("button", name="Access", exact=True).click()
    expect(stream).not_to_contain_text("Lobby opened")
    stream.get_by_role("searchbox").fill("okafor granted")
    expect(stream.locator(".event")).to_have_count(1)
    stream.locator(".event-line").click()
    expect(stream.locator("pre")).to_contain_text('"type": "access.granted"')


def test_an_osdp_reader_has_faults_by_hand_and_is_paired_again(visit):
    one = visit()
    reader = one.page.get_by_role("group", name="Reader vault_out")
    state = reader.locator(".state")
    expect(state).to_have_text("online")
    reader.get_by_role("button", name="Cover open").click()
    expect(state).to_have_text("tamper (cover)")
    expect(reader.get_by_role("button", name="Cover open")).to_have_attribute("aria-pressed", "true")
    reader.get_by_role("button", name="Cover open").click()
    expect(state).to_have_text("online")
    reader.get_by_role("button", name="Key lost").click()
    expect(state).to_have_text("tamper (cryptogram)")
    one.page.get_by_label("Operator", exact=True).select_option("vic")
    reader.get_by_role("button", name="Pair").click()
    expect(one.page.locator(".q-notification").first).to_contain_text("Refused: role viewer may not pair")
    expect(state).to_have_text("tamper (cryptogram)")
    one.page.get_by_label("Operator", exact=True).select_option("ada")
    reader.get_by_role("button", name="Pair").click()
    expect(state).to_have_text("online")
    expect(one.panel("Events")).to_contain_text("Reader vault_out was paired")
    expect(reader.get_by_role("button", name="Key lost")).to_have_attribute("aria-pressed", "false")
    reader.get_by_role("button", name="New key").click()
    expect(one.panel("Events").locator(".event", has_text="Reader vault_out was paired")).to_have_count(2)
    reader.get_by_role("button", name="Cable pulled").click()
    expect(state).to_have_text("offline (silence)", timeout=12_000)
    reader.get_by_role("button", name="Cable pulled").click()
    expect(state).to_have_text("online")
    assert not one.errors and not one.serious()
