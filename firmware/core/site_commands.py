"""Commands about doors, outputs, readers and the site: what each needs, and its effects (see command.py)."""

from firmware.const import const
from firmware.core.command import Refused, signed
from firmware.core.orders import brief

_INC_MAX = const(0xFFFFFFFF)


class SiteCommands:
    """One method for each action. `commands`: see Commands."""

    def __init__(self, commands):
        self._commands = commands
        self._settings = commands.settings
        self._doors = commands.doors
        self._site = commands.site

    def effects(self, command: dict, at_ms: int) -> list:
        """Return the effects. Raises: Refused."""
        return getattr(self, "_" + command["action"])(command, at_ms)

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
        self._commands.check_role(command["operator"], True, "end an emergency")
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


def _names(command: dict, key: str) -> list:
    names = command.get(key)
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise Refused("'%s' must be a list of names" % key)
    return sorted(names)
