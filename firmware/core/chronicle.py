"""What a controller learns from events, its own and others': one way in, at boot and later alike."""

from binascii import crc32

from firmware.const import const
from firmware.core import events
from firmware.core.digested import Digested
from firmware.core.site_state import retired_name

# Commands that are answered with their event, the newest 20, a page. A console repeats one for a minute at most.
_COMMAND_PAGES = const(1)
_NAME_BYTES = const(6)
_SEQ_MASK = const(0xFFFFFFFF)


class Chronicle:
    """Folds events into the site's state, the table and what has been reported."""

    def __init__(self, name: str, site, reports, log):
        self._name = name
        self._log = log
        self._site = site
        self._reports = reports
        self._open_grants = set()  # (door, reader, no) granted by us, not known to be entered
        self.commands = Digested(_NAME_BYTES, _COMMAND_PAGES)  # nonce -> stream and seq of the event that it wrote

    def learn(self, event: dict) -> list:
        """Take an event. Returns (area, no) of the standings that may have changed."""
        kind = event["type"]
        if kind in events.REPORTS and "of" in event:
            self._reports.take(event)
        if kind == "access.granted":
            self._site.count_grant(event)
        if event["controller"] == self._name:
            self._keep_open_grants(event)
        if event.get("nonce") is not None:
            self._keep_name(event["nonce"], (event["controller"], event["inc"], event["stream"], event["seq"]))
        return self.fold(event)

    def learn_folded(self, event: dict) -> None:
        """Take an event that the table has already: what it says of our own doors is in no other board's."""
        if event["controller"] == self._name:
            self._keep_open_grants(event)

    def fold(self, event: dict) -> list:
        """Fold an event into the site's state and the table."""
        if event["stream"] == "site":
            return self._fold_site(event)
        return self._site.presence.take(event) if events.is_fact(event) else []

    def event_of(self, nonce: str) -> dict | None:
        """Return the event that a command with this nonce wrote, as far as the logs here know."""
        known = self.commands.get(nonce)
        for key in self._log.keys() if known else ():
            if _digest_of(key) == known[:2]:
                seq = int.from_bytes(known[2:], "big")
                for event in self._log.between(key[0], key[1], key[2], seq, seq):
                    if event.get("nonce") == nonce:
                        return event
        return None

    def knows(self, nonce: str) -> bool:
        """Say whether a command with this nonce had its effect, as far as the logs here know."""
        return self.commands.get(nonce) is not None

    def keep(self) -> dict:
        """Return what was learned and is not in the site's state, as plain values; the commands known are in `commands`."""
        return {"open": [list(grant) for grant in sorted(self._open_grants)]}

    def restore(self, kept: dict) -> None:
        """Take up what `keep` gave."""
        self._open_grants = {tuple(grant) for grant in kept["open"]}
        for nonce in kept.get("nonces", ()):  # as they were kept before there were digests
            self._keep_name(nonce[0], tuple(nonce[1:]))

    def open_grants(self) -> list:
        """Return (door, reader, no) of our grants of which nobody knows whether they were used."""
        return sorted(self._open_grants)

    def _fold_site(self, event: dict) -> list:
        kind, site = event["type"], self._site
        if kind.startswith("lockdown."):
            site.lockdowns.take(event, event["doors"], kind == "lockdown.started")
        elif kind.startswith("controller."):
            site.retired.take(event, [retired_name(event["peer"], event.get("peer_inc"))], kind == "controller.retired")
        else:
            site.emergency.take(event)
            return site.presence.take_emergency_ends(site.emergency.ends())
        return []

    def _keep_open_grants(self, event: dict) -> None:
        kind = event["type"]
        if kind == "access.granted" and event["door"] in self._site.doors:
            self._site.last_grants[event["door"]] = event["at_ms"]
            if self._site.doors[event["door"]].has_sensor:
                self._open_grants.add((event["door"], event["reader"], event["no"]))
        elif kind == "access.entered" or kind == "access.not_used":
            self._open_grants.discard((event["door"], event["reader"], event["no"]))

    def _keep_name(self, nonce: str, name: tuple) -> None:
        self.commands.put(nonce, _digest_of(name[:3]) + (name[3] & _SEQ_MASK).to_bytes(4, "big"))


def _digest_of(key: tuple) -> bytes:
    """Return (controller, inc, stream) in two bytes, which tell most of them apart."""
    return (crc32(("%s %d %s" % key).encode()) & 0xFFFF).to_bytes(2, "big")
