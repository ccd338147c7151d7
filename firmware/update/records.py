"""What a board has written down of its releases, in files beside their folders."""

import json

from firmware.const import const

NEWEST = "newest"  # in the folder `update`: JSON [version of the newest manifest that was tried, its release]
_BYTES_MAX = const(1024)


def newest(files) -> int:
    """Return the version of the newest manifest that was tried, or 0."""
    try:
        return int(json.loads(files.read(NEWEST, 0, _BYTES_MAX).decode())[0])
    except (ValueError, TypeError, IndexError, KeyError):
        return 0


def told(tree, name: str) -> dict:
    """Return what a file at the root says; nothing where that cannot be read."""
    try:
        found = json.loads(tree.read(name, 0, _BYTES_MAX).decode())
        return found if isinstance(found, dict) else {}
    except ValueError:
        return {}


def replace(tree, name: str, fields: dict) -> bool:
    """Write such a file, as a whole. False: there is no room."""
    new = name + ".new"
    if not tree.write(new, [json.dumps(fields).encode()]):
        return False
    tree.rename(new, name)
    return True
