"""The door of the console: who is signed in at a request, and the pages for those who are not. Plain HTML: no script, no socket."""

import html
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from tools.console.accounts import cookies
from tools.console.accounts.accounts import Accounts, Refusal
from tools.console.accounts.sessions import Session
from tools.console.history import Trouble
from tools.console.web.aside import aside

_BODY_MAX, _FIELDS_MAX = 4000, 10
SEE_OTHER, _BAD, FORBIDDEN, _TOO_LARGE, BUSY, _UNAVAILABLE = 303, 400, 403, 413, 429, 503
_FOREIGN = "This did not come from a page of this console."
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="stylesheet" href="/console.css"></head>
<body class="gate"><main class="panel"><h1>{title}</h1>{remark}{form}</main></body></html>"""
_SIGN_IN = """<form method="post" action="/sign-in"><label>Name<input name="name" autocomplete="username" maxlength="24" required autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" maxlength="256" required></label>
<button class="btn primary">Sign in</button></form>"""
_INVITED = """<form method="post" action="/invitation"><input type="hidden" name="code" value="{code}">
<label>New password<input name="password" type="password" autocomplete="new-password" maxlength="256" required autofocus></label>
<label>Once more<input name="again" type="password" autocomplete="new-password" maxlength="256" required></label>
<button class="btn primary">Set it</button></form>"""


class Gate:
    """Adds its pages to a web application. `site_label`: what the site is called."""

    def __init__(self, app: FastAPI, accounts: Accounts, site_label: str):
        self._accounts, self._label = accounts, site_label
        app.get("/sign-in")(self._show)
        app.post("/sign-in")(self._sign_in)
        app.post("/sign-out")(self._sign_out)
        app.get("/invitation")(self._show_invitation)
        app.post("/invitation")(self._accept)

    def session(self, request: Request, is_active: bool = True) -> Session | None:
        """Who is signed in at a request. Raises: Trouble."""
        return self._accounts.session(request.cookies.get(cookies.name(_is_https(request)), ""), is_active)

    # -- signing in and out ----------------------------------------------------------------------

    def _show(self) -> Response:
        return self.page("", _SIGN_IN)

    async def _sign_in(self, request: Request) -> Response:
        given = await self.form(request)
        if isinstance(given, Response):
            return given
        address = request.client.host if request.client else ""
        found = await self.quietly(self._accounts.sign_in, given.get("name", ""), given.get("password", ""), address)
        if isinstance(found, Response):
            return found
        if isinstance(found, Refusal):
            return self.page(sentence(found.words), _SIGN_IN, BUSY if found.wait_s else FORBIDDEN)
        response = RedirectResponse("/", SEE_OTHER)
        response.set_cookie(**cookies.flags(found.token, _is_https(request)))
        return response

    async def _sign_out(self, request: Request) -> Response:
        found = await self.own_form(request)
        if isinstance(found, Response):
            return found
        await self.quietly(self._accounts.sign_out, found[0])
        response = RedirectResponse("/sign-in", SEE_OTHER)
        response.delete_cookie(cookies.name(_is_https(request)), path="/")
        return response

    # -- invitations -----------------------------------------------------------------------------

    async def _show_invitation(self, code: str = "") -> Response:
        name = await self.quietly(self._accounts.invited, code)
        if isinstance(name, Response):
            return name
        if name is None:
            return self.page("This invitation is not good any more: ask for another one.", "", FORBIDDEN)
        return self.page(f"A password for {name}.", _INVITED.format(code=html.escape(code)))

    async def _accept(self, request: Request) -> Response:
        given = await self.form(request)
        if isinstance(given, Response):
            return given
        form = _INVITED.format(code=html.escape(given.get("code", "")))
        if given.get("password") != given.get("again"):
            return self.page("The two are not the same.", form, FORBIDDEN)
        address = request.client.host if request.client else ""
        refusal = await self.quietly(self._accounts.accept, given.get("code", ""), given.get("password", ""), address)
        if isinstance(refusal, Response):
            return refusal
        if refusal:
            return self.page(sentence(refusal.words), form, FORBIDDEN)
        return RedirectResponse("/sign-in", SEE_OTHER)

    # --------------------------------------------------------------------------------------------

    async def form(self, request: Request) -> dict[str, str] | Response:
        """The fields of a form of our own, or what to answer instead."""
        if not cookies.is_own_origin(request.headers.get("origin"), request.headers.get("host", "")):
            return self.page(_FOREIGN, "", FORBIDDEN)
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _BODY_MAX:
                return self.page("That is too long.", "", _TOO_LARGE)
        try:
            fields = parse_qs(body.decode(errors="replace"), max_num_fields=_FIELDS_MAX)
        except ValueError:
            return self.page("That is no form of this console.", "", _BAD)
        return {key: values[0] for key, values in fields.items()}

    async def own_form(self, request: Request) -> tuple[Session, dict[str, str]] | Response:
        """Who is signed in, and the fields of a form of that session; or what to answer instead."""
        given = await self.form(request)
        if isinstance(given, Response):
            return given
        token = request.cookies.get(cookies.name(_is_https(request)), "")
        if not cookies.is_own_form(token, given.get("form", "")):
            return self.page(_FOREIGN, "", FORBIDDEN)
        session = await self.quietly(self._accounts.session, token)
        if isinstance(session, Response):
            return session
        return (session, given) if session else RedirectResponse("/sign-in", SEE_OTHER)

    async def quietly(self, verb, *args):
        """Ask the accounts without keeping other pages waiting; where their database is away, say so."""
        try:
            return await aside(verb, *args)
        except Trouble:
            return self.page("The console's database cannot be used now. Try again in a minute.", "", _UNAVAILABLE)

    def page(self, remark: str, form: str, status: int = 200) -> HTMLResponse:
        told = f'<p role="alert">{html.escape(remark)}</p>' if remark else ""
        title = html.escape(f"Backstop console: {self._label}")
        return HTMLResponse(_PAGE.format(title=title, remark=told, form=form), status, {"Cache-Control": "no-store"})


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"
