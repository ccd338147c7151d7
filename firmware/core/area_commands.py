"""Commands about people and areas: what each needs, and its effects (see command.py)."""

from firmware.const import const
from firmware.core.command import Refused, signed
from firmware.core.orders import brief
from firmware.core.standing import IN, OUT, UNKNOWN

_OWN_KEYS = const(("operator", "action", "nonce", "reason", "area", "type"))


class AreaCommands:
    """One method for each action. `commands`: see Commands."""

    def __init__(self, commands):
        self._settings = commands.settings
        self._people = commands.people
        self._presence = commands.presence
        self._site = commands.site
        self._reports = commands.reports

    def effects(self, command: dict, at_ms: int) -> list:
        """Return the effects. Raises: Refused."""
        return getattr(self, "_" + command["action"])(command, at_ms)

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
        from firmware.core import area_changes  # of all actions this one alone needs it

        area = self._area(command)
        change = {key: command[key] for key in command if key not in _OWN_KEYS}
        if not change:
            raise Refused("no setting named")
        try:
            new = area_changes.changed(self._presence.rules[area].settings, change, self._settings["groups"], self._site.schedules)
        except ValueError as error:
            raise Refused(str(error))
        return [("write", "area.set", signed(command, {"area": area, "settings": area_changes.shared(new)}))]


def _word(command: dict, key: str, allowed: tuple) -> str:
    if command.get(key) not in allowed:
        raise Refused("'%s' must be one of: %s" % (key, ", ".join(allowed)))
    return command[key]
