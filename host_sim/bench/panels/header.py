"""The page's head: what this is, what to do, who acts as operator, the site's time."""

from tools.web import edge, parts
from tools.web.colours import Colours


class Header:
    """The head line of the page."""

    def __init__(self, page) -> None:
        self.page, site = page, page.bench.site
        with parts.box("div", "head"):
            with parts.box("div", "brand"):
                parts.line("h1", "Backstop")
                parts.line("span", site.get("label") or str(site["site"]), "site")
            with parts.box("p", "guide"):
                parts.line("span", "Pick a person, then tap a reader.")
                self.held = parts.line("span", "", "held")
            with parts.box("div", "head-tools"):
                self.time = parts.line("span", "", "time")
                self._operators(site["operators"])
                Colours()

    def _operators(self, operators: dict) -> None:
        roles = {o: f"{self.page.bench.names.of('operators', o)} · {spec['role'].replace('_', ' ')}"
                 for o, spec in operators.items()}
        if roles:
            with parts.box("label", "operator"):
                parts.line("span", "Operator")
                parts.select("Operator", roles, lambda value: self._choose(value, roles))

    def _choose(self, value: object, roles: dict) -> None:
        chosen = edge.choice(value, roles, self.page.bench.faults)
        self.page.operator = chosen or self.page.operator

    def update(self, view) -> None:
        """Show the site's time."""
        picked = self.page.picked
        self.held.set_text(f"In hand: {self.page.bench.names.person(picked)}'s badge" if picked else "")
        self.time.set_text(self.page.bench.names.local(self.page.bench.driver.now_s()))
