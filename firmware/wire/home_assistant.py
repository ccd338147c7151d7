"""What Home Assistant is told so that it finds the doors, outputs and areas of a controller by itself.

Layout: one retained JSON object for each entity on homeassistant/<component>/backstop_<site>/<kind>_<name>_<entity>/config. It
names the retained states of the site as they are, and how to read them. All entities only show: Home Assistant has no
operator's key, so a lock or a siren that it could switch would be one that does nothing.
An area is announced by whoever tells its state, always alike; the first eight of its controllers say whether it is available.
Source: Home Assistant, "MQTT", "MQTT Discovery", "MQTT binary sensor", "MQTT sensor".
"""

from firmware.const import const
from firmware.wire import messages, topics

_PAUSE_MS = const(100)  # one payload at a time: neither heap nor queue has room for all
_AVAILABILITY_MAX = const(8)  # a message has no room for 64
_ONLINE = const("{{'online' if value_json.online else 'offline'}}")

# Kind, entity, component, device class or "", how to read the state.
_ENTITIES = const(
    (
        ("door", "lock", "binary_sensor", "lock", "{{'OFF' if value_json.locked else 'ON'}}"),
        ("door", "contact", "binary_sensor", "door", "{{'ON' if value_json.open else 'OFF'}}"),
        ("door", "forced", "binary_sensor", "problem", "{{'ON' if value_json.alarm == 'forced' else 'OFF'}}"),
        ("door", "held", "binary_sensor", "problem", "{{'ON' if value_json.alarm == 'held' else 'OFF'}}"),
        ("output", "active", "binary_sensor", "running", "{{'ON' if value_json.active else 'OFF'}}"),
        ("area", "occupancy", "sensor", "", "{{value_json.occupancy}}"),
        ("area", "violations", "sensor", "", "{{value_json.violations}}"),
    )
)
_WHO = const("{{ {'users': value_json.users, 'isolated': value_json.isolated}|tojson }}")


class HomeAssistant:
    """Announces one entity after the other. `due_ms`: when the next one goes, or None."""

    def __init__(self, settings: dict):
        self.due_ms = None
        self._settings = settings
        self._root = topics.root(settings["site"])
        self._led = []
        self._left = []  # (kind, name, index of the entity)

    def link(self, is_up: bool, now_ms: int) -> None:
        """A broker that has just come may know nothing: all is told anew."""
        self._led, self._left, self.due_ms = [], [], None
        if is_up:
            for kind in ("door", "output"):
                self._add(kind, sorted(self._settings[kind + "s"]), now_ms)

    def lead(self, areas: list, now_ms: int) -> None:
        """Take which areas are told from here."""
        self._add("area", [area for area in areas if area not in self._led], now_ms)
        self._led = areas

    def tell(self, now_ms: int) -> tuple:
        """Return the action that announces what is due."""
        kind, name, entity = self._left.pop(0)
        self.due_ms = now_ms + _PAUSE_MS if self._left else None
        what, component = _ENTITIES[entity][1:3]
        topic = "/homeassistant/%s/backstop_%s/%s_%s_%s/config" % (component, self._settings["site"], kind, name, what)
        return ("send", topic, messages.encode(self._entity(kind, name, entity)), True)

    def _add(self, kind: str, names: list, now_ms: int) -> None:
        for name in names:
            for index in range(len(_ENTITIES)):
                if _ENTITIES[index][0] == kind and self._has(kind, name, _ENTITIES[index][1]):
                    self._left.append((kind, name, index))
        if self._left and self.due_ms is None:
            self.due_ms = now_ms

    def _has(self, kind: str, name: str, what: str) -> bool:
        """Say whether there is such an entity: without a sensor nobody knows more of a door than its lock."""
        return kind != "door" or what == "lock" or self._settings["doors"][name]["sensor"]

    def _entity(self, kind: str, name: str, entity: int) -> dict:
        _, what, component, device_class, template = _ENTITIES[entity]
        device = "backstop.%s.%s.%s" % (self._settings["site"], kind, name)
        found = {
            "name": what,
            "unique_id": device + "." + what,
            "state_topic": self._root + kind + "/" + name,
            "value_template": template,
            "availability": self._availability(kind, name),
            "availability_mode": "any",
            "device": {"identifiers": [device], "name": name, "manufacturer": "Backstop", "model": kind},
        }
        if device_class:
            found["device_class"] = device_class
        if component == "sensor":
            found["state_class"], found["unit_of_measurement"] = "measurement", "people"
        if what == "violations":
            found["json_attributes_topic"], found["json_attributes_template"] = found["state_topic"], _WHO
        return found

    def _availability(self, kind: str, name: str) -> list:
        names = [self._settings["controller"]]
        if kind == "area":
            names = sorted(self._settings["areas"][name]["controllers"])[:_AVAILABILITY_MAX]
        return [{"topic": self._root + "status/" + each, "value_template": _ONLINE} for each in names]
