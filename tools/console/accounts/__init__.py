"""Accounts: operators of the site file sign in, may what their role may, and all they do is in the book.

    accounts = Accounts(engine, SiteFile(path))
    found = accounts.sign_in(name, password, address)      # a Session or a Refusal; takes a quarter of a second
    session = accounts.session(token)                      # at each request, and before each act
    accounts.may(session, "export"); accounts.note(session, "export", {...}, reason, "done")
"""

from tools.console.accounts.accounts import Accounts, Refusal
from tools.console.accounts.book import BookQuery
from tools.console.accounts.sessions import Session

__all__ = ["Accounts", "BookQuery", "Refusal", "Session"]
