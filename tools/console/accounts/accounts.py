"""Operators of the site file at the console: they sign in, may what their role may, and all they do is in the book."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from tools.console.accounts import rights, tables
from tools.console.accounts.book import Book
from tools.console.accounts.limits import Limits
from tools.console.accounts.passwords import Hasher, weakness
from tools.console.accounts.sessions import Session, Sessions, end_all
from tools.console.accounts.tables import INVITATIONS, PASSWORDS
from tools.console.clock import unix_ms
from tools.console.history.database import furnish, reading, writing
from tools.site.model import Operator, Site

INVITATION_MS = 24 * 3600 * 1000
_CODE_BYTES = 16
_VERSION_BYTES = 8
_NAME_MAX = 24  # of an id
NOBODY = "unknown"
_WRONG = "name or password is wrong"


@dataclass(frozen=True)
class Refusal:
    """Why not, in words for who asked; wait_s: when to try again, 0 where waiting does not help."""

    words: str
    wait_s: int = 0


class Accounts:
    """`site()`: the site as its file says now. `clock()`: Unix ms. All verbs raise Trouble where the database cannot be used."""

    def __init__(self, engine: sa.Engine, site: Callable[[], Site], hasher: Hasher | None = None, clock: Callable[[], int] = unix_ms):
        furnish(engine, "accounts", tables.METADATA, tables.VERSION)
        self._engine, self._site, self._clock = engine, site, clock
        self._hasher = hasher or Hasher()
        self._limits, self._sessions = Limits(engine), Sessions(engine)
        self.book = Book(engine)

    def operators(self) -> dict[str, Operator]:
        """Those of the site file now."""
        return self._site().operators

    # -- signing in and out ----------------------------------------------------------------------

    def sign_in(self, name: str, password: str, address: str) -> Session | Refusal:
        """A name that nobody has takes as long as one that somebody has, and is told the same."""
        now_ms = self._clock()
        wait_ms = self._limits.begin(name, address, now_ms)
        if wait_ms:
            return _later(wait_ms)
        operator = self.operators().get(name) if len(name) <= _NAME_MAX else None
        known = self._password(name) if operator else None
        if not self._hasher.is_right(known.hash if known else None, password):
            # What was typed for a name may be a password: only names of the site are written down.
            self.book.note(now_ms, name if operator else NOBODY, "sign_in", {}, "", f"refused: {_WRONG}", address)
            return Refusal(_WRONG)
        refused = self._limits.right(name, address)
        if self._hasher.is_outdated(known.hash):
            self._renew(name, known.version, self._hasher.hash(password))
        session = self._sessions.open(name, operator.role, known.version, address, now_ms)
        before = f", after {refused} attempts that were refused unheard" if refused else ""
        self.note(session, "sign_in", {}, "", f"done{before}")
        return session

    def session(self, token: str, is_active: bool = True) -> Session | None:
        """Whose token it is; None where nobody is signed in with it any more."""
        return self._sessions.of(token, self.operators(), self._clock(), is_active)

    def sign_out(self, session: Session) -> None:
        self._sessions.end(session.token)
        self.note(session, "sign_out", {}, "", "done")

    def may(self, session: Session | None, action: str) -> bool:
        """By the site file as it is now, not as it was when the session began."""
        operator = self.operators().get(session.operator) if session else None
        return operator is not None and operator.role == session.role and rights.may(operator.role, action)

    def note(self, session: Session, action: str, fields: dict, reason: str, result: str) -> int:
        """Write down what somebody who is signed in did."""
        return self.book.note(self._clock(), session.operator, action, fields, reason, result, session.address)

    # -- passwords -------------------------------------------------------------------------------

    def set_password(self, name: str, password: str, by: str, address: str = "") -> Refusal | None:
        """Give an operator a password, and end all sessions of the old one."""
        operator = self.operators().get(name)
        if operator is None:
            return Refusal("the site file names no such operator")
        wrong = self.weakness(name, password)
        if wrong:
            return Refusal(wrong)
        row = {"operator": name, "hash": self._hasher.hash(password), "version": secrets.token_hex(_VERSION_BYTES), "set_ms": self._clock()}
        with writing(self._engine) as connection:
            connection.execute(PASSWORDS.delete().where(PASSWORDS.c.operator == name))
            connection.execute(PASSWORDS.insert().values(**row))
            connection.execute(INVITATIONS.delete().where(INVITATIONS.c.operator == name))
            end_all(connection, name)
        self.book.note(self._clock(), by, "password", {"operator": name}, "", "done", address)
        return None

    def change_password(self, session: Session, old: str, new: str) -> Refusal | None:
        """One's own. It ends this session, too."""
        wait_ms = self._limits.begin(session.operator, session.address, self._clock())
        if wait_ms:
            return _later(wait_ms)
        known = self._password(session.operator)
        if not self._hasher.is_right(known.hash if known else None, old):
            self.note(session, "password", {"operator": session.operator}, "", "refused: the old password is wrong")
            return Refusal("the old password is wrong")
        self._limits.right(session.operator, session.address)
        return self.set_password(session.operator, new, session.operator, session.address)

    def weakness(self, name: str, password: str) -> str | None:
        """What is wrong with a new password for somebody."""
        site = self._site()
        label = site.operators[name].label if name in site.operators else None
        return weakness(password, [word for word in (name, label, site.site, site.label, "backstop") if word])

    def has_password(self, name: str) -> bool:
        return self._password(name) is not None

    # -- invitations -----------------------------------------------------------------------------

    def invite(self, session: Session, name: str) -> str | Refusal:
        """Return a code with which an operator sets a password, once and within a day. It replaces an older one."""
        if not self.may(session, "invite"):
            return Refusal("your role may not invite")
        if name not in self.operators():
            return Refusal("the site file names no such operator")
        code = secrets.token_urlsafe(_CODE_BYTES)
        with writing(self._engine) as connection:
            connection.execute(INVITATIONS.delete().where(INVITATIONS.c.operator == name))
            row = {"operator": name, "code_hash": _hash(code), "made_by": session.operator, "made_ms": self._clock()}
            connection.execute(INVITATIONS.insert().values(**row))
        self.note(session, "invite", {"operator": name}, "", "done")
        return code

    def invited(self, code: str) -> str | None:
        """Whom a code is for, if it is still good and whoever made it still may."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(INVITATIONS).where(INVITATIONS.c.code_hash == _hash(code))).first()
        if row is None or not 0 <= self._clock() - row.made_ms < INVITATION_MS:
            return None
        operators = self.operators()
        made_by = operators.get(row.made_by)
        return row.operator if row.operator in operators and made_by and rights.may(made_by.role, "invite") else None

    def accept(self, code: str, password: str, address: str) -> Refusal | None:
        """Set the password that an invitation is for. The code is used up with it; a password that is too weak leaves it."""
        name = self.invited(code)
        if name is None:
            return Refusal("this invitation is not good any more: ask for another one")
        wrong = self.weakness(name, password)
        if wrong:
            return Refusal(wrong)
        with writing(self._engine) as connection:
            used = connection.execute(INVITATIONS.delete().where(INVITATIONS.c.code_hash == _hash(code)))
        if used.rowcount != 1:  # somebody was quicker
            return Refusal("this invitation is not good any more: ask for another one")
        return self.set_password(name, password, name, address)

    def _password(self, name: str) -> sa.Row | None:
        with reading(self._engine) as connection:
            return connection.execute(sa.select(PASSWORDS).where(PASSWORDS.c.operator == name)).first()

    def _renew(self, name: str, version: str, made: str) -> None:
        """The same password, hashed as is right today."""
        same = (PASSWORDS.c.operator == name, PASSWORDS.c.version == version)
        with writing(self._engine) as connection:
            connection.execute(PASSWORDS.update().where(*same).values(hash=made))


def _later(wait_ms: int) -> Refusal:
    wait_s = -(-wait_ms // 1000)
    return Refusal(f"too many attempts: try again in {wait_s} s", wait_s)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()
