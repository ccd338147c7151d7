"""A signed command: whose it is, and whether it may be obeyed, before core looks at what it asks for.

Layout: {"t": "command", "from": operator, "action", "to": controller, "site", "role", "challenge", "nonce", "reason", …},
the first three in this order, so that the operator is known before anybody reads JSON; then what the action needs, and
the MAC under the operator's key for this controller. `challenge` is the one that the controller's `status` tells.
"""

from firmware.const import const
from firmware.wire import messages, seal

_FROM = const(b'{"t":"command","from":"')
_ACTION = const(b'","action":"')
_ENVELOPE = const(("t", "from", "to", "site", "role", "challenge"))


def opened(payload: bytes, is_retained: bool, settings: dict, keys, challenge: str) -> tuple:
    """Return (None, None, command as core takes it), or (kind of fault, reason, command as far as it can be told).

    Only of what was sealed rightly a `nonce` is told: it gets an answer.
    """
    told = {"operator": "", "action": ""}
    if payload.startswith(_FROM):
        end = payload.find(b'"', len(_FROM))
        told["operator"] = _word(payload, len(_FROM))
        told["action"] = _word(payload, end + len(_ACTION)) if payload[end:].startswith(_ACTION) else ""
    operator = told["operator"]
    if is_retained:
        return ("retained", "a retained command", told)
    if len(payload) > messages.BYTES_MAX:
        return ("size", "too long", told)
    key = seal.find_key(keys, operator) if operator else None
    if key is None:
        return ("operator", "unknown operator '%s'" % operator, told)
    if not seal.is_sealed(payload, key):
        return ("seal", "wrong seal", told)
    command = messages.decode(seal.content(payload))
    if command is None or command["t"] != "command" or command["from"] != operator:
        return ("form", "not a command", told)
    wanted = {"site": settings["site"], "to": settings["controller"], "role": settings["operators"].get(operator)}
    wanted["challenge"], fault = challenge, None
    for field in ("site", "to", "role", "challenge"):
        if fault is None and command[field] != wanted[field]:
            fault = field
    for field in _ENVELOPE:
        del command[field]
    command["operator"] = operator
    return (fault, fault and "wrong " + fault, command)


def _word(payload: bytes, start: int) -> str:
    """Return what stands in quotes, where it is plain enough to be a name."""
    raw = payload[start : max(payload.find(b'"', start), start)]
    is_plain = len(raw) <= 24 and all([0x20 < byte < 0x7F and byte != 0x5C for byte in raw])
    return raw.decode() if is_plain else ""
