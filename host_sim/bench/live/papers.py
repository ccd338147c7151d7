"""What a person needs to meet a live site from a terminal: its site file, its keys, and the lines to type."""

import json
import os
import shlex
import sys
from pathlib import Path

from firmware.wire import topics
from tools.site.compiler import disk, keys
from tools.site.model import Site

_OWNER_ONLY = 0o600


def write(folder: Path, source: dict, site: Site, secrets: keys.Keys, url: str) -> Path:
    """Write the site file, with the address of its broker in it, and the keys beside it. Returns the site file.

    `source`: what the site was made of, as plain data.
    """
    file = folder / f"{site.site}.json"
    data = source | {"broker": url, "consoles": site.consoles}
    disk.replace(file, json.dumps(data, ensure_ascii=False, indent=1), _OWNER_ONLY)
    keys.write(keys.beside(file, site), secrets)
    return file


def commands(file: Path, site: Site, broker: dict) -> tuple[tuple[str, str], ...]:
    """Return (what it is good for, the line). `broker`: settings of an MqttLink."""
    hear = ["mosquitto_sub", "-h", broker["host"], "-p", str(broker["port"])]
    hear += ["-u", broker["user"], "-P", "PASSWORD"] if broker["user"] else []
    ask = [_python(), "-m", "tools.backstop", "--site", str(file)]
    ask += ["--operator", next(iter(site.operators))] if site.operators else []
    return (("Hear all of it", shlex.join([*hear, "-t", topics.root(site.site) + "#", "-v"])),
            ("Ask and order", shlex.join([*ask, "status"])))


def _python() -> str:
    """Return the interpreter as it is written from the folder that people work in."""
    path = os.path.relpath(sys.executable)
    return sys.executable if path.startswith("..") else path
