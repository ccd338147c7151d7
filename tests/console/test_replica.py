"""The console as a replica: whatever befalls the network, the boards, its database and itself, it keeps each event once."""
import shutil

import pytest

from firmware.wire import messages, seal
from host_sim.fuzz.life import Life
from host_sim.fuzz.story import Story
from tests.console.events import event
from tests.console.worlds import differences, opened, pictured, real_consoles, station
from tests.model import small
from tests.sim.test_faults_console import busy
from tools.console.history import Trouble
from tools.console.replica import commits


def settled(world) -> None:
    world.run_until(world.now_ms + 60_000)


def own(world) -> int:
    """How many events the boards have written."""
    return sum(row[3] for name, board in world.boards.items() for row in board.node.log.vector() if row[0] == name)


def missing(world) -> list:
    """Where the console has not each event of a board once, in order, as it was written. A board may have dropped some."""
    wrong = []
    for name, board in world.boards.items():
        for origin in [tuple(row[:3]) for row in board.node.log.vector() if row[0] == name]:
            last = board.node.log.last(*origin)
            told = station(world).of(*origin)
            here = {found["seq"]: found for found in told}
            if [found["seq"] for found in told] != list(range(1, last + 1)):
                wrong.append((origin, last, len(told)))
            wrong += [found for found in board.node.log.between(*origin, 1, last) if here.get(found["seq"]) != found]
    return wrong


class Broken:
    """A database that takes nothing for a while."""

    def __init__(self, history, monkeypatch):
        self.tries, self._history, self._append = 0, history, history.append
        monkeypatch.setattr(history, "append", self)
        self.is_broken = True

    def __call__(self, *args):
        if self.is_broken:
            self.tries += 1
            raise Trouble("database is locked")
        return self._append(*args)


def test_it_has_every_event_once_and_in_order(tmp_path):
    world = busy(opened(tmp_path), 20)
    settled(world)
    assert missing(world) == [] and station(world).history.count() == len(world.events) == own(world) > 25
    assert station(world).heard == station(world).events and station(world).gone == []


@pytest.mark.parametrize("seed", range(2))
def test_it_mends_what_links_and_the_broker_spoil(tmp_path, seed):
    world = opened(tmp_path, seed=seed)
    for name in (*world.boards, "console"):
        world.network.link(name, (1, 400), loss=200, duplicate=200, reorder=200)
    busy(world, 16)
    world.network.broker_restart(2000)
    busy(world, 16)
    for name in (*world.boards, "console"):
        world.network.link(name)
    settled(world)
    assert missing(world) == [] and station(world).history.count() == own(world)


def away(world, badges: int, gap_ms: int = 1500) -> None:
    """The console is switched off, and the site lives on."""
    station(world).pause()
    busy(world, badges, gap_ms)
    back(world)


def back(world) -> None:
    station(world).resume()
    station(world).link_changed()


def test_what_happened_while_it_was_off_is_all_there_once(tmp_path):
    world = busy(opened(tmp_path), 4)
    away(world, 300, 700)
    settled(world)
    assert missing(world) == [] and own(world) > 300
    assert station(world).history.count() == own(world) == len({id(e) for e in station(world).events})


@pytest.mark.slow
def test_five_thousand_events_that_it_missed_are_all_there_once(tmp_path):
    world = opened(tmp_path, small.office())
    station(world).pause()
    for _ in range(1250):
        for is_open in (True, False):
            world.leaf("lobby", is_open)
            world.run_until(world.now_ms + 400)
    back(world)
    world.run_until(world.now_ms + 180_000)
    assert own(world) > 5000
    assert missing(world) == [] and station(world).history.count() == own(world)


def test_a_day_without_the_console_changes_nothing(tmp_path):
    world = busy(opened(tmp_path), 4)
    station(world).pause()
    world.run_until(world.now_ms + 86_400_000)
    busy(world, 6)
    back(world)
    settled(world)
    assert missing(world) == [] and station(world).history.count() == own(world)


# -- the database --------------------------------------------------------------------------------


def test_nobody_hears_that_something_is_kept_before_it_is(tmp_path, monkeypatch):
    """Boards let go of what every console has: a word too early would lose it."""
    world = busy(opened(tmp_path), 4)
    settled(world)
    console, said = station(world), []
    send = world.send

    def listen(sender, topic, payload, is_retained=False):
        if topic == "have/console":
            message = messages.decode(seal.content(payload))
            said.extend((row[3], console.history.reach(*row[:3])) for row in message.get("vector", ()))
            assert all(reach and last <= reach.last for last, reach in said)
        send(sender, topic, payload, is_retained)

    monkeypatch.setattr(world, "send", listen)
    broken = Broken(console.history, monkeypatch)
    before = console.history.count()
    busy(world, 40)
    assert console.history.count() == before and said and broken.tries > 2
    assert console.follower.trouble == "database is locked" and console.follower.failures == broken.tries
    assert console.follower.waiting > 20 and console.heard == console.events
    broken.is_broken = False
    settled(world)
    assert missing(world) == [] and console.follower.trouble is None and console.follower.waiting == 0
    assert console.history.count() == own(world) and console.heard == console.events


def test_with_too_much_waiting_it_takes_no_more_and_asks_later(tmp_path, monkeypatch):
    monkeypatch.setattr(commits, "WAITING_MAX", 10)
    world = opened(tmp_path)
    broken = Broken(station(world).history, monkeypatch)
    busy(world, 40)
    assert station(world).follower.waiting < 30 and station(world).follower.faults["no room"] > 5
    broken.is_broken = False
    settled(world)
    assert missing(world) == [] and station(world).history.count() == own(world) > 40


def test_killed_while_the_database_took_nothing_it_has_all_later(tmp_path, monkeypatch):
    world = opened(tmp_path)
    Broken(station(world).history, monkeypatch)
    busy(world, 20)
    assert station(world).history.count() == 0 and station(world).follower.waiting > 20
    away(world, 3)
    settled(world)
    assert missing(world) == [] and station(world).history.count() == own(world)


def test_restored_from_an_old_copy_it_fetches_what_that_lacks(tmp_path):
    world = busy(opened(tmp_path), 10)
    settled(world)
    station(world).pause()
    shutil.copy(station(world).path, tmp_path / "copy")
    back(world)
    busy(world, 30)
    settled(world)
    station(world).pause()
    shutil.copy(tmp_path / "copy", station(world).path)
    back(world)
    settled(world)
    assert missing(world) == [] and station(world).history.count() == own(world)
    assert station(world).gone == []


# -- boards --------------------------------------------------------------------------------------


def test_an_empty_board_in_the_place_of_another_closes_what_that_took_with_it(tmp_path):
    """What nobody has any more is shown, and not waited for."""
    world = busy(opened(tmp_path), 10)
    world.set_network([["c2"], ["console"]])
    busy(world, 10)
    world.power("c1", False)
    world.replace("c1")
    world.set_network("all")
    world.power("c1", True)
    busy(world, 10)
    world.run_until(world.now_ms + 600_000)
    incs = {key[1] for key in station(world).history.reaches() if key[0] == "c1"}
    assert len(incs) == 2 and missing(world) == []
    assert all(not reach.beyond for reach in station(world).history.reaches().values())


def test_two_boards_under_one_name_are_shown(tmp_path):
    world = busy(opened(tmp_path), 6)
    forged = event(1, "door.opened", controller="c1", inc=world.boards["c1"].node.exchange.inc, door="north")
    settled(world)
    told = {"t": "log", "from": "c1", "inc": forged["inc"], "heads": {"facts": 1, "notes": 1, "site": 0}, "stamp": None, "entries": [forged]}
    payload = seal.seal(messages.encode(told), bytes.fromhex(world.secrets.event_key))
    station(world).handle(("message", "log/c1", payload, False))
    assert station(world).follower.peers.snapshot(world.now_ms)["c1"].is_doubled
    assert not station(world).follower.peers.snapshot(world.now_ms)["c2"].is_doubled
    assert station(world).history.event("c1", forged["inc"], "notes", 1) != forged


def test_what_is_sealed_wrongly_or_comes_from_strangers_is_counted_and_left(tmp_path):
    world = opened(tmp_path)
    console = station(world)
    told = {"t": "log", "from": "x9", "inc": 7, "heads": {"facts": 1, "notes": 0, "site": 0}, "stamp": None, "entries": [event(1, controller="c1")]}
    key = bytes.fromhex(world.secrets.event_key)
    before = dict(console.follower.faults)
    for topic, payload in (("log/x9", seal.seal(messages.encode(told), key)), ("log/x9", seal.seal(messages.encode(told), b"x" * 32)), ("log/c1", b"{}")):
        console.follower.message(topic, payload, False, world.now_ms)
    assert console.follower.faults["stranger"] == before.get("stranger", 0) + 1 and console.follower.faults["seal"] == 2
    settled(world)
    assert console.history.count() == own(world)


def test_peers_say_who_is_there_and_how_much_is_missing(tmp_path, monkeypatch):
    world = busy(opened(tmp_path), 4)
    settled(world)
    peers = station(world).follower.peers.snapshot(world.now_ms)
    assert [(peer.is_online, peer.behind, peer.is_clock_trusted) for peer in peers.values()] == [(True, 0, True)] * 2
    assert all(0 <= world.unix_ms() - peer.heard_ms <= 61_000 and abs(peer.clock_error_ms) < 1000 for peer in peers.values())
    Broken(station(world).history, monkeypatch)
    world.power("c2", False)
    busy(world, 5)
    peers = station(world).follower.peers.snapshot(world.now_ms)
    assert peers["c1"].behind > 3 and not peers["c2"].is_online and peers["c1"].is_online


# -- random lives --------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 11, 203])
def test_in_random_lives_it_keeps_all_and_sees_what_the_boards_see(tmp_path, seed, monkeypatch):
    """The checkers of the fuzzer compare its history with the truth; the picture must agree with the controllers."""
    monkeypatch.setattr("tools.console.picture.picture._CHECKPOINT_EVERY", 25)
    with real_consoles(tmp_path) as made:
        life = Life(seed, Story())
        pictures = [pictured(life.world) for _ in made]
        life.run()
        assert pictures and all(differences(picture, life.world) == [] for picture in pictures)
        again = pictured(life.world)
        assert differences(again, life.world) == [] and again.violations() == pictures[0].violations()
