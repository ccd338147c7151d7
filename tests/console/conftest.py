"""Histories to test with: the same tests for SQLite and PostgreSQL."""
import itertools
import shutil

import pytest

from tests.console.office import Office
from tests.console.postgres import Postgres
from tools.console.history import History

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres():
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.broker)])
def url(request, tmp_path):
    """A new database."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").url(f"t{next(_numbers)}")
    return str(tmp_path / "history.sqlite")


@pytest.fixture
def open_history(url):
    """`open_history(...)`: the history in that database, opened anew; all are closed at the end."""
    opened = []

    def open_it(**more) -> History:
        opened.append(History(url, **more))
        return opened[-1]

    yield open_it
    for each in opened:
        each.close()


@pytest.fixture
def history(open_history):
    return open_history()


@pytest.fixture
def office(url):
    """Ada and Max have passwords, Vic has none. In SQLite and in PostgreSQL."""
    made = Office(url).furnished()
    yield made
    made.engine.dispose()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    path = tmp_path_factory.mktemp("office") / "db"
    Office(str(path)).furnished().engine.dispose()
    return path


@pytest.fixture
def local(tmp_path, furnished):
    """The same, in SQLite only."""
    made = Office(str(shutil.copy(furnished, tmp_path / "db")))
    yield made
    made.engine.dispose()
