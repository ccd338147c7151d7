"""The console's pages in a real browser, over a real broker: what operators see, and what they do."""

import re

import pytest
from playwright.sync_api import expect

from tests.web import browser as web
from tests.web.console import HOSTILE, PASSWORD, Place, Seat, signed_in

pytestmark = pytest.mark.browser
PAGES = {"violations": "/", "areas": "/areas", "muster": "/muster", "doors": "/doors", "alerts": "/alerts", "history": "/history", "book": "/book", "account": "/account",
         "settings": "/areas/office?entrances=deny&exits=soft"}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with Place(tmp_path_factory.mktemp("console")) as made:
        yield made


@pytest.fixture(scope="module")
def two(place):
    """Two who are in violation as long as there is nobody who clears it."""
    place.passback("noa")
    place.passback("sam")
    return "noa", "sam"


def test_a_wrong_password_is_refused_in_words(place, chromium):
    page = web.laptop(chromium).new_page()
    page.goto(place.url + "/areas")
    expect(page).to_have_url(place.url + "/sign-in")
    page.get_by_label("Name").fill("max")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    page.context.close()


def test_a_passback_appears_is_reviewed_and_cleared_with_a_reason(place, sit):
    manager, viewer = sit("max"), sit("vic")
    expect(manager.row("kim")).to_have_count(0)
    place.passback("kim")
    for seat in (manager, viewer):
        expect(seat.row("kim")).to_contain_text("hard")
    assert viewer.row("kim").get_by_role("button").count() == 0

    viewer.row("kim").get_by_role("link").click()
    expect(viewer.page.locator(".why")).to_have_text(re.compile(r"In by lobby_in at [\d:]+, not out again; at [\d:]+ a badge at lobby_in\."))
    expect(viewer.page.locator(".entry.is-it")).to_contain_text("the badge that contradicts")
    entries = viewer.page.locator("ol.timeline .entry").all_inner_texts()
    order = [next(at for at, text in enumerate(entries) if words in text) for words in ("was let in", "was denied", "in violation in")]
    assert order == sorted(order)

    reason = manager.page.get_by_label("Reason", exact=True).last
    manager.row("kim").get_by_role("button", name="Pass for").click()
    reason.fill("of another act")
    manager.page.get_by_role("button", name="Cancel").click()
    manager.row("kim").get_by_role("button", name="Clear").click()
    expect(reason).to_have_value("")
    manager.page.get_by_role("button", name="Do it").click()
    expect(manager.notice()).to_contain_text("Say why")
    reason.fill("held the door")
    manager.page.get_by_role("button", name="Do it").click()
    expect(manager.row("kim")).to_have_count(0)
    expect(viewer.page.locator(".review")).to_contain_text("Cleared by an operator (max: held the door)")
    assert place.booked(action="clear", limit=1) == [("max", "clear", "held the door", "done by c1")]

    place.badge("kim", "lobby_out")
    found = sit("vic", "/history?person=kim")
    expect(found.page.locator(".event").first).to_contain_text("was let in at lobby_out")
    expect(found.page.locator(".event", has_text="held the door")).to_have_count(1)


def test_a_viewer_who_forces_the_form_is_refused_and_that_is_in_the_book(place, sit):
    viewer = sit("vic")
    viewer.page.evaluate("document.querySelector('form.reason').classList.remove('hidden')")
    viewer.page.get_by_label("Reason", exact=True).last.fill("because I can")
    viewer.page.get_by_role("button", name="Do it").click()
    expect(viewer.notice()).to_contain_text("your role may not")
    assert "may not" in place.booked(operator="vic", limit=1)[0][3]


def test_the_list_is_searched_and_filtered(two, sit):
    seat = sit("max")
    for user in two:
        expect(seat.row(user)).to_be_visible()
    seat.page.get_by_label("Search").fill("noa")
    expect(seat.row("sam")).to_have_count(0)
    expect(seat.page.get_by_text(re.compile(r"^1 of \d shown"))).to_be_visible()
    seat.page.get_by_label("Search").fill(HOSTILE * 500)
    expect(seat.page.get_by_text(re.compile(r"^0 of \d shown"))).to_be_visible()
    seat.page.get_by_label("Search").fill("")
    seat.page.get_by_label("Area").select_option("vault")
    expect(seat.page.get_by_text(re.compile(r"^0 of \d shown"))).to_be_visible()


def test_the_history_is_searched_on_its_page(two, sit):
    seat = sit("vic", "/history")
    seat.page.locator("select[name=person]").select_option("noa")
    seat.page.locator("select[name=type]").select_option("access.denied")
    seat.page.get_by_role("button", name="Search").click()
    expect(seat.page).to_have_url(re.compile("person=noa.*type=access.denied"))
    expect(seat.page.locator(".event")).to_have_count(1)
    expect(seat.page.locator(".event")).to_contain_text("Noa")


def test_a_setting_is_tried_on_the_past_and_then_put_in_force(place, sit):
    seat = sit("ada", "/areas")
    seat.page.get_by_role("link", name="Settings of vault").click()
    seat.page.locator("select[name=entrances]").select_option("hard")
    seat.page.get_by_role("button", name="Try it on the past").click()
    preview = seat.panel("What would change")
    expect(preview).to_contain_text("Anti-passback hard at entrances, off at exits.")
    expect(preview).to_contain_text("Everybody must be able to leave without a badge")
    for name in ("max", "vic"):
        other = sit(name, seat.page.url.removeprefix(place.url)).panel("What would change")
        expect(other).to_contain_text("0 people would have been denied")
        assert other.get_by_role("button").count() == 0
    preview.get_by_label("Reason", exact=True).fill("a policy of the house")
    preview.get_by_role("button", name="Put it in force").click()
    expect(seat.notice()).to_contain_text("Done by c1")
    vault = sit("vic", "/areas").panel("vault")
    expect(vault).to_contain_text("Anti-passback hard at entrances, off at exits")
    expect(vault).to_contain_text(re.compile(r"Today from midnight to midnight: so far at most \d inside\."))
    assert place.booked(action="set", limit=1) == [("ada", "set", "a policy of the house", "done by c1")]


def test_the_past_tells_who_would_have_been_denied(two, sit):
    expect(sit("max").row(two[1])).to_be_visible()
    seat = sit("max", "/areas/office?entrances=deny")
    preview = seat.panel("What would change")
    for user in two:
        expect(preview.locator(".line", has_text=user.title())).to_contain_text("came in twice, 1 denial")


def test_the_muster_list_tells_who_is_inside_since_when(place, sit):
    place.badge("rio", "lobby_in")
    seat = sit("max", "/muster")
    office = seat.page.locator("section.area", has=seat.page.get_by_role("heading", name="Office"))
    rio = office.locator("li", has_text="Rio")
    expect(rio).to_contain_text(re.compile(r"lobby_in, [\d:]+"))
    inside = office.locator("li").count()
    expect(seat.panel("Muster").first).to_contain_text(re.compile(rf"{inside} inside, [\d:]+\."))
    rio.get_by_role("button", name="Tick off Rio").click()
    expect(rio).to_have_count(0)
    expect(office.get_by_role("heading")).to_have_text(f"Office {HOSTILE}: {inside - 1}")


def test_signing_out_ends_every_open_page(place, chromium, sit):
    context = signed_in(web.laptop(chromium), place, "vic")
    left, last = sit("vic", "/areas", context), sit("vic", "/doors", context)
    last.page.get_by_role("button", name="Sign out").click()
    for seat in (left, last):
        expect(seat.page).to_have_url(place.url + "/sign-in")
    context.close()


def test_an_admin_invites_and_the_link_sets_a_password(place, sit, chromium):
    assert sit("max", "/account").panel("Invite an operator").count() == 0
    seat = sit("ada", "/account")
    seat.page.locator("select[name=name]").select_option("zoe")
    seat.page.get_by_role("button", name="Make a link").click()
    link = seat.page.get_by_label("The link").input_value()
    stranger = web.laptop(chromium)
    page = stranger.new_page()
    page.goto(link)
    for label in ("New password", "Once more"):
        page.get_by_label(label).fill(PASSWORD)
    page.get_by_role("button", name="Set it").click()
    expect(page).to_have_url(place.url + "/sign-in")
    expect(Seat(signed_in(stranger, place, "zoe"), place.url + "/account").page.locator(".me")).to_have_text("zoe · viewer")
    stranger.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(place, two, sit, chromium, scheme):
    seat = sit("max", color_scheme=scheme, reduced_motion="reduce")
    found = {}
    paths = PAGES | {"review": seat.row(two[0]).get_by_role("link").get_attribute("href")}
    for name, path in paths.items():
        seat.page.goto(place.url + path)
        seat.page.wait_for_function("window.did_handshake")
        seat.shoot(f"console-{name}-{scheme}.png", full_page=True)
        found[name] = seat.serious()
    gate = web.laptop(chromium)
    door = gate.new_page()
    door.emulate_media(color_scheme=scheme)
    door.goto(place.url + "/sign-in")
    door.screenshot(path=web.BUILD / f"console-sign-in-{scheme}.png")
    seat.page, old = door, seat.page
    found["sign-in"] = seat.serious()
    seat.page = old
    gate.close()
    assert found == dict.fromkeys(found, [])


def test_a_phone_needs_no_sideways_scrolling(place, chromium, sit):
    context = signed_in(web.phone(chromium), place, "max")
    seat = sit("max", context=context)
    wide = {}
    for name, path in PAGES.items():
        seat.page.goto(place.url + path)
        seat.page.wait_for_function("window.did_handshake")
        seat.shoot(f"console-{name}-phone.png")
        wide[name] = seat.page.evaluate("document.documentElement.scrollWidth")
    assert wide == dict.fromkeys(wide, 390)


def test_a_restart_loses_nothing_and_nobody_signs_in_again(place, two, sit):
    seat = sit("max")
    before = sit("max", "/history").page.locator(".event").count()
    assert "Traceback" not in place.stop()
    place.badge("rio", "lobby_in")
    place.badge("rio", "lobby_in")
    place.start()
    again = sit("max")
    for user in (*two, "rio"):
        expect(again.row(user)).to_be_visible()
    expect(seat.row("rio")).to_be_visible(timeout=30_000)
    assert sit("max", "/history").page.locator(".event").count() > before


def test_in_an_emergency_the_muster_counts_down(place, sit):
    """The last one: the end of an emergency resets its areas."""
    place.badge("kim", "lobby_in")
    seat = sit("max", "/muster")
    kim = seat.page.locator("li", has_text="Kim")
    expect(kim).to_be_visible()
    place.boards["c1"].handle(("input", "fire", True))
    expect(seat.page.get_by_role("alert")).to_contain_text(re.compile(r"Emergency since [\d:]+"))
    expect(seat.panel("Muster").first).to_contain_text(re.compile(r"[1-9] missed, 0 safe"))
    seat.page.get_by_text("Choose muster readers").click()
    seat.page.get_by_label("lobby_in").check()
    place.badge("kim", "lobby_in")
    expect(seat.panel("Muster").first).to_contain_text("1 safe")
    expect(seat.panel("Safe: 1")).to_contain_text("Kim")
    expect(kim).to_have_count(1)  # there, and not among the missed
    seat.shoot("console-emergency.png")
