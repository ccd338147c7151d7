"""One open page of somebody who is signed in: the head, the ways to the other pages, and what it shows in between."""

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import app, ui

from tools.backstop.errors import Refused, Unreachable, Unusable
from tools.backstop.orders import Outcome
from tools.console.accounts import cookies
from tools.console.accounts.sessions import Session
from tools.console.history import Trouble
from tools.console.house import House
from tools.console.web import words
from tools.console.web.aside import aside
from tools.console.web.look import Look, View
from tools.web import edge, parts
from tools.web.colours import Colours
from tools.web.faults import Faults

REFRESH_S = 1.0
WAYS = {
    "/": "Violations", "/areas": "Areas", "/muster": "Muster", "/doors": "Doors", "/alerts": "Alerts", "/history": "History",
    "/book": "Book",
}  # fmt: skip
_NEEDED = {"/book": "read_book"}
_IN_EMERGENCY = ("/muster", "/doors")


@dataclass(frozen=True)
class Office:
    """What every page needs: the house, the view that all share, and where nonsense from browsers is counted."""

    house: House
    look: Look
    faults: Faults


class Frame:
    """`with Frame(office, session, "/") as frame:` what stands in the block is the page; then `frame.keep(update)`."""

    def __init__(self, office: Office, session: Session, path: str):
        self.house, self.look, self.faults = office.house, office.look, office.faults
        self.session, self._path = session, path
        self.site, self.label = self.house.site, self.house.picture.plan.label
        self._client = ui.context.client
        self._update: Callable[[View], None] | None = None
        self._told = None  # of an emergency
        self._build()

    def __enter__(self) -> "Frame":
        self._main.__enter__()
        return self

    def __exit__(self, *error) -> None:
        self._main.__exit__(*error)

    def keep(self, update: Callable[[View], None], view: View) -> None:
        """Call `update` now and whenever the site may have changed."""
        self._update = update
        self._show(view)
        update(view)
        ui.timer(REFRESH_S, self._refresh)

    def may(self, action: str) -> bool:
        return self.house.accounts.may(self.session, action)

    # -- acting ----------------------------------------------------------------------------------

    def reason(self, value: object) -> str:
        """Take a reason from the page, or ask for one: nobody acts without."""
        found = edge.text(value, self.faults)
        if not found:
            self.say("Say why: the reason stays in the history.")
        return found

    async def command(self, action: str, fields: dict, reason: str) -> bool:
        """Give a command as who is signed in, and say what came of it."""
        outcome = await self.act(self.house.desk.give, action, fields | {"reason": reason})
        if outcome is not None:
            self.say(_told(outcome, self.label))
        return bool(outcome and outcome.done)

    async def act(self, verb: Callable, *args):
        """Call a verb of the desk as who is signed in. Returns None where it was not done, and says why."""
        if not await self.is_signed_in():
            return None
        try:
            return await aside(verb, self.session, *args)
        except (Refused, Unreachable, Unusable) as error:
            self.say(error.message)
            return None

    async def ask(self, verb: Callable, *args):
        """Ask a room that may take its time. Returns None where the page was closed meanwhile, or the database is away: it says so."""
        try:
            found = await aside(verb, *args)
        except Trouble as trouble:
            self.say(f"The console's database cannot be used now: {trouble}")
            return None
        return None if self._is_closed() else found

    async def is_signed_in(self) -> bool:
        """A page may stay open longer than a session: whoever acts must be signed in now, and is told where nobody can tell."""
        try:
            found = await aside(self.house.accounts.session, self.session.token)
        except Trouble as trouble:
            self.say(f"The console's database cannot be used now: {trouble}")
            return False
        if found is None:
            self._leave()
        return found is not None

    def say(self, text: str) -> None:
        if not self._is_closed():
            ui.notify(text, position="top", color="dark", timeout=6000)

    def _leave(self) -> None:
        if not self._is_closed() and not app.is_stopping:
            ui.navigate.to("/sign-in")

    def _is_closed(self) -> bool:
        """Whether nobody looks at this page any more: a room that was asked may answer too late."""
        return self._client.is_deleted

    # --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        with parts.box("header", "head"):
            with parts.box("div", "brand"):
                parts.line("span", "Backstop", "product")
                parts.line("span", self.site.label or self.site.site, "site")
            self._ways()
            with parts.box("div", "head-tools"):
                Colours()
                self._myself()
                self._sign_out()
        self._emergency = parts.box("div", "emergency", role="alert")
        self._trouble = parts.line("p", "", "remark")
        self._main = parts.box("div", "page")  # the toolkit puts it into a <main>

    def _ways(self) -> None:
        with parts.box("nav", "ways", aria_label="Pages"):
            for path in [path for path in WAYS if self.may(needed(path))]:
                way = parts.line("a", WAYS[path], "way")
                way.props["href"] = path
                if path == self._path:
                    way.props["aria-current"] = "page"

    def _myself(self) -> None:
        me = parts.line("a", f"{self.session.operator} · {self.session.role.replace('_', ' ')}", "quiet me")
        me.props["href"] = "/account"
        if self._path == "/account":
            me.props["aria-current"] = "page"

    def _sign_out(self) -> None:
        with parts.box("form", "", method="post", action="/sign-out"):
            parts.box("input", "", type="hidden", name="form", value=cookies.form_token(self.session.token))
            parts.line("button", "Sign out", "btn ghost")

    async def _refresh(self) -> None:
        # A page that nobody touches does not keep its session alive.
        found = await aside(self._still_there)
        if found is None:
            self._leave()
            return
        view = await aside(self.look.take)
        if not self._is_closed():
            self._show(view)
            self._update(view)

    def _still_there(self) -> Session | None:
        try:
            return self.house.accounts.session(self.session.token, is_active=False)
        except Trouble:
            return self.session  # the view says what is wrong

    def _show(self, view: View) -> None:
        self._trouble.set_text(view.trouble or "")
        parts.set_shown(self._trouble, bool(view.trouble))
        is_on = bool(view.emergency and view.emergency.is_active)
        parts.set_shown(self._emergency, is_on)
        told = f"Emergency since {words.time_of(view.emergency.since_ms, self.site)}" if is_on else ""
        if self._told != told:
            self._told = told
            self._emergency.clear()
            with self._emergency:
                parts.line("span", told)
                for path in _IN_EMERGENCY:
                    parts.line("a", WAYS[path], "way").props["href"] = path


def needed(path: str) -> str:
    """What a role must allow for a page."""
    return _NEEDED.get(path, "look")


def _told(outcome: Outcome, label: Callable) -> str:
    said = []
    if outcome.done:
        said.append(f"Done by {', '.join(label('controllers', name) for name in outcome.done)}")
    said += [f"{label('controllers', name)} refused: {reply.refused}" for name, reply in outcome.replies.items() if reply.refused is not None]
    if outcome.silent:
        said.append(f"no answer from {', '.join(label('controllers', name) for name in outcome.silent)}")
    return "; ".join(said) or "Nobody answered"
