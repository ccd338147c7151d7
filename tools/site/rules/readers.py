"""Readers: formats that can be told apart, and the bus of OSDP readers."""

from collections.abc import Iterator

from tools.site import cards
from tools.site.errors import Fault, key_path, shown
from tools.site.model import Reader, Site

_BUS_READERS_MAX = 8
_BUS_KEYS = ("bus", "address", "baud", "allow_plain")


def formats_can_be_told_apart(site: Site) -> Iterator[Fault]:
    for name, reader in site.readers.items():
        clash = cards.clash(reader.formats, reader.parity)
        if clash:
            message = f"{clash[0]} and {clash[1]} cannot be told apart at one reader"
            yield Fault(key_path(("readers", name, "formats")), message, "Keep the one that its cards have")


def bus_belongs_to_osdp(site: Site) -> Iterator[Fault]:
    for name, reader in site.readers.items():
        yield from _osdp(name, reader) if reader.protocol == "osdp" else _wiegand(name, reader)


def _osdp(name: str, reader: Reader) -> Iterator[Fault]:
    for key in ("bus", "address"):
        if getattr(reader, key) is None:
            yield Fault(key_path(("readers", name, key)), "an OSDP reader needs this key", f"Write `{key} = …`")


def _wiegand(name: str, reader: Reader) -> Iterator[Fault]:
    for key in _BUS_KEYS:
        if key in reader.model_fields_set and getattr(reader, key) is not None:
            where = key_path(("readers", name, key))
            yield Fault(where, "this key is for OSDP readers only", 'Leave it out, or write protocol = "osdp"')


def one_address_per_bus(site: Site) -> Iterator[Fault]:
    taken = {}
    for name, reader in site.readers.items():
        if reader.protocol == "osdp" and reader.door in site.doors and reader.address is not None:
            place = (site.doors[reader.door].controller, reader.bus, reader.address)
            other = taken.setdefault(place, name)
            if other != name:
                message = f"reader {shown(other)} has the same address on the same bus"
                yield Fault(key_path(("readers", name, "address")), message, "Give each reader its own")


def buses_can_be_served(site: Site) -> Iterator[Fault]:
    buses: dict[tuple, list[str]] = {}
    for name, reader in site.readers.items():
        if reader.protocol == "osdp" and reader.door in site.doors:
            buses.setdefault((site.doors[reader.door].controller, reader.bus), []).append(name)
    for names in buses.values():
        for name in names[_BUS_READERS_MAX:]:
            message = f"a bus serves {_BUS_READERS_MAX} readers, and this is one more"
            yield Fault(key_path(("readers", name, "bus")), message, "Put it on another bus")
        for name in names[1:]:
            if site.readers[name].baud != site.readers[names[0]].baud:
                message = f"reader {shown(names[0])} has another speed on the same bus"
                yield Fault(key_path(("readers", name, "baud")), message, "Give all readers of a bus the same")


RULES = (formats_can_be_told_apart, bus_belongs_to_osdp, one_address_per_bus, buses_can_be_served)
