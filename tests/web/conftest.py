"""One bench and one browser for all tests of a file; a fresh page for each test."""

import pytest

from tests.web import browser as web


@pytest.fixture(scope="module")
def bench():
    with web.served() as url:
        yield url


@pytest.fixture(scope="module")
def chromium():
    with web.chromium() as browser:
        yield browser


@pytest.fixture
def visit(bench, chromium):
    opened = []

    def open_page(**view) -> web.Visit:
        opened.append(web.Visit(chromium, bench, **view))
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()
