"""Put a real MicroPython of 1.25 or later into a folder: `micropython.py 64|32 DIR` makes DIR/micropython.

For 64 bits the one on PATH is taken if it is new enough. Else the signed packages of a Debian or Ubuntu release that has
it are unpacked under DIR, from the mirror this machine's apt already uses. Needs no root; the system stays as it is.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VERSION_MIN = (1, 25)
# Releases with a MicroPython that is new enough, the preferred one first.
RELEASES = {("debian", 64): ("trixie",), ("debian", 32): ("forky", "trixie"), ("ubuntu", 64): ("resolute",)}
COMPONENTS = {"debian": "main", "ubuntu": "main universe"}
HALF = {"amd64": "i386", "arm64": "armhf"}
APT_CONF = """
Dir "{apt}"; Dir::Etc "{apt}"; Dir::State::status "{apt}/status"; Dir::Cache "{apt}/cache"; Dir::State "{apt}/state";
APT::Architecture "{arch}"; APT::Architectures {{ "{arch}"; }}; APT::Sandbox::User ""; Debug::NoLocking "true";
Acquire::Languages "none"; Acquire::Check-Valid-Until "false"; Acquire::Retries "2"; Acquire::http::Timeout "20"; APT::Install-Recommends "false";
"""
WRAPPER = """#!/bin/sh
here=${{0%/*}}/root
exec "$here/{loader}" --library-path "$here/{libraries}" "$here/usr/bin/micropython" "$@"
"""


class Missing(Exception):
    """Why there is no MicroPython, in words for the person at the terminal."""


def version(path) -> tuple:
    """(major, minor), or () where `path` does not run."""
    code = "import sys; print(sys.implementation[1][0], sys.implementation[1][1])"
    try:
        return tuple(map(int, subprocess.run([path, "-c", code], capture_output=True, text=True).stdout.split()))
    except (OSError, ValueError):
        return ()


def apt_sources() -> str:
    """The text of all of this machine's apt sources, in the old form and the new."""
    lists = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    return "\n".join(file.read_text() for file in lists if file.is_file())


def mirrors(sources: str) -> list[tuple[str, str]]:
    """(distribution, address) of each mirror in apt sources, Debian's before Ubuntu's."""
    used = "\n".join(line for line in sources.splitlines() if not line.lstrip().startswith("#"))
    return sorted({(name, address) for address, name in re.findall(r"(https?://\S+/(debian|ubuntu))/?(?=\s|$)", used)})


def architecture(bits: int) -> str:
    """Debian's name for this machine's architecture, or for its 32-bit half."""
    own = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
    if bits == 32 and own not in HALF:
        raise Missing(f"no 32-bit packages run on {own}")
    return HALF[own] if bits == 32 else own


def download(apt: Path, source: str, arch: str) -> list[Path]:
    """The packages of MicroPython and all it needs, by an apt that knows only `source` and has nothing installed."""
    for folder in ("state/lists/partial", "cache/archives/partial", "apt.conf.d", "preferences.d"):
        (apt / folder).mkdir(parents=True)
    (apt / "status").touch()
    (apt / "sources.list").write_text(source)
    (apt / "apt.conf").write_text(APT_CONF.format(apt=apt, arch=arch))
    for command in (["update"], ["install", "--download-only", "-y", "micropython"]):
        run = subprocess.run(["apt-get", "-qq", *command], env={**os.environ, "APT_CONFIG": str(apt / "apt.conf")},
                             capture_output=True, text=True)
        if run.returncode:
            raise Missing((run.stderr.strip() or "apt-get failed").splitlines()[0])
    return sorted((apt / "cache/archives").glob("*.deb"))


def unpack(packages: list[Path], dest: Path) -> None:
    """Lay the packages out under dest/root, with a wrapper that uses their own loader and libraries."""
    root = dest / "root"
    shutil.rmtree(root, ignore_errors=True)
    for package in packages:
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    loader = next(path for path in sorted(root.glob("usr/lib*/**/ld-linux*.so.*")))
    libraries = next(root.glob("usr/lib/*/libffi.so.8")).parent
    (dest / "micropython").write_text(WRAPPER.format(loader=loader.relative_to(root), libraries=libraries.relative_to(root)))
    (dest / "micropython").chmod(0o755)


def fetch(bits: int, dest: Path) -> None:
    """Try each mirror and release in turn."""
    if not shutil.which("apt-get"):
        raise Missing("this machine has no apt")
    faults = []
    for name, mirror in mirrors(apt_sources()):
        keys = f"/usr/share/keyrings/{name}-archive-keyring.gpg"
        for release in RELEASES.get((name, bits), ()):
            source = f"deb [signed-by={keys}] {mirror} {release} {COMPONENTS[name]}\n"
            try:
                with tempfile.TemporaryDirectory(dir=dest) as apt:
                    unpack(download(Path(apt), source, architecture(bits)), dest)
                return
            except Missing as fault:
                faults.append(f"{name} {release}: {fault}")
    raise Missing("; ".join(faults) or f"none of its apt's mirrors has a {bits}-bit one")


def provide(bits: int, dest: Path) -> None:
    """Point to the MicroPython of PATH, or fetch one, and see it run."""
    dest.mkdir(parents=True, exist_ok=True)
    target = dest / "micropython"
    on_path = shutil.which("micropython") if bits == 64 else None
    target.unlink(missing_ok=True)
    if on_path and version(on_path) >= VERSION_MIN:
        target.write_text(f'#!/bin/sh\nexec "{on_path}" "$@"\n')
        target.chmod(0o755)
    else:
        fetch(bits, dest.resolve())
    if version(target) < VERSION_MIN:
        target.unlink()
        raise Missing("what was unpacked does not run on this machine")


if __name__ == "__main__":
    bits, dest = int(sys.argv[1]), Path(sys.argv[2])
    try:
        provide(bits, dest)
        print(f"setup: MicroPython {'.'.join(map(str, version(dest / 'micropython')))}, {bits} bit")
    except Missing as fault:
        sys.exit(f"setup: NOTICE: no {bits}-bit MicroPython, so its half of the tests is left out: {fault}. "
                 "A `micropython` of 1.25 or later on PATH serves for 64 bits.")
