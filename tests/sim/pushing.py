"""A console of the simulated world that pushes a new site file to its controllers."""

import json

from firmware.wire import seal
from host_sim.world import World
from tools.site import parse, parts
from tools.site.compiler.numbers import by_name_order
from tools.site.compiler.publication import Publication

START_MS = 1767603600000  # Monday, 2026-01-05 09:00 UTC


def opened(where: dict) -> World:
    world = World(parse(where, "site"), START_MS)
    world.run_until(1000)
    return world


class Push:
    """`where`: the new site file. It serves as long as it is there; `is_there` can be taken away."""

    def __init__(self, world: World, where: dict, version: int = 2, spoil=None):
        site = parse(where, "site")
        made = parts(site, by_name_order(site)._replace(version=version), START_MS // 1000, world.secrets)
        if spoil:
            spoil(made)
        self.world, self.is_there, self.wants = world, True, []
        self.publications = {
            name: Publication(part, world.secrets.configuration_key(name), "console", "ada") for name, part in made.items()
        }
        self._send = world.send
        world.send = self._overhear

    def publish(self, *names: str) -> "Push":
        for name in names or sorted(self.publications):
            self.world.network.send("console", f"config/{name}", self.publications[name].manifest, True)
        return self

    def _overhear(self, sender: str, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self._send(sender, topic, payload, is_retained)
        if not topic.startswith("want/"):
            return
        want = json.loads(seal.content(payload))
        if "page" in want and self.is_there:
            self.wants.append(want)
            answer = self.publications[sender].answer(want)
            if answer:
                self.world.after(5, self.world.network.send, "console", f"config/{sender}", answer)


def versions(world: World) -> dict:
    """What each board that has power has in force, as its retained status tells."""
    told = {name: json.loads(world.network.kept(f"status/{name}")) for name in world.boards}
    return {name: status.get("configuration") for name, status in told.items()}


def said(world: World, kind: str, **fields) -> list:
    return [event for event in world.events if event["type"] == kind and fields.items() <= event.items()]
