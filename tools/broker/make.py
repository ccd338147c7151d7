"""All files of a broker's folder, from a site, what was asked, and the files there are. Nothing is read or written here."""

import datetime
import json
from collections.abc import Collection
from pathlib import Path

from tools.broker import conf, passwords
from tools.broker.clients import SETTINGS, mqtt_settings
from tools.broker.identities import Identity
from tools.broker.keys import CA, CRL, Keys
from tools.broker.options import FILE, Options, folder
from tools.site.errors import Fault, SiteError, shown


class Maker:
    """One run. old: {path: content} of the files there are; made: of those there will be."""

    def __init__(self, out: Path, old: dict[str, bytes], asked: Options, now: datetime.datetime):
        self.out, self.old, self.asked = out, old, asked
        self.keys = Keys(out, old, now)
        self.made = {FILE: (asked.model_dump_json(indent=1) + "\n").encode()}

    def make(self, known: list[Identity], renewed: Collection[str] = ()) -> dict[str, bytes]:
        """The files for these identities; those renewed get new secrets. Raises: SiteError."""
        _check_renewed(renewed, known)
        self.made |= self.keys.begin(self.asked.site, FILE not in self.old)
        settings = {identity.name: self._client(identity, identity.name in renewed) for identity in known}
        self._broker(known)
        self._secrets(settings)
        return self.made

    def _client(self, identity: Identity, is_renewed: bool) -> dict:
        place = f"clients/{identity.name}"
        path = f"{place}/{SETTINGS}"
        found = mqtt_settings(identity, self.asked, None if is_renewed else self.old.get(path), str(self.out / path))
        self.made[path] = (json.dumps(found, indent=1) + "\n").encode()
        if identity.kind != "controller":
            self.made[f"{place}/ca.crt"] = self.made[CA]
        if identity.kind == "console":
            self.made |= self.keys.pair(f"{place}/client", identity.name, self.asked.days, is_renewed=is_renewed)
        return found

    def _broker(self, known: list[Identity]) -> None:
        hosts = {self.asked.host, *self.asked.also, "localhost", "127.0.0.1"}
        self.made |= self.keys.pair("broker/server", self.asked.host, self.asked.days, hosts)
        self.made["broker/ca.crt"] = self.made[CA]
        self.made[CRL] = self.keys.revoked(self.made)
        self.made["broker/mosquitto.conf"] = conf.mosquitto_conf(self.asked, folder(self.asked, self.out)).encode()
        self.made["broker/acl"] = conf.acl(known).encode()

    def _secrets(self, settings: dict[str, dict]) -> None:
        """Keys and passwords, each for its listener alone: a board's password opens nothing but a trial's listener."""
        keys = {name: found["tls"]["psk_key"] for name, found in settings.items() if "psk_key" in found["tls"]}
        self.made["broker/psk"] = "".join(f"{name}:{key}\n" for name, key in keys.items()).encode()
        words = {name: found["password"] for name, found in settings.items()}
        self._passwords("broker/passwords", {name: words[name] for name in words if name not in keys})
        if self.asked.plain_port:
            self._passwords("broker/passwords_plain", words)

    def _passwords(self, path: str, words: dict[str, str]) -> None:
        self.made[path] = passwords.file(words, self.old.get(path, b""))


def _check_renewed(renewed: Collection[str], known: list[Identity]) -> None:
    strange = sorted(set(renewed) - {identity.name for identity in known})
    if strange:
        faults = [Fault("", f"there is no identity {shown(name)}", "Name one of the site") for name in strange]
        raise SiteError("--renew", faults)
