"""One bench and one browser for all tests of a file; a fresh page for each test."""

import pytest
from playwright.sync_api import expect

from tests.web import browser as web

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
