"""One's own password, and invitations: plain forms, so that a password goes the way that it went at the sign-in."""

import html
from contextlib import contextmanager
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from tools.console.accounts import cookies
from tools.console.accounts.accounts import INVITATION_MS, Accounts, Refusal
from tools.console.accounts.passwords import LENGTH_MIN
from tools.console.web.frame import Frame
from tools.console.web.gate import BUSY, FORBIDDEN, SEE_OTHER, Gate, sentence
from tools.console.web.look import View
from tools.web import parts

_BACK = '<p><a class="btn" href="/account">Back</a></p>'
_LINK = """<label>The link<input readonly value="{link}" onfocus="this.select()" autofocus></label>
<p>It is good once, for {hours} hours, and replaces an older one. It is shown only now: send it to {name} alone.</p>"""


class Account:
    """The page."""

    def __init__(self, frame: Frame):
        self._token = cookies.form_token(frame.session.token)
        with parts.panel("Your password", "account"), self._form("/account/password", "Change the password"):
            self._field("Old password", "old", "current-password")
            self._field("New password", "password", "new-password")
            self._field("Once more", "again", "new-password")
            parts.line("p", f"At least {LENGTH_MIN} characters, and hard to guess. It ends all your sessions: sign in with the new one.", "quiet")
        if frame.may("invite"):
            with parts.panel("Invite an operator", "account"), self._form("/account/invite", "Make a link"):
                with parts.box("label"):
                    parts.line("span", "Operator", "quiet")
                    with parts.box("select", "field", name="name"):
                        for name in sorted(frame.house.accounts.operators()):
                            parts.line("option", frame.label("operators", name)).props["value"] = name
                parts.line("p", "With the link somebody chooses a new password. Until then the old one is good.", "quiet")

    def update(self, view: View) -> None:
        """Nothing here changes by itself."""

    @contextmanager
    def _form(self, action: str, title: str):
        """The block fills it, before its button."""
        with parts.box("form", "account-form", method="post", action=action):
            parts.box("input", "", type="hidden", name="form", value=self._token)
            yield
            parts.line("button", title, "btn primary")

    def _field(self, title: str, name: str, kind: str) -> None:
        with parts.box("label"):
            parts.line("span", title, "quiet")
            field = parts.box("input", "field", type="password", name=name, autocomplete=kind, maxlength="256")
            field.props["required"] = True


class AccountForms:
    """What the page's forms are sent to."""

    def __init__(self, app: FastAPI, gate: Gate, accounts: Accounts):
        self._gate, self._accounts = gate, accounts
        app.post("/account/password")(self._password)
        app.post("/account/invite")(self._invite)

    async def _password(self, request: Request) -> Response:
        found = await self._gate.own_form(request)
        if isinstance(found, Response):
            return found
        session, given = found
        if given.get("password") != given.get("again"):
            return self._gate.page("The two are not the same.", _BACK, FORBIDDEN)
        refusal = await self._gate.quietly(self._accounts.change_password, session, given.get("old", ""), given.get("password", ""))
        if isinstance(refusal, Response):
            return refusal
        return self._refused(refusal) if refusal else RedirectResponse("/sign-in", SEE_OTHER)

    async def _invite(self, request: Request) -> Response:
        found = await self._gate.own_form(request)
        if isinstance(found, Response):
            return found
        session, name = found[0], found[1].get("name", "")
        code = await self._gate.quietly(self._accounts.invite, session, name)
        if isinstance(code, Response):
            return code
        if isinstance(code, Refusal):
            return self._refused(code)
        link = f"{request.url.scheme}://{request.headers['host']}/invitation?{urlencode({'code': code})}"
        told = _LINK.format(link=html.escape(link), name=html.escape(name), hours=INVITATION_MS // 3_600_000)
        return self._gate.page("", told + _BACK)

    def _refused(self, refusal: Refusal) -> Response:
        return self._gate.page(sentence(refusal.words), _BACK, BUSY if refusal.wait_s else FORBIDDEN)
