"""The console's web server: its pages, what can be carried away, and the door before all of it."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from nicegui import app, ui

from tools.console.configuring import wishes
from tools.console.history import Trouble
from tools.console.history.query import BadQuery
from tools.console.house import House
from tools.console.web import areas, book, history, words
from tools.console.web.account import Account, AccountForms
from tools.console.web.alerts import Alerts
from tools.console.web.aside import aside
from tools.console.web.doors import Doors
from tools.console.web.frame import Frame, Office, needed
from tools.console.web.gate import Gate
from tools.console.web.look import Look
from tools.console.web.muster import MusterList, mustered
from tools.console.web.review import Case, Review, case
from tools.console.web.settings import Settings, Wish, wish
from tools.console.web.violations import Violations, as_csv
from tools.web import BASE_STYLE, edge
from tools.web.faults import Faults
from tools.web.port import HOST

STYLE = Path(__file__).parent / "console.css"
_SIGN_IN = "/sign-in"
_BACK = '<p><a class="btn" href="/">Back</a></p>'
_PIECE_CHARS = 100_000
_BAD, _FORBIDDEN, _NOT_FOUND, _UNAVAILABLE = 400, 403, 404, 503


def serve(house: House, port: int, opens_browser: bool) -> None:
    """Serve until it is interrupted. Where a signal ends the server nothing comes after it, so the house is closed before."""
    label = house.site.label or house.site.site
    Pages(house, Gate(app, house.accounts, label), label)
    app.on_startup(lambda: print(f"The console is open on http://{HOST}:{port} (Ctrl+C ends it)", flush=True))
    app.on_shutdown(house.close)
    ui.run(host=HOST, port=port, reload=False, show=opens_browser, tailwind=False, dark=None, language="en-US",
           show_welcome_message=False, favicon="🛂", gzip_middleware_factory=None)  # fmt: skip


class Pages:
    def __init__(self, house: House, gate: Gate, label: str):
        self._gate, self._house = gate, house
        self._office = Office(house, Look(house), Faults())
        edge.guard_socket(self._office.faults)
        app.add_middleware(edge.CountRefusals, faults=self._office.faults)
        style = "\n".join(path.read_text(encoding="utf-8") for path in (BASE_STYLE, STYLE))
        ui.add_css(style, shared=True)
        app.get("/console.css")(lambda: Response(style, media_type="text/css"))
        for path, make in (("/", self._violations), ("/review/{area}/{controller}/{inc}/{seq}", self._review), ("/areas", self._areas), ("/areas/{area}", self._settings),
                           ("/muster", self._muster), ("/doors", self._doors), ("/alerts", self._alerts), ("/history", self._history), ("/book", self._book),
                           ("/account", self._account)):  # fmt: skip
            ui.page(path, title=f"Backstop console: {label}")(make)
        AccountForms(app, gate, house.accounts)
        for path, carry in (("/violations.csv", self._violations_csv), ("/history.csv", self._history_csv), ("/history.jsonl", self._history_jsonl),
                            ("/book.csv", self._book_csv)):  # fmt: skip
            app.get(path)(carry)

    # -- pages -----------------------------------------------------------------------------------

    async def _violations(self, request: Request):
        return await self._page(request, "/", Violations)

    async def _doors(self, request: Request):
        return await self._page(request, "/doors", Doors)

    async def _account(self, request: Request):
        return await self._page(request, "/account", Account)

    async def _areas(self, request: Request):
        picture, site = self._house.picture, self._house.site

        def curves() -> dict:
            return {area: picture.occupancy(area, words.midnight_ms(site)) for area in site.areas}

        return await self._page(request, "/areas", areas.Areas, curves)

    async def _settings(self, request: Request, area: str):
        given = {key: value for key, value in request.query_params.items() if key in wishes.NAMES}

        def found() -> Wish | Response:
            return wish(self._house, area, given) or Response("There is no such area.", _NOT_FOUND)

        return await self._page(request, "", Settings, found)

    async def _muster(self, request: Request):
        return await self._page(request, "/muster", MusterList, lambda: mustered(self._house))

    async def _alerts(self, request: Request):
        return await self._page(request, "/alerts", Alerts, self._house.alerts.shown.alerts)

    async def _review(self, request: Request, area: str, controller: str, inc: int, seq: int):
        def look() -> Case | None:
            return case(self._house.history, area, controller, inc, seq) if area in self._house.site.areas else None

        def found() -> Case | Response:
            return look() or Response("There is no such violation.", _NOT_FOUND)

        return await self._page(request, "", lambda frame, known: Review(frame, known, look), found)

    async def _history(self, request: Request):
        given, address = _asked(request, history.FIELDS, "after")

        def found() -> tuple:
            try:
                return self._house.history.search(history.query_of(given, self._house.site)), ""
            except BadQuery as error:
                return None, str(error)

        return await self._page(request, "/history", lambda frame, answer: history.HistoryPage(frame, given, *answer, address), found)

    async def _book(self, request: Request):
        given, address = _asked(request, book.FIELDS, "before")

        def found() -> tuple:
            try:
                return book.page(self._house.accounts.book, book.query_of(given, self._house.site)), ""
            except BadQuery as error:
                return None, str(error)

        return await self._page(request, "/book", lambda frame, answer: book.BookPage(frame, given, *answer, address), found)

    async def _page(self, request: Request, path: str, make: Callable, prepare: Callable | None = None):
        """Build a page for who is signed in. `prepare` looks up what it needs, where that takes time; a Response is the answer."""
        try:
            session = await aside(self._gate.session, request)
            if session is None:
                return RedirectResponse(_SIGN_IN)
            if not self._house.accounts.may(session, needed(path)):
                return self._gate.page("Your role may not see this page.", _BACK, _FORBIDDEN)
            given = [await aside(prepare)] if prepare else []
            view = await aside(self._office.look.take)
        except Trouble as trouble:
            return Response(f"The console's database cannot be used now: {trouble}", _UNAVAILABLE)
        if given and isinstance(given[0], Response):
            return given[0]
        with Frame(self._office, session, path) as frame:
            room = make(frame, *given)
        frame.keep(room.update, view)
        return None

    # -- to be carried away ----------------------------------------------------------------------

    async def _violations_csv(self, request: Request) -> Response:
        def write(_session, out) -> None:
            out.write(as_csv(self._house.picture.violations(), self._house.picture.plan.label, self._house.site))

        return await self._carry(request, "violations.csv", "text/csv", write)

    async def _history_csv(self, request: Request) -> Response:
        return await self._carry(request, "history.csv", "text/csv", self._exporter(request, "csv"))

    async def _history_jsonl(self, request: Request) -> Response:
        return await self._carry(request, "history.jsonl", "application/jsonl", self._exporter(request, "jsonl"))

    async def _book_csv(self, request: Request) -> Response:
        def write(_session, out) -> None:
            site = self._house.site
            book.write_csv(self._house.accounts.book, book.query_of(dict(request.query_params), site), site, out)

        return await self._carry(request, "book.csv", "text/csv", write, "read_book")

    def _exporter(self, request: Request, form: str) -> Callable:
        def write(session, out) -> None:
            with_cards = self._house.accounts.may(session, "export_cards")
            self._house.history.export(history.query_of(dict(request.query_params), self._house.site), out, with_cards, form)

        return write

    async def _carry(self, request: Request, name: str, kind: str, write: Callable, needs: str = "export") -> Response:
        accounts = self._house.accounts
        try:
            session = await aside(self._gate.session, request)
            if session is None:
                return RedirectResponse(_SIGN_IN)
            if not accounts.may(session, needs):
                return Response("Your role may not carry this away.", _FORBIDDEN)
            # Millions of events do not fit into RAM, and a browser must not keep a database waiting.
            out = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")
            await aside(write, session, out)
            await aside(accounts.note, session, "export", {"what": name, "asked": str(request.query_params)[:500]}, "", "done")
        except BadQuery as error:
            return Response(f"This cannot be asked: {error}", _BAD)
        except Trouble as trouble:
            return Response(f"The console's database cannot be used now: {trouble}", _UNAVAILABLE)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(_pieces(out), media_type=f"{kind}; charset=utf-8", headers=headers)


def _asked(request: Request, fields: tuple, place: str) -> tuple[dict[str, str], str]:
    """(what a search asks for, the same as an address without the place where its page begins)."""
    given = {key: value for key, value in request.query_params.items() if key in (*fields, place)}
    return given, urlencode({key: value for key, value in given.items() if value and key != place})


def _pieces(file) -> Iterator[str]:
    file.seek(0)
    with file:
        while piece := file.read(_PIECE_CHARS):
            yield piece
