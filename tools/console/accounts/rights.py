"""Who may do what: one table, of which the controllers' part is the firmware's own (RULES.md, "Roles")."""

from firmware.core.command import OF_ADMINS, OF_MANAGERS, RANKS

VIEWER, MANAGER, ADMIN = RANKS
END_EMERGENCY = "end_emergency"
_OWN = {
    "look": VIEWER,
    "export": VIEWER,  # without card numbers
    "export_cards": MANAGER,
    "acknowledge": MANAGER,  # an alert: "somebody sees to it" must be meant
    "tick_off": MANAGER,  # at the muster: who is ticked off is no longer looked for
    "muster_reader": MANAGER,  # say where people are safe
    "read_book": MANAGER,  # what colleagues did is not for everybody who looks
    END_EMERGENCY: ADMIN,
    "configure": ADMIN,  # send the site file
    "invite": ADMIN,
}
NEEDED = dict.fromkeys(OF_MANAGERS, MANAGER) | dict.fromkeys(OF_ADMINS, ADMIN) | _OWN


def may(role: str, action: str) -> bool:
    """What nobody knows, nobody may."""
    return role in RANKS and action in NEEDED and RANKS.index(role) >= RANKS.index(NEEDED[action])


def action_of(command: str, fields: dict) -> str:
    """What a command is in the table: ending an emergency is another thing than starting one."""
    is_end = command == "emergency" and fields.get("active") is not True
    return END_EMERGENCY if is_end else command
