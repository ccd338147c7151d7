"""What happens at a reader, as objects to print. Runs on MicroPython.

Layout: each has "type"; a "reason" is one word, and "meaning" says what that is to whoever stands at the door.
"""

from binascii import hexlify

from firmware.wire.osdp_identity import identity
from firmware.wire.wiegand_cards import decode

_MEANINGS = {
    "bad_mac": "eight replies in a minute had a wrong MAC: a very bad line, or somebody who forges",
    "challenge": "it does not want Secure Channel at the moment",
    "cryptogram": "it has another key, or lost its own, or is somebody else",
    "default_key": "it has no key of its own: pair it",
    "forged": "encrypted it says something else of itself than in plain: somebody may sit on the line",
    "identity": "this is another reader than the key file knows: pair it, into a new key file",
    "keyed": "it has a key already: set it back to its default key first",
    "lost": "the session was lost while it was said, twice",
    "malformed": "what it says is no OSDP",
    "no_answer": "nobody answers: look at its power, the wires A and B, address and baud rate",
    "no_encryption": "it says that it cannot do Secure Channel",
    "no_key": "without a key nobody speaks to it",
    "no_proof": "the key was sent, and the reader has not proved that it took it: keep the key file, and try it",
    "noise": "what comes is no OSDP: look at the baud rate, the wires A and B, and other readers of this address",
    "not_kept": "the new key cannot be kept, and so the reader was not given it",
    "offline": "the reader is not there",
    "old_key": "the reader has the key from before",
    "plain": "not without Secure Channel",
    "reply": "it answers something else",
    "rmac": "it does not take our proof of the key",
    "silence": "nothing was heard of it for 8 seconds",
    "stopped": "this program was ended before a reader came",
    "timeout": "no reader without a key came: set it back to its default key, and try again",
    "too_long": "this reader does not take so much at once",
}
_NAKS = {
    1: "the question came damaged",
    2: "wrong length",
    3: "it does not know this command, or has no such part",
    4: "wrong sequence number",
    5: "no Secure Channel",
    6: "needs Secure Channel",
    9: "it cannot do this",
}
_CAPABILITIES = (
    "", "inputs", "outputs", "cards", "leds", "buzzer", "texts", "clock", "crc", "secure", "rx_bytes", "combined_bytes",
    "smart_cards", "readers", "biometrics", "secure_pin", "version",
)  # fmt: skip
_STATES = {"inputs": "input", "outputs": "output", "readers": "reader"}


def report(event: tuple, formats: list) -> dict:
    """Return an event of osdp_cp as an object."""
    kind = event[0]
    if kind == "card":
        return _card(event[1], event[2], formats)
    if kind in _STATES:
        return {"type": _STATES[kind], "states": list(event[1])}
    if kind == "online":
        return {"type": kind, "secure": event[1]}
    if kind == "keys":
        return {"type": kind, "keys": event[1], "reader": event[2]}
    if kind == "tamper":
        return {"type": kind, "on": event[1]}
    if kind == "power":
        return {"type": kind, "fails": event[1]}
    assert kind == "mfg"
    return {"type": kind, "vendor": as_hex(event[1]), "data": as_hex(event[2])}


def because(kind: str, reason, **more) -> dict:
    """Return an object of something that is not as it should be. reason: a word, or the reason of a NAK."""
    is_nak = isinstance(reason, int)
    made = {"type": kind, "reason": "nak_%d" % reason if is_nak else reason}
    meaning = _NAKS.get(reason) if is_nak else _MEANINGS.get(reason)
    if meaning:
        made["meaning"] = meaning
    made.update(more)
    return made


def who(data: bytes, is_proved: bool) -> dict:
    """Return what a reader says it is."""
    said = identity(data)
    made = {"type": "id", "vendor": as_hex(said["vendor"]), "model": said["model"], "version": said["version"]}
    made.update({"serial": said["serial"], "firmware": "%d.%d.%d" % said["firmware"], "proved": is_proved})
    return made


def capabilities(data: bytes) -> dict:
    """Return what a reader says it can do: {name: [compliance, number]}."""
    found = {}
    for at in range(0, len(data), 3):
        function = data[at]
        name = _CAPABILITIES[function] if 0 < function < len(_CAPABILITIES) else "function_%d" % function
        found[name] = [data[at + 1], data[at + 2]]
    return {"type": "capabilities", "functions": found}


def as_hex(data) -> str:
    return hexlify(data).decode()


def _card(bits: str, head: int, formats: list) -> dict:
    """data: the bits from the left of the first byte, as readers send them."""
    filled = bits + "0" * (-len(bits) % 8)
    data = bytes([int(filled[at : at + 8], 2) for at in range(0, len(filled), 8)])
    made = {"type": "card", "bits": len(bits), "data": as_hex(data), "reader": head}
    credential = decode(bits, formats)
    if credential:
        made["credential"] = credential
    return made
