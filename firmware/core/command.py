"""What operators may do: who, to what, and which effects it has. Nothing is half done.

Layout: a command is {"operator", "action", "nonce", "reason", ...}; `check` returns its effects:
    ("write", type, fields)   ("unlock", door)   ("silence", output)   ("key", "pair" or "rotate", reader, fields)
or raises `Refused` with the reason.
Whoever has a command imports this: until then its code takes no heap.
"""

from firmware.const import const
from firmware.core import area_changes
from firmware.core.orders import brief
from firmware.core.standing import IN, OUT, UNKNOWN

RANKS = const(("viewer", "site_manager", "site_admin"))
_MANAGER = const(1)
_ADMIN = const(2)
OF_MANAGERS = const(("clear", "move", "pass", "reset", "unlock", "silence", "lockdown", "release", "emergency"))
OF_ADMINS = const(("set", "retire", "restore", "pair", "rotate"))
_OWN_KEYS = const(("operator", "action", "nonce", "reason", "area", "type"))
_INC_MAX = const(0xFFFFFFFF)


class Refused(Exception):
    """A command without effect, and why."""


class Commands:
    """Checks commands against what one controller knows. Gives effects; carries out none."""

    def __init__(self, settings: dict, people, presence, doors: dict, site, reports):
        self._reports = reports
        self._settings = settings
        self._people = people
        self._presence = presence
        self._doors = doors
        self._site = site  # emergency, lockdowns, retired, peers

    def check(self, command: dict, at_ms: int) -> list:
        """Return the effects of a command.

        Raises: Refused, naming the role, word or name that is wrong.
        """
        action = command.get("action")
        if not isinstance(action, str) or action not in OF_MANAGERS and action not in OF_ADMINS:
            raise Refused("unknown action '%s'" % brief(action))
        self._check_role(command.get("operator"), _ADMIN if action in OF_ADMINS else _MANAGER, action)
        return getattr(self, "_" + action)(command, at_ms)

    def _check_role(self, operator, needed: int, action: str) -> None:
        role = self._settings["operators"].get(operator) if isinstance(operator, str) else None
        if role is None:
            raise Refused("unknown operator '%s'" % brief(operator))
        if RANKS.index(role) < needed:
            raise Refused("role %s may not %s" % (role, action))

    # -- one person in one area ------------------------------------------------------------------

    def _clear(self, command: dict, at_ms: int) -> list:
        fields = self._person_in_area(command)
        violation = self._presence.view(fields["no"], at_ms)[fields["area"]].violation
        fields["by"] = "operator"
        if violation:
            fields["of"] = list(violation.of)
        return [("write", "apb.cleared", fields)]

    def _move(self, command: dict, at_ms: int) -> list:
        fields = self._person_in_area(command)
        fields["presence"] = _word(command, "presence", (IN, OUT, UNKNOWN))
        fields["by"] = "operator"
        return [("write", "apb.moved", fields)]

    def _pass(self, command: dict, at_ms: int) -> list:
        fields = self._person_in_area(command)
        violation = self._presence.view(fields["no"], at_ms)[fields["area"]].violation
        if violation and self._reports.is_sure(fields["area"], fields["no"], violation):
            raise Refused("'%s' is in violation in '%s': clear first" % (command["user"], command["area"]))
        fields["by"] = "operator"
        return [("write", "apb.passed", fields)]

    def _person_in_area(self, command: dict) -> dict:
        area, user = self._area(command), command.get("user")
        no = self._people.number_of(user) if isinstance(user, str) else None
        if no is None:
            raise Refused("unknown user '%s'" % brief(user))
        return signed(command, {"area": area, "no": no})

    def _area(self, command: dict) -> str:
        area = command.get("area")
        if not isinstance(area, str) or area not in self._presence.rules:
            raise Refused("unknown area '%s'" % brief(area))
        if self._settings["controller"] not in self._presence.rules[area]["controllers"]:
            raise Refused("area '%s' has no reader here: ask one of its controllers" % area)
        return area

    # -- a whole area ----------------------------------------------------------------------------

    def _reset(self, command: dict, at_ms: int) -> list:
        fields = signed(command, {"area": self._area(command), "by": "operator"})
        return [("write", "apb.reset", fields)]

    def _set(self, command: dict, at_ms: int) -> list:
        area = self._area(command)
        change = {key: command[key] for key in command if key not in _OWN_KEYS}
        if not change:
            raise Refused("no setting named")
        try:
            new = area_changes.changed(self._presence.rules[area].settings, change, self._settings["groups"], self._site.schedules)
        except ValueError as error:
            raise Refused(str(error))
        return [("write", "area.set", signed(command, {"area": area, "settings": area_changes.shared(new)}))]

    # -- doors and outputs -----------------------------------------------------------------------

    def _unlock(self, command: dict, at_ms: int) -> list:
        door = command.get("door")
        if not isinstance(door, str) or door not in self._doors:
            raise Refused("unknown door '%s'" % brief(door))
        return [("unlock", door)]

    def _silence(self, command: dict, at_ms: int) -> list:
        output = command.get("output")
        if not isinstance(output, str) or output not in self._settings["outputs"]:
            raise Refused("unknown output '%s'" % brief(output))
        return [("silence", output)]

    def _lockdown(self, command: dict, at_ms: int) -> list:
        doors = self._site_doors(command)
        for door in doors:
            if not self._settings["lockable"][door]:
                raise Refused("door '%s' has no way out: it cannot be locked down" % door)
        return [("write", "lockdown.started", signed(command, {"doors": doors}))]

    def _release(self, command: dict, at_ms: int) -> list:
        return [("write", "lockdown.ended", signed(command, {"doors": self._site_doors(command)}))]

    def _site_doors(self, command: dict) -> list:
        doors = _names(command, "doors")
        for door in doors:
            if door not in self._settings["lockable"]:
                raise Refused("unknown door '%s'" % brief(door))
        return doors

    def _pair(self, command: dict, at_ms: int) -> list:
        return self._key("pair", command)

    def _rotate(self, command: dict, at_ms: int) -> list:
        return self._key("rotate", command)

    def _key(self, verb: str, command: dict) -> list:
        reader = command.get("reader")
        if not isinstance(reader, str) or reader not in self._settings["readers"]:
            raise Refused("unknown reader '%s'" % brief(reader))
        if self._settings["readers"][reader]["protocol"] != "osdp":
            raise Refused("reader '%s' has no key: it is no OSDP reader" % reader)
        return [("key", verb, reader, signed(command, {}))]

    # -- the site --------------------------------------------------------------------------------

    def _emergency(self, command: dict, at_ms: int) -> list:
        if command.get("active") is True:
            source = [command["operator"], command["nonce"]]
            return [("write", "emergency.started", signed(command, {"source": source}))]
        if command.get("active") is not False:
            raise Refused("'active' must be true or false")
        self._check_role(command["operator"], _ADMIN, "end an emergency")
        ends = self._sources_to_end(command.get("controller"))
        return [("write", "emergency.ended", signed(command, {"ends": ends}))]

    def _sources_to_end(self, controller) -> list:
        """Return the sources that a command may end: operators', or those of an offline controller."""
        sources = self._site.emergency.sources()
        if controller is None:
            ends = [list(source) for source in sources if len(source) == 2]
            if not ends:
                raise Refused("no operator started this emergency: an input ends only at its input")
            return ends
        if controller not in self._settings["controllers"]:
            raise Refused("unknown controller '%s'" % brief(controller))
        if self._site.peers.has_answered(controller):
            raise Refused("controller '%s' is online: its input ends only there" % controller)
        ends = [list(source) for source in sources if len(source) == 3 and source[0] == controller]
        if not ends:
            raise Refused("controller '%s' holds no emergency" % controller)
        return ends

    def _retire(self, command: dict, at_ms: int) -> list:
        return [("write", "controller.retired", signed(command, self._peer(command)))]

    def _restore(self, command: dict, at_ms: int) -> list:
        return [("write", "controller.restored", signed(command, self._peer(command)))]

    def _peer(self, command: dict) -> dict:
        """Return whom a command means: a controller, or with `inc` only what one board writes under its name."""
        fields, inc = {"peer": self._controller(command)}, command.get("inc")
        if inc is not None:
            if type(inc) is not int or not 0 < inc <= _INC_MAX:
                raise Refused("'inc' must be a whole number")
            fields["peer_inc"] = inc
        return fields

    def _controller(self, command: dict) -> str:
        name = command.get("controller")
        if not isinstance(name, str) or name not in self._settings["controllers"]:
            raise Refused("unknown controller '%s'" % brief(name))
        return name


def signed(command: dict, fields: dict) -> dict:
    """Return event fields with who asked for it and why."""
    fields["operator"] = command["operator"]
    fields["reason"] = brief(command.get("reason", ""))
    fields["nonce"] = command["nonce"]
    return fields


def _word(command: dict, key: str, allowed: tuple) -> str:
    if command.get(key) not in allowed:
        raise Refused("'%s' must be one of: %s" % (key, ", ".join(allowed)))
    return command[key]


def _names(command: dict, key: str) -> list:
    names = command.get(key)
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise Refused("'%s' must be a list of names" % key)
    return sorted(names)
