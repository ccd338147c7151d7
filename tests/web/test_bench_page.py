"""The page itself: for every eye and hand, on every screen, from this machine alone."""

import time
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web import browser as web

pytestmark = pytest.mark.browser
USABLE_S_MAX = 8  # 3 s alone on a laptop; the other tests run beside this one


def _make_busy(one: web.Visit) -> None:
    """Have a denial, a violation and an emergency on the page."""
    for _ in range(2):
        one.tap("sam", "lobby_in")
        expect(one.bubble("lobby_in")).to_contain_text("Sam Pereira")
        expect(one.page.locator(".door.is-closed[data-door=lobby]")).to_have_count(1)
    one.page.locator(".event-line").first.click()


def _serious(one: web.Visit) -> list:
    one.page.evaluate("document.activeElement.blur()")
    violations = Axe().run(one.page).response["violations"]
    return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in violations if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit, scheme):
    one = visit(color_scheme=scheme, reduced_motion="reduce")
    _make_busy(one)
    one.page.get_by_role("button", name="Fire input of Garage").click()
    expect(one.page.get_by_role("alert")).to_be_visible()
    one.page.wait_for_timeout(400)  # colours fade in
    one.shoot(f"bench-{scheme}-full.png", full_page=True)
    found = _serious(one)
    one.page.get_by_role("button", name="Fire input of Garage").click()
    assert not found
    one.shoot(f"bench-{scheme}.png")


def test_a_phone_needs_no_sideways_scrolling(visit):
    one = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(one.page.locator("svg.plan")).to_be_visible()
    one.tap("mia", "gate_in")
    expect(one.bubble("gate_in")).to_contain_text("come in")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    one.shoot("bench-phone.png")
    assert not _serious(one)


def test_everything_works_from_the_keyboard(visit):
    one = visit()
    one.page.locator(".card[data-user=noa]").focus()
    one.page.keyboard.press("Enter")
    expect(one.page.locator(".card[data-user=noa]")).to_have_attribute("aria-pressed", "true")
    for _ in range(30):
        one.page.keyboard.press("Tab")
        if one.page.evaluate("document.activeElement.dataset.reader") == "lobby_in":
            break
    else:
        pytest.fail("Tab does not lead to the reader")
    one.page.keyboard.press("Enter")
    expect(one.bubble("lobby_in")).to_contain_text("Noa Lindqvist")


def test_nothing_is_asked_of_another_host(visit):
    one = visit()
    one.page.wait_for_timeout(500)
    strange = {url for url in one.requests if urlsplit(url).hostname not in ("127.0.0.1", None)}
    assert one.requests and not strange


def test_the_page_says_at_once_what_to_do(visit):
    one = visit()
    expect(one.page.locator(".guide")).to_contain_text("Pick a person, then tap a reader.")
    one.page.locator("[data-reader=lobby_in]").click()
    expect(one.bubble("lobby_in")).to_contain_text("Pick a person first")


def test_start_to_usable_page_is_quick(chromium):
    started_s = time.monotonic()
    with web.served() as url:
        one = web.Visit(chromium, url)
        one.tap("kim", "lobby_in")
        expect(one.bubble("lobby_in")).to_be_visible()
        took_s = time.monotonic() - started_s
        one.context.close()
    print(f"start to first answer of a reader: {took_s:.1f} s")
    assert took_s < USABLE_S_MAX
