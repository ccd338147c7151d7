"""One life of a board from its own main.py on, for MicroPython: `board.py REPOSITORY HOST UMQTT SPEED CHIP`.

HOST keeps what outlives a reset: the chip's flash, a real littlefs in an image, and the log; with a file `romfs.img`, which may be
empty, the partition for code that runs in place. At the first life what lies in HOST/stage is copied onto the flash. What runs is
what lies there, compiled. Hardware is fake, the network and the broker are real. The chip's time goes SPEED times as fast as ours;
CHIP is its number. A watchdog that bites ends the process with SIGALRM.
Layout: prints a JSON line for each event that is published, and {"ends": what main.py wants}; takes lines [reader's GPIOs, bits].
"""

import json
import os
import sys

FLASH_SECTORS = 1024
LOG_SECTORS, ROM_SECTORS = 32, 96
DOOR_SENSOR = 6  # GPIO; it is closed
ALARM_S_MIN = 6  # the machine that runs this may have others to serve


def mount(repository, host, umqtt):
    """Let the flash be the root of the file system."""
    import vfs

    for path, where in ((repository, "/repository"), (host, "/host"), (umqtt, "/library")):
        vfs.mount(vfs.VfsPosix(path), where)
    vfs.umount("/")
    sys.path[:] = ["/repository", ".frozen"]
    from firmware.hal.nor import NorFile
    from tests.update.lfs_cuts import Device

    is_new = "flash.img" not in os.listdir("/host")
    device = Device(NorFile("/host/flash.img", FLASH_SECTORS, is_synced=False))
    if is_new:
        vfs.VfsLfs2.mkfs(device)
    vfs.mount(vfs.VfsLfs2(device), "/")
    os.chdir("/")
    if is_new:
        copy("/host/stage", "")


def copy(source, target):
    for name, kind, *_ in os.ilistdir(source):
        if kind == 0x4000:
            os.mkdir(target + "/" + name)
            copy(source + "/" + name, target + "/" + name)
        else:
            with open(source + "/" + name, "rb") as old, open(target + "/" + name, "wb") as new:
                new.write(old.read())


def fakes():
    """Return (chip, machine, World) and forget the firmware that they are made with: the board has its own."""
    from firmware.hal.nor import NorFile
    from tests.board.real_time import World
    from tests.fakes import esp32, machine
    from tests.fakes.chip import Chip

    chip = Chip("esp32s3", is_strict=False)
    chip.levels[DOOR_SENSOR] = 0
    chip.partitions = {"log": NorFile("/host/log.img", LOG_SECTORS, is_synced=False)}
    if "romfs.img" in os.listdir("/host"):
        chip.partitions["romfs"] = NorFile("/host/romfs.img", ROM_SECTORS, is_synced=False)
        mount_rom(chip.partitions["romfs"])
    sys.modules["esp32"] = esp32.make(chip)
    found = (chip, machine.make(chip, reset_cause(machine)), World)
    for name in list(sys.modules):
        if name.split(".")[0] in ("firmware", "main", "tests"):
            del sys.modules[name]
    sys.path[:] = ["", "/library", ".frozen"]
    return found


def mount_rom(nor):
    """What MicroPython does before boot.py: code in a partition is there from the start, and one without any is none."""
    import vfs

    try:
        vfs.mount(vfs.VfsRom(memoryview(nor.snapshot())), "/rom")
    except OSError:
        print("no ROM file system yet")


def reset_cause(machine):
    return machine.Machine.SOFT_RESET if "rtc" in os.listdir("/host") else machine.Machine.PWRON_RESET


class Hardware:
    """The module `machine`, but for what has to be real: a watchdog that ends the process, and memory that outlives it."""

    def __init__(self, made, speed, number):
        import ffi

        self._made, self._speed, self._number = made, speed, number
        self._alarm = ffi.open("libc.so.6").func("I", "alarm", "I")

    def __getattr__(self, name):
        return getattr(self._made, name)

    def WDT(self, timeout):
        self._alarm_s = max(ALARM_S_MIN, timeout // 1000 // self._speed)
        self.feed()
        return self

    def feed(self):
        self._alarm(self._alarm_s)

    def unique_id(self):
        return bytes.fromhex(self._number)

    def RTC(self):
        return self

    def memory(self, data=None):
        if data is not None:
            with open("/host/rtc", "wb") as file:
                file.write(data)
            return None
        try:
            with open("/host/rtc", "rb") as file:
                return file.read()
        except OSError:
            return b""


class Start:
    """In the place of firmware.start until main.py has chosen a tree: hands that tree's own what is not `machine`."""

    def __init__(self, make_world):
        self._make_world = make_world

    def run(self, machine, installed):
        del sys.modules["firmware.start"]
        # On a PC each import within an import takes 4 kB of stack, for a path: the inner parts come first.
        real = __import__("firmware.start", None, None, ("run",))
        from firmware import wiring

        world = self._make_world(wiring.World.link)
        return real.run(machine, installed, lambda: lambda *words: wiring.run(*words, world))


def make_world(World, chip, speed):
    """Return what makes the world of one life, of the link of the firmware that runs then."""

    class Door(World):
        def link(self, *words):
            return Overheard(super().link(*words))

        def obey(self, line):
            pins, bits = json.loads(line)
            chip.frame(pins, bits, chip.now_us + 1000, 1000)

    return lambda link: Door(chip, link, speed=speed)


class Overheard:
    """A link that prints the events which go out over it."""

    def __init__(self, link):
        self._link = link
        self.take, self.start, self.stop = link.take, link.start, link.stop

    @property
    def is_running(self):
        return self._link.is_running

    def put(self, topic, payload, is_retained=False):
        if topic.startswith("log/"):
            for event in json.loads(payload).get("entries", ()):
                print(json.dumps(event))
        self._link.put(topic, payload, is_retained)


def live(repository, host, umqtt, speed, number):
    mount(repository, host, umqtt)
    chip, machine, World = fakes()
    sys.modules["firmware.start"] = Start(make_world(World, chip, int(speed)))
    import main

    next_step = main.work(Hardware(machine, int(speed), number), lambda machine: [], lambda ms: None)
    print(json.dumps({"ends": next_step}))


if __name__ == "__main__":
    live(*sys.argv[1:])
