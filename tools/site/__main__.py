"""The site compiler: check a site file, print its schema, compile it into parts.

Faults go to standard error and end with status 2, warnings go there, too, and end with 0.
"""

import json
import sys
from pathlib import Path

import click

from firmware.wire.part_pages import settings_pages
from tools.site.check import load
from tools.site.compiler.release import Release, release
from tools.site.errors import Fault, SiteError
from tools.site.model import Site
from tools.site.schema import schema as json_schema

_BROKEN = 2


@click.group(help="Check and compile site files.")
def cli() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")


@cli.command()
@click.argument("file", type=Path)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Check a site file and name everything that is wrong with it."""
    try:
        site = load(file)
    except SiteError as error:
        if as_json:
            _print_json(file, error.faults)
        _end(error, quietly=as_json)
    if as_json:
        _print_json(file, site.warnings)
    else:
        _warn(file, site)
        click.echo(f"{file}: {_summary(site)}")


@cli.command()
def schema() -> None:
    """Print the JSON Schema of site files, for editors."""
    click.echo(json.dumps(json_schema(), indent=1))


@cli.command(name="compile")
@click.argument("file", type=Path)
@click.option("--out", required=True, type=Path, help="The folder for the parts; earlier parts in it are replaced.")
@click.option("--new-site", is_flag=True, help="The site was never compiled before: begin its ledger and its keys.")
@click.option("--new-keys", is_flag=True, help="Draw all keys anew; every board and every operator needs theirs.")
def compile_(file: Path, out: Path, new_site: bool, new_keys: bool) -> None:
    """Compile a site file into one part per controller."""
    try:
        made = release(file, out, new_site, new_keys)
    except SiteError as error:
        _end(error)
    except OSError as error:
        click.echo(
            f"{error.filename or out}: cannot be written: {error.strerror or error}. Nothing was compiled.", err=True
        )
        sys.exit(_BROKEN)
    _warn(file, made.site)
    _print_release(made, out)


def _print_release(made: Release, out: Path) -> None:
    change = "" if made.is_new else " (nothing changed)"
    click.echo(f"{made.site.site}: version {made.version}{change} in {out}")
    for name, part in made.parts.items():
        doors, areas = len(part.settings["doors"]), len(part.settings["areas"])
        pages = [*settings_pages(part.settings), *(page for table in part.tables.values() for page in table)]
        click.echo(f"  {name}: {doors} doors, {areas} areas, {len(pages)} pages, {sum(map(len, pages))} bytes")


def _summary(site: Site) -> str:
    kinds = ("controllers", "doors", "readers", "areas", "groups", "users")
    return "good, " + ", ".join(f"{len(getattr(site, kind))} {kind}" for kind in kinds)


def _print_json(file: Path, faults: list[Fault]) -> None:
    rows = {True: [], False: []}
    for fault in faults:
        rows[fault.is_warning].append({"key": fault.key, "message": fault.message, "remedy": fault.remedy})
    result = {"file": str(file), "good": not rows[False], "errors": rows[False], "warnings": rows[True]}
    click.echo(json.dumps(result, indent=1))


def _warn(file: Path, site: Site) -> None:
    for fault in site.warnings:
        click.echo("warning: " + fault.line(str(file)), err=True)


def _end(error: SiteError, quietly: bool = False) -> None:
    if not quietly:
        click.echo(str(error), err=True)
    sys.exit(_BROKEN)


if __name__ == "__main__":
    cli(prog_name="python -m tools.site")
