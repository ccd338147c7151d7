"""package.json: what `mpremote mip install --target / package.json` copies to a board, from sources."""

import json
from pathlib import Path

from firmware import VERSION
from tools.build.compiling import ROOT, SCRIPTS, sources

FILE = ROOT / "package.json"


def text(root: Path = ROOT) -> str:
    paths = [*SCRIPTS, *(path.as_posix() for path in sources(root))]
    rows = ",\n".join("  " + json.dumps([path, path]) for path in paths)
    return f'{{"version": {json.dumps(VERSION)}, "deps": [], "urls": [\n{rows}\n]}}\n'
