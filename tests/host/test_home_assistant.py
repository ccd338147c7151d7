"""Home Assistant's side, made by hand from its documentation: would it take what boards announce, and what would it show?

The table below is from the pages "MQTT binary sensor", "MQTT sensor", "MQTT Discovery", "Binary sensor" and "Sensor" of
www.home-assistant.io, as of 2024.3. Templates are Jinja there, too.
"""

import json
import re

import jinja2
import pytest

from firmware.wire.messages import BYTES_MAX
from host_sim.world import World
from tests.tools.sites import changed
from tools.site import parse

START_MS = 1767603600000
ROOT = "backstop/v1/demo/"
# <discovery_prefix>/<component>/[<node_id>/]<object_id>/config
TOPIC = re.compile(r"/homeassistant/(\w+)/[a-zA-Z0-9_-]+/[a-zA-Z0-9_-]+/config")
COMMON = {
    "name": str, "unique_id": str, "state_topic": str, "value_template": str, "availability": list, "availability_mode": str,
    "device": dict, "device_class": str, "json_attributes_topic": str, "json_attributes_template": str,
}  # fmt: skip
KEYS = {"binary_sensor": COMMON, "sensor": COMMON | {"state_class": str, "unit_of_measurement": str}}
REQUIRED = {"state_topic"}
# Needs one of `identifiers` and `connections`; an entity of a device needs a `unique_id`.
DEVICE = {"identifiers": list, "name": str, "manufacturer": str, "model": str}
CLASSES = {"binary_sensor": {"lock", "door", "problem", "running", "sound", "safety", "tamper"}, "sensor": set()}
STATE_CLASSES = {"measurement", "total", "total_increasing"}
MODES = {"all", "any", "latest"}


class Home:
    """What a Home Assistant would show that sees what the broker keeps."""

    def __init__(self, world: World):
        kept = dict(world.network._brokers[0].all_kept())
        self.states = {ROOT + topic: payload for topic, payload in kept.items() if not topic.startswith("/")}
        self.topics = {topic: payload for topic, payload in kept.items() if topic.startswith("/")}
        self.entities = {topic.split("/")[-2]: json.loads(payload) for topic, payload in self.topics.items()}

    def shows(self, name: str) -> str:
        entity = self.entities[name]
        return self._rendered(entity["value_template"], entity["state_topic"])

    def attributes(self, name: str) -> dict:
        entity = self.entities[name]
        return json.loads(self._rendered(entity["json_attributes_template"], entity["json_attributes_topic"]))

    def is_available(self, name: str) -> bool:
        """As with the mode `any`."""
        rows = self.entities[name]["availability"]
        return "online" in [self._rendered(row["value_template"], row["topic"]) for row in rows]

    def _rendered(self, template: str, topic: str) -> str:
        return jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(template).render(value_json=json.loads(self.states[topic]))


@pytest.fixture
def world():
    data = changed(
        ("home_assistant", True), ("areas", "office", "entrances", ["lobby_in", "gate_in"]),
        ("links", [{"when": "door.forced", "output": "strobe"}]),
    )  # fmt: skip
    made = World(parse(data), START_MS)
    made.run_until(10_000)
    return made


def shown(world: World, wait_ms: int = 3000) -> Home:
    world.run_until(world.now_ms + wait_ms)
    return Home(world)


def test_what_is_announced_has_the_form_that_home_assistant_takes(world):
    home = Home(world)
    assert len(home.topics) == 3 + 3 + 1 + 2 * 2  # locks, the sensor of the vault's door, a strobe, two areas
    for topic, payload in home.topics.items():
        component, entity = TOPIC.fullmatch(topic)[1], json.loads(payload)
        assert len(payload) <= BYTES_MAX and REQUIRED <= set(entity)
        for key, value in entity.items():
            assert isinstance(value, KEYS[component][key]), (topic, key)
        assert entity.get("device_class", "lock") in CLASSES["binary_sensor"] and (component == "binary_sensor") == ("device_class" in entity)
        assert entity.get("state_class", "measurement") in STATE_CLASSES and entity["availability_mode"] in MODES
        assert entity["device"]["identifiers"] and all(isinstance(value, DEVICE[key]) for key, value in entity["device"].items())
        assert all(set(row) <= {"topic", "value_template", "payload_available", "payload_not_available"} for row in entity["availability"])
    unique = [entity["unique_id"] for entity in home.entities.values()]
    assert len(unique) == len(set(unique)) == len(home.topics)


def test_every_entity_has_a_state_and_is_available(world):
    home = Home(world)
    for name, entity in home.entities.items():
        assert home.is_available(name), name
        allowed = {"ON", "OFF"} if "device_class" in entity else {"0"}
        assert home.shows(name) in allowed, name


def test_a_door_that_is_opened_forced_and_held_is_shown(world):
    names = ("lock", "contact", "forced", "held")

    def vault(home):
        return [home.shows(f"door_vault_{name}") for name in names]

    assert vault(Home(world)) == ["OFF", "OFF", "OFF", "OFF"]  # OFF: locked, shut
    world.badge("vault_in", user="lee")
    assert vault(shown(world)) == ["ON", "OFF", "OFF", "OFF"]
    world.leaf("vault", True)
    assert vault(shown(world)) == ["OFF", "ON", "OFF", "OFF"]
    assert vault(shown(world, 40_000)) == ["OFF", "ON", "OFF", "ON"]
    world.leaf("vault", False)
    assert vault(shown(world)) == ["OFF", "OFF", "OFF", "OFF"]
    world.leaf("vault", True)
    home = shown(world)
    assert vault(home) == ["OFF", "ON", "ON", "OFF"]


def test_a_passback_is_shown_with_who_it_was(world):
    for _ in range(2):
        world.badge("lobby_in", user="kim")
        home = shown(world)
    assert (home.shows("area_office_occupancy"), home.shows("area_office_violations")) == ("1", "1")
    assert home.attributes("area_office_violations") == {"users": ["kim"], "isolated": False}


def test_an_output_that_is_on_is_shown_as_running(world):
    world.leaf("vault", True)  # forced: a link fires the strobe
    assert shown(world).shows("output_strobe_active") == "ON"
    world.command({"operator": "ada", "action": "silence", "output": "strobe", "reason": ""})
    assert shown(world).shows("output_strobe_active") == "OFF"


def test_what_hangs_on_a_board_without_power_is_unavailable_and_an_area_stays_as_long_as_one_is_there(world):
    world.power("c2", False)
    home = shown(world, 10_000)
    assert not home.is_available("door_gate_lock") and not home.is_available("output_strobe_active")
    assert home.is_available("door_lobby_lock") and home.is_available("area_office_occupancy")
