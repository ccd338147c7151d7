"""Who can know which fact: powered controllers of one network group tell each other everything they follow."""

from tests.model import settings as S
from tests.model.facts import identity

SITE_STREAM = ("emergency.", "lockdown.", "controller.retired", "controller.restored")
FACTS = ("access.", "apb.", "area.set")


def is_fact(event: dict) -> bool:
    return event["type"].startswith(SITE_STREAM + FACTS)


def key(fact: dict) -> tuple:
    """`seq` counts within a stream."""
    return (*identity(fact), fact["type"].startswith(SITE_STREAM))


class Knowledge:
    """`facts` by controller, {key: fact}."""

    def __init__(self, site: dict):
        self.site = site
        self.controllers = sorted(site["controllers"])
        self.groups = [set(self.controllers)]
        self.off = set()
        self.facts = {name: {} for name in self.controllers}
        self.follows = {name: self.followed_by(name) for name in self.controllers}

    def followed_by(self, name: str) -> set:
        """The controllers of its areas and of those around them."""
        mine = [area for area in self.site["areas"] if name in S.owners(self.site, area)]
        return {name}.union(*(S.controllers(self.site, area) for area in mine))

    def reachable(self, name: str) -> set:
        """Those that answer this controller, itself included."""
        if name in self.off:
            return set()
        group = next((group for group in self.groups if name in group), {name})
        return {other for other in group if other not in self.off} | {name}

    def network(self, groups) -> None:
        self.groups = [set(self.controllers)] if groups == "all" else [set(group) for group in groups]
        self.exchange()

    def power(self, name: str, on: bool) -> None:
        self.off.discard(name) if on else self.off.add(name)
        self.exchange()

    def add(self, fact: dict) -> None:
        self.facts[fact["controller"]][key(fact)] = fact
        self.exchange()

    def exchange(self) -> None:
        for name in self.controllers:
            for other in self.reachable(name):
                self.facts[name] |= {k: f for k, f in self.facts[other].items() if self.wants(name, f)}

    def wants(self, name: str, fact: dict) -> bool:
        return fact["type"].startswith(SITE_STREAM) or fact["controller"] in self.follows[name]

    def of(self, name: str) -> list:
        return list(self.facts[name].values())

    def all(self) -> list:
        return list({k: f for facts in self.facts.values() for k, f in facts.items()}.values())
