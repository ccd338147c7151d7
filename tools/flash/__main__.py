"""The command line: flash MicroPython onto a board."""

import sys
from pathlib import Path

import click

from tools.deploy.problem import Problem
from tools.flash import flashing, image, tables
from tools.flash.loader import Loader
from tools.site import profiles

_BROKEN = 2
_NO_ROM = (
    "this MicroPython has no ROM file system, so all code takes heap: enough for a board with PSRAM, and for no other. Those for "
    "download are built so; one built with MICROPY_VFS_ROM (1) in its mpconfigboard.h runs code in place"
)


@click.command(help="Write a MicroPython that you have downloaded onto a board, with a partition table of ours.")
@click.option("--port", required=True, help="The serial port, such as /dev/ttyUSB0.")
@click.option("--image", "path", required=True, type=Path, help="The .bin of MicroPython's download page for this chip.")
@click.option("--board", help="The board's name as in site files: then its chip is checked as well.")
@click.option("--erase", is_flag=True, help="Erase all of the flash first, whatever is there.")
@click.option("--baud", default=460800, show_default=True)
@click.option("--esptool", multiple=True, help="An option for esptool.")
def cli(port: str, path: Path, board: str | None, erase: bool, baud: int, esptool: tuple) -> None:
    try:
        found = image.read(path)
        _check_board(board, found)
        _flash(Loader(port, baud, esptool), found, erase)
    except Problem as problem:
        click.echo(f"flash: {problem}.", err=True)
        sys.exit(_BROKEN)
    click.echo(f"{port}: MicroPython {found.version} is on the board. `make deploy` brings the firmware")
    if not found.has_rom:
        click.echo(f"flash: {_NO_ROM}.")


def _check_board(name: str | None, found: image.Image) -> None:
    """Raises: Problem."""
    if name is None:
        return
    if not profiles.is_real(name):
        raise Problem(f"there is no board {name}, only {', '.join(profiles.REAL)}")
    chip = profiles.profile(name).CHIP
    if chip != found.chip:
        raise Problem(f"the image is for {found.chip}, and {name} has {chip}")


def _flash(loader: Loader, found: image.Image, may_erase: bool) -> None:
    chip = loader.chip()
    there = loader.read(tables.AT, tables.BYTES)
    try:
        made = flashing.plan(found, chip, there, may_erase)
    except Problem as problem:
        raise Problem(f"{loader.port}: {problem}. Nothing was changed") from problem
    click.echo(f"{loader.port}: {chip.name} with {chip.flash_bytes // tables.MB} MB of flash" + (", erased first" if made.is_erased else ", files, log and keys stay"))
    for row in made.table:
        click.echo(f"  {row.label:9} {row.at:#9x} {row.size // 1024:6,} kB")
    loader.write(chip, made.parts, made.is_erased)


if __name__ == "__main__":
    cli(prog_name="flash")
