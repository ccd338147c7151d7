"""Runs on the board, sent there before anything else. MicroPython; what it prints is a Python value for the other side."""

import binascii
import gc
import hashlib
import os
import sys

_BLOCK = 512
_FOLDER = 0x4000


def arm(seconds):
    """A board whose cable is pulled works again after this long, even if nothing had started its watchdog."""
    try:
        import machine

        machine.WDT(timeout=seconds * 1000)
    except (ImportError, AttributeError):
        pass  # a MicroPython without a watchdog


def facts():
    """(version, .mpy version, chip and board, free bytes, bytes of a block, bytes for an image that runs in place, of free heap)"""
    told = sys.implementation
    room = os.statvfs("/")
    gc.collect()
    heap = gc.mem_free()  # with what MicroPython could still take from the system
    return (tuple(told[1][:3]), getattr(told, "_mpy", 0) & 0xFF, getattr(told, "_machine", ""), room[0] * room[3], room[0], rom_bytes(), heap)


def rom_bytes():
    """Size of the partition for code that runs in place; 0 where there is none, or no file system for it in MicroPython."""
    try:
        import esp32
        import vfs

        vfs.VfsRom
        found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="romfs")
        return found[0].info()[3] if found else 0
    except (ImportError, AttributeError):
        return 0


def sha(path):
    """Hex SHA-256 of a file, or None where there is none."""
    total, block = hashlib.sha256(), bytearray(_BLOCK)
    view = memoryview(block)
    try:
        with open(path, "rb") as file:
            while True:
                size = file.readinto(block)
                if not size:
                    return binascii.hexlify(total.digest()).decode()
                total.update(view[:size])
    except OSError:
        return None


def names(folder):
    """[(name, is a folder)]; nothing where there is no such folder."""
    try:
        return [(entry[0], bool(entry[1] & _FOLDER)) for entry in os.ilistdir(folder)]
    except OSError:
        return []


def listing(folder):
    """Every file below a folder: [(path from there, SHA-256)]."""
    found = []
    for name, is_folder in names(folder):
        path = folder + "/" + name
        if is_folder:
            found += [(name + "/" + below, hashed) for below, hashed in listing(path)]
        else:
            found.append((name, sha(path)))
    return found


def folders(path):
    """Make the folders of a file."""
    parts = path.split("/")
    for count in range(2, len(parts)):
        try:
            os.mkdir("/".join(parts[:count]))
        except OSError:
            pass  # it is there, or writing the file will say why not


def put(path, mode, text):
    """Write, or add to, a file."""
    if mode == "wb":
        folders(path)
    with open(path, mode) as file:
        file.write(binascii.a2b_base64(text))


def copy(old, new):
    folders(new)
    with open(old, "rb") as source:
        with open(new, "wb") as target:
            while True:
                block = source.read(_BLOCK)
                if not block:
                    return
                target.write(block)


def remove(path):
    """Remove a file, or a folder with all that is in it."""
    for name, is_folder in names(path):
        remove(path + "/" + name)
    try:
        os.remove(path)
    except OSError:
        os.rmdir(path)


def exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def replace(new, path):
    os.rename(new, path)


def read(path):
    """A short file as text; None where there is none."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None
