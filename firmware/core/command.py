"""What operators may do: who, to what, and which effects it has. Nothing is half done.

Layout: a command is {"operator", "action", "nonce", "reason", ...}; `check` returns its effects:
    ("write", type, fields)   ("unlock", door)   ("silence", output)   ("key", "pair" or "rotate", reader, fields)
or raises `Refused` with the reason.
Whoever has a command imports this, and this the half that knows the action: until then their code takes no heap.
"""

from firmware.const import const
from firmware.core.orders import brief

RANKS = const(("viewer", "site_manager", "site_admin"))
_MANAGER = const(1)
_ADMIN = const(2)
OF_MANAGERS = const(("clear", "move", "pass", "reset", "unlock", "silence", "lockdown", "release", "emergency"))
OF_ADMINS = const(("set", "retire", "restore", "pair", "rotate"))
_OF_AREAS = const(("clear", "move", "pass", "reset", "set"))


class Refused(Exception):
    """A command without effect, and why."""


class Commands:
    """Checks commands against what one controller knows. Gives effects; carries out none."""

    def __init__(self, settings: dict, people, presence, doors: dict, site, reports):
        self.settings = settings
        self.people = people
        self.presence = presence
        self.doors = doors
        self.site = site  # emergency, lockdowns, retired, peers
        self.reports = reports

    def check(self, command: dict, at_ms: int) -> list:
        """Return the effects of a command.

        Raises: Refused, naming the role, word or name that is wrong.
        """
        action = command.get("action")
        if not isinstance(action, str) or action not in OF_MANAGERS and action not in OF_ADMINS:
            raise Refused("unknown action '%s'" % brief(action))
        self.check_role(command.get("operator"), action in OF_ADMINS, action)
        if action in _OF_AREAS:
            from firmware.core.area_commands import AreaCommands as Known
        else:
            from firmware.core.site_commands import SiteCommands as Known
        return Known(self).effects(command, at_ms)

    def check_role(self, operator, is_for_admins: bool, action: str) -> None:
        """Raises: Refused where an operator may not do this."""
        role = self.settings["operators"].get(operator) if isinstance(operator, str) else None
        if role is None:
            raise Refused("unknown operator '%s'" % brief(operator))
        if RANKS.index(role) < (_ADMIN if is_for_admins else _MANAGER):
            raise Refused("role %s may not %s" % (role, action))


def signed(command: dict, fields: dict) -> dict:
    """Return event fields with who asked for it and why."""
    fields["operator"] = command["operator"]
    fields["reason"] = brief(command.get("reason", ""))
    fields["nonce"] = command["nonce"]
    return fields
