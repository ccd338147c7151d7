"""Runs first on a board: every output to its safe level, and nothing more. The firmware may be missing or broken by then.

Layout of outputs.json, which `make deploy` writes from the board's file: {"pins": [[GPIO, level], …],
    "expanders": [[I2C controller, SDA, SCL, address, levels, bits that take], …]}
"""

import json

OUTPUTS = "/outputs.json"
_LEVELS, _DIRECTIONS = 1, 3  # registers of a TCA9554


def make_safe(machine, path: str = OUTPUTS) -> list:
    """Drive every output as it is without power. Returns what could not be done."""
    try:
        with open(path) as file:
            told = json.load(file)
        jobs = [(_drive_pin, entry) for entry in told["pins"]] + [(_drive_expander, entry) for entry in told["expanders"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [path + ": " + repr(error)]
    return [fault for job, entry in jobs for fault in _tried(job, machine, entry)]


def _tried(job, machine, entry) -> list:
    """Do one job. Whatever hinders it, the other outputs have to be made safe as well."""
    try:
        job(machine, *entry)
    except (OSError, ValueError, TypeError) as error:
        return [str(entry) + ": " + repr(error)]
    return []


def _drive_pin(machine, pin: int, level: int) -> None:
    machine.Pin(pin, machine.Pin.OUT, value=level)  # the level first, then the direction: no glitch


def _drive_expander(machine, controller: int, sda: int, scl: int, address: int, levels: int, takes: int) -> None:
    bus = machine.I2C(controller, sda=machine.Pin(sda), scl=machine.Pin(scl))
    bus.writeto_mem(address, _LEVELS, bytes([levels]))
    bus.writeto_mem(address, _DIRECTIONS, bytes([takes]))


if __name__ == "__main__":
    import machine

    for fault in make_safe(machine):
        print("boot.py: NOT SAFE:", fault)
