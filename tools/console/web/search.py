"""A search as a plain HTML form: what is asked for has an address that can be sent to somebody."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from tools.console.history.query import BadQuery
from tools.site.model import Site
from tools.site.values import zones
from tools.web import parts


class SearchForm:
    """`with SearchForm(path, given) as form:` its fields. `given`: {field: text} as it was asked."""

    def __init__(self, path: str, given: dict):
        self._given = given
        self._box = parts.box("form", "search", method="get", action=path)

    def __enter__(self) -> "SearchForm":
        self._box.__enter__()
        return self

    def __exit__(self, *error) -> None:
        parts.line("button", "Search", "btn primary")
        self._box.__exit__(*error)

    def select(self, name: str, title: str, options: dict[str, str]) -> None:
        with self._label(title), parts.box("select", "field", name=name):
            for value, text in {"": "Any", **options}.items():
                option = parts.line("option", text)
                option.props["value"] = value
                if value == self._asked(name):
                    option.props["selected"] = True

    def period(self) -> None:
        """From when until when: local times of the site."""
        for name, title in (("since", "From"), ("until", "Until")):
            self._input(name, title, "datetime-local")

    def words(self) -> None:
        self._input("text", "Words", "text")

    def _input(self, name: str, title: str, kind: str) -> None:
        with self._label(title):
            parts.box("input", "field", type=kind, name=name, value=self._asked(name), maxlength="100")

    def _asked(self, name: str) -> str:
        return str(self._given.get(name) or "")

    @contextmanager
    def _label(self, title: str) -> Iterator[None]:
        with parts.box("label"):
            parts.line("span", title, "quiet")
            yield


def refusal(error: str) -> None:
    """Why a search cannot be answered, on its page; nothing where it can."""
    if error:
        parts.line("p", error[:1].upper() + error[1:] + ".", "remark").props["role"] = "alert"


def moment(text: str, name: str, site: Site) -> int | None:
    """2026-11-29T08:00 of the site's local time. Raises: BadQuery."""
    if not text:
        return None
    try:
        return int(datetime.datetime.fromisoformat(text).replace(tzinfo=zones.zone(site.timezone)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise BadQuery(f"{name}: a local time such as 2026-11-29T08:00") from None
