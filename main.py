"""Start the controller on a board. Whatever ends it, outputs are safe afterwards, and the board starts again.

Layout of the files at the root of the flash:
    installed.json  {"tree": folder of the firmware, "own": folder of this controller's configuration, "board": name of its file in
                    firmware/boards}; `make deploy` writes it, or a release that has proved itself. Without it the firmware
                    is where MicroPython finds it
    trial.json      the same of a release to be tried, and "before": the tree that wants it. It is tried once: before it runs it is
                    `tried.json`, so that any end but a proof leads back to what is installed
    failed.txt      what a try ended with
    rom.json        {"tree", "bytes", "sha256"}: what the partition `romfs` holds. A tree may be one file `rom.z`, an image of the
                    compiled firmware that runs in place: it is unpacked into that partition before it runs
"""

import json
import os
import sys

_HELD_MS = 300_000  # a board stopped by hand works again, even if whoever stopped it has left
_PAUSE_MS = 3000  # before the next start after a crash: then Ctrl-C reaches a board that never gets anywhere
_TRIAL_MS = 60_000  # for a release that hangs before it has a watchdog of its own
_BLOCK_BYTES = 4096
_WINDOW_BITS = 12
_REASON_CHARS = 200


def is_board() -> bool:
    """MicroPython also runs on a PC, where `sys.platform` is that of the PC."""
    return sys.implementation.name == "micropython" and sys.platform not in ("linux", "darwin", "win32")


def read_told(path: str) -> dict:
    """Return what a file tells; nothing where it cannot be read, or names no tree."""
    try:
        with open(path) as file:
            found = json.load(file)
        return found if isinstance(found, dict) and isinstance(found.get("tree"), str) else {}
    except (OSError, ValueError) as error:
        print("main.py:", path, "cannot be read:", repr(error))
        return {}


def work(machine, make_safe, sleep_ms, root: str = "") -> str:
    """Run the firmware to its end. Returns what is to happen now: "restart", "hold" (by hand) or "stay" (nothing to run)."""
    next_step, chosen = "restart", {}
    try:
        chosen = choose(root)
        if chosen and _put_in_place(machine, root, chosen["tree"]):
            return "restart"
        _begin(machine, root, chosen)
        from firmware import start

        next_step = "restart" if start.run(machine, chosen) else "stay"
    except KeyboardInterrupt:
        next_step = "hold"
    except Exception as error:  # a tree that is broken in any way; app.py sees to a firmware that fails
        _print_exception(error)
        _drive_safe(machine, make_safe)
        _give_up(root, chosen, error)
        next_step = _paused(sleep_ms)
    finally:
        _drive_safe(machine, make_safe)
    return next_step


# -- what runs -------------------------------------------------------------------------------------


def choose(root: str) -> dict:
    """Return what runs now: what is to be tried, if that is still wanted of the tree that is installed, else what is installed."""
    installed = read_told(root + "/installed.json")
    if not _exists(root + "/trial.json"):
        return installed
    trial = read_told(root + "/trial.json")
    if not installed or trial.get("before") != installed["tree"] or trial.get("own") != installed.get("own"):
        os.remove(root + "/trial.json")  # somebody has installed another one meanwhile
        return installed
    trial["trial"] = True
    return trial


def _begin(machine, root: str, chosen: dict) -> None:
    """Let the chosen tree be where modules are found. One on trial has had its only try from here on."""
    if chosen.get("trial"):
        os.rename(root + "/trial.json", root + "/tried.json")
        machine.WDT(timeout=_TRIAL_MS)
    if chosen:
        is_rom = _exists(root + "/" + chosen["tree"] + "/rom.z")
        sys.path.insert(0, "/rom" if is_rom else root + "/" + chosen["tree"])


def _give_up(root: str, chosen: dict, error) -> None:
    """Say why a try has failed, and try no more what could not even begin."""
    if not chosen.get("trial"):
        return
    try:
        with open(root + "/failed.txt", "w") as file:
            file.write(repr(error)[:_REASON_CHARS])
        if _exists(root + "/trial.json"):
            os.rename(root + "/trial.json", root + "/tried.json")
    except OSError as full:
        print("main.py: why it failed cannot be written:", repr(full))


def _exists(path: str) -> bool:
    try:
        os.stat(path)
        return True
    except OSError:
        return False


# -- an image that runs in place -------------------------------------------------------------------


def _put_in_place(machine, root: str, tree: str) -> bool:
    """See that the partition holds the image of a tree, if it has one. Returns whether it was written: then a start mounts it.

    Raises: OSError, where there is no such partition, or it does not keep what is written.
    """
    image, record = root + "/" + tree + "/rom.z", root + "/rom.json"
    if not _exists(image):
        return False
    from binascii import hexlify

    import esp32

    (partition,) = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="romfs") or (None,)
    if partition is None:
        raise OSError(19)
    told = read_told(record) if _exists(record) else {}
    if told.get("tree") == tree and told.get("sha256") == hexlify(_hashed(partition, told.get("bytes", 0))).decode():
        return False
    if told:
        os.remove(record)
    size, wanted = _unpack(machine.WDT(timeout=_TRIAL_MS), partition, image)
    if _hashed(partition, size) != wanted:
        raise OSError(5)
    with open(record, "w") as file:
        json.dump({"tree": tree, "bytes": size, "sha256": hexlify(wanted).decode()}, file)
    return True


def _unpack(dog, partition, image: str) -> tuple:
    """Write the image into the partition. Returns (bytes, SHA-256)."""
    from deflate import ZLIB, DeflateIO
    from hashlib import sha256

    total, size, block = sha256(), 0, bytearray(_BLOCK_BYTES)
    with open(image, "rb") as file:
        unpacked = DeflateIO(file, ZLIB, _WINDOW_BITS)
        while True:
            count = _fill(unpacked, block)
            if not count:
                return (size, total.digest())
            total.update(memoryview(block)[:count])
            partition.writeblocks(size // _BLOCK_BYTES, block)  # it erases the block before
            size += count
            dog.feed()


def _fill(file, block: bytearray) -> int:
    """Read a whole block, or what is left of the file."""
    view, count = memoryview(block), 0
    while count < len(block):
        got = file.readinto(view[count:])
        if not got:
            break
        count += got
    return count


def _hashed(partition, size: int) -> bytes:
    """Return the SHA-256 of what the partition holds at its beginning."""
    from hashlib import sha256

    total, block = sha256(), bytearray(_BLOCK_BYTES)
    for at in range(0, size, _BLOCK_BYTES):
        partition.readblocks(at // _BLOCK_BYTES, block)
        total.update(memoryview(block)[: min(_BLOCK_BYTES, size - at)])
    return total.digest()


# -- the end ---------------------------------------------------------------------------------------


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
