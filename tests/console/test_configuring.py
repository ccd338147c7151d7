"""A setting on its way: into the site file, compiled, signed, published, served, and what controllers say of it."""

import json

import pytest

from firmware.config import manifest
from firmware.wire import seal
from tests.console.fake_link import FakeLink
from tests.programs import wait_until
from tests.tools.sites import changed
from tools.backstop.errors import Refused, Unreachable, Unusable
from tools.backstop.station import Given, Station
from tools.console.configuring import Configuring, configuring, working_copy
from tools.console.picture.plan import Plan
from tools.console.sitefile import SiteFile
from tools.console.switchboard import Switchboard
from tools.site import load, parse
from tools.site.compiler import keys
from tools.site.compiler.release import release

pytestmark = pytest.mark.slow
SITE = changed(("operators", {"ada": {"role": "site_admin"}}), ("areas", "yard", {"entrances": ["gate_in"], "label": "The yard"}))


class Room:
    """The room over a link whose broker is the test. `settings`: in force, of each area."""

    def __init__(self, folder):
        self.path, self.settings = folder / "site.json", Plan(parse(SITE)).areas
        self.station = Station(Given(self.path, "mqtt://127.0.0.1", None, None, None, None))
        self.keys = self.station.keys
        self.link = FakeLink()
        self.switchboard = Switchboard(self.link)
        end = self.switchboard.end(*configuring.KINDS)
        self.room = Configuring(SiteFile(self.path), self.path, self.station, end, lambda: self.settings)

    def __enter__(self) -> "Room":
        self.room.start()
        self.switchboard.start()
        self.link.set_up(True)
        wait_until(lambda: self.room._is_up, "the link is not up")
        return self

    def __exit__(self, *_) -> None:
        self.room.stop()
        self.switchboard.stop()

    def text(self) -> str:
        return self.path.read_text()

    def manifests(self) -> dict[str, list[int]]:
        """{controller: versions of the manifests that were published for it, in order}; what is sealed wrongly is a failure."""
        found: dict[str, list[int]] = {}
        for topic, payload, is_retained in list(self.link.sent):
            name = topic.removeprefix("config/")
            assert seal.is_sealed(payload, self.keys.configuration_key(name))
            if is_retained:
                found.setdefault(name, []).append(manifest.read(payload)["version"])
        return found

    def pieces(self) -> list[dict]:
        return [json.loads(seal.content(payload)) for _, payload, is_retained in list(self.link.sent) if not is_retained]

    def want(self, version: int, name: str = "c1") -> None:
        head = {"t": "want", "from": name, "inc": 7, "heads": {"site": 0, "facts": 0, "notes": 0}, "stamp": None}
        self._say(f"want/{name}", head | {"to": "console", "version": version, "page": ["settings", 0], "offset": 0, "size": 192})

    def status(self, name: str, **fields) -> None:
        online = {"inc": 7, "hw": "sim", "challenge": f"{name}-boot"} if fields.setdefault("online", True) else {}
        self._say(f"status/{name}", {"t": "status", "from": name} | online | fields)

    def row(self, name: str) -> tuple:
        return next((row.is_online, row.in_force, row.refused) for row in self.room.state().rows if row.controller == name)

    def _say(self, topic: str, fields: dict) -> None:
        self.link.hear(topic, seal.seal(json.dumps(fields).encode(), bytes.fromhex(self.keys.event_key)))


@pytest.fixture
def folder(tmp_path):
    """A site that was compiled once."""
    (tmp_path / "site.json").write_text(json.dumps(SITE, indent=2))
    assert release(tmp_path / "site.json", None, is_new_site=True).version == 1
    return tmp_path


@pytest.fixture
def room(folder):
    with Room(folder) as made:
        yield made


def test_a_setting_goes_into_the_file_and_out_as_the_next_version(room):
    assert room.room.change("ada", "office", {"capacity": 20}) == 2
    assert room.text() == json.dumps(changed_site("office", capacity=20), indent=2)
    assert room.manifests() == {"c1": [2], "c2": [2]}
    state = room.room.state()
    assert (state.version, state.is_sent, state.strays, state.trouble, state.is_everywhere) == (2, True, ("office",), None, False)
    room.want(2)
    wait_until(room.pieces, "no answer")
    (piece,) = room.pieces()
    assert (piece["from"], piece["to"], piece["version"], piece["page"]) == ("console", "c1", 2, ["settings", 0])


def changed_site(area: str, **settings) -> dict:
    return SITE | {"areas": SITE["areas"] | {area: SITE["areas"][area] | settings}}


def test_what_a_command_put_in_force_goes_into_the_file_with_the_next_change(room):
    room.settings["office"] = room.settings["office"] | {"violation_timeout_s": 60}
    assert room.room.state().strays == ("office",)
    room.room.change("ada", "office", {"anti_passback": {"entrances": "soft", "exits": "soft"}})
    office = load(room.path).areas["office"]
    assert office.violation_timeout_s == 60 and json.loads(room.text())["areas"]["office"]["anti_passback"] == "soft"
    room.room.change("ada", "office", {"violation_timeout_s": 0})
    assert load(room.path).areas["office"].violation_timeout_s == 0


def test_controllers_confirm_refuse_and_are_away(room):
    room.room.change("ada", "office", {"capacity": 20})
    assert room.row("c1") == (False, None, "")
    room.status("c1", configuration=1)
    room.status("c2", configuration=1, refused=[2, "a page does not agree"])
    wait_until(lambda: room.row("c2")[2], "it has refused nothing")
    assert room.row("c1") == (True, 1, "") and room.row("c2") == (True, 1, "a page does not agree")
    for name in ("c1", "c2"):
        room.status(name, configuration=2)
    wait_until(lambda: room.room.state().is_everywhere, "it is not in force")
    assert room.row("c2") == (True, 2, "")


@pytest.mark.parametrize(("change", "error", "words"), [
    ({"capacity": 0}, Refused, "whole number from 1"),
    ({"anti_passback": {"entrances": "strict", "exits": "off"}}, Refused, "anti_passback"),
    ({"capacity": 5, "presence_timeout_s": 60}, Refused, "cannot stand with"),
    ({"moves_on": "entry"}, Refused, "sensor"),
    ({"exempt_groups": ["nobody"]}, Refused, "unknown group"),
])  # fmt: skip
def test_a_setting_that_cannot_be_leaves_file_and_controllers_alone(room, change, error, words):
    before = room.text()
    with pytest.raises(error, match=words):
        room.room.change("ada", "office", change)
    with pytest.raises(Refused):
        room.room.change("ada", "attic", {"capacity": 5})
    assert room.text() == before and room.link.sent == [] and room.room.state().version == 1


def test_without_a_link_nothing_is_written(room):
    before = room.text()
    room.link.set_up(False)
    wait_until(lambda: not room.room._is_up, "the link is still up")
    for verb in (lambda: room.room.change("ada", "office", {"capacity": 20}), lambda: room.room.send("ada")):
        with pytest.raises(Unreachable, match="nothing was changed"):
            verb()
    assert room.text() == before and room.link.sent == []


def test_a_file_that_cannot_be_used_now_is_left_as_it_is(room):
    room.path.write_text(room.text().replace('"lobby_in"', '"nowhere"', 1))
    before = room.text()
    with pytest.raises(Unusable, match="left as it is"):
        room.room.change("ada", "office", {"capacity": 20})
    assert room.text() == before and room.link.sent == []


def test_a_file_that_cannot_be_written_is_an_error_in_words(room, monkeypatch):
    def replace(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(working_copy.disk, "replace", replace)
    with pytest.raises(Unusable, match="left as it is: .*Permission denied"):
        room.room.change("ada", "office", {"capacity": 20})
    assert room.link.sent == []


def test_a_change_that_is_written_and_cannot_be_sent_says_both(room, monkeypatch):
    def compiled():
        raise Unusable("no room on the disk")

    monkeypatch.setattr(room.station, "compiled", compiled)
    with pytest.raises(Unusable, match="the site file says it now, and nothing was sent: no room"):
        room.room.change("ada", "office", {"capacity": 20})
    assert load(room.path).areas["office"].capacity == 20 and room.link.sent == [] and not room.room.state().is_sent


def test_without_the_secret_for_configurations_it_says_why_it_cannot(folder):
    ring = keys.opened(folder / "demo.keys", load(folder / "site.json"), is_new=False)
    keys.write(folder / "demo.keys", ring.model_copy(update={"configurations": None}))
    with Room(folder) as room:
        assert "who compiles the site has it" in room.room.trouble() == room.room.state().trouble
        before = room.text()
        with pytest.raises(Unusable, match="who compiles the site"):
            room.room.change("ada", "office", {"capacity": 20})
        assert room.text() == before and room.room.state().version is None


def test_without_the_numbers_it_says_so_before_anything_is_written(folder):
    (folder / "demo.ids").unlink()
    with Room(folder) as room:
        before = room.text()
        assert "the ledger of numbers is missing" in room.room.trouble()
        with pytest.raises(Unusable, match="the ledger of numbers is missing"):
            room.room.change("ada", "office", {"capacity": 20})
        assert room.text() == before and room.link.sent == []


def test_after_a_restart_pages_are_served_and_nothing_is_signed_again(folder):
    with Room(folder) as room:
        assert room.room.change("ada", "office", {"capacity": 20}) == 2
    with Room(folder) as room:
        wait_until(lambda: room.room.state().version == 2, "it has forgotten")
        room.want(1)
        room.want(2, "c2")
        wait_until(room.pieces, "no answer")
        assert [piece["to"] for piece in room.pieces()] == ["c2"] and room.manifests() == {}


def test_a_broker_that_was_away_is_told_again(room):
    room.room.send("ada")
    assert room.manifests() == {"c1": [1], "c2": [1]}
    room.link.set_up(False)
    room.link.set_up(True)
    wait_until(lambda: room.manifests() == {"c1": [1, 1], "c2": [1, 1]}, "it was not told")


def test_what_somebody_wrote_into_the_file_is_sent_when_somebody_says_so(room):
    wait_until(lambda: room.room.state().is_sent, "it was compiled like this")
    room.path.write_text(json.dumps(changed_site("yard", capacity=3)))
    wait_until(lambda: not room.room.state().is_sent, "nobody sees it")
    assert room.room.state().strays == ("yard",) and room.link.sent == []
    assert room.room.send("ada") == 2 and room.room.state().is_sent


def test_a_link_to_the_site_file_stays_one_and_its_mode_too(folder):
    (folder / "site.json").rename(folder / "real.json")
    (folder / "real.json").chmod(0o640)
    (folder / "site.json").symlink_to("real.json")
    settings = Plan(parse(SITE)).areas["office"]
    assert working_copy.change(folder / "site.json", "office", settings, {"capacity": 9})
    assert (folder / "site.json").is_symlink() and (folder / "real.json").stat().st_mode & 0o777 == 0o640
    assert not working_copy.change(folder / "site.json", "office", settings, {"capacity": 9})
