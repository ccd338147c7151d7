"""One life of a board from the flash in a file: `life.py IMAGE` runs boot.py and main.py, and prints as JSON what happened."""

import json
import sys

_HERE = __file__.rpartition("/")[0]
sys.path.insert(0, _HERE)
import raw_repl  # noqa: E402 it lies beside this file

with open(_HERE + "/../../tools/deploy/aboard.py") as _file:
    _aboard = _file.read()


def live():
    """Return what main.py says is to happen next."""
    with open("/main.py") as file:
        names = {"__name__": "main"}
        exec(file.read(), names)
    safe = []
    return names["work"](raw_repl.Machine, lambda machine: safe.append(machine) or [], lambda ms: None), len(safe)


def main():
    raw_repl.mount(sys.argv[1])
    told = {"driven": raw_repl.boot()}
    names = {}
    exec(_aboard, names)
    told["names"] = sorted([name for name, _ in names["names"]("/")])
    if "main.py" in told["names"]:
        told["next"], told["safe"] = live()
        told["installed"] = json.loads(names["read"]("/installed.json") or "{}")
        told["scripts"] = {name: names["sha"]("/" + name) for name in ("boot.py", "main.py", "outputs.json")}
        told["files"] = {name: dict(names["listing"]("/" + name)) for name in told["names"] if name[:3] in ("fw-", "own")}
    print()
    print(json.dumps(told))


main()
