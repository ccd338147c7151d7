"""Write a complete mosquitto configuration for a site.

A later run keeps every secret, and adds and removes identities as the site file says. Faults end with status 2, and then
nothing was written.
"""

import datetime
import sys
from pathlib import Path

import click

from tools.broker import store
from tools.broker.identities import identities
from tools.broker.make import Maker
from tools.broker.options import FILE, options
from tools.site.check import load
from tools.site.errors import SiteError

_BROKEN = 2
_PORT = click.IntRange(1, 65535)


@click.command(help=__doc__)
@click.argument("file", type=Path)
@click.option("--out", required=True, type=Path, help="The folder to write to, or of an earlier run.")
@click.option("--host", help="The broker's name or address. Default: of the site file's `broker`, or localhost.")
@click.option("--also", multiple=True, metavar="HOST", help="Another node of the same, clustered broker; \"\" for none.")
@click.option("--at", help="The folder on the broker's machine in which its files will be. Default: where they are written.")
@click.option("--bind", help="The one address to listen on. Default: all.")
@click.option("--psk-port", type=_PORT, help="For controllers. Default: 8883.")
@click.option("--certificate-port", type=_PORT, help="For consoles. Default: 8884.")
@click.option("--password-port", type=_PORT, help="For the viewer, and consoles without certificate. Default: 8885.")
@click.option("--plain-port", type=click.IntRange(0, 65535), help="Without TLS, on the loopback only. Default: 0, none.")
@click.option("--days", type=click.IntRange(60, 7300), help="How long new certificates hold. Default: 825.")
@click.option("--renew", multiple=True, metavar="NAME", help="Give this identity new secrets; the old ones open nothing.")
def cli(file: Path, out: Path, renew: tuple, **given) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        old, new = _run(file, out, renew, given)
    except SiteError as error:
        _end(str(error))
    except OSError as error:
        _end(f"{error.filename or out}: cannot be used: {error.strerror or error}. Nothing was written.")
    _print(out, old, new, set(renew))


def _run(file: Path, out: Path, renew: tuple, given: dict) -> tuple[dict, dict]:
    """(the files before, the files after)."""
    site = load(file)
    old = store.read(out)
    asked = options(site, out, old.get(FILE), given)
    new = Maker(out, old, asked, datetime.datetime.now(datetime.UTC)).make(identities(site, str(file)), renew)
    store.write(out, old, new)
    return old, new


def _print(out: Path, old: dict, new: dict, renewed: set) -> None:
    before, after = store.names(old), store.names(new)
    kinds = {"new": after - before, "removed": before - after, "with new secrets": renewed & before}
    certified = {path.split("/")[-2] for path in new if path.endswith(".crt") and path in old and old[path] != new[path]}
    kinds["with a new certificate"] = certified - renewed
    changes = "; ".join(f"{kind}: {', '.join(sorted(names))}" for kind, names in kinds.items() if names)
    click.echo(f"{out}: {len(after)} identities" + (f"; {changes}" if changes else ""))
    if any(path.startswith("broker/") and old.get(path) != content for path, content in new.items()):
        click.echo(f"Give the broker's machine the folder {out / 'broker'} and restart mosquitto there.")


def _end(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(_BROKEN)


if __name__ == "__main__":
    cli(prog_name="python -m tools.broker")
