"""Accounts for tests, with a clock, a site file and costs of hashing that a test may change."""

import argon2

from tests.console.happenings import NOW_MS
from tests.tools.sites import changed
from tools.console.accounts.accounts import Accounts
from tools.console.accounts.book import BookQuery
from tools.console.accounts.passwords import Hasher
from tools.console.accounts.sessions import Session
from tools.console.history import opened
from tools.site import parse

GOOD, OTHER = "tallow brisk 77 parsnip", "quartz mitten 41 lagoon"
HERE, THERE = "192.0.2.1", "192.0.2.2"
CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def site(**operators: str):
    return parse(changed(("operators", {name: {"role": role} for name, role in operators.items()})))


class Office:
    """Accounts whose site file and clock a test may change. `hashed`: how often a password was looked at."""

    def __init__(self, url: str):
        self.now_ms = NOW_MS
        self.site = site(ada="site_admin", max="site_manager", vic="viewer")
        self.engine = opened(url)
        self.hasher = Hasher(CHEAP)
        self.hashed: list[bool] = []
        is_right = self.hasher.is_right
        self.hasher.is_right = lambda known, password: self.hashed.append(known is not None) or is_right(known, password)
        self.restart()

    def furnished(self) -> "Office":
        for name in ("ada", "max"):
            assert self.accounts.set_password(name, GOOD, "test") is None
        return self

    def restart(self) -> None:
        self.accounts = Accounts(self.engine, lambda: self.site, self.hasher, lambda: self.now_ms)

    def signed_in(self, name: str = "max", password: str = GOOD, address: str = HERE) -> Session:
        found = self.accounts.sign_in(name, password, address)
        assert isinstance(found, Session), found
        return found

    def results(self, **query) -> list[tuple]:
        return [(entry.operator, entry.action, entry.result) for entry in self.accounts.book.search(BookQuery(**query))]
