"""Start the controller on a board. Whatever ends it, outputs are safe afterwards, and the board starts again.

Layout of installed.json, which `make deploy` writes: {"tree": folder of the firmware, "own": folder of this controller's
    configuration, "board": name of its file in firmware/boards}. Without it the firmware is where MicroPython finds it.
"""

import json
import sys

INSTALLED = "/installed.json"
_HELD_MS = 300_000  # a board stopped by hand works again, even if whoever stopped it has left
_PAUSE_MS = 3000  # before the next start after a crash: then Ctrl-C reaches a board that never gets anywhere


def is_board() -> bool:
    """MicroPython also runs on a PC, where `sys.platform` is that of the PC."""
    return sys.implementation.name == "micropython" and sys.platform not in ("linux", "darwin", "win32")


def read_installed(path: str) -> dict:
    """Return what is installed; nothing where that cannot be read."""
    try:
        with open(path) as file:
            found = json.load(file)
        return found if isinstance(found, dict) and isinstance(found.get("tree"), str) else {}
    except (OSError, ValueError) as error:
        print("main.py:", path, "cannot be read:", repr(error))
        return {}


def work(machine, make_safe, sleep_ms, path: str = INSTALLED) -> str:
    """Run the firmware to its end. Returns what is to happen now: "restart", "hold" (by hand) or "stay" (nothing to run)."""
    next_step = "restart"
    try:
        installed = read_installed(path)
        if installed:
            sys.path.insert(0, "/" + installed["tree"])
        from firmware import start

        next_step = "restart" if start.run(machine, installed) else "stay"
    except KeyboardInterrupt:
        next_step = "hold"
    except Exception as error:  # a tree that is broken in any way; app.py sees to a firmware that fails
        _print_exception(error)
        _drive_safe(machine, make_safe)
        next_step = _paused(sleep_ms)
    finally:
        _drive_safe(machine, make_safe)
    return next_step


def _drive_safe(machine, make_safe) -> None:
    for fault in make_safe(machine):
        print("main.py: NOT SAFE:", fault)


def _paused(sleep_ms) -> str:
    try:
        sleep_ms(_PAUSE_MS)
    except KeyboardInterrupt:
        return "hold"
    return "restart"


def _print_exception(error) -> None:
    if hasattr(sys, "print_exception"):
        sys.print_exception(error)
    else:
        print(repr(error))


def run_board() -> None:
    """Live one life of a board."""
    import machine
    import time

    from boot import make_safe

    next_step = work(machine, make_safe, time.sleep_ms)
    if next_step == "restart":
        machine.reset()
    print("main.py: stopped; every output is in its safe state")
    if next_step == "hold":
        print("main.py: it starts again in %d s; machine.reset() does so at once" % (_HELD_MS // 1000))
        machine.WDT(timeout=_HELD_MS)


def main() -> int:
    if is_board():
        run_board()
        return 0
    print("main.py runs on a board; on a PC, `make sim` runs the simulator.")
    return 2


# Leaving a board's main.py by SystemExit would restart it for ever.
if __name__ == "__main__" and main():
    sys.exit(2)
