"""The book: what operators did at this console, refusals included, searched and carried away. For who answers for it, not for who looks."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace

from tools.console.accounts.book import Book, BookQuery, Entry
from tools.console.history.export import cell
from tools.console.history.query import BadQuery
from tools.console.history.rows import NUMBER_MAX
from tools.console.web import words
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.console.web.search import SearchForm, moment, refusal
from tools.site.model import Site
from tools.web import parts

FIELDS = ("operator", "action", "person", "text", "since", "until")
_TITLES = ("Time", "Who", "What", "Result")
_COLUMNS = ("time", "operator", "action", "what", "reason", "result", "address", "about")
_TEXT_MAX = 200
_PAGE, _PIECE = 100, 1000


def query_of(given: dict, site: Site) -> BookQuery:
    """What the fields of the page ask for. Raises: BadQuery."""
    told = {name: str(given.get(name) or "").strip() for name in FIELDS}
    plain = {name: told[name] or None for name in ("operator", "action", "person", "text")}
    for name, text in plain.items():
        if text and (len(text) > _TEXT_MAX or not text.isprintable()):
            raise BadQuery(f"{name}: a text of 1 to {_TEXT_MAX} characters")
    since_ms, until_ms = moment(told["since"], "from", site), moment(told["until"], "until", site)
    return BookQuery(**plain, since_ms=since_ms, until_ms=until_ms, before=_place(given.get("before")), limit=_PAGE)


def _place(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(NUMBER_MAX)) or int(text) > NUMBER_MAX:
        raise BadQuery("before: this is no place that a page ended with")
    return int(text)


def page(book: Book, query: BookQuery) -> tuple[list[Entry], int | None]:
    """(one page, the place it ended with where there is more). Raises: Trouble."""
    found = book.search(replace(query, limit=query.limit + 1))
    shown = found[: query.limit]
    return shown, shown[-1].id if len(found) > len(shown) else None


def write_csv(book: Book, query: BookQuery, site: Site, out) -> None:
    """All that is asked for, the newest first. Never more than a piece of it in RAM."""
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for entry in _all(book, query):
        about = json.dumps(entry.fields, ensure_ascii=False)
        row = (words.iso(entry.at_ms, site), entry.operator, entry.action, words.act(entry, site), entry.reason, entry.result, entry.address, about)
        table.writerow([cell(each) for each in row])


def _all(book: Book, query: BookQuery) -> Iterator[Entry]:
    query = replace(query, limit=_PIECE)
    while found := book.search(query):
        yield from found
        query = replace(query, before=found[-1].id)


class BookPage:
    """`found`: a page of the book and its end; `error`: why it cannot be answered."""

    def __init__(self, frame: Frame, given: dict, found: tuple | None, error: str, address: str):
        self._frame = frame
        with parts.panel("Book", "book") as head:
            with head:
                parts.line("a", "CSV", "btn").props["href"] = f"/book.csv?{address}"
            self._form(given)
            refusal(error)
            if found:
                self._rows(found[0])
            if found and found[1] is not None:
                more = parts.line("a", "Older", "btn")
                more.props["href"] = f"/book?{address}{'&' if address else ''}before={found[1]}"

    def update(self, view: View) -> None:
        """A search stays as it was answered."""

    def _form(self, given: dict) -> None:
        label, site = self._frame.label, self._frame.site
        with SearchForm("/book", given) as form:
            form.select("operator", "Who", {name: label("operators", name) for name in sorted(site.operators)})
            form.select("action", "What", {name: name.replace("_", " ").capitalize() for name in sorted(words.ACTIONS)})
            form.select("person", "About", {name: label("users", name) for name in sorted(site.users)})
            form.period()
            form.words()

    def _rows(self, entries: list[Entry]) -> None:
        if not entries:
            parts.line("p", "Nothing was found.", "quiet")
            return
        with parts.box("div", "rows"):
            parts.columns(*_TITLES)
            for entry in entries:
                self._row(entry)

    def _row(self, entry: Entry) -> None:
        frame = self._frame
        with parts.box("div", "line entry-of-book"):
            parts.line("time", words.time_of(entry.at_ms, frame.site))
            parts.line("span", frame.label("operators", entry.operator))
            with parts.box("span", "what"):
                parts.line("span", words.act(entry, frame.site), "name")
                if entry.reason:
                    parts.line("span", entry.reason, "quiet")
            with parts.box("span", "what"):
                parts.line("span", entry.result)
                if entry.address:
                    parts.line("span", f"from {entry.address}", "quiet")
