"""A site's own mosquitto, configured by tools.broker, and its clients."""

import json
import os
import secrets
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

from tests.broker.client import Client, password, tls, with_psk
from tests.programs import find, free_ports, running
from tests.tools.sites import changed
from tools.broker import passwords
from tools.broker.__main__ import cli
from tools.broker.clients import settings

ROOT = "backstop/v1/demo/"
# Two controllers share the office; the vault hangs on c1 alone, the gate and the strobe on c2.
SITE = changed(
    ("areas", "office", "entrances", ["lobby_in", "gate_in"]),
    ("home_assistant", True),
    ("operators", {"ada": {"role": "site_admin"}, "max": {"role": "site_manager"}, "vic": {"role": "viewer"}}),
)
# No identity of a site may read everything; tests need somebody who does, and somebody who may do nothing.
WITNESS, STRANGER = "witness", "stranger"


class Live:
    """One running mosquitto of the site. out: the folder that tools.broker wrote."""

    def __init__(self, folder: Path):
        self.folder, self.out = folder, folder / "a broker"
        self.file = folder / "site.json"
        self.ports = dict(zip(("psk", "certificate", "password", "plain"), free_ports(4), strict=True))
        self.word = secrets.token_hex(16)
        self.file.write_text(json.dumps(SITE))

    def configure(self, *more: str) -> None:
        """Run the tool as a person does, and let the witness in."""
        ports = [text for kind, port in self.ports.items() for text in (f"--{kind}-port", str(port))]
        run = CliRunner().invoke(cli, [str(self.file), "--out", str(self.out), "--bind", "127.0.0.1", *ports, *more])
        assert run.exit_code == 0, run.output
        self._add("acl", f"\nuser {WITNESS}\ntopic readwrite #\n")
        for name in (WITNESS, STRANGER):
            self._add("passwords_plain", passwords.line(name, self.word, bytes(12)) + "\n")

    @contextmanager
    def mosquitto(self):
        """Run it; the log goes on from run to run."""
        if os.geteuid() == 0:
            # As root mosquitto becomes another user, who may read none of this.
            self._add("mosquitto.conf", "\nuser root\n")
        command = [find("mosquitto"), "-c", str(self.out / "broker/mosquitto.conf")]
        with running(command, self.ports.values(), self.folder / "log") as process:
            yield process

    def client(self, name: str, **more) -> Client:
        """An identity by its own way in: a key, a certificate or a password."""
        found = settings(self.out, name)
        if "psk_key" in found["tls"]:
            tls_ = found["tls"]
            return with_psk(find("openssl"), self.ports["psk"], tls_["psk_identity"], tls_["psk_key"], **more)
        ways = [tls(**found["tls"])]
        if "cert" not in found["tls"]:
            ways.append(password(found["user"], found["password"]))
        return Client(found["port"], *ways, **more)

    def witness(self, **more) -> Client:
        return Client(self.ports["plain"], password(WITNESS, self.word), **more)

    def stranger(self) -> Client:
        return Client(self.ports["plain"], password(STRANGER, self.word))

    def log(self) -> str:
        """What mosquitto said so far."""
        return (self.folder / "log").read_text()

    def _add(self, name: str, text: str) -> None:
        with (self.out / "broker" / name).open("a") as file:
            file.write(text)
