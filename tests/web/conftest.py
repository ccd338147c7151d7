"""One bench or one console, and one browser, for all tests of a file; fresh pages for each test."""

import pytest
from playwright.sync_api import Error, expect

from tests.web import browser as web
from tests.web.console import Seat, signed_in

expect.set_options(timeout=15_000)  # the other tests run beside these


@pytest.fixture(scope="module")
def bench():
    with web.served("--simulated") as url:
        yield url


@pytest.fixture(scope="module")
def chromium():
    with web.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def laptop(chromium):
    return web.laptop(chromium)


@pytest.fixture
def visit(bench, laptop):
    opened = []

    def open_page(context=laptop, **media) -> web.Visit:
        opened.append(web.Visit(context, bench, **media))
        return opened[-1]

    yield open_page
    for one in opened:
        one.page.close()


@pytest.fixture(scope="module")
def contexts(place, chromium):
    """Who is signed in at the console of a file's `place`, by name."""
    return {name: signed_in(web.laptop(chromium), place, name) for name in ("ada", "max", "vic")}


def _hacked(page):
    """Return what a hostile name has left in a page. The toolkit loads a page anew whose connection it lost, also just now."""
    for _ in range(3):
        try:
            return page.evaluate("window.hacked")
        except Error:
            page.wait_for_load_state()
    return page.evaluate("window.hacked")


@pytest.fixture
def sit(place, contexts):
    """`sit("max", "/areas")`: a page of somebody who is signed in."""
    opened = []

    def open_page(name: str, path: str = "/", context=None, **media) -> Seat:
        opened.append(Seat(context or contexts[name], place.url + path, **media))
        return opened[-1]

    yield open_page
    for seat in [seat for seat in opened if not seat.page.is_closed()]:
        hacked, errors = _hacked(seat.page), seat.errors
        seat.page.close()
        assert hacked is None and not errors
