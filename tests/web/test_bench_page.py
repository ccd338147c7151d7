"""The page itself: for every eye and hand, on every screen, from this machine alone."""

import resource
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.web import browser as web

pytestmark = pytest.mark.browser
USABLE_CPU_S_MAX = 3  # seconds of one core, whatever else the machine does


def _make_busy(one: web.Visit) -> None:
    """Have a denial, a violation and an emergency on the page."""
    for _ in range(2):
        one.tap("sam", "lobby_in")
        expect(one.bubble("lobby_in")).to_contain_text("Sam Pereira")
        expect(one.page.locator(".door.is-closed[data-door=lobby]")).to_have_count(1)
    one.page.locator(".event-line").first.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit, scheme):
    one = visit(color_scheme=scheme, reduced_motion="reduce")
    _make_busy(one)
    one.page.get_by_role("button", name="Fire input of Garage").click()
    expect(one.page.get_by_role("alert")).to_be_visible()
    one.page.wait_for_timeout(400)  # colours fade in
    one.shoot(f"bench-{scheme}.png", full_page=True)
    found = one.serious()
    one.page.get_by_role("button", name="Fire input of Garage").click()
    assert not found


def test_a_phone_needs_no_sideways_scrolling(visit, chromium):
    one = visit(web.phone(chromium))
    expect(one.page.locator(".stage.is-narrow svg.plan")).to_be_visible()
    one.tap("mia", "gate_in")
    expect(one.bubble("gate_in")).to_contain_text("come in")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    one.shoot("bench-phone.png")
    assert not one.serious()


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
    expect(one.page.locator(".banner")).to_contain_text("Simulated")
    one.page.locator("[data-reader=lobby_in]").click()
    expect(one.bubble("lobby_in")).to_contain_text("Pick a person first")


def _spent_s() -> float:
    """Processor seconds of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_start_to_usable_page_is_quick(laptop):
    spent_s, started_s = _spent_s(), time.monotonic()
    with web.served("--simulated") as url:
        one = web.Visit(laptop, url)
        one.tap("kim", "lobby_in")
        expect(one.bubble("lobby_in")).to_be_visible()
        took_s = time.monotonic() - started_s
        one.page.close()
    spent_s = _spent_s() - spent_s
    print(f"start to first answer of a reader: {took_s:.1f} s, of it {spent_s:.1f} s of one core for the bench")
    assert spent_s < USABLE_CPU_S_MAX
