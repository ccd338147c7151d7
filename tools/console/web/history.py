"""History: every event of every controller, searched by person, door, area, type and time, and carried away."""

from firmware.core import events
from tools.console.history import Query
from tools.console.history.query import Page
from tools.console.web import words
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.console.web.search import SearchForm, moment, refusal
from tools.site.model import Site
from tools.web import parts

FIELDS = ("person", "door", "area", "type", "controller", "text", "since", "until")


def query_of(given: dict, site: Site) -> Query:
    """What the fields of the page ask for. Raises: BadQuery."""
    told = {name: str(given.get(name) or "").strip() for name in FIELDS}
    plain = {name: told[name] or None for name in ("person", "door", "area", "controller", "text")}
    query = Query(
        **plain, types=(told["type"],) if told["type"] else (), after=str(given["after"]) if given.get("after") else None,
        since_ms=moment(told["since"], "from", site), until_ms=moment(told["until"], "until", site),
    )  # fmt: skip
    query.check()
    return query


class HistoryPage:
    """The form is plain HTML: a search has an address that can be sent to somebody. `error`: why it cannot be answered."""

    def __init__(self, frame: Frame, given: dict, found: Page | None, error: str, address: str):
        self._frame, site = frame, frame.site
        with parts.panel("History", "history") as head:
            with head:
                parts.line("a", "CSV", "btn").props["href"] = f"/history.csv?{address}"
                parts.line("a", "JSON lines", "btn").props["href"] = f"/history.jsonl?{address}"
            self._form(given)
            refusal(error)
            with parts.box("div", "rows"):
                for event in found.events if found else ():
                    with parts.box("div", "line event"):
                        parts.line("time", words.time_of(event["at_ms"], site))
                        parts.line("span", words.told(event, site))
                        parts.line("span", frame.label("controllers", event["controller"]), "quiet")
            self._foot(found, address)

    def update(self, view: View) -> None:
        """A search stays as it was answered."""

    def _form(self, given: dict) -> None:
        site = self._frame.site
        with SearchForm("/history", given) as form:
            for name, title, section in (("person", "Person", "users"), ("door", "Door", "doors"), ("area", "Area", "areas"), ("controller", "Controller", "controllers")):
                form.select(name, title, {key: self._frame.label(section, key) for key in sorted(getattr(site, section))})
            form.select("type", "Type", {kind: kind for kind in sorted(events.types())})
            form.period()
            form.words()

    def _foot(self, found: Page | None, address: str) -> None:
        if found is None:
            return
        if not found.events:
            parts.line("p", "Nothing was found.", "quiet")
        if found.looked_until_ms is not None:
            parts.line("p", f"Looked back to {words.time_of(found.looked_until_ms, self._frame.site)}.", "quiet")
        if found.next:
            more = parts.line("a", "Older", "btn")
            more.props["href"] = f"/history?{address}{'&' if address else ''}after={found.next}"
