"""Who is in violation and why, with the button that ends it."""

from host_sim.bench import words
from host_sim.bench.plan.crowd import hue, initials
from host_sim.bench.view import Trouble, View
from tools.web import parts


class Troubles:
    """The list of violations and suspicions; a row is redrawn only when it differs."""

    def __init__(self, page) -> None:
        self.page, self.names = page, page.bench.names
        self.rows: dict[Trouble, object] = {}
        with parts.panel("In violation", "troubles"):
            self.none = parts.line("p", "Nobody is in violation.", "quiet")
            self.list = parts.box("ul", "trouble-list")

    def update(self, view: View) -> None:
        """Add what is new, drop what is gone."""
        now = set(view.troubles)
        for trouble in [t for t in self.rows if t not in now]:
            self.rows.pop(trouble).delete()
        for trouble in view.troubles:
            if trouble not in self.rows:
                with self.list:
                    self.rows[trouble] = self._row(trouble)
        parts.set_shown(self.none, not now)
        parts.set_shown(self.list, bool(now))

    def _row(self, trouble: Trouble):
        name = self.names.person(trouble.user)
        tone = "is-suspected" if trouble.is_suspicion else "is-violation"
        with parts.box("li", f"trouble {tone} {hue(self.names, trouble.user)}") as row:
            parts.line("span", initials(name), "avatar").props["aria-hidden"] = "true"
            with parts.box("div", "who"):
                parts.line("span", name, "name")
                parts.line("span", words.capital(words.kind(trouble.kind, trouble.area, self.names)), "why")
                parts.line("span", self._times(trouble), "quiet")
            parts.button("Clear", lambda: self._clear(trouble), "primary", f"Clear {name}")
        return row

    def _times(self, trouble: Trouble) -> str:
        text = "suspected, not sure yet" if trouble.is_suspicion else ""
        since = f"since {self.names.clock(trouble.since)}" if trouble.since is not None else ""
        ends = f"ends {self.names.clock(trouble.expires)}" if trouble.expires is not None else ""
        return words.capital(", ".join(filter(None, (text, since, ends))))

    def _clear(self, trouble: Trouble) -> None:
        self.page.command("clear", area=trouble.area, user=trouble.user, reason="cleared at the bench")
