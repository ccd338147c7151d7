"""Simulated sites whose console is the real one."""
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from host_sim import standings
from host_sim.world import World
from tests.console.station import Station
from tests.model import small
from tools.console.picture import Picture
from tools.site import parse

START_MS = 1767603600000


@contextmanager
def real_consoles(folder: Path):
    """Every console of every world made meanwhile is a Station. Yields all of them."""
    made: list[Station] = []

    def make(name, controllers, world, rank) -> Station:
        made.append(Station(name, controllers, world, rank, folder / f"console{len(made)}.sqlite"))
        return made[-1]

    with mock.patch("host_sim.world.History", make):
        yield made
    for station in made:
        if station.follower:
            station.pause()


def opened(folder: Path, data: dict | None = None, seed: int = 1, **more) -> World:
    """A world of its own database. Its console ends with the process."""
    with mock.patch("host_sim.world.History", lambda *args: Station(*args, folder / "console.sqlite")):
        return World(parse((data or small.hall()) | more, "site"), START_MS, seed)


def station(world: World) -> Station:
    return world.histories["console"]


def pictured(world: World) -> Picture:
    """A picture that keeps up with the console of a world."""
    found = station(world)
    picture = Picture(world.site, found.history, unix_ms=world.unix_ms, peers=lambda: found.follower.peers.snapshot(world.now_ms))
    found.on_hear = picture.take
    return picture


def stand(picture: Picture, world: World, area: str) -> dict:
    """{user: [presence, sure violation, has a pardon]} of a picture, as host_sim.standings.rows tells it of a controller."""
    sure = {(each.area, each.user): each.kind for each in picture.violations() if each.is_sure}
    found = {}
    for no in picture.known(area):
        standing = picture.standing(area, no)
        user = picture.plan.user_of[no]
        presence = "unknown" if standing.presence == "never" else standing.presence
        found[user] = [presence, sure.get((area, user)), standing.pardon_at_ms is not None]
    return found


def differences(picture: Picture, world: World) -> list[tuple]:
    """Where a picture and the first controller of each area differ."""
    found, plain = [], ["unknown", None, False]
    for area in world.site.areas:
        for board in [world.boards[name] for name in world.holders(area)[:1]]:
            told, mine = standings.rows(board.node.controller, area, board.local_ms()), stand(picture, world, area)
            found += [(area, user, told.get(user), mine.get(user)) for user in sorted({*told, *mine}) if told.get(user, plain) != mine.get(user, plain)]
            inside = {each.name: each.occupancy for each in picture.areas()}[area]
            if inside != world.occupancy(area):
                found.append((area, inside, world.occupancy(area)))
    return found
