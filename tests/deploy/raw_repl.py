"""A board that is a MicroPython process: `raw_repl.py IMAGE [main] [rom] [wired]` serves the raw REPL on stdin and stdout.

Its flash is a littlefs in a file. With "main" it runs main.py first, until that ends; SIGINT is Ctrl-C. With "rom" it has a
partition for code that runs in place, with "wired" pins that are joined, partitions and a network (wired.py).
Exit status: 3 after machine.reset(), 0 at the end of stdin.
"""

import io
import sys

import vfs

_BLOCK = 4096
_WINDOW = 512
_BANNER = b"raw REPL; CTRL-B to exit\r\n>"


class Flash:
    """A chip in a file. What is programmed is in the file at once: a kill is a power cut."""

    def __init__(self, path):
        self._file = open(path, "r+b")
        self._blocks = self._file.seek(0, 2) // _BLOCK

    def readblocks(self, block, data, offset=0):
        self._file.seek(block * _BLOCK + offset)
        self._file.readinto(data)

    def writeblocks(self, block, data, offset=0):
        self._file.seek(block * _BLOCK + offset)
        self._file.write(data)

    def ioctl(self, op, _):
        return {4: self._blocks, 5: _BLOCK}.get(op, 0)


class Pin:
    OUT = 1

    def __init__(self, number, mode=None, value=None):
        Machine.driven.append((number, value))


class Machine:
    """What the scripts of a board want of `machine`."""

    Pin = Pin
    driven = []
    is_alive = False  # then a release goes on until it is stopped
    PWRON_RESET = 1

    @staticmethod
    def RTC():
        return Machine

    @staticmethod
    def memory(data=b""):
        return data

    @staticmethod
    def reset_cause():
        return Machine.PWRON_RESET

    @staticmethod
    def reset():
        sys.exit(3)

    @staticmethod
    def WDT(timeout):
        Machine.watchdog_ms = timeout


class Partition:
    TYPE_DATA = 1

    def info(self):
        return (1, 0x8F, 0x200000, 0x60000, "romfs", False)

    @staticmethod
    def find(_, label):
        return [Partition()] if label == "romfs" else []


class Esp32:
    Partition = Partition


def mount(path):
    flash = Flash(path)
    try:
        littlefs = vfs.VfsLfs2(flash)
    except OSError:
        vfs.VfsLfs2.mkfs(flash)
        littlefs = vfs.VfsLfs2(flash)
    vfs.umount("/")
    vfs.mount(littlefs, "/")
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.modules["machine"] = Machine


def boot():
    """Run boot.py as MicroPython does. Returns what it drove."""
    Machine.driven = []
    try:
        with open("/boot.py") as file:
            source = file.read()
    except OSError:
        return []
    exec(source, {"__name__": "__main__"})
    return Machine.driven


def say(data):
    sys.stdout.buffer.write(data)


def hear():
    while True:
        try:
            data = sys.stdin.buffer.read(1)
        except KeyboardInterrupt:
            continue  # nothing runs that it could stop
        if not data:
            sys.exit(0)
        return data


def line_of_code():
    """Take code until Ctrl-D, in either of the two ways."""
    code = b""
    while True:
        char = hear()
        if char == b"\x05" and not code:
            assert (hear(), hear()) == (b"A", b"\x01")
            return pasted()
        if char == b"\x04":
            if code:
                say(b"OK")
            return code
        if char == b"\x02":
            return None
        if char == b"\x01":
            code = b""
            say(_BANNER)
        elif char == b"\x03":
            code = b""
        else:
            code += char


def pasted():
    say(b"R\x01" + bytes([_WINDOW & 255, _WINDOW >> 8]) + b"\x01")
    code, left = bytearray(), _WINDOW
    while True:
        char = hear()
        if char == b"\x04":
            say(b"\x04")
            return bytes(code)
        code += char
        left -= 1
        if not left:
            say(b"\x01")
            left = _WINDOW


def run(code, names):
    error = io.StringIO()
    try:
        exec(code, names)
    except Exception as failed:
        sys.print_exception(failed, error)
    say(b"\x04" + error.getvalue().encode() + b"\x04>")


def raw_repl():
    names = {}
    say(_BANNER)
    while True:
        code = line_of_code()
        if code is None:
            return
        if code:
            run(code, names)
        else:
            say(b"OK\r\nMPY: soft reboot\r\n")
            boot()
            names = {}
            say(_BANNER)


def run_main():
    """Run main.py as MicroPython does."""
    try:
        with open("/main.py") as file:
            source = file.read()
    except OSError:
        return
    names = {"__name__": "main"}
    exec(source, names)
    Machine.is_alive = True
    names["run_board"]()


def main(image, *words):
    if "wired" in words:
        import wired

        wired.install(Machine)
    mount(image)
    if "rom" in words:
        sys.modules["esp32"] = Esp32
    boot()
    if "main" in words:
        run_main()
    while True:
        if hear() == b"\x01":
            raw_repl()


if __name__ == "__main__":
    main(*sys.argv[1:])
