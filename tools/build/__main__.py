"""The build's command line: build, sizes, package.json."""

import sys
from pathlib import Path

import click

from tools.build import manifest, package, rom, sizes
from tools.build.compiling import TREE, BuildError, build, sources

_BROKEN = 2
_OUT = Path("build/board")
_out = click.option("--out", default=_OUT, type=Path, show_default=True, help="The folder of the build.")


@click.group(help="The firmware as boards run it.")
def cli() -> None: ...


@cli.command("make")
@_out
def make(out: Path) -> None:
    """Compile the firmware and write its manifest."""
    try:
        with click.progressbar(length=len(sources()), label="mpy-cross") as bar:
            made = build(out, is_done=lambda path: bar.update(1))
    except (BuildError, OSError) as error:
        click.echo(f"build: {error}", err=True)
        sys.exit(_BROKEN)
    total = sum(file.size for file in made.files.values())
    click.echo(f"{out}: version {made.version}, {len(made.files)} files, {total:,} bytes")


@cli.command()
@_out
def size(out: Path) -> None:
    """Print what the build takes of a board's flash."""
    try:
        made = manifest.read(out)
    except (OSError, ValueError) as error:
        click.echo(f"size: {error}", err=True)
        sys.exit(_BROKEN)
    rows = sizes.parts(made)
    rows["all"] = sizes.Size(*(sum(column) for column in zip(*rows.values(), strict=True)))
    click.echo(f"{'':22}{'files':>6}{'bytes':>10}{'in blocks':>11}")
    for name, row in rows.items():
        click.echo(f"{name:22}{row.files:6}{row.bytes:10,}{row.on_flash:11,}")
    image, packed = len(rom.image(out / TREE)), made.files[rom.FILE].size
    click.echo(f"as an image to run in place: {image:,} bytes, compressed {packed:,} ({sizes.on_flash(packed):,} in blocks)")


@cli.command("package")
def package_() -> None:
    """Write package.json, after a module came or went."""
    package.FILE.write_text(package.text())


if __name__ == "__main__":
    cli(prog_name="build")
